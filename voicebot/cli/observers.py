"""Several observers of the line as one."""

from __future__ import annotations

from voicebot.dialogue.channel import Briefing, HandoffResult, Heard
from voicebot.line import CallObserver, TurnTiming
from voicebot.telephony.call import CallInfo


class Observers(CallObserver):
    """Passes everything on to each observer, in order."""

    def __init__(self, *observers: CallObserver) -> None:
        self._observers = observers

    def call_started(self, info: CallInfo) -> None:
        """A call was answered."""
        for observer in self._observers:
            observer.call_started(info)

    def said(self, call_id: str, text: str, *, completed: bool) -> None:
        """The bot spoke a text."""
        for observer in self._observers:
            observer.said(call_id, text, completed=completed)

    def heard(self, call_id: str, heard: Heard) -> None:
        """Something was given to the dialogue."""
        for observer in self._observers:
            observer.heard(call_id, heard)

    def partly_heard(self, call_id: str, text: str) -> None:
        """The caller is speaking."""
        for observer in self._observers:
            observer.partly_heard(call_id, text)

    def turn_taken(self, call_id: str, timing: TurnTiming) -> None:
        """The bot answered."""
        for observer in self._observers:
            observer.turn_taken(call_id, timing)

    def barged_in(self, call_id: str, *, counted: bool) -> None:
        """The caller spoke while the bot did."""
        for observer in self._observers:
            observer.barged_in(call_id, counted=counted)

    def handing_off(self, briefing: Briefing) -> None:
        """Agents are about to be rung."""
        for observer in self._observers:
            observer.handing_off(briefing)

    def handed_off(self, call_id: str, result: HandoffResult) -> None:
        """What became of it."""
        for observer in self._observers:
            observer.handed_off(call_id, result)

    def call_ended(self, call_id: str, reason: str) -> None:
        """The call is over."""
        for observer in self._observers:
            observer.call_ended(call_id, reason)
