"""Free times: the hours of each branch, less holidays, feasts, closures and what is taken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from heapq import merge

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import branches
from voicebot.records.branches import Terms, to_branch
from voicebot.records.hours import is_feast, parse_hours
from voicebot.records.models import (
    BranchRow,
    CategoryRow,
    ClosureRow,
    ReservationRow,
)
from voicebot.records.schedule import (
    ANY_TIME,
    DateRange,
    TimeRange,
    booking_window,
    is_public_holiday,
    starts,
)
from voicebot.records.taken import Taken, find_taken
from voicebot.records.types import Slot, VisitChannel

_Closed = set[tuple[str | None, date]]


def window(category: CategoryRow, now: datetime) -> DateRange:
    """The days that can be booked for a category at a moment."""
    return booking_window(
        now, earliest_days=category.earliest_days, window_days=category.window_days
    )


async def free(
    session: AsyncSession,
    rows: Sequence[BranchRow],
    category: CategoryRow,
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
    given = await branches.terms(session, rows, category)
    taken = await find_taken(session, codes, category.code, channel, days, now)
    closed = await _closed(session, codes, days)
    tracks = [
        _free_at(row, given[row.code], category.code, channel, days, times, now, taken, closed)
        for row in rows
        if row.code in given and channel in given[row.code].channels
    ]
    found: list[Slot] = []
    on_day: Counter[date] = Counter()
    for slot in merge(*tracks, key=lambda slot: slot.starts_at):
        if len(found) == limit:
            break
        if per_day is None or on_day[slot.day] < per_day:
            on_day[slot.day] += 1
            found.append(slot)
    return tuple(found)


async def given(
    session: AsyncSession, row: BranchRow, category: CategoryRow, slot: Slot, now: datetime
) -> Terms | None:
    """The terms under which a branch gives a slot, taken or not; None when it does not."""
    terms = (await branches.terms(session, [row], category)).get(row.code)
    days = window(category, now).overlap(DateRange(slot.day, slot.day))
    if terms is None or slot.channel not in terms.channels or days.last < days.first:
        return None
    closed = await _closed(session, [row.code], days)
    track = _open_at(row, terms.slot_minutes, days, ANY_TIME, now, closed)
    return terms if slot.starts_at in track else None


def _free_at(
    row: BranchRow,
    terms: Terms,
    category: str,
    channel: VisitChannel,
    days: DateRange,
    times: TimeRange,
    now: datetime,
    taken: Taken,
    closed: _Closed,
) -> Iterator[Slot]:
    branch = to_branch(row)
    for start in _open_at(row, terms.slot_minutes, days, times, now, closed):
        if len(taken.desks(row.code, start, terms.slot_minutes)) < terms.capacity:
            yield Slot(branch, category, channel, start, terms.slot_minutes)


def _open_at(
    row: BranchRow,
    minutes: int,
    days: DateRange,
    times: TimeRange,
    now: datetime,
    closed: _Closed,
) -> Iterator[datetime]:
    """When an appointment can begin at a branch, taken or not."""
    hours = parse_hours(row.hours)
    for day in days:
        if (row.code, day) in closed or (None, day) in closed:
            continue
        if is_public_holiday(day) or is_feast(day, row.feasts):
            continue
        for opens, closes in hours.on(day):
            for start in starts(day, opens, closes, minutes):
                if start > now and start.time() in times:
                    yield start


async def _closed(session: AsyncSession, codes: Sequence[str], days: DateRange) -> _Closed:
    closed = await session.execute(
        select(ClosureRow.branch_code, ClosureRow.day).where(
            or_(ClosureRow.branch_code.is_(None), ClosureRow.branch_code.in_(codes)),
            ClosureRow.day.between(days.first, days.last),
        )
    )
    return {(code, day) for code, day in closed}


async def clear_expired(session: AsyncSession, slot: Slot, now: datetime) -> None:
    """Take away the holds of a slot that have run out."""
    await session.execute(
        delete(ReservationRow).where(
            ReservationRow.branch_code == slot.branch.code,
            ReservationRow.category == slot.category,
            ReservationRow.channel == slot.channel,
            ReservationRow.starts_at == slot.starts_at,
            ReservationRow.expires_at <= now,
        )
    )


async def free_desks(
    session: AsyncSession, slot: Slot, terms: Terms, now: datetime
) -> tuple[int, ...]:
    """The desks of a slot that can be given; empty when it is full."""
    days = DateRange(slot.day, slot.day)
    code = slot.branch.code
    taken = await find_taken(session, [code], slot.category, slot.channel, days, now)
    busy = taken.desks(code, slot.starts_at, terms.slot_minutes)
    if len(busy) >= terms.capacity:
        return ()
    return tuple(sorted(set(range(terms.capacity)) - busy))
