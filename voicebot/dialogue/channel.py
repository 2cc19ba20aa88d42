"""The port between the dialogue and whatever carries it: a phone call, a terminal, a chat, a test.

A `Channel` speaks and listens; it decides nothing. The dialogue never learns whether the words
came from a microphone or a keyboard.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from voicebot.understanding.expectation import FREE, Expectation


@dataclass(frozen=True)
class Reading:
    """One reading of what was said; `probability` relative to its alternatives (0..1)."""

    text: str
    probability: float


@dataclass(frozen=True)
class Utterance:
    """The caller said something. `alternatives` include the best reading first."""

    text: str
    confidence: float = 1.0
    alternatives: tuple[Reading, ...] = ()


@dataclass(frozen=True)
class Keys:
    """The caller pressed keys (0-9, * and #), complete as far as the expectation tells."""

    digits: str


@dataclass(frozen=True)
class Silence:
    """Nothing was said within the time allowed."""


@dataclass(frozen=True)
class Unheard:
    """Something was said but no words could be made out (noise, or the recogniser is down).

    `engine_down` is True when speech cannot be recognised at all for now, so that the dialogue
    goes over to the keypad. `doubted` is what was made out too doubtfully to be acted on, where
    it may be a cry for help: the dialogue asks whether it was one."""

    engine_down: bool = False
    doubted: Utterance | None = None


Heard = Utterance | Keys | Silence | Unheard


class HungUp(Exception):
    """The other side is gone. Raised by any channel operation; ends every flow."""


class HandoffResult(StrEnum):
    """What became of putting a caller through to a person."""

    CONNECTED = "connected"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    FAILED = "failed"


@dataclass(frozen=True)
class Briefing:
    """What the person who takes over sees before the first word.

    `case_or_call` identifies the call on the desk; `captured` are slot names with masked values.
    """

    call_id: str
    reason: str
    topic: str | None
    summary: str
    captured: tuple[tuple[str, str], ...] = ()


class Channel(ABC):
    """One conversation partner.

    Attributes:
        said_whole: whether what was said last was played to its end; always where nobody can
            speak into it.
    """

    call_id: str
    caller_number: str | None
    said_whole: bool = True

    @abstractmethod
    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """Say a text (written Greek; numbers, dates and acronyms as one would write them).

        Returns when it has been played, or at once when the caller barges in on an interruptible
        one (what the caller says then is the next thing `listen` gives).

        Raises:
            HungUp: the caller is gone.
        """

    @abstractmethod
    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """Wait for the caller. `timeout` counts silence only: it does not cut off speech.

        Raises:
            HungUp: the caller is gone.
        """

    @abstractmethod
    async def hand_off(self, briefing: Briefing, *, queue: str) -> HandoffResult:
        """Put the caller through to a person; returns when connected (the channel then belongs to
        the person until they hang up) or with the reason why not (the caller is still here).

        Raises:
            HungUp: the caller gave up meanwhile.
        """

    @abstractmethod
    async def hang_up(self) -> None:
        """End the conversation politely."""

    @abstractmethod
    def set_rate(self, rate: float) -> None:
        """Speed of speech from now on: 1.0 normal, 0.8 slower."""

    @abstractmethod
    def set_gain(self, decibels: float) -> None:
        """Loudness of speech from now on relative to normal, in dB."""
