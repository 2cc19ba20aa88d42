"""Opening hours of a week, read from and written as one line of text, and feasts of a place.

    mon-fri 08:00-14:00
    mon,wed 08:00-12:00 13:00-17:00; tue 08:00-14:00; sat 09:00-13:00

Days that are not named are closed. Hours without days are those of Monday to Friday. Greek names
of days (Δευ, Τρι, Τετ, Πεμ, Παρ, Σαβ, Κυρ) are taken too. Feasts are days of each year, `MM-DD`,
or days counted from Orthodox Easter, `easter+50`.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta

from dateutil.easter import EASTER_ORTHODOX, easter

Interval = tuple[time, time]

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_GREEK = ("δευ", "τρι", "τετ", "πεμ", "παρ", "σαβ", "κυρ")
_NUMBER = {name: at for names in (_DAYS, _GREEK) for at, name in enumerate(names)}
_INTERVAL = re.compile(r"(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)")
_FEAST = re.compile(r"easter(?:([+-])(\d{1,3}))?")
_LEAP_YEAR = 2024


@dataclass(frozen=True)
class OpeningHours:
    """When a branch is open: for each day of the week, Monday first, spans in order."""

    days: tuple[tuple[Interval, ...], ...]

    def on(self, day: date) -> tuple[Interval, ...]:
        """The spans of a day of the calendar; empty when closed."""
        return self.days[day.weekday()]

    def __str__(self) -> str:
        """The text that `parse_hours` reads."""
        groups: list[tuple[list[int], tuple[Interval, ...]]] = []
        for at, spans in enumerate(self.days):
            same = next((days for days, known in groups if known == spans), None)
            if same is not None:
                same.append(at)
            elif spans:
                groups.append(([at], spans))
        return "; ".join(f"{_written_days(days)} {_written_spans(spans)}" for days, spans in groups)


def parse_hours(text: str) -> OpeningHours:
    """Read opening hours.

    Raises:
        ValueError: they are not such; the text says what is wrong and the mend.

    >>> str(parse_hours("Δευ-Πεμ 8:00-14:00; Παρ 08:00-12:00 13:00-15:00"))
    'mon-thu 08:00-14:00; fri 08:00-12:00 13:00-15:00'
    """
    week: list[tuple[Interval, ...]] = [()] * 7
    named: set[int] = set()
    for part in re.split(r"[;\n]", text):
        if not part.strip():
            continue
        days, spans = _part(part.strip())
        if twice := named & set(days):
            raise ValueError(f"{_DAYS[min(twice)]} is named twice; give all its hours in one place")
        named |= set(days)
        for day in days:
            week[day] = spans
    if not named:
        raise ValueError('no hours; write for example "mon-fri 08:00-14:00"')
    return OpeningHours(tuple(week))


def _part(text: str) -> tuple[list[int], tuple[Interval, ...]]:
    found = list(_INTERVAL.finditer(text))
    head = text[: found[0].start()] if found else text
    rest = _INTERVAL.sub("", text[len(head) :])
    if not found or rest.replace(",", "").strip():
        raise ValueError(f'not hours: "{text}"; write for example "mon-fri 08:00-14:00"')
    spans = tuple(_span(one.group(1), one.group(2)) for one in found)
    for before, after in itertools.pairwise(spans):
        if after[0] <= before[1]:
            raise ValueError(f'"{text}": hours overlap or are out of order; put them in order')
    return _days(head.strip()) if head.strip() else list(range(5)), spans


def _span(opens: str, closes: str) -> Interval:
    try:
        first, last = (time.fromisoformat(one.zfill(5)) for one in (opens, closes))
    except ValueError as error:
        raise ValueError(f'"{opens}-{closes}": no such time of day; use 00:00 to 23:59') from error
    if first >= last:
        raise ValueError(f'"{opens}-{closes}": it closes before it opens; swap them')
    return first, last


def _days(text: str) -> list[int]:
    days: list[int] = []
    for part in text.rstrip(":").split(","):
        ends = [_day(name) for name in part.split("-")]
        if len(ends) > 2 or ends[0] > ends[-1]:
            raise ValueError(f'not days: "{part.strip()}"; write mon-fri, or mon,wed')
        days += range(ends[0], ends[-1] + 1)
    return days


def _day(name: str) -> int:
    plain = unicodedata.normalize("NFD", name.strip().casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    if letters[:3] not in _NUMBER:
        raise ValueError(f'not a day: "{name.strip()}"; use mon tue wed thu fri sat sun')
    return _NUMBER[letters[:3]]


def _written_days(days: list[int]) -> str:
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):
        return f"{_DAYS[days[0]]}-{_DAYS[days[-1]]}"
    return ",".join(_DAYS[day] for day in days)


def _written_spans(spans: Iterable[Interval]) -> str:
    return " ".join(f"{opens:%H:%M}-{closes:%H:%M}" for opens, closes in spans)


def checked_feast(text: str) -> str:
    """A feast in its one written form.

    Raises:
        ValueError: it is not one; the text says the mend.
    """
    plain = text.strip().casefold().replace(" ", "")
    if _FEAST.fullmatch(plain):
        return plain
    try:
        return f"{date.fromisoformat(f'{_LEAP_YEAR}-{plain}'):%m-%d}"
    except ValueError as error:
        raise ValueError(f'not a feast: "{text}"; write MM-DD or easter+50') from error


def is_feast(day: date, feasts: Iterable[str]) -> bool:
    """Whether a day is one of the feasts (as `checked_feast` gives them)."""
    return any(_feast_in(day.year, feast) == day for feast in feasts)


def _feast_in(year: int, feast: str) -> date | None:
    movable = _FEAST.fullmatch(feast)
    if movable is not None:
        sign, days = movable.groups()
        offset = int(days or 0) * (-1 if sign == "-" else 1)
        return easter(year, EASTER_ORTHODOX) + timedelta(days=offset)
    month, day = (int(part) for part in feast.split("-"))
    try:
        return date(year, month, day)
    except ValueError:  # the 29th of February
        return None
