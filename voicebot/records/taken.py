"""What is booked or held, in an order in which one appointment is found among thousands."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from operator import attrgetter

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.models import AppointmentRow, ReservationRow
from voicebot.records.schedule import DateRange
from voicebot.records.types import ATHENS, VisitChannel

_BEGINS = attrgetter("begins")


@dataclass(frozen=True)
class Reserved:
    """One taken place.

    Attributes:
        begins: in UTC: moments of another zone are compared many times slower.
        minutes: None for a hold, which has those of the slot.
        desk: which of the branch.
    """

    begins: datetime
    minutes: int | None
    desk: int


@dataclass
class _Day:
    """What is taken at a branch on one local day, earliest first."""

    places: list[Reserved] = field(default_factory=list)
    longest: int = 0


class Taken:
    """What is taken at some branches, for one category and channel."""

    def __init__(self, reserved: Iterable[tuple[str, Reserved]]) -> None:
        self._days: dict[tuple[str, date], _Day] = {}
        for code, place in sorted(reserved, key=lambda one: one[1].begins):
            key = code, place.begins.astimezone(ATHENS).date()
            day = self._days.setdefault(key, _Day())
            day.places.append(place)
            day.longest = max(day.longest, place.minutes or 0)

    def desks(self, code: str, start: datetime, minutes: int) -> set[int]:
        """The desks that are taken at some moment of an appointment."""
        begins = start.astimezone(UTC)
        return {
            place.desk
            for place in self.near(code, start, minutes)
            if begins < place.begins + timedelta(minutes=place.minutes or minutes)
        }

    def near(self, code: str, start: datetime, minutes: int) -> Iterator[Reserved]:
        """The only places that can be in the way of an appointment: those that begin before its
        end, and not so early that the longest of that day would be over."""
        day = self._days.get((code, start.astimezone(ATHENS).date()))
        if day is None:
            return iter(())
        begins = start.astimezone(UTC)
        earliest = begins - timedelta(minutes=max(day.longest, minutes))
        first = bisect_right(day.places, earliest, key=_BEGINS)
        last = bisect_left(day.places, begins + timedelta(minutes=minutes), key=_BEGINS)
        return islice(day.places, first, last)


async def find_taken(
    session: AsyncSession,
    codes: Sequence[str],
    category: str,
    channel: VisitChannel,
    days: DateRange,
    now: datetime,
) -> Taken:
    """What is booked or held at branches. What was booked when slots were longer or shorter keeps
    its own length."""
    rows = await session.execute(
        select(
            ReservationRow.branch_code,
            ReservationRow.starts_at,
            AppointmentRow.duration_minutes,
            ReservationRow.desk,
        )
        .join(AppointmentRow, ReservationRow.appointment == AppointmentRow.number, isouter=True)
        .where(
            ReservationRow.branch_code.in_(codes),
            ReservationRow.category == category,
            ReservationRow.channel == channel,
            ReservationRow.starts_at >= datetime.combine(days.first, time.min, ATHENS),
            ReservationRow.starts_at <= datetime.combine(days.last, time.max, ATHENS),
            or_(ReservationRow.expires_at.is_(None), ReservationRow.expires_at > now),
        )
    )
    return Taken((code, Reserved(begins, minutes, desk)) for code, begins, minutes, desk in rows)
