"""When appointments can take place: working days, the booking window, the times of one day.

Pure rules; nothing here reads the database.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays

from voicebot.records.types import ATHENS

WINDOW_DAYS = 15
EARLIEST_DAYS = 1


@lru_cache(maxsize=8)
def _public_holidays(year: int) -> frozenset[date]:
    """Greek public holidays, the movable Orthodox feasts among them."""
    return frozenset(holidays.country_holidays("GR", years=year))


def is_public_holiday(day: date) -> bool:
    """Whether the whole country rests."""
    return day in _public_holidays(day.year)


def is_working_day(day: date, closed: Collection[date] = ()) -> bool:
    """Whether offices work: no weekend, no public holiday, no day of `closed`."""
    return day.weekday() < 5 and not is_public_holiday(day) and day not in closed


def next_working_day(day: date) -> date:
    """The first working day after `day`."""
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@dataclass(frozen=True)
class DateRange:
    """Days from `first` to `last`, both included."""

    first: date
    last: date

    def __iter__(self) -> Iterator[date]:
        """Every day."""
        for offset in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=offset)

    def overlap(self, other: DateRange) -> DateRange:
        """The days in both; empty (last before first) when there are none."""
        return DateRange(max(self.first, other.first), min(self.last, other.last))


def booking_window(
    now: datetime, *, earliest_days: int = EARLIEST_DAYS, window_days: int = WINDOW_DAYS
) -> DateRange:
    """The days that can be booked at a moment.

    Args:
        now: the moment, timezone-aware.
        earliest_days: the window begins with the first working day at least so many days ahead.
        window_days: how many days it has.
    """
    today = now.astimezone(ATHENS).date()
    first = next_working_day(today + timedelta(days=earliest_days - 1))
    return DateRange(first, first + timedelta(days=window_days - 1))


@dataclass(frozen=True)
class TimeRange:
    """Times of day at which an appointment may begin, both ends included."""

    earliest: time = time(0, 0)
    latest: time = time(23, 59)

    def __contains__(self, moment: time) -> bool:
        """Whether the time lies within."""
        return self.earliest <= moment <= self.latest


ANY_TIME = TimeRange()


def starts(day: date, opens: time, closes: time, minutes: int) -> Iterator[datetime]:
    """When appointments of so many minutes can begin on a day, so that all end by closing time."""
    step = timedelta(minutes=minutes)
    at = datetime.combine(day, opens, ATHENS)
    end = datetime.combine(day, closes, ATHENS)
    while at + step <= end:
        yield at
        at += step
