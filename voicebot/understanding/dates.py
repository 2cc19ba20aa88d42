"""Days and periods as they are said, relative to today: "μεθαύριο", "την άλλη Τρίτη",
"τρεις του Δεκέμβρη", "μετά τα Φώτα", "αρχές της άλλης βδομάδας".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from voicebot.understanding.corrections import cut_at_corrections
from voicebot.understanding.data import calendar_words as table
from voicebot.understanding.date_composition import composed
from voicebot.understanding.date_mentions import DAY_READERS, Kind, Mention
from voicebot.understanding.date_periods import PERIOD_READERS
from voicebot.understanding.date_spans import DateSpan, make_date, one_day
from voicebot.understanding.numbers import split_joined
from voicebot.understanding.parsed import Parsed, Reason, Span
from voicebot.understanding.words import Word, match_phrase, split

__all__ = ["DateSpan", "parse_date", "say_date", "say_date_span", "validate_date"]

_WRITTEN = re.compile(r"(?<!\d)(\d{1,2})\s*[/.-]\s*(\d{1,2})(?:\s*[/.-]\s*(\d{4}|\d{2}))?(?![\d:])")
_SPACED = re.compile(r"(?<!\d)(\d{1,2}) (\d{1,2}) (\d{4})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")


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
    parts = [(part, _chosen(_mentions(part, today))) for part in _segments(words)]
    parts.append((words, _written(text, today)))
    said, found = next(((w, m) for w, m in reversed(parts) if m), (words, []))
    if not found:
        return []
    results = [
        Parsed(span, Span(start, end - 1), round(score, 3))
        for start, end, span, score in composed(said, found, today, words[0].text == "οχι")
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
    segments = cut_at_corrections(words)
    parts = [list(segment.words) for segment in segments]
    if len(segments) == 2 and segments[1].bare_no and _denies(words, parts[1]):
        return parts[:1]
    negated = any(
        match_phrase(words, i, table.AFTER_DATE + table.UNTIL_DATE) > 1 and words[i].text == "οχι"
        for i in range(len(words))
    )
    return [words] if negated or not parts else parts


def _denies(words: Sequence[Word], last: Sequence[Word]) -> bool:
    """«Πέμπτη, όχι Τετάρτη» denies; «Τρίτη, όχι, Τετάρτη» and «Τρίτη όχι Τετάρτη» correct."""
    no = len(words) - len(last) - 1
    return no > 0 and words[no].text == "οχι" and words[no].pause and not last[0].pause


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
