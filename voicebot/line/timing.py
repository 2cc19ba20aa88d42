"""How long each turn took, step by step, and who wants to know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicebot.dialogue.channel import Briefing, HandoffResult, Heard
    from voicebot.telephony.call import CallInfo


@dataclass(frozen=True)
class TurnTiming:
    """One turn, from the end of the caller's speech to the first audio of the answer, in ms.

    Attributes:
        turn: counted from 1 in each call.
        speech_ms: how long the caller spoke.
        endpoint_ms: silence that was waited for.
        recognition_ms: from the end of that wait to the text.
        decode_ms: of which the engine worked.
        dialogue_ms: from the text to the order to say something.
        voice_ms: from that order to the first audio handed to the call.
        total_ms: all of it, from the caller's last sound to the bot's first.
        guessed: the text had been recognised during the wait.
    """

    turn: int
    speech_ms: int
    endpoint_ms: int
    recognition_ms: int
    decode_ms: int
    dialogue_ms: int
    voice_ms: int
    total_ms: int
    guessed: bool


class CallObserver:
    """Told what happens in calls. Every method may be left as it is; none may block or raise."""

    def call_started(self, info: CallInfo) -> None:
        """A call was answered."""

    def said(self, call_id: str, text: str, *, completed: bool) -> None:
        """The bot spoke a text; `completed` unless it was cut off."""

    def heard(self, call_id: str, heard: Heard) -> None:
        """Something was given to the dialogue."""

    def partly_heard(self, call_id: str, text: str) -> None:
        """The caller is speaking; what was read of it so far."""

    def turn_taken(self, call_id: str, timing: TurnTiming) -> None:
        """The bot answered."""

    def barged_in(self, call_id: str, *, counted: bool) -> None:
        """The caller spoke while the bot did; `counted` is False for «ναι», noise and echo."""

    def handing_off(self, briefing: Briefing) -> None:
        """Agents are about to be rung."""

    def handed_off(self, call_id: str, result: HandoffResult) -> None:
        """What became of it."""

    def call_ended(self, call_id: str, reason: str) -> None:
        """The call is over and everything of it released."""
