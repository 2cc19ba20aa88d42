"""The book of appointments kept by an outside system (`docs/appointment-book.openapi.yaml`).

Categories and branches are the system's too and are remembered for a while, the last known ones
when it is away. What the citizen is told in writing goes through our own messages, unless the
system sees to that itself.
"""

from __future__ import annotations

import secrets
import time as clocks
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

import structlog
from pydantic import BaseModel, TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit, contact, reference
from voicebot.records.book import AppointmentBook
from voicebot.records.book_client import BookClient, MaybeDone
from voicebot.records.book_settling import Unsettled
from voicebot.records.book_wire import (
    AppointmentBody,
    BookingRequest,
    BranchBody,
    CategoryBody,
    ChangeRequest,
    HoldBody,
    HoldRequest,
    PersonBody,
    SearchRequest,
    SlotBody,
)
from voicebot.records.branches import place_key
from voicebot.records.database import Database
from voicebot.records.errors import (
    AlreadyFinished,
    BookUnavailable,
    InvalidRecord,
    NotFound,
    RecordsError,
    TooLate,
)
from voicebot.records.person import checked_person
from voicebot.records.reminders import Occasion, announce, cancel_reminders, plan_reminders
from voicebot.records.schedule import ANY_TIME, DateRange, TimeRange
from voicebot.records.types import (
    Agency,
    Appointment,
    Branch,
    Category,
    Clock,
    Hold,
    Identity,
    Person,
    Slot,
    VisitChannel,
)

T = TypeVar("T")

REMEMBERED_S = 300.0
_CATEGORIES = TypeAdapter(tuple[CategoryBody, ...])
_BRANCHES = TypeAdapter(tuple[BranchBody, ...])
_SLOTS = TypeAdapter(tuple[SlotBody, ...])
_HOLD = TypeAdapter(HoldBody)
_APPOINTMENT = TypeAdapter(AppointmentBody)
_APPOINTMENTS = TypeAdapter(tuple[AppointmentBody, ...])

log = structlog.get_logger(__name__)


class HttpBook(AppointmentBook):
    """See `AppointmentBook`.

    Args:
        database: where messages, reminders and the audit are written.
        messages: False when the system tells the citizen itself.
    """

    def __init__(
        self, client: BookClient, database: Database, clock: Clock, *, messages: bool = True
    ) -> None:
        self._client = client
        self._database = database
        self._clock = clock
        self._messages = messages
        self._remembered: dict[tuple[str, Agency], tuple[float, Any]] = {}
        self._holding: set[str] = set()

    async def close(self) -> None:
        """Release the connections."""
        await self._client.close()

    async def categories(self, agency: Agency) -> tuple[Category, ...]:
        """See `AppointmentBook`."""

        async def ask() -> tuple[Category, ...]:
            bodies = await self._client.get("categories", _CATEGORIES, {"agency": agency.value})
            return tuple(body.value() for body in bodies)

        return await self._remember(("categories", agency), ask)

    async def branches(
        self,
        agency: Agency,
        place: str | None = None,
        *,
        region: str | None = None,
        channel: VisitChannel | None = None,
    ) -> tuple[Branch, ...]:
        """See `AppointmentBook`."""

        async def ask() -> tuple[Branch, ...]:
            bodies = await self._client.get("branches", _BRANCHES, {"agency": agency.value})
            return tuple(body.value() for body in bodies)

        known = await self._remember(("branches", agency), ask)
        if place is None:
            return _fitting(known, region, channel)
        there = [one for one in known if one.place and place_key(one.place) == place_key(place)]
        found = _fitting(there, region, channel)
        return found if found or region is not None else _fitting(known, place, channel)

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
        if days is not None and days.last < days.first:
            return ()
        bodies = await self._client.get(
            "slots",
            _SLOTS,
            {
                "agency": agency.value,
                "category": category,
                "channel": channel.value,
                "place": place,
                "region": region,
                "branch": branch,
                "from": days.first.isoformat() if days is not None else None,
                "to": days.last.isoformat() if days is not None else None,
                "earliest": times.earliest.strftime("%H:%M"),
                "latest": times.latest.strftime("%H:%M"),
                "limit": limit,
                "per_day": per_day,
            },
        )
        return tuple(body.value() for body in bodies)

    async def hold(self, slot: Slot, call_id: str) -> Hold:
        """See `AppointmentBook`."""
        wanted = HoldRequest(
            call=call_id,
            branch=slot.branch.code,
            category=slot.category,
            channel=slot.channel,
            starts_at=slot.starts_at,
        )
        # Also when the answer is lost: there may be a hold then.
        self._holding.add(call_id)
        body: HoldBody = await self._client.change("POST", "holds", _HOLD, wanted)
        return Hold(body.hold, call_id, body.slot.value(), body.expires_at)

    async def release(self, call_id: str) -> None:
        """See `AppointmentBook`."""
        if call_id in self._holding:
            path = f"calls/{quote(call_id, safe='')}/hold"
            await self._client.change("DELETE", path, None)
            self._holding.discard(call_id)

    async def book(self, hold: Hold, person: Person) -> Appointment:
        """See `AppointmentBook`."""
        known = checked_person(person, await self._asks(hold.slot))
        request = BookingRequest(call=hold.call_id, hold=hold.hold_id, person=PersonBody.of(known))
        body = await self._change(Occasion.BOOKED, "line", "POST", "appointments", request)
        self._holding.discard(hold.call_id)
        return await self._promised(body.value(hold.call_id), Occasion.BOOKED, "line")

    async def change(self, number: str, hold: Hold) -> Appointment:
        """See `AppointmentBook`."""
        request = ChangeRequest(call=hold.call_id, hold=hold.hold_id)
        path = f"appointments/{_path_number(number)}/slot"
        body = await self._change(Occasion.CHANGED, "line", "PUT", path, request)
        self._holding.discard(hold.call_id)
        return await self._promised(body.value(), Occasion.CHANGED, "line")

    async def cancel(self, number: str, *, who: str = "line") -> Appointment:
        """See `AppointmentBook`."""
        path = f"appointments/{_path_number(number)}"
        body = await self._change(Occasion.CANCELLED, who, "DELETE", path)
        return await self._promised(body.value(), Occasion.CANCELLED, who)

    async def find(self, number: str) -> Appointment:
        """See `AppointmentBook`."""
        body = await self._client.get(f"appointments/{_path_number(number)}", _APPOINTMENT, {})
        value: Appointment = body.value()
        return value

    async def find_by_person(self, afm: str, mobile: str) -> tuple[Appointment, ...]:
        """See `AppointmentBook`."""
        try:
            wanted = SearchRequest(afm=contact.afm_key(afm), mobile=contact.phone_key(mobile))
        except InvalidRecord:
            return ()
        bodies = await self._client.change("POST", "appointments/search", _APPOINTMENTS, wanted)
        return tuple(body.value() for body in bodies)

    async def settle(self, left: Unsettled) -> Callable[[AsyncSession], Awaitable[None]]:
        """Find out what became of a change that got no answer, and put it in order.

        Returns:
            What is to be written in our own database then.

        Raises:
            BookUnavailable: still no answer; to be tried again.
        """

        async def nothing(session: AsyncSession) -> None:
            return

        try:
            appointment = await self._repeat(left)
        except BookUnavailable:
            raise
        except RecordsError as refusal:
            log.info("book.settled", what=left.what, made=False, reason=type(refusal).__name__)
            return nothing
        taken_back = left.what is Occasion.BOOKED and await self._take_back(left, appointment)
        log.warning("book.settled", what=left.what, made=True, number=appointment.number)
        now = self._clock()

        async def note(session: AsyncSession) -> None:
            if taken_back:
                what = "appointment.taken_back"
                await audit.append(session, left.who, what, appointment.number, now=now)
            else:
                await self._note(session, appointment, left.what, left.who, now)

        return note

    async def _change(
        self, what: Occasion, who: str, method: str, path: str, body: BaseModel | None = None
    ) -> AppointmentBody:
        """Ask for a change; one that gets no answer is settled later.

        Raises:
            As the operations of the book.
        """
        key = secrets.token_hex(16)
        try:
            answer: AppointmentBody = await self._client.change(
                method, path, _APPOINTMENT, body, key=key
            )
        except MaybeDone:
            content = body.model_dump_json() if body is not None else ""
            left, now = Unsettled(what, who, method, path, key, content), self._clock()
            try:
                await self._database.write(lambda session: left.write_down(session, now))
            except RecordsError as error:
                log.error("book.left_unsettled", what=what, error=str(error))
            raise
        return answer

    async def _repeat(self, left: Unsettled) -> Appointment:
        body: AppointmentBody = await self._client.change(
            left.method, left.path, _APPOINTMENT, left.content or None, key=left.key
        )
        return body.value()

    async def _take_back(self, left: Unsettled, appointment: Appointment) -> bool:
        """Cancel an appointment that the caller does not know of. False when it is too late for
        that: then it stands, and they are told."""
        path = f"appointments/{_path_number(appointment.number)}"
        try:
            await self._client.change("DELETE", path, _APPOINTMENT, key=f"{left.key}-back")
        except TooLate:
            return False
        except (AlreadyFinished, NotFound):
            pass
        return True

    async def _asks(self, slot: Slot) -> tuple[Identity, ...]:
        kinds = await self.categories(slot.branch.agency)
        found = next((kind.asks for kind in kinds if kind.code == slot.category), None)
        if found is None:
            raise NotFound(f"{slot.branch.agency} gives no appointments for {slot.category!r}")
        return found

    async def _promised(self, appointment: Appointment, what: Occasion, who: str) -> Appointment:
        """Write down what the citizen is owed. The appointment stands even if that fails: it is
        the other system's by now, and the caller is told."""
        now = self._clock()
        try:
            await self._database.write(
                lambda session: self._note(session, appointment, what, who, now)
            )
        except RecordsError as error:
            log.error("book.promise_not_noted", number=appointment.number, error=str(error))
        return appointment

    async def _note(
        self,
        session: AsyncSession,
        appointment: Appointment,
        what: Occasion,
        who: str,
        now: datetime,
    ) -> None:
        if self._messages:
            await announce(session, appointment, what, now=now)
            if what is Occasion.CANCELLED:
                await cancel_reminders(session, appointment.number)
            else:
                await plan_reminders(session, appointment, now=now)
        await audit.append(session, who, f"appointment.{what}", appointment.number, now=now)

    async def _remember(
        self, key: tuple[str, Agency], ask: Callable[[], Awaitable[tuple[T, ...]]]
    ) -> tuple[T, ...]:
        """What was answered before, while it is fresh or the system is away."""
        known = self._remembered.get(key)
        moment = clocks.monotonic()
        if known is not None and moment - known[0] < REMEMBERED_S:
            fresh: tuple[T, ...] = known[1]
            return fresh
        try:
            answer = await ask()
        except BookUnavailable:
            if known is None:
                raise
            stale: tuple[T, ...] = known[1]
            return stale
        self._remembered[key] = (moment, answer)
        return answer


def _fitting(
    branches: tuple[Branch, ...] | list[Branch], region: str | None, channel: VisitChannel | None
) -> tuple[Branch, ...]:
    return tuple(
        branch
        for branch in branches
        if (region is None or place_key(branch.region or "") == place_key(region))
        and (channel is None or channel in branch.channels)
    )


def _path_number(number: str) -> str:
    """Digits only, so that nothing else gets into an address.

    Raises:
        NotFound: there are none.
    """
    digits = reference.compact(number)
    if not reference.is_valid(digits):
        raise NotFound("there is no appointment with this number")
    return digits
