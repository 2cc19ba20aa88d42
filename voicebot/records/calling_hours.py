"""When people may be rung, or are there to be rung: opening hours, weekends, holidays, quiet hours.

Pure rules; nothing here reads the database.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from voicebot.records.schedule import is_public_holiday
from voicebot.records.types import ATHENS
from voicebot.settings import Hours

_MOST_DAYS = 370


def is_open_day(hours: Hours, moment: datetime) -> bool:
    """Whether the local day of a moment is a day of these hours at all."""
    day = moment.astimezone(ATHENS).date()
    return (
        (hours.weekends or day.weekday() < 5)
        and (hours.holidays or not is_public_holiday(day))
        and day not in hours.closed_days
    )


def allows(hours: Hours, moment: datetime) -> bool:
    """Whether a moment lies within the hours."""
    at = moment.astimezone(ATHENS).time()
    return (
        is_open_day(hours, moment)
        and hours.opens <= at < hours.closes
        and not any(begin <= at < end for begin, end in hours.quiet)
    )


def next_allowed(hours: Hours, moment: datetime) -> datetime:
    """The first moment from this one on that lies within the hours.

    Raises:
        ValueError: there is none in a year: the hours allow nothing.
    """
    local = moment.astimezone(ATHENS)
    if allows(hours, local):
        return moment
    edges = sorted({hours.opens, *(end for _, end in hours.quiet)})
    for days in range(_MOST_DAYS):
        day = local.date() + timedelta(days=days)
        for edge in edges:
            candidate = datetime.combine(day, edge, ATHENS)
            if candidate >= local and allows(hours, candidate):
                return candidate
    raise ValueError("these hours allow no moment in a whole year")


def last_allowed(hours: Hours, moment: datetime) -> datetime:
    """When the hours of a moment's local day end."""
    local = moment.astimezone(ATHENS)
    closes = time(23, 59, 59) if hours.closes == time.max else hours.closes
    return datetime.combine(local.date(), closes, ATHENS)
