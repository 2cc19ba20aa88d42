"""What a book of appointments does, whoever keeps it: our own tables or an outside system."""

from __future__ import annotations

from abc import ABC, abstractmethod

from voicebot.records.schedule import ANY_TIME, DateRange, TimeRange
from voicebot.records.types import (
    Agency,
    Appointment,
    Branch,
    Category,
    Hold,
    Person,
    Slot,
    VisitChannel,
)


class AppointmentBook(ABC):
    """Find a free time, hold it while the caller decides, book, change, cancel.

    Every operation may raise `RecordsUnavailable` (`BookUnavailable` for an outside system): then
    nothing was promised.
    """

    async def close(self) -> None:
        """Release what the book holds open by itself."""
        return

    @abstractmethod
    async def categories(self, agency: Agency) -> tuple[Category, ...]:
        """The kinds of service that an agency gives appointments for, in the order to offer them;
        empty when it gives none."""

    @abstractmethod
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

    @abstractmethod
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

    @abstractmethod
    async def hold(self, slot: Slot, call_id: str) -> Hold:
        """Keep a slot for two minutes, giving back any other that the call holds.

        Raises:
            SlotTaken: the last place is gone, the time has passed, or none is given then.
            NotFound: no such call, branch or category.
        """

    @abstractmethod
    async def release(self, call_id: str) -> None:
        """Give back what a call holds (finishing the call does so too)."""

    @abstractmethod
    async def book(self, hold: Hold, person: Person) -> Appointment:
        """Turn a hold into an appointment. A hold past its time is honoured while its place has
        been given to nobody else. Only what the category asks for is kept of the person.

        Raises:
            SlotTaken: the hold ran out and the place is gone.
            InvalidRecord: something asked for is missing or cannot be right.
        """

    @abstractmethod
    async def change(self, number: str, hold: Hold) -> Appointment:
        """Move an appointment to a held slot; its number stays.

        Raises:
            NotFound: no such appointment.
            AlreadyFinished: it was cancelled.
            TooLate: it begins too soon, or has begun.
            SlotTaken: the hold ran out and the place is gone.
        """

    @abstractmethod
    async def cancel(self, number: str, *, who: str = "line") -> Appointment:
        """Cancel; the place is free again at once.

        Args:
            who: for the audit.

        Raises:
            NotFound: no such appointment.
            AlreadyFinished: it was cancelled before.
            TooLate: it begins too soon, or has begun.
        """

    @abstractmethod
    async def find(self, number: str) -> Appointment:
        """One appointment by its number, however it is grouped; cancelled ones too.

        Raises:
            NotFound: no such appointment.
        """

    @abstractmethod
    async def find_by_person(self, afm: str, mobile: str) -> tuple[Appointment, ...]:
        """Appointments still to come for a person who knows both numbers, earliest first; empty
        when one of them does not fit, without telling which."""
