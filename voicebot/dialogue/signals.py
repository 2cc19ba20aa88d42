"""What unwinds a flow: each signal is raised where it is heard and caught by the policy.

`HungUp` (channel.py) is the one more that ends a flow; it is the channel's.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicebot.dialogue.meaning import Meaning


class HandoffReason(StrEnum):
    """Why a person takes over (the names that scripts and the desk use)."""

    USER_REQUEST = "user_request"
    COMPLAINT = "complaint"
    ANGER = "anger"
    EMERGENCY = "emergency"
    FAILURE = "failure"
    CALLBACK = "callback"


class DistressKind(StrEnum):
    """The kinds of danger that stop everything else."""

    SUICIDE = "suicide"
    VIOLENCE = "violence"
    MEDICAL = "medical"


class Signal(Exception):
    """Base of what unwinds a flow. Not an error."""


class PersonWanted(Signal):
    """The caller asked for a person, or can be helped by nobody else."""

    def __init__(self, reason: HandoffReason) -> None:
        super().__init__(reason)
        self.reason = reason


class Cancelled(Signal):
    """The caller gave the present form up."""


class Farewell(Signal):
    """The caller said goodbye."""


class Lost(Signal):
    """A question was not answered in all the tries it had."""

    def __init__(self, *, silent: bool) -> None:
        super().__init__("silence" if silent else "not understood")
        self.silent = silent


class KeypadWanted(Signal):
    """The conversation goes on with keys: speech cannot be recognised, or the caller chose so."""

    def __init__(self, *, speech_down: bool) -> None:
        super().__init__("speech is down" if speech_down else "chosen by the caller")
        self.speech_down = speech_down


class Distress(Signal):
    """Somebody is in danger."""

    def __init__(self, kind: DistressKind) -> None:
        super().__init__(kind)
        self.kind = kind


class Switch(Signal):
    """The caller left the form for another service, having confirmed it."""

    def __init__(self, meaning: Meaning) -> None:
        super().__init__(meaning.topic)
        self.meaning = meaning


class Correction(Signal):
    """The caller takes back an earlier answer.

    `slots` are those named, maybe none; `readings` is all that was said, for it may hold the right
    value as well.
    """

    def __init__(self, slots: tuple[str, ...], readings: Sequence[tuple[str, float]]) -> None:
        super().__init__(",".join(slots))
        self.slots = slots
        self.readings = readings
