"""What happens in the line, as one JSON object a line, for `serve --events`.

Identifiers are masked here as everywhere: the stream may end in a file.
"""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, TextIO

from voicebot.dialogue import events
from voicebot.dialogue.channel import Briefing, Channel, HandoffResult, Heard, Utterance
from voicebot.dialogue.veil import VEILED
from voicebot.line import CallObserver, TurnTiming
from voicebot.records.masking import mask
from voicebot.records.unfinished import mask_unfinished
from voicebot.telephony.call import CallInfo
from voicebot.understanding.expectation import FREE, Expectation


class EventStream:
    """Writes events, or nothing at all without a file to write to.

    `rehearsal` is the X-Rehearsal header of the call, when there is one.
    """

    def __init__(self, out: TextIO | None) -> None:
        self._out = out
        self._rehearsals: dict[str, str] = {}
        self._veiled: set[str] = set()

    def emit(self, event: str, call_id: str | None = None, **fields: Any) -> None:
        """Write one event; who calls masks what people said."""
        if self._out is None:
            return
        row: dict[str, Any] = {"event": event}
        if call_id is not None:
            row["call"] = call_id
            if (rehearsal := self._rehearsals.get(call_id)) is not None:
                row["rehearsal"] = rehearsal
        row |= fields
        self._out.write(json.dumps(row, ensure_ascii=False) + "\n")
        self._out.flush()

    def started(self, info: CallInfo) -> None:
        """A call was answered."""
        if (rehearsal := info.headers.get("x-rehearsal")) is not None:
            self._rehearsals[info.call_id] = rehearsal
        self.emit("call_started", info.call_id, number=mask(info.number or ""))

    def ended(self, call_id: str, reason: str) -> None:
        """A call is over and released."""
        self.emit("call_ended", call_id, reason=reason)
        self._rehearsals.pop(call_id, None)
        self._veiled.discard(call_id)

    def veil(self, call_id: str) -> None:
        """The caller wants to stay unknown: no word of the call is written from here on."""
        self._veiled.add(call_id)

    def words(self, call_id: str, text: str) -> str:
        """What was said, as it may be written."""
        return VEILED if call_id in self._veiled else mask(text)

    def unfinished_words(self, call_id: str, text: str) -> str:
        """What is being said, as far as it may be written."""
        return VEILED if call_id in self._veiled else mask_unfinished(text)


class LineReporter(CallObserver):
    """Reports what the line does."""

    def __init__(self, stream: EventStream) -> None:
        self._stream = stream

    def call_started(self, info: CallInfo) -> None:
        """A call was answered."""
        self._stream.started(info)

    def said(self, call_id: str, text: str, *, completed: bool) -> None:
        """The bot spoke a text."""
        words = self._stream.words(call_id, text)
        self._stream.emit("said", call_id, text=words, completed=completed)

    def heard(self, call_id: str, heard: Heard) -> None:
        """Something was given to the dialogue."""
        if isinstance(heard, Utterance):
            words = self._stream.words(call_id, heard.text)
            confidence = round(heard.confidence, 3)
            self._stream.emit("recognised", call_id, text=words, confidence=confidence)

    def turn_taken(self, call_id: str, timing: TurnTiming) -> None:
        """The bot answered."""
        self._stream.emit(
            "turn",
            call_id,
            latency_ms=timing.total_ms,
            recognition_ms=timing.recognition_ms,
            endpoint_ms=timing.endpoint_ms,
        )

    def partly_heard(self, call_id: str, text: str) -> None:
        """The caller is speaking; what was read of it so far."""
        words = self._stream.unfinished_words(call_id, text)
        self._stream.emit("partial", call_id, text=words)

    def barged_in(self, call_id: str, *, counted: bool) -> None:
        """The caller spoke while the bot did."""
        self._stream.emit("barge_in", call_id, counted=counted)

    def handed_off(self, call_id: str, result: HandoffResult) -> None:
        """What became of handing over."""
        self._stream.emit("handed_off", call_id, result=str(result))

    def call_ended(self, call_id: str, reason: str) -> None:
        """The call is over."""
        self._stream.ended(call_id, reason)


class DialogueReporter:
    """Reports what one dialogue understood and did (an observer of its events)."""

    def __init__(self, stream: EventStream, call_id: str) -> None:
        self._stream = stream
        self._call_id = call_id

    def note(self, event: events.Event) -> None:
        """One event."""
        match event:
            case events.CallerSaid(text, slot, intent, probability):
                self._stream.emit(
                    "heard",
                    self._call_id,
                    text=mask(text),
                    slot=slot,
                    intent=intent,
                    probability=None if probability is None else round(probability, 3),
                )
            case events.Reprompted(slot):
                self._stream.emit("reprompted", self._call_id, slot=slot)
            case events.TopicAnswered(topic, intent):
                self._stream.emit("answered", self._call_id, topic=topic, intent=intent)
            case events.HandoffTried(briefing, result):
                self._stream.emit(
                    "handoff", self._call_id, reason=briefing.reason, result=str(result)
                )
            case events.AppointmentDone(action):
                self._stream.emit("appointment", self._call_id, action=str(action))
            case events.CallbackDone():
                self._stream.emit("callback", self._call_id)
            case events.CaseDone(action):
                self._stream.emit("case", self._call_id, action=str(action))
            case events.Veiled():
                self._stream.veil(self._call_id)
            case events.Finished(outcome, topic):
                self._stream.emit("finished", self._call_id, outcome=outcome, topic=topic)
            case _:
                pass


class ListeningReporter(Channel):
    """A channel that reports which question the caller is being listened to for."""

    def __init__(self, channel: Channel, stream: EventStream) -> None:
        self._channel = channel
        self._stream = stream
        self.call_id = channel.call_id
        self.caller_number = channel.caller_number

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """See `Channel.say`."""
        await self._channel.say(text, interruptible=interruptible)

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """See `Channel.listen`."""
        self._stream.emit("listening", self.call_id, slot=expectation.slot)
        return await self._channel.listen(expectation, timeout=timeout)

    async def hand_off(self, briefing: Briefing, *, queue: str) -> HandoffResult:
        """See `Channel.hand_off`."""
        return await self._channel.hand_off(briefing, queue=queue)

    async def hang_up(self) -> None:
        """See `Channel.hang_up`."""
        await self._channel.hang_up()

    def set_rate(self, rate: float) -> None:
        """See `Channel.set_rate`."""
        self._channel.set_rate(rate)

    def set_gain(self, decibels: float) -> None:
        """See `Channel.set_gain`."""
        self._channel.set_gain(decibels)
