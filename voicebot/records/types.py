"""The values that cross the border of the records: enumerations and frozen dataclasses.

Times are timezone-aware everywhere. What a citizen is told (slots, appointments, windows) is given
in Greek local time (Europe/Athens); everything else in UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

ATHENS = ZoneInfo("Europe/Athens")

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The default clock."""
    return datetime.now(UTC)


class Direction(StrEnum):
    """Who rang whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Outcome(StrEnum):
    """How a call ended: exactly one for every call."""

    ANSWERED = "answered"
    APPOINTMENT = "appointment"
    CALLBACK = "callback"
    CASE = "case"
    HANDED_OVER = "handed_over"
    ABANDONED = "abandoned"


class Speaker(StrEnum):
    """Who said a turn: the citizen, the machine, or the person who took over."""

    CALLER = "caller"
    BOT = "bot"
    PERSON = "person"


class Notice(StrEnum):
    """The notices whose playing is proved."""

    AI = "ai"
    RECORDING = "recording"


class Agency(StrEnum):
    """The bodies behind the line."""

    EFKA = "EFKA"
    DYPA = "DYPA"
    OPEKA = "OPEKA"
    LABOUR = "LABOUR"
    TEKA = "TEKA"
    KEP = "KEP"


class VisitChannel(StrEnum):
    """How an appointment takes place."""

    IN_PERSON = "in_person"
    VIDEO = "video"
    PHONE = "phone"


class Identity(StrEnum):
    """What somebody who books may be asked about themselves; each category says which."""

    NAME = "name"
    AFM = "afm"
    AMKA = "amka"
    MOBILE = "mobile"
    BIRTHDATE = "birthdate"


class AppointmentStatus(StrEnum):
    """CHANGED is a booked appointment that was moved; only CANCELLED ones are gone."""

    BOOKED = "booked"
    CHANGED = "changed"
    CANCELLED = "cancelled"


class CallbackStatus(StrEnum):
    """Life of a callback; the last three are ends."""

    WAITING = "waiting"
    DIALLING = "dialling"
    KEPT = "kept"
    GIVEN_UP = "given_up"
    CANCELLED = "cancelled"


class CallbackOrigin(StrEnum):
    """Why a callback was promised."""

    ASKED = "asked"
    NOBODY_FREE = "nobody_free"
    AFTER_HOURS = "after_hours"
    OVERLOAD = "overload"
    KEYPAD = "keypad"
    CASE_ANSWER = "case_answer"


class AttemptResult(StrEnum):
    """What became of one attempt to reach somebody.

    CONNECTED: the citizen spoke with a person (a campaign: with the line). HUNG_UP: the citizen
    answered and left before that. WRONG_PERSON: the number is somebody else's; AWAY: somebody
    answered for the person, or they had no time. NO_AGENT: nobody at the
    desk was free; TOO_LATE: the hours or the window were over before the citizen's phone rang;
    neither counts as an attempt. LOST: the process died and nobody knows; it counts as made when
    leave to ring had been given.
    """

    CONNECTED = "connected"
    HUNG_UP = "hung_up"
    MACHINE = "machine"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    DECLINED = "declined"
    FAILED = "failed"
    NO_AGENT = "no_agent"
    TOO_LATE = "too_late"
    WRONG_PERSON = "wrong_person"
    AWAY = "away"
    OPTED_OUT = "opted_out"
    LOST = "lost"


class CaseStatus(StrEnum):
    """Life of a case."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    WAITING_CITIZEN = "waiting_citizen"
    CLOSED = "closed"


class HandoffStatus(StrEnum):
    """What became of asking for a person."""

    WAITING = "waiting"
    CONNECTED = "connected"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"
    ABANDONED = "abandoned"


@dataclass(frozen=True)
class Turn:
    """One turn of a conversation.

    Attributes:
        text: what was said; masked when it is stored.
        slot: name of the question that was put or answered.
        probability: of the intent, 0..1.
        latency_ms: from the end of the caller's speech to the first audio of the reply.
        at: when; the moment of writing if not given.
    """

    who: Speaker
    text: str
    intent: str | None = None
    slot: str | None = None
    probability: float | None = None
    latency_ms: int | None = None
    at: datetime | None = None


@dataclass(frozen=True)
class CallSummary:
    """One call. `caller_number` is masked; `owner` answers for the outcome."""

    call_id: str
    caller_number: str | None
    direction: Direction
    started_at: datetime
    ended_at: datetime | None
    outcome: Outcome | None
    topic: str | None
    owner: str | None


@dataclass(frozen=True)
class NoticeProof:
    """A notice was played, to its end or not."""

    kind: Notice
    completed: bool
    at: datetime


@dataclass(frozen=True)
class Branch:
    """One place of service. `place` is the municipality or city as people name it and `region`
    tells namesakes apart; both None for a service without a place (video, telephone).

    `name` is what is said to the citizen; `demo` marks a branch that is not from an official list.
    """

    code: str
    agency: Agency
    name: str
    place: str | None
    region: str | None
    channels: tuple[VisitChannel, ...]
    demo: bool


@dataclass(frozen=True)
class Category:
    """One kind of service that appointments are given for.

    Attributes:
        asks: what is asked of the citizen, and nothing more.
        earliest_days: the nearest day that can be booked, counted from today.
        window_days: how many days, from the first working day of those, can be booked.
        notice_hours: so long before it begins an appointment can still be changed or cancelled.
    """

    code: str
    agency: Agency
    title: str
    channels: tuple[VisitChannel, ...]
    slot_minutes: int
    asks: tuple[Identity, ...] = (Identity.NAME, Identity.AFM, Identity.MOBILE)
    earliest_days: int = 1
    window_days: int = 15
    notice_hours: int = 1


@dataclass(frozen=True)
class Slot:
    """One free time. `starts_at` is Greek local time."""

    branch: Branch
    category: str
    channel: VisitChannel
    starts_at: datetime
    duration_minutes: int

    @property
    def day(self) -> date:
        """The local day."""
        return self.starts_at.date()


@dataclass(frozen=True)
class Hold:
    """A slot kept for one call until `expires_at` (UTC).

    `hold_id` is the book's own name for it."""

    hold_id: str
    call_id: str
    slot: Slot
    expires_at: datetime


@dataclass(frozen=True)
class Person:
    """Who an appointment is for. Kept out of `repr` so that it never ends up in a log.

    Only what the category asks for is given, and only that is kept.

    Attributes:
        name: full name as it will be called out.
        afm: nine digits.
        mobile: Greek number with or without +30.
        amka: eleven digits.
        birthdate: also asked for when the appointment is looked up without its number.
        email: where the confirmation goes as well; never asked for.
    """

    name: str = field(default="", repr=False)
    afm: str = field(default="", repr=False)
    mobile: str = field(default="", repr=False)
    amka: str | None = field(default=None, repr=False)
    birthdate: date | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Appointment:
    """A promise: this person, this slot. `number` has eight digits, the last a check digit."""

    number: str
    slot: Slot
    person: Person
    status: AppointmentStatus
    call_id: str | None
    booked_at: datetime


@dataclass(frozen=True)
class Window:
    """When the citizen wants to be rung back (local time, `starts_at` < `ends_at`)."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Callback:
    """A promise to ring back.

    Attributes:
        attempts: how often the citizen was rung.
        requested_at: the first request: the place in the queue.
        next_at: not before this it is tried again.
        case: number of the case that it was given up into.
    """

    callback_id: int
    number: str = field(repr=False)
    window: Window
    topic: str | None
    agency: Agency | None
    call_id: str | None
    status: CallbackStatus
    attempts: int
    owner: str
    requested_at: datetime
    origin: CallbackOrigin = CallbackOrigin.ASKED
    next_at: datetime | None = None
    last_result: AttemptResult | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    case: str | None = None


@dataclass(frozen=True)
class HandoffRecord:
    """A caller who was (or waits to be) put through to a person."""

    handoff_id: int
    call_id: str
    reason: str
    topic: str | None
    summary: str
    captured: tuple[tuple[str, str], ...]
    queue: str
    status: HandoffStatus
    answered_by: str | None
    requested_at: datetime
    wait_s: float | None
