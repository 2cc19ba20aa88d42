"""Dates of birth: "δεκαπέντε Μαρτίου του σαράντα οχτώ", "15/3/1948", "δεκαπέντε μηδέν τρία …"."""

from __future__ import annotations

import re
from datetime import date

from voicebot.understanding.data import calendar_words as table
from voicebot.understanding.date_mentions import month_at, skip
from voicebot.understanding.date_spans import make_date
from voicebot.understanding.digits import parse_digits
from voicebot.understanding.numbers import spoken_numbers
from voicebot.understanding.parsed import Parsed, Reason, Span
from voicebot.understanding.words import Word, split

_WRITTEN = re.compile(r"(?<!\d)(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})(?!\d)")
_OLDEST_YEARS = 115
_CERTAIN, _FROM_DIGITS, _LEAST = 0.95, 0.85, 0.4


def parse_birthdate(text: str, today: date) -> list[Parsed[date]]:
    """Dates of birth in a text, best first; never in the future.

    Two-digit years are of the last century unless that would be impossible or the year has
    already come again ("του πέντε" is 2005).

    >>> [str(p.value) for p in parse_birthdate("δεκαπέντε Μαρτίου του σαράντα οχτώ",
    ...                                        date(2026, 11, 24))]
    ['1948-03-15']
    """
    found: list[Parsed[date]] = []
    for match in _WRITTEN.finditer(text):
        before = len(split(text[: match.start()]))
        span = Span(before, before + 2)
        for year, factor in _years(int(match[3]), len(match[3]), today):
            day = make_date(year, int(match[2]), int(match[1]))
            if day is not None and day <= today:
                found.append(Parsed(day, span, _CERTAIN * factor))
    words = split(text)
    for start in range(len(words)):
        found += _spoken(words, start, today)
    found = [p for p in found if p.confidence > _LEAST * max(q.confidence for q in found)]
    if not found:
        for parsed in parse_digits(text, (6, 7, 8)):
            found += _from_digits(parsed, today)
    found.sort(key=lambda p: -p.confidence)
    unique: dict[date, Parsed[date]] = {}
    for parsed_date in found:
        unique.setdefault(parsed_date.value, parsed_date)
    return list(unique.values())


def validate_birthdate(day: date, today: date) -> Reason | None:
    """IMPOSSIBLE_DATE for a birth in the future or longer ago than anyone has lived."""
    possible = day <= today and day.year >= today.year - _OLDEST_YEARS
    return None if possible else Reason.IMPOSSIBLE_DATE


def say_birthdate(day: date) -> str:
    """Day, month, year.

    >>> say_birthdate(date(1948, 3, 15))
    '15 Μαρτίου 1948'
    """
    return f"{day.day} {table.MONTH_NAMES[day.month - 1]} {day.year}"


def birth_prefixes(text: str) -> list[tuple[str, str]]:
    """Birth dates at the start of a dictated ΑΜΚΑ: (six digits DDMMYY, the words that follow).

    >>> birth_prefixes("δεκαπέντε Μαρτίου του σαράντα οχτώ μηδέν δώδεκα τριάντα τέσσερα")[0]
    ('150348', 'μηδεν δωδεκα τριαντα τεσσερα')
    """
    words = split(text)
    prefixes = []
    opened = False
    for start in range(len(words)):
        # Only the first number can open a date whose month is a plain number.
        bare = not opened and bool(spoken_numbers(words, start))
        opened = opened or bare
        for day, month, after in _day_and_month(words, start, bare=bare):
            position = skip(words, after, table.OF)
            for number in spoken_numbers(words, position):
                short = number.value < 100
                if number.cost < 1 and (short or 1900 <= number.value <= 2099):
                    rest = " ".join(word.text for word in words[number.end :])
                    prefixes.append((f"{day:02d}{month:02d}{number.value % 100:02d}", rest))
    return prefixes


def _day_and_month(
    words: list[Word], start: int, *, bare: bool = False
) -> list[tuple[int, int, int]]:
    """(day, month, next position) said by words from a position on.

    `bare`: the month may be a plain number after the day ("είκοσι ένα έξι").
    """
    found = []
    for number in spoken_numbers(words, start):
        if not 1 <= number.value <= 31 or number.cost >= 1:
            continue
        of = skip(words, number.end, table.OF)
        month = month_at(words, of)
        if month is None and of < len(words):
            month = table.MONTH_ORDINALS.get(words[of].sound)
        if month is not None:
            found.append((number.value, month, of + 1))
            continue
        for figure in spoken_numbers(words, of):
            if 1 <= figure.value <= 12 and figure.cost < 1 and number.value:
                followed = skip(words, figure.end, table.OF) > figure.end
                if bare or followed or of > number.end:
                    found.append((number.value, figure.value, figure.end))
    if words[start].sound in table.FIRST_DAY:
        of = skip(words, start + 1, table.OF)
        month = month_at(words, of)
        if month is None and of < len(words):
            month = table.MONTH_ORDINALS.get(words[of].sound)
        if month is not None:
            found.append((1, month, skip(words, start + 1, table.OF) + 1))
    return found


def _spoken(words: list[Word], start: int, today: date) -> list[Parsed[date]]:
    found = []
    for day, month, after in _day_and_month(words, start):
        position = skip(words, after, table.OF)
        numbers = [n for n in spoken_numbers(words, position) if n.cost < 1]
        for number in numbers:
            digits = 4 if number.value >= 1000 else 2
            for year, factor in _years(number.value, digits, today):
                whole = make_date(year, month, day)
                if whole is not None and whole <= today:
                    longest = 1.0 if number is numbers[0] else 0.3
                    span = Span(start, number.end - 1)
                    found.append(Parsed(whole, span, _CERTAIN * factor * longest))
    return found


def _years(said: int, digits: int, today: date) -> list[tuple[int, float]]:
    """The years that were meant with their likelihood."""
    if digits == 4:
        return [(said, 1.0)] if today.year - _OLDEST_YEARS <= said <= today.year else []
    if not 0 <= said <= 99:
        return []
    century = today.year // 100 * 100
    recent, earlier = century + said, century - 100 + said
    if recent > today.year:
        return [(earlier, 1.0)]
    return [(recent, 0.95), (earlier, 0.5 if said >= today.year % 100 - 15 else 0.3)]


def _from_digits(parsed: Parsed[str], today: date) -> list[Parsed[date]]:
    """«δεκαπέντε μηδέν τρία σαράντα οχτώ»: DDMMYY, DDMMYYYY, or with a one-digit month."""
    digits = parsed.value
    layouts = {6: ((2, 2, 2), (1, 1, 4)), 7: ((2, 1, 4), (1, 2, 4)), 8: ((2, 2, 4),)}
    found = []
    for day_size, month_size, year_size in layouts.get(len(digits), ()):
        day, month = digits[:day_size], digits[day_size : day_size + month_size]
        year_digits = digits[day_size + month_size :]
        for year, factor in _years(int(year_digits), year_size, today):
            whole = make_date(year, int(month), int(day))
            if whole is not None and whole <= today:
                score = parsed.confidence * _FROM_DIGITS * factor
                found.append(Parsed(whole, parsed.span, score))
    return found
