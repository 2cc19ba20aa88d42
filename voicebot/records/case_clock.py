"""The clock of a case: so many days, calendar or working, that pass only while it runs.

Pure rules; nothing here reads the database. A day is a local day (Europe/Athens) however long it
is, so that the changes to and from summer time neither give nor take anything. A part of a day
counts as that part. Holidays are those of `schedule.is_working_day`.

The deadline is the end of the day on which the time is used up; a day on which nobody works gives
way to the next working day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from voicebot.records.schedule import is_working_day
from voicebot.records.types import ATHENS

HALF, FOUR_FIFTHS = 0.5, 0.8
_MOST_DAYS = 20 * 366
_SECOND = timedelta(seconds=1)


class Counting(StrEnum):
    """Which days count."""

    WORKING = "working"
    CALENDAR = "calendar"


@dataclass(frozen=True)
class CaseClock:
    """A clock in days. Stopped while `since` is None.

    Attributes:
        allowed: days in all.
        used: days used before it was last started.
        since: when it was last started.
    """

    counting: Counting
    allowed: float
    used: float
    since: datetime | None

    def used_at(self, now: datetime) -> float:
        """Days used until a moment not before the last start."""
        if self.since is None or now <= self.since:
            return self.used
        return self.used + elapsed(self.since, now, self.counting)

    def stopped(self, now: datetime) -> CaseClock:
        """The same clock, standing still from now on."""
        return replace(self, used=self.used_at(now), since=None)

    def started(self, now: datetime) -> CaseClock:
        """The same clock, running from now on."""
        return replace(self.stopped(now), since=now)

    def when_used(self, share: float) -> datetime | None:
        """When such a share (0..1) of the time is used; None while the clock stands still."""
        if self.since is None:
            return None
        left = max(0.0, self.allowed * share - self.used)
        return advance(self.since, left, self.counting)

    @property
    def deadline(self) -> datetime | None:
        """The end of the working day on which all of it is used; None while it stands still."""
        runs_out = self.when_used(1.0)
        if runs_out is None:
            return None
        # A moment that is midnight itself belongs to the day that it ends.
        day = (runs_out - _SECOND).astimezone(ATHENS).date()
        while not is_working_day(day):
            day += timedelta(days=1)
        return midnight(day + timedelta(days=1))


def midnight(day: date) -> datetime:
    """The beginning of a local day, in UTC."""
    return datetime.combine(day, time(0), ATHENS).astimezone(UTC)


def elapsed(start: datetime, end: datetime, counting: Counting) -> float:
    """Days between two moments, those that do not count left out; 0 when `end` is earlier."""
    days = 0.0
    moment = start.astimezone(UTC)
    end = end.astimezone(UTC)
    while moment < end:
        day = moment.astimezone(ATHENS).date()
        begins, ends = midnight(day), midnight(day + timedelta(days=1))
        until = min(ends, end)
        if _counts(day, counting):
            days += (until - moment) / (ends - begins)
        moment = until
    return days


def advance(start: datetime, days: float, counting: Counting) -> datetime:
    """The first moment at which so many days have passed since `start`, to the second.

    Raises:
        ValueError: more days than twenty years have.
    """
    if not 0 <= days <= _MOST_DAYS:
        raise ValueError(f"days: 0 to {_MOST_DAYS}, not {days}")
    moment = start.astimezone(UTC)
    while True:
        day = moment.astimezone(ATHENS).date()
        begins, ends = midnight(day), midnight(day + timedelta(days=1))
        if _counts(day, counting):
            rest = (ends - moment) / (ends - begins)
            # A billionth of a day is what adding up fractions may lose.
            if days <= rest + 1e-9:
                return _to_second(min(ends, moment + days * (ends - begins)))
            days -= rest
        elif days <= 0:
            return _to_second(moment)
        moment = ends


def _counts(day: date, counting: Counting) -> bool:
    return counting is Counting.CALENDAR or is_working_day(day)


def _to_second(moment: datetime) -> datetime:
    return (moment + _SECOND / 2).replace(microsecond=0)
