"""Mentions of days in an utterance: each small reader knows one way of naming a day.

A reader looks at one position and gives the mentions that start there. Periods and feasts have
theirs in `date_periods`; `dates` puts all together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from voicebot.understanding.data import calendar_words as table
from voicebot.understanding.date_spans import (
    DateSpan,
    add_months,
    make_date,
    month_of,
    next_day_number,
    next_weekday,
    one_day,
    week_of,
)
from voicebot.understanding.holidays_gr import add_working_days
from voicebot.understanding.numbers import spoken_numbers
from voicebot.understanding.words import Word, distance, match_phrase


class Kind(StrEnum):
    """How a day was named."""

    RELATIVE = "relative"
    WEEKDAY = "weekday"
    DATE = "date"
    DAY_NUMBER = "day_number"
    WEEK = "week"
    MONTH = "month"
    FEAST = "feast"
    ANY = "any"


@dataclass(frozen=True)
class Mention:
    """A day or period named by words `start` up to `end` (exclusive)."""

    start: int
    end: int
    span: DateSpan
    kind: Kind
    confidence: float
    weekday: int | None = None
    year_said: bool = False


Reader = Callable[[Sequence[Word], int, date], Iterator[Mention]]
_RECENTLY = timedelta(days=45)
_LAST_SHORT_YEAR = 40
_MOST_DAYS = 730


@lru_cache(maxsize=4096)
def _nearest(skeleton: str, which: str) -> tuple[int, float] | None:
    """Value of a month, weekday or relative word and its cost, allowing one wrong letter."""
    known = {
        "month": table.MONTH_SOUNDS,
        "weekday": table.WEEKDAY_SOUNDS,
        "relative": table.RELATIVE_DAYS,
    }[which]
    if skeleton in known:
        return known[skeleton], 0.0
    if len(skeleton) < 6 or skeleton in table.NOT_CALENDAR:
        return None
    close = {value for word, value in known.items() if distance(skeleton, word, 1) <= 1}
    return (close.pop(), 1.0) if len(close) == 1 else None


def month_at(words: Sequence[Word], position: int) -> int | None:
    """The month named at a position, 1 to 12."""
    found = _nearest(words[position].sound, "month") if position < len(words) else None
    return found[0] if found else None


def skip(words: Sequence[Word], position: int, group: frozenset[str]) -> int:
    """The position after words of a group."""
    while position < len(words) and words[position].sound in group:
        position += 1
    return position


def is_in(words: Sequence[Word], position: int, group: frozenset[str]) -> bool:
    """Whether the word at a position exists and belongs to a group."""
    return 0 <= position < len(words) and words[position].sound in group


def read_relative(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«αύριο», «μεθαύριο», «χθες»."""
    found = _nearest(words[start].sound, "relative")
    if found is not None:
        span = one_day(today + timedelta(days=found[0]))
        yield Mention(start, start + 1, span, Kind.RELATIVE, 0.98 if found[1] == 0 else 0.75)


def read_in_days(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«σε δεκαπέντε μέρες», «σε μια βδομάδα», «μετά από δύο μήνες», «σε τρεις εργάσιμες»."""
    length = match_phrase(words, start, table.IN_DAYS)
    if not length or start + length >= len(words):
        return
    position = start + length
    roughly = skip(words, position, table.ONE_OR_SO)
    fortnight = table.FORTNIGHTS.get(words[roughly].sound) if roughly < len(words) else None
    if fortnight is not None:
        end = skip(words, roughly + 1, table.DAYS)
        yield Mention(start, end, one_day(today + timedelta(days=fortnight)), Kind.RELATIVE, 0.9)
        return
    if is_in(words, position, table.FEW) and is_in(words, position + 1, table.DAYS):
        span = DateSpan(today + timedelta(days=2), today + timedelta(days=7))
        yield Mention(start, position + 2, span, Kind.RELATIVE, 0.8)
        return
    if is_in(words, position, table.ONE_AND_A_HALF):
        fortnight_more = today + timedelta(days=15)
        if is_in(words, position + 1, table.MONTH):
            yield Mention(
                start, position + 2, one_day(add_months(fortnight_more, 1)), Kind.RELATIVE, 0.8
            )
        elif is_in(words, position + 1, table.WEEK):
            span = one_day(today + timedelta(days=10))
            yield Mention(start, position + 2, span, Kind.RELATIVE, 0.8)
        return
    counts = [(n.value, n.end) for n in spoken_numbers(words, position) if n.cost < 1]
    if roughly > position:
        counts.append((1, roughly))
    for fewer, middle in counts:  # «σε δυο τρεις μέρες»
        for more in spoken_numbers(words, middle):
            far = _after_units(words, more.value, more.end, today)
            near = _after_units(words, fewer, more.end, today)
            if far is not None and near is not None and more.value == fewer + 1:
                yield Mention(start, far[1], DateSpan(near[0], far[0]), Kind.RELATIVE, 0.85)
                return
    for count, end in counts:
        found = _after_units(words, count, end, today)
        if found is not None:
            yield Mention(start, found[1], one_day(found[0]), Kind.RELATIVE, 0.96)
            return


def read_later_or_ago(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«τρεις μέρες μετά», «πριν από δύο βδομάδες»."""
    ago = match_phrase(words, start, table.BEFORE_DATE)
    for number in spoken_numbers(words, start + ago):
        sign = -1 if ago else 1
        found = _after_units(words, sign * number.value, number.end, today)
        later = found is not None and is_in(words, found[1], table.LATER)
        if found is not None and number.cost < 1 and (ago or later):
            yield Mention(start, found[1] + later, one_day(found[0]), Kind.RELATIVE, 0.9)
            return


def _after_units(
    words: Sequence[Word], count: int, end: int, today: date
) -> tuple[date, int] | None:
    """The day `count` days, weeks, months or working days from today, by the unit at `end`."""
    if is_in(words, end, table.WORKING):
        return add_working_days(today, count), skip(words, end + 1, table.DAYS)
    if is_in(words, end, table.DAYS):
        if is_in(words, end - 1, table.WORKING) or is_in(words, end + 1, table.WORKING):
            return add_working_days(today, count), end + 2
        return (today + timedelta(days=count), end + 1) if abs(count) <= _MOST_DAYS else None
    if is_in(words, end, table.WEEK) and abs(count) <= _MOST_DAYS // 7:
        return today + timedelta(weeks=count), end + 1
    if is_in(words, end, table.MONTH) and abs(count) <= _MOST_DAYS // 30:
        return add_months(today, count), end + 1
    return None


def _weekday_dates(modifier: str, weekday: int, today: date) -> list[tuple[date, float]]:
    """The days a weekday name with a modifier can mean, likeliest first."""
    coming = next_weekday(today, weekday)
    this_week = coming <= week_of(today).last
    later = coming + timedelta(weeks=1)
    if modifier in table.OTHER:
        # «την άλλη Παρασκευή»: next week's, unless this week's is meant; worth a confirmation.
        return [(later, 0.65), (coming, 0.55)] if this_week else [(coming, 0.8), (later, 0.4)]
    if modifier in table.AFTER_NEXT:
        return [(later, 0.85)]
    if modifier in table.NEXT:
        return [(coming, 0.9), (later, 0.3)] if this_week else [(coming, 0.95)]
    if modifier in table.PAST_WORDS:
        return [(coming - timedelta(weeks=1), 0.9)]
    if modifier in table.THIS and weekday == today.weekday():
        return [(today, 0.8), (coming, 0.5)]
    return [(coming, 0.96)]


MODIFIERS = table.OTHER | table.AFTER_NEXT | table.NEXT | table.PAST_WORDS | table.THIS | table.LAST


def read_weekday(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«Τρίτη», «την άλλη Τρίτη», «αυτή την Πέμπτη», «την Τετάρτη που μας έρχεται»."""
    position = start
    modifier = ""
    if words[position].sound in MODIFIERS:
        modifier = words[position].sound
        position = skip(words, position + 1, table.ARTICLES)
    if position >= len(words):
        return
    found = _nearest(words[position].sound, "weekday")
    if found is None:
        return
    weekday, cost = found
    for day, likelihood in _weekday_dates(modifier, weekday, today):
        score = likelihood * (1.0 if cost == 0 else 0.8)
        yield Mention(start, position + 1, one_day(day), Kind.WEEKDAY, score, weekday)


def year_at(words: Sequence[Word], position: int) -> tuple[int, int] | None:
    """A year after a month: (year, next position)."""
    of = skip(words, position, table.OF)
    numbers = [n for n in spoken_numbers(words, of) if n.cost < 1]
    if not numbers:
        return None
    year, end = numbers[0].value, numbers[0].end
    if 1900 <= year <= 2100:
        return year, end
    if of > position and 10 < year < 100:  # «του είκοσι εφτά», «του σαράντα οχτώ»
        return (2000 if year <= _LAST_SHORT_YEAR else 1900) + year, end
    return None


def _in_year(day: int, month: int, year: int | None, today: date) -> list[tuple[date, float]]:
    """A day and month as dates: of the year said, else the coming one (or the one just past)."""
    if year is not None:
        exact = make_date(year, month, day)
        return [(exact, 1.0)] if exact else []
    this, following = make_date(today.year, month, day), make_date(today.year + 1, month, day)
    if this is not None and this >= today:
        return [(this, 1.0)]
    if this is not None and today - this <= _RECENTLY:
        return [(this, 0.8), *([(following, 0.6)] if following else [])]
    return [(following, 0.95)] if following else []


def read_date(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«είκοσι τέσσερις Νοεμβρίου», «πρώτη Δεκέμβρη», «24 του 11ου», «πέντε με δέκα Δεκεμβρίου»."""
    days = _day_numbers(words, start)
    longest = days[0][1] if days else 0
    for day, after in days:
        upto = day
        between = any(is_in(words, i, table.BETWEEN) for i in range(start - 2, start))
        if is_in(words, after, table.RANGE_TO | (table.AND if between else frozenset())):
            later = [
                n for n in _day_numbers(words, skip(words, after + 1, table.ARTICLES)) if n[0] > day
            ]
            if later:
                upto, after = later[0]
        of = skip(words, after, table.OF)
        month = month_at(words, of)
        end = of + 1
        certain = 0.97
        alone = of == after == longest and skip(words, 0, table.ARTICLES) >= start
        if month is None and of < len(words):
            month = table.MONTH_ORDINALS.get(words[of].sound)
            if month is None and (of > after or alone):
                numbers = [n for n in spoken_numbers(words, of) if 1 <= n.value <= 12]
                if alone and numbers and not _ends_or_year(words, numbers[0].end):
                    numbers = []  # only «τέσσερις δώδεκα» and nothing more is a date
                if numbers and numbers[0].cost < 1:
                    month, end = numbers[0].value, numbers[0].end
                    certain = 0.7 if alone else 0.9
                    end += end < len(words) and words[end].text == "ου"
        if month is None:
            continue
        said = year_at(words, end)
        year = said[0] if said else None
        end = said[1] if said else end
        if match_phrase(words, end, table.YEAR_AHEAD):
            year, end = today.year + 1, end + 2
        for first, factor in _in_year(day, month, year, today):
            last = make_date(first.year, month, upto)
            if last is not None:
                span = DateSpan(first, last)
                score = certain * factor
                yield Mention(start, end, span, Kind.DATE, score, year_said=year is not None)
        return


def _ends_or_year(words: Sequence[Word], position: int) -> bool:
    if position >= len(words):
        return True
    year = year_at(words, position)
    return year is not None and year[1] == len(words)


def _day_numbers(words: Sequence[Word], start: int) -> list[tuple[int, int]]:
    """Days of a month said from a position on: (day, next position), longest first."""
    if start >= len(words):
        return []
    found = [
        (n.value, n.end)
        for n in spoken_numbers(words, start)
        if 1 <= n.value <= 31 and n.cost < 1.2
    ]
    # Figures may carry a leading zero or an ending: "05", "1η".
    if not found and words[start].is_number and 1 <= int(words[start].text) <= 31:
        found.append((int(words[start].text), start + 1))
    if words[start].sound in table.FIRST_DAY:
        found.append((1, start + 1))
    ordinals = [
        (d, match_phrase(words, start, forms, near=True)) for d, forms in table.ORDINAL_DAYS.items()
    ]
    found += [(day, start + length) for day, length in ordinals if length]
    found.sort(key=lambda item: -item[1])
    return [
        (
            day,
            end + (end < len(words) and words[end].text in ("η", "ησ") and words[start].is_number),
        )
        for day, end in found
    ]


def read_day_of_month(words: Sequence[Word], start: int, today: date) -> Iterator[Mention]:
    """«στις 5 του μηνός», «στις δέκα του άλλου μήνα», and a bare «στις πέντε»."""
    for day, after in _day_numbers(words, start):
        position = skip(words, after, table.OF)
        ahead = 0
        if is_in(words, position, table.OTHER | table.NEXT):
            ahead, position = 1, position + 1
        elif is_in(words, position, table.AFTER_NEXT):
            ahead, position = 2, position + 1
        if is_in(words, position, table.MONTH) and position > after:
            found = next_day_number(today, day, skip_months=ahead)
            if found is not None:
                yield Mention(start, position + 1, one_day(found), Kind.DATE, 0.93)
            return
    if words[start].sound in table.LAST:
        position = skip(words, skip(words, start + 1, table.DAYS), table.OF)
        month = month_at(words, position)
        ahead = is_in(words, position, table.OTHER | table.NEXT)
        if month is not None or is_in(words, position + ahead, table.MONTH):
            year = today.year + (month is not None and month < today.month)
            whole = month_of(year, month or today.month + ahead)
            yield Mention(start, position + ahead + 1, one_day(whole.last), Kind.DATE, 0.93)
        return
    if is_in(words, start - 1, table.ON_DAYS) or (
        start and _nearest(words[start - 1].sound, "weekday")
    ):
        for day, after in _day_numbers(words, start):
            found = next_day_number(today, day)
            if found is not None:
                yield Mention(start, after, one_day(found), Kind.DAY_NUMBER, 0.6)
            return


DAY_READERS: tuple[Reader, ...] = (
    read_date,
    read_in_days,
    read_later_or_ago,
    read_day_of_month,
    read_relative,
    read_weekday,
)
