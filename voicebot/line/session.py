"""One call, from answering it to having released everything of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from voicebot.dialogue.channel import HungUp
from voicebot.hearing.pool import RecogniserPool
from voicebot.hearing.vad import VadStream, VoiceActivity
from voicebot.line.channel import PhoneChannel
from voicebot.line.clock import MediaClock
from voicebot.line.ear import Ear
from voicebot.line.handoff import Handoff
from voicebot.line.inbox import Alarms
from voicebot.line.phrases import Phrases
from voicebot.line.pipeline import CallPipeline
from voicebot.line.player import Player, Track, TrackEnd
from voicebot.line.prompts import LinePrompt
from voicebot.line.reader import Reader
from voicebot.line.recognition import RecognitionProcessor
from voicebot.line.speech import SpeechProcessor
from voicebot.line.timing import CallObserver
from voicebot.line.turns import TurnClock
from voicebot.line.watch import ResponseWatch
from voicebot.settings import Settings
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.call import (
    Answered,
    Call,
    CallFailed,
    Direction,
    DtmfDigit,
    Ended,
    EndReason,
    Held,
    Phone,
)

log = structlog.get_logger(__name__)

MakeDialogue = Callable[[PhoneChannel], Coroutine[Any, Any, object]]
_APOLOGY_TIMEOUT_S = 12.0
# What a dialogue may still need after the caller has left, to record what became of the call.
_WRAP_UP_S = 15.0


@dataclass(frozen=True)
class Shared:
    """What all calls have in common."""

    phone: Phone
    pool: RecogniserPool
    vad: VoiceActivity
    speaker: Speaker
    clock: MediaClock
    phrases: Phrases
    make_dialogue: MakeDialogue
    observer: CallObserver
    settings: Settings
    alarms: Alarms


class CallSession:
    """Puts one call together and takes it apart again.

    Args:
        call: an inbound call that is not answered yet, or an outbound one that is.
        shared: what it has in common with others.
        keys_only: nothing is recognised; speech costs nothing then.
    """

    def __init__(self, call: Call, shared: Shared, *, keys_only: bool = False) -> None:
        settings = shared.settings
        self._call = call
        self._shared = shared
        self._observer = shared.observer
        self._player = Player(call, self._first_audio)
        self._turns = TurnClock(lambda timing: self._observer.turn_taken(call.info.call_id, timing))
        self._watch = ResponseWatch(self._slow, self._stuck)
        self._recognition = RecognitionProcessor(shared.pool)
        self._ear = Ear(
            shared.vad,
            self._player,
            settings.hearing,
            on_utterance=lambda utterance: self._channel.utter(utterance),
            on_speech=lambda: self._channel.speech_began(),
            on_drop=lambda: self._channel.speech_dropped(),
            reader=Reader(
                guess=self._recognition.guess,
                peek_ahead=shared.pool.preview,
                on_partial=lambda text: self._observer.partly_heard(call.info.call_id, text),
                partial_every_ms=settings.hearing.partial_every_ms,
            ),
            on_barge_in=lambda counted: self._observer.barged_in(
                call.info.call_id, counted=counted
            ),
        )
        self._handoff = Handoff(
            call,
            shared.phone,
            agents=settings.desk.agents,
            ring_s=settings.desk.ring_s,
            desk_url=f"http://{settings.desk.bind}:{settings.desk.port}",
            announce=self._announce,
            silence=self._player.stop,
        )
        self._pipeline = CallPipeline(
            self._recognition,
            SpeechProcessor(shared.speaker, shared.phrases[LinePrompt.VOICE_TROUBLE]),
            lambda frame: self._channel.take(frame),
        )
        self._channel = PhoneChannel(
            call,
            ear=self._ear,
            player=self._player,
            recognition=self._recognition,
            handoff=self._handoff,
            watch=self._watch,
            turns=self._turns,
            observer=self._observer,
            hearing=settings.hearing,
            order=self._pipeline.speak,
            recognise=self._pipeline.recognise,
            alarms=shared.alarms,
        )
        self._ear.is_deaf = keys_only
        self._dialogue: asyncio.Task[object] | None = None
        self._wrap_up: asyncio.TimerHandle | None = None
        self._end_reason: str | None = None

    @property
    def stream(self) -> VadStream:
        """The call's stream at the shared detector."""
        return self._ear.stream

    async def run(self) -> None:
        """Serve the call to its end. Errors end the call with words, never with silence."""
        call_id = self._call.info.call_id
        with structlog.contextvars.bound_contextvars(call_id=call_id):
            events = asyncio.create_task(self._follow_events())
            try:
                is_up = self._call.info.direction is Direction.OUTBOUND
                if not is_up:
                    await self._call.ringing()
                await self._pipeline.start()
                if not is_up:
                    await self._call.answer()
                self._observer.call_started(self._call.info)
                self._shared.clock.add(self)
                self._watch.start()
                await self._converse()
                if self._handoff.agent is not None:
                    await self._leave_them_alone(self._handoff.agent, events)
            except CallFailed as error:
                log.info("call_not_established", detail=str(error))
            except Exception:
                log.exception("call_broke")
                await self._apologise()
            finally:
                await self._release(events)
                self._observer.call_ended(call_id, self._end_reason or EndReason.FAILED.value)

    # The clock's side

    def pump_in(self) -> None:
        """Take the audio that has come."""
        if not self._handoff.is_connected and (pcm := self._call.read()):
            self._ear.feed(pcm)

    def window(self, pcm: bytes, probability: float) -> None:
        """Take a scored window."""
        self._ear.window(pcm, probability)

    def pump_out(self) -> None:
        """Hand over the audio that is due."""
        if not self._handoff.is_connected:
            self._player.pump()

    def media_broke(self) -> None:
        """Without audio there is no call: end it, and let the dialogue record what it can."""
        self._end_reason = EndReason.FAILED.value
        self._leave()

    # The stages of a call

    async def _converse(self) -> None:
        self._dialogue = asyncio.create_task(self._run_dialogue())
        # Cancelled only by the watch, when it is stuck; whoever cancels the session cancels it too.
        try:
            await asyncio.wait({self._dialogue})
        finally:
            if not self._dialogue.done():
                self._dialogue.cancel()
                await asyncio.wait({self._dialogue})
        self._watch.stop()
        if self._dialogue.cancelled():
            log.error("dialogue_stuck")
            await self._apologise()
        elif (error := self._dialogue.exception()) is not None:
            log.error("dialogue_broke", exc_info=error)
            await self._apologise()

    async def _run_dialogue(self) -> object:
        try:
            return await self._shared.make_dialogue(self._channel)
        except HungUp:
            return None

    async def _leave_them_alone(self, agent: Call, events: asyncio.Task[None]) -> None:
        """Caller and agent talk until one of them leaves."""
        agent_events = asyncio.create_task(_until_ended(agent))
        try:
            await asyncio.wait({events, agent_events}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            agent_events.cancel()
            await asyncio.wait({agent_events})

    async def _apologise(self) -> None:
        """Say that something is wrong, if anybody can hear it."""
        if not self._call.is_up or self._handoff.is_connected:
            return
        self._ear.is_deaf = True
        track = self._phrase(LinePrompt.APOLOGY)
        self._player.play(track)
        await asyncio.wait({track.ended}, timeout=_APOLOGY_TIMEOUT_S)

    async def _release(self, events: asyncio.Task[None]) -> None:
        if self._wrap_up is not None:
            self._wrap_up.cancel()
        self._channel.leave()
        self._ear.close()
        self._shared.clock.remove(self)
        if self._handoff.agent is not None:
            await _quietly(self._handoff.agent.hang_up())
        await _quietly(self._call.hang_up())
        await _quietly(self._pipeline.stop())
        events.cancel()
        await asyncio.wait({events})

    async def _follow_events(self) -> None:
        async for event in self._call.events():
            match event:
                case DtmfDigit(digit):
                    self._channel.press(digit)
                case Held(on_hold):
                    self._channel.put_on_hold(on_hold)
                case Ended(reason):
                    self._end_reason = self._end_reason or reason.value
                    self._leave()
                case Answered():
                    pass

    def _leave(self) -> None:
        self._channel.leave()
        self._wrap_up = asyncio.get_running_loop().call_later(_WRAP_UP_S, self._stuck)

    # What the parts ask for

    def _first_audio(self, track: Track) -> None:
        self._watch.stop()
        self._turns.audible()

    def _slow(self, times_before: int) -> None:
        prompt = LinePrompt.STILL_WORKING if times_before else LinePrompt.WORKING
        log.warning("turn_slow", times_before=times_before)
        self._player.interject(self._shared.phrases[prompt])

    def _stuck(self) -> None:
        if self._dialogue is not None:
            self._dialogue.cancel()

    def _announce(self, times_before: int) -> None:
        prompt = LinePrompt.STILL_CALLING if times_before else LinePrompt.CALLING_AGENT
        self._player.play(self._phrase(prompt))

    def _phrase(self, prompt: LinePrompt) -> Track:
        track = Track(prompt.value, interruptible=False)
        track.feed(self._shared.phrases[prompt])
        track.complete()
        if not track.pcm:
            track.end(TrackEnd.FAILED)
        return track


async def _until_ended(call: Call) -> None:
    async for _event in call.events():
        pass


async def _quietly(step: Coroutine[Any, Any, None]) -> None:
    """What cannot be released must not keep the rest from being released."""
    try:
        await step
    except Exception:
        log.exception("release_broke")
