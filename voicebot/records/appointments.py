"""Appointments: find a free time, hold it while the caller decides, book, change, cancel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import branches as branch_rows
from voicebot.records import contact, reference, slots
from voicebot.records.database import Database
from voicebot.records.errors import AlreadyFinished, InvalidRecord, NotFound, SlotTaken
from voicebot.records.inserting import insert_if_free
from voicebot.records.issuing import issue_number
from voicebot.records.models import AppointmentRow, BranchRow, CallRow, ReservationRow
from voicebot.records.schedule import ANY_TIME, DateRange, TimeRange, booking_window
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


class Appointments:
    """The book of appointments. A place is never given twice, see `ReservationRow`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def categories(self, agency: Agency) -> tuple[Category, ...]:
        """The kinds of service that an agency gives appointments for, in the order to offer them;
        empty when it gives none."""

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
        """Branches of an agency, those of that very place or, where there is none, of the
        region of that name.

        Args:
            place: municipality or city, in any case and with or without accents.
            region: tells namesakes apart ("Αττική").
            channel: only branches that work this way.
        """

        async def work(session: AsyncSession) -> tuple[Branch, ...]:
            rows = await branch_rows.find(session, agency, place, region, channel)
            return tuple(branch_rows.to_branch(row) for row in rows)

        return await self._database.read(work)

    def booking_window(self) -> DateRange:
        """The days that can be booked now. Reads no database."""
        return booking_window(self._clock())

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
        """Free times, earliest first.

        Args:
            place: see `branches`; ignored by video and telephone, which have no place.
            branch: code of one branch.
            days: what of the booking window will do; the whole of it by default.
            times: the times of day at which it may begin.
            limit: at most so many.
            per_day: at most so many on one day, for offers that differ.

        Raises:
            NotFound: the agency gives no appointments of this category through this channel.
        """
        window = self.booking_window()
        wanted = window if days is None else window.overlap(days)
        now = self._clock()

        async def work(session: AsyncSession) -> tuple[Slot, ...]:
            kind = await branch_rows.category(session, agency, category)
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
        """Keep a slot for two minutes, giving back any other that the call holds.

        Raises:
            SlotTaken: the last place is gone, or the time has passed.
            NotFound: no such call or branch.
        """
        now = self._clock()
        expires_at = now + HOLD

        async def work(session: AsyncSession) -> Hold:
            row = await branch_rows.branch(session, slot.branch.code)
            if await session.get(CallRow, call_id) is None:
                raise NotFound(f"there is no call {call_id!r}")
            await _release(session, call_id)
            if slot.starts_at <= now:
                raise SlotTaken("the time has passed")
            taken = await slots.taken_desks(session, slot, now)
            for desk in sorted(set(range(row.desks)) - taken):
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
                    return Hold(hold_id, call_id, slot, expires_at)
            raise SlotTaken("the last place has just been given")

        return await self._database.write(work)

    async def release(self, call_id: str) -> None:
        """Give back what a call holds (finishing the call does so too)."""

        async def work(session: AsyncSession) -> None:
            await _release(session, call_id)

        await self._database.write(work)

    async def book(self, hold: Hold, person: Person) -> Appointment:
        """Turn a hold into an appointment. A hold past its time is honoured while its place has
        been given to nobody else.

        Raises:
            SlotTaken: the hold ran out and the place is gone.
            InvalidRecord: name, ΑΦΜ, ΑΜΚΑ or mobile cannot be right.
        """
        known = _checked(person)
        now = self._clock()

        async def work(session: AsyncSession) -> Appointment:
            reservation = await _held(session, hold)
            number = await issue_number(session, now)
            row = AppointmentRow(
                number=number,
                branch_code=reservation.branch_code,
                category=reservation.category,
                channel=reservation.channel,
                starts_at=reservation.starts_at,
                duration_minutes=hold.slot.duration_minutes,
                name=known.name,
                afm=known.afm,
                mobile=known.mobile,
                amka=known.amka,
                status=AppointmentStatus.BOOKED,
                call_id=hold.call_id,
                booked_at=now,
                changed_at=now,
            )
            session.add(row)
            await session.flush()
            _give(reservation, number)
            return await _appointment(session, row)

        return await self._database.write(work)

    async def change(self, number: str, hold: Hold) -> Appointment:
        """Move an appointment to a held slot; its number stays.

        Raises:
            NotFound: no such appointment.
            AlreadyFinished: it was cancelled.
            SlotTaken: the hold ran out and the place is gone.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> Appointment:
            row = await _active(session, number)
            reservation = await _held(session, hold)
            await session.execute(
                delete(ReservationRow).where(ReservationRow.appointment == row.number)
            )
            row.branch_code = reservation.branch_code
            row.category = reservation.category
            row.channel = reservation.channel
            row.starts_at = reservation.starts_at
            row.duration_minutes = hold.slot.duration_minutes
            row.status = AppointmentStatus.CHANGED
            row.changed_at = now
            _give(reservation, row.number)
            return await _appointment(session, row)

        return await self._database.write(work)

    async def cancel(self, number: str) -> Appointment:
        """Cancel; the place is free again at once.

        Raises:
            NotFound: no such appointment.
            AlreadyFinished: it was cancelled before.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> Appointment:
            row = await _active(session, number)
            await session.execute(
                delete(ReservationRow).where(ReservationRow.appointment == row.number)
            )
            row.status = AppointmentStatus.CANCELLED
            row.changed_at = now
            return await _appointment(session, row)

        return await self._database.write(work)

    async def find(self, number: str) -> Appointment:
        """One appointment by its number, however it is grouped; cancelled ones too.

        Raises:
            NotFound: no such appointment.
        """

        async def work(session: AsyncSession) -> Appointment:
            return await _appointment(session, await _by_number(session, number))

        return await self._database.read(work)

    async def find_by_person(self, afm: str, mobile: str) -> tuple[Appointment, ...]:
        """Appointments still to come for a person who knows both numbers, earliest first; empty
        when one of them does not fit, without telling which."""
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


def _checked(person: Person) -> Person:
    name = " ".join(person.name.split())
    if not name or len(name) > 128:
        raise InvalidRecord("name: 1 to 128 characters are needed")
    amka = person.amka
    if amka is not None and not (len(amka) == 11 and amka.isascii() and amka.isdigit()):
        raise InvalidRecord("amka: eleven digits are needed")
    return Person(
        name=name,
        afm=contact.afm_key(person.afm),
        mobile=contact.phone_key(person.mobile),
        amka=amka,
    )


async def _release(session: AsyncSession, call_id: str) -> None:
    await session.execute(
        delete(ReservationRow).where(
            ReservationRow.call_id == call_id, ReservationRow.appointment.is_(None)
        )
    )


async def _held(session: AsyncSession, hold: Hold) -> ReservationRow:
    row: ReservationRow | None = await session.scalar(
        select(ReservationRow)
        .where(
            ReservationRow.reservation_id == hold.hold_id,
            ReservationRow.call_id == hold.call_id,
            ReservationRow.appointment.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise SlotTaken("the hold has run out and the place has been given")
    return row


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


async def _active(session: AsyncSession, number: str) -> AppointmentRow:
    row = await _by_number(session, number, lock=True)
    if row.status is AppointmentStatus.CANCELLED:
        raise AlreadyFinished("the appointment is cancelled already")
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
        person=Person(name=row.name, afm=row.afm, mobile=row.mobile, amka=row.amka),
        status=row.status,
        call_id=row.call_id,
        booked_at=row.booked_at,
    )
