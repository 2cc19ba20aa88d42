"""What happens in a call, as it happens: for the records, the desk and the tests.

Values are given as they were heard; whoever keeps or shows them masks them first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from voicebot.dialogue.channel import Briefing, HandoffResult
from voicebot.records.types import Notice


class Safety(StrEnum):
    """Dangers that the dialogue met and dealt with."""

    SUICIDE = "suicide"
    VIOLENCE = "violence"
    MEDICAL = "medical"
    FRAUD = "fraud"
    CREDENTIALS_OFFERED = "credentials_offered"
    THIRD_PARTY_DATA = "third_party_data"


class Action(StrEnum):
    """What was done to an appointment or a case."""

    BOOKED = "booked"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    OPENED = "opened"
    LOOKED_UP = "looked_up"


@dataclass(frozen=True)
class Said:
    """The line said a text."""

    text: str


@dataclass(frozen=True)
class BotNotice:
    """A notice that must be provable was played, to its end or not."""

    kind: Notice
    completed: bool


@dataclass(frozen=True)
class CallerSaid:
    """The caller's turn: words, "[keys] 12", "[silence]", "[unheard]", or
    "[doubted] …" for words heard too badly to be acted on that may be a cry for help.

    `slot` is the question that it met, empty for the open one.
    """

    text: str
    slot: str
    intent: str | None = None
    probability: float | None = None


@dataclass(frozen=True)
class Captured:
    """A question got its answer."""

    slot: str
    value: str


@dataclass(frozen=True)
class Reprompted:
    """A question was asked again because it got no usable answer."""

    slot: str


@dataclass(frozen=True)
class KeypadOffered:
    """The caller was told that keys may be used instead of speech."""

    slot: str


@dataclass(frozen=True)
class TopicAnswered:
    """An entry of the knowledge was spoken."""

    topic: str
    intent: str


@dataclass(frozen=True)
class OutOfScope:
    """The caller asked for something that this line does not serve."""

    intent: str


@dataclass(frozen=True)
class SafetyMet:
    """A danger was dealt with."""

    kind: Safety


@dataclass(frozen=True)
class AppointmentDone:
    """An appointment was booked, changed or cancelled."""

    action: Action
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CallbackDone:
    """A callback was promised."""

    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CaseDone:
    """A case was opened or looked up."""

    action: Action
    details: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class HandoffTried:
    """Somebody was called for the caller."""

    briefing: Briefing
    result: HandoffResult


@dataclass(frozen=True)
class Veiled:
    """The caller wants to stay unknown: from here on nothing that is said may be kept, and what
    was kept of this call is to be forgotten."""


@dataclass(frozen=True)
class Finished:
    """The call is over."""

    outcome: str
    topic: str | None


Event = (
    Said
    | BotNotice
    | CallerSaid
    | Captured
    | Reprompted
    | KeypadOffered
    | TopicAnswered
    | OutOfScope
    | SafetyMet
    | AppointmentDone
    | CallbackDone
    | CaseDone
    | HandoffTried
    | Veiled
    | Finished
)


class Observer(Protocol):
    """Takes the events of one call, in order. Must be quick and must not raise."""

    def note(self, event: Event) -> None:
        """One event."""


class Observers:
    """Several observers as one."""

    def __init__(self, *observers: Observer) -> None:
        self._observers = observers

    def note(self, event: Event) -> None:
        """Pass the event on."""
        for observer in self._observers:
            observer.note(event)
