"""Appointments: find a free time, hold it while the caller decides, book, change, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit, contact, reference, slots
from voicebot.records import branches as branch_rows
from voicebot.records.book import AppointmentBook
from voicebot.records.database import Database
from voicebot.records.errors import AlreadyFinished, InvalidRecord, NotFound, SlotTaken, TooLate
from voicebot.records.inserting import insert_if_free
from voicebot.records.issuing import issue_number
from voicebot.records.models import (
    AppointmentRow,
    BranchRow,
    CallRow,
    CategoryRow,
    ReservationRow,
)
from voicebot.records.person import checked_person
from voicebot.records.reminders import Occasion, announce, cancel_reminders, plan_reminders
from voicebot.records.schedule import ANY_TIME, DateRange, TimeRange
from voicebot.records.types import (
    ATHENS,
    Agency,
    Appointment,
    AppointmentStatus,
    Branch,
    Category,
    Clock,
    Hold,
    Person,
    Slot,
    VisitChannel,
)

HOLD = timedelta(minutes=2)
WHO = "line"


class Appointments(AppointmentBook):
    """The embedded book of appointments. A place is never given twice, see `ReservationRow`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def categories(self, agency: Agency) -> tuple[Category, ...]:
        """See `AppointmentBook`."""

        async def work(session: AsyncSession) -> tuple[Category, ...]:
            return await branch_rows.categories(session, agency)

        return await self._database.read(work)

    async def branches(
        self,
        agency: Agency,
        place: str | None = None,
        *,
        region: str | None = None,
        channel: VisitChannel | None = None,
    ) -> tuple[Branch, ...]:
        """See `AppointmentBook`."""

        async def work(session: AsyncSession) -> tuple[Branch, ...]:
            rows = await branch_rows.find(session, agency, place, region, channel)
            return tuple(branch_rows.to_branch(row) for row in rows)

        return await self._database.read(work)

    async def find_slots(
        self,
        agency: Agency,
        category: str,
        *,
        channel: VisitChannel = VisitChannel.IN_PERSON,
        place: str | None = None,
        region: str | None = None,
        branch: str | None = None,
        days: DateRange | None = None,
        times: TimeRange = ANY_TIME,
        limit: int = 3,
        per_day: int | None = None,
    ) -> tuple[Slot, ...]:
        """See `AppointmentBook`."""
        now = self._clock()

        async def work(session: AsyncSession) -> tuple[Slot, ...]:
            kind = await branch_rows.category(session, agency, category)
            window = slots.window(kind, now)
            wanted = window if days is None else window.overlap(days)
            if channel not in kind.channels:
                raise NotFound(f"{agency} {category}: no appointments by {channel}")
            rows: Sequence[BranchRow]
            if branch is not None:
                rows = [await branch_rows.branch(session, branch)]
            else:
                in_person = channel is VisitChannel.IN_PERSON
                rows = await branch_rows.find(
                    session,
                    agency,
                    place if in_person else None,
                    region if in_person else None,
                    channel,
                )
            return await slots.free(
                session, rows, kind, channel, wanted, times, now, limit=limit, per_day=per_day
            )

        return await self._database.read(work)

    async def hold(self, slot: Slot, call_id: str) -> Hold:
        """See `AppointmentBook`."""
        now = self._clock()
        expires_at = now + HOLD

        async def work(session: AsyncSession) -> Hold:
            row = await branch_rows.branch(session, slot.branch.code)
            if await session.get(CallRow, call_id) is None:
                raise NotFound(f"there is no call {call_id!r}")
            kind = await branch_rows.category(session, row.agency, slot.category)
            await _release(session, call_id)
            if slot.starts_at <= now:
                raise SlotTaken("the time has passed")
            terms = await slots.given(session, row, kind, slot, now)
            if terms is None:
                raise SlotTaken("no appointments are given at this time")
            await slots.clear_expired(session, slot, now)
            for desk in await slots.free_desks(session, slot, terms, now):
                hold_id = await insert_if_free(
                    session,
                    ReservationRow,
                    branch_code=row.code,
                    category=slot.category,
                    channel=slot.channel,
                    starts_at=slot.starts_at,
                    desk=desk,
                    call_id=call_id,
                    expires_at=expires_at,
                )
                if hold_id is not None:
                    kept = replace(
                        slot,
                        branch=branch_rows.to_branch(row),
                        starts_at=slot.starts_at.astimezone(ATHENS),
                        duration_minutes=terms.slot_minutes,
                    )
                    return Hold(str(hold_id), call_id, kept, expires_at)
            raise SlotTaken("the last place has just been given")

        return await self._database.write(work)

    async def release(self, call_id: str) -> None:
        """See `AppointmentBook`."""

        async def work(session: AsyncSession) -> None:
            await _release(session, call_id)

        await self._database.write(work)

    async def book(self, hold: Hold, person: Person) -> Appointment:
        """See `AppointmentBook`."""
        now = self._clock()

        async def work(session: AsyncSession) -> Appointment:
            reservation = await _held(session, hold)
            branch = await branch_rows.branch(session, reservation.branch_code)
            kind = await branch_rows.category(session, branch.agency, reservation.category)
            minutes = await _minutes(session, branch, kind)
            known = checked_person(person, branch_rows.to_category(kind).asks)
            number = await issue_number(session, now)
            row = AppointmentRow(
                number=number,
                branch_code=reservation.branch_code,
                category=reservation.category,
                channel=reservation.channel,
                starts_at=reservation.starts_at,
                duration_minutes=minutes,
                name=known.name,
                afm=known.afm,
                mobile=known.mobile,
                amka=known.amka,
                birthdate=known.birthdate,
                email=known.email,
                status=AppointmentStatus.BOOKED,
                call_id=hold.call_id,
                booked_at=now,
                changed_at=now,
            )
            session.add(row)
            await session.flush()
            _give(reservation, number)
            booked = await _appointment(session, row)
            await announce(session, booked, Occasion.BOOKED, now=now)
            await plan_reminders(session, booked, now=now)
            await audit.append(session, WHO, "appointment.booked", number, now=now)
            return booked

        return await self._database.write(work)

    async def change(self, number: str, hold: Hold) -> Appointment:
        """See `AppointmentBook`."""
        now = self._clock()

        async def work(session: AsyncSession) -> Appointment:
            row = await _changeable(session, number, now)
            reservation = await _held(session, hold)
            branch = await branch_rows.branch(session, reservation.branch_code)
            kind = await branch_rows.category(session, branch.agency, reservation.category)
            await session.execute(
                delete(ReservationRow).where(ReservationRow.appointment == row.number)
            )
            row.branch_code = reservation.branch_code
            row.category = reservation.category
            row.channel = reservation.channel
            row.starts_at = reservation.starts_at
            row.duration_minutes = await _minutes(session, branch, kind)
            row.status = AppointmentStatus.CHANGED
            row.changed_at = now
            _give(reservation, row.number)
            await session.flush()
            changed = await _appointment(session, row)
            await announce(session, changed, Occasion.CHANGED, now=now)
            await plan_reminders(session, changed, now=now)
            await audit.append(session, WHO, "appointment.changed", row.number, now=now)
            return changed

        return await self._database.write(work)

    async def cancel(self, number: str, *, who: str = WHO) -> Appointment:
        """See `AppointmentBook`."""
        now = self._clock()

        async def work(session: AsyncSession) -> Appointment:
            row = await _changeable(session, number, now)
            await session.execute(
                delete(ReservationRow).where(ReservationRow.appointment == row.number)
            )
            row.status = AppointmentStatus.CANCELLED
            row.changed_at = now
            cancelled = await _appointment(session, row)
            await cancel_reminders(session, row.number)
            await announce(session, cancelled, Occasion.CANCELLED, now=now)
            await audit.append(session, who, "appointment.cancelled", row.number, now=now)
            return cancelled

        return await self._database.write(work)

    async def find(self, number: str) -> Appointment:
        """See `AppointmentBook`."""

        async def work(session: AsyncSession) -> Appointment:
            return await _appointment(session, await _by_number(session, number))

        return await self._database.read(work)

    async def find_by_person(self, afm: str, mobile: str) -> tuple[Appointment, ...]:
        """See `AppointmentBook`."""
        now = self._clock()
        try:
            keys = contact.afm_key(afm), contact.phone_key(mobile)
        except InvalidRecord:
            return ()

        async def work(session: AsyncSession) -> tuple[Appointment, ...]:
            rows = await session.scalars(
                select(AppointmentRow)
                .where(
                    AppointmentRow.afm == keys[0],
                    AppointmentRow.mobile == keys[1],
                    AppointmentRow.status != AppointmentStatus.CANCELLED,
                    AppointmentRow.starts_at > now,
                )
                .order_by(AppointmentRow.starts_at)
            )
            return tuple([await _appointment(session, row) for row in rows.all()])

        return await self._database.read(work)


async def _release(session: AsyncSession, call_id: str) -> None:
    await session.execute(
        delete(ReservationRow).where(
            ReservationRow.call_id == call_id, ReservationRow.appointment.is_(None)
        )
    )


async def _held(session: AsyncSession, hold: Hold) -> ReservationRow:
    if not hold.hold_id.isdecimal():
        raise SlotTaken("there is no such hold")
    row: ReservationRow | None = await session.scalar(
        select(ReservationRow)
        .where(
            ReservationRow.reservation_id == int(hold.hold_id),
            ReservationRow.call_id == hold.call_id,
            ReservationRow.appointment.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise SlotTaken("the hold has run out and the place has been given")
    return row


async def _minutes(session: AsyncSession, branch: BranchRow, kind: CategoryRow) -> int:
    terms = (await branch_rows.terms(session, [branch], kind)).get(branch.code)
    return terms.slot_minutes if terms is not None else kind.slot_minutes


def _give(reservation: ReservationRow, number: str) -> None:
    reservation.appointment = number
    reservation.expires_at = None
    reservation.call_id = None


async def _by_number(session: AsyncSession, number: str, *, lock: bool = False) -> AppointmentRow:
    query = select(AppointmentRow).where(AppointmentRow.number == reference.compact(number))
    row: AppointmentRow | None = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("there is no appointment with this number")
    return row


async def _changeable(session: AsyncSession, number: str, now: datetime) -> AppointmentRow:
    row = await _by_number(session, number, lock=True)
    if row.status is AppointmentStatus.CANCELLED:
        raise AlreadyFinished("the appointment is cancelled already")
    branch = await branch_rows.branch(session, row.branch_code)
    kind = await session.get(CategoryRow, (branch.agency, row.category))
    notice = timedelta(hours=kind.notice_hours if kind is not None else 0)
    if now > row.starts_at - notice or now >= row.starts_at:
        raise TooLate("the appointment begins too soon to be changed or cancelled")
    return row


async def _appointment(session: AsyncSession, row: AppointmentRow) -> Appointment:
    branch: BranchRow = await branch_rows.branch(session, row.branch_code)
    return Appointment(
        number=row.number,
        slot=Slot(
            branch=branch_rows.to_branch(branch),
            category=row.category,
            channel=row.channel,
            starts_at=row.starts_at.astimezone(ATHENS),
            duration_minutes=row.duration_minutes,
        ),
        person=Person(
            name=row.name,
            afm=row.afm,
            mobile=row.mobile,
            amka=row.amka,
            birthdate=row.birthdate,
            email=row.email,
        ),
        status=row.status,
        call_id=row.call_id,
        booked_at=row.booked_at,
    )
