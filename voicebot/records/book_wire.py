"""The bodies that go between us and an outside booking system.

They are the contract that `docs/appointment-book.openapi.yaml` publishes. Moments carry their
offset; days are ISO days; unknown members of answers are let pass, so that a system may say more.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from voicebot.records import types
from voicebot.records.types import ATHENS, Agency, AppointmentStatus, Identity, VisitChannel

Code = Annotated[str, Field(min_length=1, max_length=64)]
Number = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{8}$",
        description="eight digits, the last a Luhn check digit: it is spoken and heard",
    ),
]


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Request(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Trouble(StrEnum):
    """Why something was refused."""

    NOT_FOUND = "not_found"
    SLOT_TAKEN = "slot_taken"
    ALREADY_FINISHED = "already_finished"
    TOO_LATE = "too_late"
    INVALID = "invalid"


class ProblemBody(_Body):
    """A refusal; `detail` is for logs and holds nothing personal."""

    code: Trouble
    detail: str = ""


class CategoryBody(_Body):
    """One kind of service."""

    code: Code
    agency: Agency
    title: Annotated[str, Field(min_length=1, max_length=128)]
    channels: tuple[VisitChannel, ...]
    slot_minutes: Annotated[int, Field(gt=0)]
    asks: tuple[Identity, ...]
    earliest_days: Annotated[int, Field(ge=0)] = 1
    window_days: Annotated[int, Field(ge=1)] = 15
    notice_hours: Annotated[int, Field(ge=0)] = 1

    @classmethod
    def of(cls, category: types.Category) -> CategoryBody:
        """The body of a category."""
        return cls(**vars(category))

    def value(self) -> types.Category:
        """The category of a body."""
        return types.Category(**dict(self))


class BranchBody(_Body):
    """One place of service; without `place` one by video or telephone."""

    code: Code
    agency: Agency
    name: Annotated[str, Field(min_length=1, max_length=128)]
    place: str | None = None
    region: str | None = None
    channels: tuple[VisitChannel, ...]
    demo: bool = False

    @classmethod
    def of(cls, branch: types.Branch) -> BranchBody:
        """The body of a branch."""
        return cls(**vars(branch))

    def value(self) -> types.Branch:
        """The branch of a body."""
        return types.Branch(**dict(self))


class SlotBody(_Body):
    """One time that can be booked, or is."""

    branch: BranchBody
    category: Code
    channel: VisitChannel
    starts_at: AwareDatetime
    duration_minutes: Annotated[int, Field(gt=0)]

    @classmethod
    def of(cls, slot: types.Slot) -> SlotBody:
        """The body of a slot."""
        return cls(**{**vars(slot), "branch": BranchBody.of(slot.branch)})

    def value(self) -> types.Slot:
        """The slot of a body."""
        return types.Slot(
            branch=self.branch.value(),
            category=self.category,
            channel=self.channel,
            starts_at=self.starts_at.astimezone(ATHENS),
            duration_minutes=self.duration_minutes,
        )


class HoldRequest(_Request):
    """Keep this time for this call."""

    call: Code
    branch: Code
    category: Code
    channel: VisitChannel
    starts_at: AwareDatetime


class HoldBody(_Body):
    """A time that is kept until `expires_at`."""

    hold: Code
    expires_at: AwareDatetime
    slot: SlotBody


class PersonBody(_Request):
    """Who an appointment is for: what the category asks for, nothing more."""

    name: Annotated[str, Field(max_length=128)] = ""
    afm: Annotated[str, Field(pattern=r"^([0-9]{9})?$")] = ""
    mobile: Annotated[str, Field(max_length=16)] = ""
    amka: Annotated[str | None, Field(pattern=r"^[0-9]{11}$")] = None
    birthdate: date | None = None
    email: Annotated[str | None, Field(max_length=254)] = None

    @classmethod
    def of(cls, person: types.Person) -> PersonBody:
        """The body of a person."""
        return cls(**vars(person))

    def value(self) -> types.Person:
        """The person of a body."""
        return types.Person(**dict(self))


class BookingRequest(_Request):
    """Make an appointment of a hold."""

    call: Code
    hold: Code
    person: PersonBody


class ChangeRequest(_Request):
    """Move an appointment to a hold."""

    call: Code
    hold: Code


class SearchRequest(_Request):
    """Find the appointments to come of somebody who knows both numbers. A body, so that the
    numbers stand in no log of addresses."""

    afm: Annotated[str, Field(max_length=32)]
    mobile: Annotated[str, Field(max_length=32)]


class AppointmentBody(_Body):
    """A promise."""

    number: Number
    slot: SlotBody
    person: PersonBody
    status: AppointmentStatus
    booked_at: AwareDatetime

    @classmethod
    def of(cls, appointment: types.Appointment) -> AppointmentBody:
        """The body of an appointment."""
        return cls(
            number=appointment.number,
            slot=SlotBody.of(appointment.slot),
            person=PersonBody.of(appointment.person),
            status=appointment.status,
            booked_at=appointment.booked_at,
        )

    def value(self, call_id: str | None = None) -> types.Appointment:
        """The appointment of a body."""
        booked_at: datetime = self.booked_at
        return types.Appointment(
            number=self.number,
            slot=self.slot.value(),
            person=self.person.value(),
            status=self.status,
            call_id=call_id,
            booked_at=booked_at,
        )
