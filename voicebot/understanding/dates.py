"""Days and periods as they are said, relative to today: "μεθαύριο", "την άλλη Τρίτη",
"τρεις του Δεκέμβρη", "μετά τα Φώτα", "αρχές της άλλης βδομάδας".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

from voicebot.understanding.corrections import cut_at_corrections
from voicebot.understanding.data import calendar_words as table
from voicebot.understanding.date_mentions import DAY_READERS, Kind, Mention, is_in
from voicebot.understanding.date_periods import PERIOD_READERS
from voicebot.understanding.date_spans import (
    DateSpan,
    make_date,
    month_of,
    next_weekday,
    one_day,
    thirds,
    two_weeks_from,
)
from voicebot.understanding.numbers import split_joined
from voicebot.understanding.parsed import Parsed, Reason, Span
from voicebot.understanding.words import Word, match_phrase, split

__all__ = ["DateSpan", "parse_date", "say_date", "say_date_span", "validate_date"]

_WRITTEN = re.compile(r"(?<!\d)(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}|\d{2}))?(?![\d:])")
_SPACED = re.compile(r"(?<!\d)(\d{1,2}) (\d{1,2}) (\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_ONE_DAY = timedelta(days=1)
_BEFORE_WISH = 4
_WEEK_DAYS = 6


def parse_date(text: str, today: date) -> list[Parsed[DateSpan]]:
    """Days or periods named in a text, best first.

    Args:
        text: the utterance; it may also name a time.
        today: the day it is said on.

    >>> today = date(2026, 11, 24)
    >>> [str(p.value.first) for p in parse_date("μεθαύριο το πρωί", today)]
    ['2026-11-26']
    >>> [str(p.value.first) for p in parse_date("στις τρεις του Δεκέμβρη", today)]
    ['2026-12-03']
    >>> [str(p.value.first) for p in parse_date("την άλλη Παρασκευή", today)]
    ['2026-12-04', '2026-11-27']
    """
    words = split_joined(split(text))
    if not words:
        return []
    groups = [_chosen(_mentions(segment, today)) for segment in _segments(words)]
    groups.append(_written(text, today))
    found = next((g for g in reversed(groups) if g), [])
    if not found:
        return []
    said = words
    for segment in _segments(words):
        if _chosen(_mentions(segment, today)) == found:
            said = segment
    results = [
        Parsed(span, Span(start, end - 1), round(score, 3))
        for start, end, span, score in _composed(said, found, today, words[0].text == "οχι")
    ]
    results.sort(key=lambda p: -p.confidence)
    unique: dict[DateSpan, Parsed[DateSpan]] = {}
    for parsed in results:
        unique.setdefault(parsed.value, parsed)
    return list(unique.values())


def validate_date(span: DateSpan, today: date) -> Reason | None:
    """PAST where the whole span lies before today."""
    return Reason.PAST if span.last < today else None


def say_date(day: date, today: date | None = None) -> str:
    """Weekday, day and month; the year where it is not this year's.

    >>> say_date(date(2026, 12, 1)), say_date(date(2027, 1, 7), date(2026, 11, 24))
    ('Τρίτη 1 Δεκεμβρίου', 'Πέμπτη 7 Ιανουαρίου 2027')
    """
    said = f"{table.WEEKDAY_NAMES[day.weekday()]} {day.day} {table.MONTH_NAMES[day.month - 1]}"
    return said if today is None or today.year == day.year else f"{said} {day.year}"


def say_date_span(span: DateSpan, today: date | None = None) -> str:
    """A day, or from when to when.

    >>> say_date_span(DateSpan(date(2026, 12, 1), date(2026, 12, 4)))
    'από Τρίτη 1 Δεκεμβρίου έως Παρασκευή 4 Δεκεμβρίου'
    """
    if span.exact:
        return say_date(span.first, today)
    return f"από {say_date(span.first, today)} έως {say_date(span.last, today)}"


def _segments(words: list[Word]) -> list[list[Word]]:
    """The utterance, or its parts between corrections ("την Τρίτη, όχι, την Τετάρτη")."""
    parts = [list(segment.words) for segment in cut_at_corrections(words)]
    negated = any(
        match_phrase(words, i, table.AFTER_DATE + table.UNTIL_DATE) > 1 and words[i].text == "οχι"
        for i in range(len(words))
    )
    return [words] if negated or not parts else parts


def _mentions(words: Sequence[Word], today: date) -> list[Mention]:
    return [
        mention
        for position in range(len(words))
        for reader in DAY_READERS + PERIOD_READERS
        for mention in reader(words, position, today)
    ]


def _chosen(mentions: Sequence[Mention]) -> list[Mention]:
    """Mentions that no longer one covers, in the order they were said."""
    kept: list[Mention] = []
    ranked = sorted(mentions, key=lambda m: (-(m.end - m.start), m.kind is Kind.DAY_NUMBER))
    for mention in ranked:
        clash = [k for k in kept if mention.start < k.end and k.start < mention.end]
        if all(
            (k.start, k.end, k.kind) == (mention.start, mention.end, mention.kind) for k in clash
        ):
            kept.append(mention)
    return sorted(kept, key=lambda m: (m.start, -m.confidence))


def _written(text: str, today: date) -> list[Mention]:
    """Dates in figures: 24/11, 24-11-2026, 2026-11-24."""
    found: list[Mention] = []
    for match in _ISO.finditer(text):
        day = make_date(int(match[1]), int(match[2]), int(match[3]))
        if day:
            found.append(_figure_mention(text, match, day, 0.98))
    if found:
        return found
    for match in (*_WRITTEN.finditer(text), *_SPACED.finditer(text)):
        number, month, year = int(match[1]), int(match[2]), match[3]
        if year is not None:
            day = make_date(int(year) + (2000 if len(year) == 2 else 0), month, number)
        else:
            day = make_date(today.year, month, number)
            if day is not None and day < today:
                day = make_date(today.year + 1, month, number)
        if day:
            found.append(_figure_mention(text, match, day, 0.97))
    return found


def _figure_mention(text: str, match: re.Match[str], day: date, score: float) -> Mention:
    before = len(split(text[: match.start()]))
    end = before + len(split(match.group()))
    return Mention(before, end, one_day(day), Kind.DATE, score, year_said=True)


_Reading = tuple[int, int, DateSpan, float]


def _composed(
    words: Sequence[Word], found: list[Mention], today: date, denies: bool
) -> list[_Reading]:
    """Readings of the mentions together: weekday with date or week, modifiers, ranges.

    `denies`: the utterance began with «όχι», so that the first of several days is not wanted.
    """
    ranged = None if denies else _range(words, found)
    if ranged is not None:
        return [ranged]
    weekdays = [m for m in found if m.kind is Kind.WEEKDAY]
    weeks = [m for m in found if m.kind is Kind.WEEK]
    dates = [m for m in found if m.kind in (Kind.DATE, Kind.DAY_NUMBER)]
    relatives = [m for m in found if m.kind in (Kind.RELATIVE, Kind.FEAST)]
    if relatives:
        dates = [m for m in dates if m.kind is Kind.DATE]  # a bare number is the hour
    if weekdays and weeks:
        weekday = weekdays[0].weekday or 0
        first = weeks[0].span.first - timedelta(days=weeks[0].span.first.weekday())
        day = first + timedelta(days=weekday)
        start, end = weekdays[0].start, max(weekdays[0].end, weeks[0].end)
        return [(min(start, weeks[0].start), end, one_day(day), 0.95)]
    if weekdays and dates:
        return _weekday_with_date(weekdays[0], dates, today)
    if weekdays and relatives and relatives[0].span.exact:
        agreed = relatives[0].span.first.weekday() == weekdays[0].weekday
        score = relatives[0].confidence if agreed else 0.6
        start, end, span, _ = _modified(words, relatives[0], today)
        readings = [(start, end, span, score)]
        return readings if agreed else [*readings, _reading(weekdays[0], 0.55)]
    numbered = _month_then_number(found)
    if numbered is not None:
        return [numbered]
    starts = sorted({m.start for m in found})
    denied = starts[1] if denies and len(starts) > 1 else 0
    certain = [m for m in found if m.kind is not Kind.DAY_NUMBER and m.start >= denied]
    period = [m for m in certain if m.kind in (Kind.MONTH, Kind.ANY)]
    precise = [m for m in certain if m not in period]
    return [_modified(words, m, today) for m in precise or period or found]


def _reading(mention: Mention, score: float) -> _Reading:
    return mention.start, mention.end, mention.span, score


def _weekday_with_date(weekday: Mention, dates: list[Mention], today: date) -> list[_Reading]:
    """«Τρίτη 1 Δεκεμβρίου», «Πέμπτη δέκα του μηνός»: they should agree."""
    readings: list[_Reading] = []
    for mention in dates:
        start, end = min(weekday.start, mention.start), max(weekday.end, mention.end)
        if mention.span.first.weekday() == weekday.weekday:
            readings.append((start, end, mention.span, min(0.99, mention.confidence + 0.2)))
        elif mention.kind is Kind.DAY_NUMBER:
            readings.append(_reading(weekday, weekday.confidence))  # the number is an hour
        else:
            readings.append((start, end, mention.span, mention.confidence * 0.6))
            day = next_weekday(today, weekday.weekday or 0)
            readings.append((start, end, one_day(day), 0.5))
    return readings


def _month_then_number(found: list[Mention]) -> _Reading | None:
    """«τον Δεκέμβρη, στις δεκαεφτά»."""
    months = [m for m in found if m.kind is Kind.MONTH]
    numbers = [m for m in found if m.kind is Kind.DAY_NUMBER]
    if len(months) != 1 or len(numbers) != 1 or len(found) != 2 or numbers[0].start < months[0].end:
        return None
    first = months[0].span.first
    day = make_date(first.year, first.month, numbers[0].span.first.day)
    if day is None:
        return None
    return months[0].start, numbers[0].end, one_day(day), 0.75


def _range(words: Sequence[Word], found: list[Mention]) -> _Reading | None:
    """«Δευτέρα με Τετάρτη», «από αύριο μέχρι την Παρασκευή», «αύριο μεθαύριο»."""
    places = sorted({m.start for m in found})
    if len(places) != 2:
        return None
    left = next(m for m in found if m.start == places[0])
    right = next(m for m in found if m.start == places[1])
    between = [w for w in words[left.end : right.start] if w.sound not in table.ARTICLES]
    joined = any(is_in(words, i, table.RANGE_TO) for i in range(left.end, right.start))
    soon = left.kind is right.kind is Kind.RELATIVE and left.end == right.start
    if not (joined or soon) or len([w for w in between if w.sound not in table.RANGE_TO]) > 0:
        return None
    last = right.span.last
    if last < left.span.first and right.kind is Kind.WEEKDAY:
        last += timedelta(weeks=1)
    if last < left.span.first:
        return None
    return left.start, right.end, DateSpan(left.span.first, last), 0.9


def _modified(words: Sequence[Word], mention: Mention, today: date) -> _Reading:
    """Apply what stands before a mention: «μετά», «πριν», «μέχρι», «από», «αρχές», «παραμονή»."""
    position = mention.start
    span, score = mention.span, mention.confidence
    article_in = False
    while position > 0 and is_in(words, position - 1, table.ARTICLES):
        if match_phrase(words, position - 1, table.FROM_DATE):
            break
        article_in |= words[position - 1].text.startswith("στ")
        position -= 1
    if is_in(words, position - 1, table.BEGINNING | table.MIDDLE | table.ENDING):
        span = _part(words[position - 1], mention, today, inside=article_in)
        position -= 1
        position -= is_in(words, position - 1, table.ARTICLES)
    if is_in(words, position - 1, table.EVE) and span.exact:
        span, position = one_day(span.first - _ONE_DAY), position - 1
    elif is_in(words, position - 1, table.DAY_AFTER) and span.exact:
        after = words[position - 1].text != "ανημερα"
        span, position = one_day(span.first + _ONE_DAY * after), position - 1
    while (
        position > 0
        and is_in(words, position - 1, table.ARTICLES)
        and not match_phrase(words, position - 1, table.FROM_DATE)
    ):
        position -= 1
    for length in range(_BEFORE_WISH, 0, -1):
        start = position - length
        if start < 0:
            continue
        opening = words[:position]
        if match_phrase(opening, start, table.AFTER_DATE) == length:
            strictly = opening[start].text != "οχι"
            wish = two_weeks_from(span.last + _ONE_DAY if strictly else span.first)
            return start, mention.end, wish, score * 0.95
        if match_phrase(opening, start, table.FROM_DATE) == length:
            if mention.kind is Kind.DATE and not span.exact:
                return start, mention.end, span, score  # «από τρεις μέχρι οχτώ Δεκεμβρίου»
            return start, mention.end, two_weeks_from(span.first), score * 0.9
        if match_phrase(opening, start, table.BEFORE_DATE) == length:
            wish = DateSpan(today, max(today, span.first - _ONE_DAY))
            return start, mention.end, wish, score * 0.95
        if match_phrase(opening, start, table.UNTIL_DATE) == length:
            return start, mention.end, DateSpan(min(today, span.last), span.last), score * 0.95
    return position, mention.end, span, score


def _part(word: Word, mention: Mention, today: date, *, inside: bool) -> DateSpan:
    """Beginning, middle or end of a month or week; «μέσα στη βδομάδα» is all that is left of it."""
    first = mention.span.first
    if mention.kind is Kind.MONTH:
        first = first.replace(day=1)
    elif mention.kind is Kind.WEEK:
        first -= timedelta(days=first.weekday())
    whole = DateSpan(first, mention.span.last)
    middle = word.sound in table.MIDDLE
    if (whole.last - first).days < _WEEK_DAYS or (middle and inside):
        return mention.span
    part = thirds(whole)[0 if word.sound in table.BEGINNING else 1 if middle else 2]
    if part.last < today and mention.kind is Kind.MONTH and mention.span.first <= today:
        return thirds(month_of(first.year, first.month + 1))[1 if middle else 0]
    return part
