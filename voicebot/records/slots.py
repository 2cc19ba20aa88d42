"""Free times: the rules of `schedule` less what is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from heapq import merge

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.branches import to_branch
from voicebot.records.models import BranchRow, ClosureRow, ReservationRow
from voicebot.records.schedule import DateRange, TimeRange, is_working_day, starts
from voicebot.records.types import ATHENS, Category, Slot, VisitChannel


async def free(
    session: AsyncSession,
    rows: Sequence[BranchRow],
    category: Category,
    channel: VisitChannel,
    days: DateRange,
    times: TimeRange,
    now: datetime,
    *,
    limit: int,
    per_day: int | None,
) -> tuple[Slot, ...]:
    """Slots with a free desk at any of the branches, earliest first."""
    codes = [row.code for row in rows]
    taken = await _taken(session, codes, category.code, channel, days, now)
    closed = await _closed(session, codes, days)
    tracks = [_of_branch(row, category, channel, days, times, now, taken, closed) for row in rows]
    found: list[Slot] = []
    on_day: Counter[date] = Counter()
    for slot in merge(*tracks, key=lambda slot: slot.starts_at):
        if len(found) == limit:
            break
        if per_day is None or on_day[slot.day] < per_day:
            on_day[slot.day] += 1
            found.append(slot)
    return tuple(found)


def _of_branch(
    row: BranchRow,
    category: Category,
    channel: VisitChannel,
    days: DateRange,
    times: TimeRange,
    now: datetime,
    taken: Counter[tuple[str, datetime]],
    closed: set[tuple[str | None, date]],
) -> Iterator[Slot]:
    branch = to_branch(row)
    for day in days:
        if not is_working_day(day) or (row.code, day) in closed or (None, day) in closed:
            continue
        for start in starts(day, row.opens, row.closes, category.slot_minutes):
            if (
                start > now
                and start.time() in times
                and taken[row.code, start.astimezone(UTC)] < row.desks
            ):
                yield Slot(branch, category.code, channel, start, category.slot_minutes)


async def _taken(
    session: AsyncSession,
    codes: Sequence[str],
    category: str,
    channel: VisitChannel,
    days: DateRange,
    now: datetime,
) -> Counter[tuple[str, datetime]]:
    """How many desks are booked or held, by branch and moment."""
    taken = await session.execute(
        select(ReservationRow.branch_code, ReservationRow.starts_at).where(
            ReservationRow.branch_code.in_(codes),
            ReservationRow.category == category,
            ReservationRow.channel == channel,
            ReservationRow.starts_at >= datetime.combine(days.first, time.min, ATHENS),
            ReservationRow.starts_at <= datetime.combine(days.last, time.max, ATHENS),
            or_(ReservationRow.expires_at.is_(None), ReservationRow.expires_at > now),
        )
    )
    return Counter((code, start) for code, start in taken)


async def _closed(
    session: AsyncSession, codes: Sequence[str], days: DateRange
) -> set[tuple[str | None, date]]:
    closed = await session.execute(
        select(ClosureRow.branch_code, ClosureRow.day).where(
            or_(ClosureRow.branch_code.is_(None), ClosureRow.branch_code.in_(codes)),
            ClosureRow.day.between(days.first, days.last),
        )
    )
    return {(code, day) for code, day in closed}


async def taken_desks(session: AsyncSession, slot: Slot, now: datetime) -> set[int]:
    """The desks of a slot that are taken; holds that have run out are cleared away first."""
    here = (
        ReservationRow.branch_code == slot.branch.code,
        ReservationRow.category == slot.category,
        ReservationRow.channel == slot.channel,
        ReservationRow.starts_at == slot.starts_at,
    )
    await session.execute(delete(ReservationRow).where(*here, ReservationRow.expires_at <= now))
    return set(await session.scalars(select(ReservationRow.desk).where(*here)))
