"""Tells the desk what happens in the line."""

from __future__ import annotations

from datetime import timedelta

from voicebot.cli.reporting import EventStream, ListeningReporter
from voicebot.desk import LiveCalls
from voicebot.dialogue import events
from voicebot.dialogue.channel import Briefing, Channel, HandoffResult, Heard
from voicebot.dialogue.veil import VEILED
from voicebot.line import CallObserver
from voicebot.line.patience import NUMBER_KINDS
from voicebot.records import HandoffStatus, Outcome, Speaker, Turn
from voicebot.telephony.call import CallInfo
from voicebot.understanding.expectation import FREE, Expectation


class DeskFeed(CallObserver):
    """What the line reports, passed on to the hub."""

    def __init__(self, live: LiveCalls) -> None:
        self._live = live

    def call_started(self, info: CallInfo) -> None:
        """A call was answered."""
        self._live.started(info.call_id, info.number)

    def partly_heard(self, call_id: str, text: str) -> None:
        """The caller is speaking; what was read of it so far."""
        self._live.speaking(call_id, text)

    def handing_off(self, briefing: Briefing) -> None:
        """Agents are about to be rung."""
        self._live.handoff(briefing)

    def handed_off(self, call_id: str, result: HandoffResult) -> None:
        """What became of it."""
        self._live.handoff_ended(call_id, HandoffStatus(result.value))

    def call_ended(self, call_id: str, reason: str) -> None:
        """The call is over and released."""
        self._live.ended(call_id)


class ShownChannel(ListeningReporter):
    """A channel that also tells the desk whether the caller was asked for a number."""

    def __init__(self, channel: Channel, stream: EventStream, live: LiveCalls) -> None:
        super().__init__(channel, stream)
        self._live = live

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """See `Channel.listen`."""
        self._live.asked(self.call_id, number=expectation.kind in NUMBER_KINDS)
        return await super().listen(expectation, timeout=timeout)


class DeskTranscript:
    """What one dialogue says and hears, passed on to the hub (an observer of its events)."""

    def __init__(self, live: LiveCalls, call_id: str) -> None:
        self._live = live
        self._call_id = call_id

    def note(self, event: events.Event) -> None:
        """One event."""
        match event:
            case events.Said(text):
                self._live.turn(self._call_id, Turn(Speaker.BOT, text))
            case events.CallerSaid(text, slot, intent, probability):
                turn = Turn(
                    Speaker.CALLER,
                    text,
                    intent=intent,
                    slot=slot or None,
                    probability=probability,
                )
                self._live.turn(self._call_id, turn)
            case events.Veiled():
                self._live.veil(self._call_id, VEILED)
            case events.Finished(outcome):
                self._live.finished(self._call_id, Outcome(outcome))
            case _:
                pass
