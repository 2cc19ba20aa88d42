"""Free times: the hours of each branch, less holidays, feasts, closures and what is taken."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from heapq import merge

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import branches
from voicebot.records.branches import Terms, to_branch
from voicebot.records.hours import is_feast, parse_hours
from voicebot.records.models import (
    AppointmentRow,
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
from voicebot.records.types import ATHENS, Slot, VisitChannel

_Closed = set[tuple[str | None, date]]
# By branch and day: beginning, minutes (None for a hold: those of the slot) and desk.
_Taken = dict[tuple[str, date], list[tuple[datetime, int | None, int]]]


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
    taken = await _taken(session, codes, category.code, channel, days, now)
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
    taken: _Taken,
    closed: _Closed,
) -> Iterator[Slot]:
    branch = to_branch(row)
    for start in _open_at(row, terms.slot_minutes, days, times, now, closed):
        if len(_desks(taken, row.code, start, terms.slot_minutes)) < terms.capacity:
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


async def _taken(
    session: AsyncSession,
    codes: Sequence[str],
    category: str,
    channel: VisitChannel,
    days: DateRange,
    now: datetime,
) -> _Taken:
    """What is booked or held, by branch and local day. What was booked when slots were longer or
    shorter keeps its own length."""
    rows = await session.execute(
        select(
            ReservationRow.branch_code,
            ReservationRow.starts_at,
            ReservationRow.desk,
            AppointmentRow.duration_minutes,
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
    taken: _Taken = defaultdict(list)
    for code, start, desk, minutes in rows:
        taken[code, start.astimezone(ATHENS).date()].append((start, minutes, desk))
    return taken


def _desks(taken: _Taken, code: str, start: datetime, minutes: int) -> set[int]:
    """The desks that are taken at some moment of an appointment."""
    end = start + timedelta(minutes=minutes)
    return {
        desk
        for begun, length, desk in taken.get((code, start.astimezone(ATHENS).date()), ())
        if begun < end and start < begun + timedelta(minutes=length or minutes)
    }


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
    taken = await _taken(session, [code], slot.category, slot.channel, days, now)
    busy = _desks(taken, code, slot.starts_at, terms.slot_minutes)
    if len(busy) >= terms.capacity:
        return ()
    return tuple(sorted(set(range(terms.capacity)) - busy))
