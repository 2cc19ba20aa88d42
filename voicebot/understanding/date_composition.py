"""Mentions of days put together: weekday with date or week, ranges, «μετά», «αρχές», «παραμονή»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from voicebot.understanding.data import calendar_words as table
from voicebot.understanding.date_mentions import Kind, Mention, is_in
from voicebot.understanding.date_spans import (
    DateSpan,
    make_date,
    month_of,
    next_weekday,
    one_day,
    thirds,
    two_weeks_from,
)
from voicebot.understanding.numbers import spoken_numbers
from voicebot.understanding.words import Word, match_phrase

_ONE_DAY = timedelta(days=1)
_BEFORE_WISH = 4
_WEEK_DAYS = 6
_MOST_COUNTED = 60

Reading = tuple[int, int, DateSpan, float]


def composed(
    words: Sequence[Word], found: list[Mention], today: date, denies: bool
) -> list[Reading]:
    """Readings of the mentions together: weekday with date or week, modifiers, ranges.

    `denies`: the utterance began with «όχι», so that the first of several days is not wanted.
    """
    found = [m for m in found if not _excepted(words, m)] or found
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
    if weekdays and relatives and relatives[0].kind is Kind.FEAST:
        start, end, wish, score = _modified(words, relatives[0], today)
        if wish.first > relatives[0].span.last:  # «την Τρίτη μετά τις γιορτές»
            day = next_weekday(wish.first - _ONE_DAY, weekdays[0].weekday or 0)
            return [(min(start, weekdays[0].start), end, one_day(day), score * 0.95)]
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


def _reading(mention: Mention, score: float) -> Reading:
    return mention.start, mention.end, mention.span, score


def _weekday_with_date(weekday: Mention, dates: list[Mention], today: date) -> list[Reading]:
    """«Τρίτη 1 Δεκεμβρίου», «Πέμπτη δέκα του μηνός»: they should agree."""
    readings: list[Reading] = []
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


def _month_then_number(found: list[Mention]) -> Reading | None:
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


def _range(words: Sequence[Word], found: list[Mention]) -> Reading | None:
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


def _modified(words: Sequence[Word], mention: Mention, today: date) -> Reading:
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
        exact = _counted_from(opening, start, length, mention)
        if exact is not None:
            return exact
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


def _counted_from(
    opening: Sequence[Word], start: int, length: int, mention: Mention
) -> Reading | None:
    """«δύο μέρες πριν τα Χριστούγεννα», «μια βδομάδα μετά τα Φώτα»."""
    before = match_phrase(opening, start, table.BEFORE_DATE) == length
    after = match_phrase(opening, start, table.AFTER_DATE) == length
    unit = start - 1
    if not (before or after) or not is_in(opening, unit, table.DAYS | table.WEEK):
        return None
    days = 7 if is_in(opening, unit, table.WEEK) else 1
    for first in range(max(0, unit - 2), unit):
        for number in spoken_numbers(opening, first):
            if number.end == unit and number.cost < 1 and number.value <= _MOST_COUNTED:
                distance = timedelta(days=number.value * days)
                day = mention.span.first - distance if before else mention.span.last + distance
                return first, mention.end, one_day(day), 0.97
    return None


def _excepted(words: Sequence[Word], mention: Mention) -> bool:
    """«όποια μέρα εκτός Τετάρτης»: a day that will not do."""
    position = mention.start
    while is_in(words, position - 1, table.ARTICLES):
        position -= 1
    return is_in(words, position - 1, table.EXCEPT)


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
