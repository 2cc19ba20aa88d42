"""Greek public holidays, working days, and the feasts people use as dates.

Public holidays come from the `holidays` package (movable ones included); Easter from dateutil.
Local patron saints and one-day closures by decree are not known here.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays
from dateutil.easter import EASTER_ORTHODOX, easter

_ONE_DAY = timedelta(days=1)
_SATURDAY = 5


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("GR", years=year, language="el"))


@lru_cache(maxsize=64)
def orthodox_easter(year: int) -> date:
    """Easter Sunday of the Orthodox church.

    >>> orthodox_easter(2027)
    datetime.date(2027, 5, 2)
    """
    found: date = easter(year, method=EASTER_ORTHODOX)
    return found


def holiday_name(day: date) -> str | None:
    """Greek name of the public holiday on a day, or None.

    >>> holiday_name(date(2026, 12, 25)), holiday_name(date(2026, 11, 24))
    ('Χριστούγεννα', None)
    """
    return _public_holidays(day.year).get(day)


def is_working_day(day: date) -> bool:
    """Whether public offices open: no weekend, no public holiday.

    >>> is_working_day(date(2026, 11, 24)), is_working_day(date(2027, 1, 6))
    (True, False)
    """
    return day.weekday() < _SATURDAY and holiday_name(day) is None


def next_working_day(day: date) -> date:
    """The first working day after a day.

    >>> next_working_day(date(2026, 12, 24))
    datetime.date(2026, 12, 28)
    """
    return add_working_days(day, 1)


def add_working_days(day: date, count: int) -> date:
    """The day `count` working days after (negative: before) a day; 0 gives the day itself.

    >>> add_working_days(date(2026, 11, 30), -2)
    datetime.date(2026, 11, 26)
    """
    step = _ONE_DAY if count > 0 else -_ONE_DAY
    left = abs(count)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def working_days(first: date, last: date) -> list[date]:
    """The working days from one day to another, both included."""
    days = ((last - first).days if last >= first else -1) + 1
    return [day for day in (first + timedelta(days=n) for n in range(days)) if is_working_day(day)]
