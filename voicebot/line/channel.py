"""The dialogue's channel over a phone call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from voicebot.dialogue.channel import (
    Briefing,
    Channel,
    HandoffResult,
    Heard,
    HungUp,
    Silence,
    Utterance,
)
from voicebot.line.backchannels import is_backchannel
from voicebot.line.ear import Ear
from voicebot.line.frames import CallerUtterance, TranscriptFrame
from voicebot.line.handoff import Handoff
from voicebot.line.inbox import Alarms, Inbox, Item, heard_in
from voicebot.line.keypad import KEY_GAP_S, Keypad
from voicebot.line.patience import NUMBER_KINDS
from voicebot.line.player import Player, Track, TrackEnd
from voicebot.line.recognition import RecognitionProcessor
from voicebot.line.timing import CallObserver
from voicebot.line.turns import TurnClock
from voicebot.line.watch import ResponseWatch
from voicebot.settings import Hearing
from voicebot.telephony.call import Call
from voicebot.understanding.expectation import FREE, Expectation


class PhoneChannel(Channel):
    """Speaks and listens on one call; decides nothing but whether an interruption counts.

    What the caller says into an interruptible text makes the bot fall silent at once. If it turns
    out to be words, the text is given up and `listen` gives them; if it is noise, an echo or, in a
    text that asks nothing, a «ναι» or «μμ», the text goes on from the sentence that was cut.
    What is said into a text that is not interruptible, and ends before it, is not heard.
    """

    def __init__(
        self,
        call: Call,
        *,
        ear: Ear,
        player: Player,
        recognition: RecognitionProcessor,
        handoff: Handoff,
        watch: ResponseWatch,
        turns: TurnClock,
        observer: CallObserver,
        hearing: Hearing,
        order: Callable[[Track], Awaitable[None]],
        recognise: Callable[[CallerUtterance], None],
        alarms: Alarms,
    ) -> None:
        self.call_id = call.info.call_id
        self.caller_number = call.info.number
        self._call = call
        self._ear = ear
        self._player = player
        self._recognition = recognition
        self._handoff = handoff
        self._watch = watch
        self._turns = turns
        self._observer = observer
        self._hearing = hearing
        self._order = order
        self._recognise = recognise
        self._alarms = alarms
        self._rate = 1.0
        self._gain_db = 0.0
        self._inbox = Inbox()
        self._keypad = Keypad()
        self._last_key_at = 0.0
        self._is_listening = False
        self._in_recognition = 0
        self._is_on_hold = False
        self._is_gone = False
        self._wake = asyncio.Event()

    # What the dialogue calls

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """Say a text; see `Channel.say`."""
        self._check()
        if not text.strip():
            return
        if interruptible:
            while self._ear.in_speech or self._in_recognition:
                await self._change()
            self._inbox.drop_what_answers_nothing()
            if self._inbox or not self._keypad.is_empty:
                self.said_whole = False
                return
        self._turns.ordered()
        track = Track(
            text,
            interruptible=interruptible,
            rate=self._rate,
            gain_db=self._gain_db,
        )
        self._player.play(track)
        if self._is_on_hold:
            self._player.pause()
        await self._order(track)
        ended = await track.ended
        self.said_whole = ended is TrackEnd.PLAYED
        self._observer.said(self.call_id, text, completed=ended is TrackEnd.PLAYED)
        self._owe()
        self._check()

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """Wait for the caller; see `Channel.listen`."""
        self._check()
        self._ear.expect(expectation)
        self._recognition.expect(expectation)
        self._is_listening = True
        if not self._is_busy:
            self._watch.stop()
        try:
            heard = await self._next(expectation, timeout.total_seconds())
        finally:
            self._is_listening = False
            self._ear.expect(FREE)
            self._recognition.expect(FREE)
        self._observer.heard(self.call_id, heard)
        self._owe()
        return heard

    async def hand_off(self, briefing: Briefing, *, queue: str) -> HandoffResult:
        """Ring the agents; see `Channel.hand_off`. Once connected, `hang_up` leaves the two alone
        and anything else raises HungUp."""
        self._check()
        self._watch.stop()
        self._ear.reset()
        self._ear.is_deaf = True
        self._observer.handing_off(briefing)
        try:
            result = await self._handoff.connect(briefing, queue)
        finally:
            self._ear.is_deaf = self._handoff.is_connected
        self._observer.handed_off(self.call_id, result)
        self._check_caller()
        self._owe()
        return result

    async def hang_up(self) -> None:
        """End the call, once what was said last has been heard."""
        if self._is_gone or self._handoff.is_connected:
            return
        self._watch.stop()
        self._ear.is_deaf = True
        await self._call.hang_up()
        self.leave()

    def set_rate(self, rate: float) -> None:
        """Speed of speech from now on, relative to the line's own."""
        self._rate = rate

    def set_gain(self, decibels: float) -> None:
        """Loudness of speech from now on, relative to normal."""
        self._gain_db = decibels

    # What the call tells

    def leave(self) -> None:
        """The caller is gone: every operation ends with HungUp."""
        self._is_gone = True
        self._watch.stop()
        self._player.stop()
        self._handoff.caller_left()
        self._wake.set()

    def speech_began(self) -> None:
        """The caller speaks: nothing is owed to them until they are done."""
        self._watch.stop()
        self._wake.set()

    def speech_dropped(self) -> None:
        """What they said does not count."""
        self._go_on()
        self._wake.set()

    def put_on_hold(self, on_hold: bool) -> None:
        """Nobody listens, or somebody does again; silence does not count meanwhile."""
        self._is_on_hold = on_hold
        if on_hold:
            self._player.pause()
        else:
            self._player.resume()
        self._wake.set()

    def press(self, key: str) -> None:
        """The caller pressed a key. Its tone is no speech, and it ends a text like speech does."""
        if self._handoff.is_under_way:
            return
        self._ear.reset()
        self._keypad.press(key)
        self._last_key_at = self._now()
        track = self._player.track
        if track is not None and track.interruptible:
            self._player.stop()
        if not self._is_listening and self._player.track is None:
            self._owe()
        self._wake.set()

    def utter(self, utterance: CallerUtterance) -> None:
        """The caller said something; its text will come to `take`."""
        self._in_recognition += 1
        self._watch.start()
        self._recognise(utterance)

    def take(self, frame: TranscriptFrame) -> None:
        """The text of something that the caller said."""
        self._in_recognition -= 1
        heard = heard_in(frame, self._hearing, self._alarms)
        over = frame.utterance.over
        if over is not None and not over.asks and isinstance(heard, Utterance):
            heard = None if is_backchannel(heard.text) else heard
        if heard is None:
            if over is not None:
                over.false_interruptions += 1
                self._observer.barged_in(self.call_id, counted=False)
            self._go_on()
        else:
            track = self._player.track
            if track is not None and track.interruptible:
                self._player.stop()
            self._turns.recognised(frame)
            to_question = self._is_listening or (over is not None and over.asks)
            self._inbox.put(Item(heard, frame, to_question))
        self._wake.set()

    # How it waits

    @property
    def _is_busy(self) -> bool:
        return self._ear.in_speech or self._in_recognition > 0 or self._is_on_hold

    def _owe(self) -> None:
        """The dialogue works now, until it says or asks something."""
        if not self._ear.in_speech:
            self._watch.start()

    def _go_on(self) -> None:
        """What interrupted the bot was nothing."""
        if self._is_busy:
            return
        if self._player.track is not None:
            self._player.resume()
        if self._is_listening or self._player.track is not None:
            self._watch.stop()

    async def _next(self, expectation: Expectation, silence_s: float) -> Heard:
        while True:
            self._check()
            key_gap_s = self._last_key_at + KEY_GAP_S - self._now()
            keys = self._keypad.take(expectation, gap_over=key_gap_s <= 0)
            if keys is not None:
                return keys
            hold_s = 0.0
            if self._inbox:
                hold_s = self._hold_s(expectation)
                heard = None if hold_s > 0 else self._take_item(expectation)
                if heard is not None:
                    return heard
            if not self._keypad.is_empty:
                await self._change(key_gap_s)
            elif hold_s > 0:
                await self._change(hold_s)
            elif self._is_busy:
                await self._change()
            else:
                began = self._now()
                if not await self._change(silence_s):
                    return Silence()
                silence_s -= self._now() - began

    def _take_item(self, expectation: Expectation) -> Heard | None:
        """What was heard first; None when it is recognised once more, knowing what is asked."""
        if expectation.kind in NUMBER_KINDS and (merged := self._inbox.merge()) is not None:
            self.utter(merged.frame.utterance)
            return None
        item = self._inbox.take()
        constraint = self._recognition.constraint
        # Said into the question, before it was known what the question expects.
        is_other = constraint is not None and item.frame.constraint is not constraint
        if is_other and isinstance(item.heard, Utterance):
            self.utter(item.frame.utterance)
            return None
        return item.heard

    def _hold_s(self, expectation: Expectation) -> float:
        """How long to wait for the next group of a number whose first group came early."""
        if expectation.kind not in NUMBER_KINDS:
            return 0.0
        if self._ear.in_speech or self._in_recognition:
            return self._hearing.end_silence_digits_ms / 1000
        utterance = self._inbox.peek().frame.utterance
        left_ms = self._hearing.end_silence_digits_ms - utterance.waited_ms
        return utterance.ended_at + left_ms / 1000 - self._now()

    async def _change(self, timeout_s: float | None = None) -> bool:
        """Wait until something happens; False when nothing did in time."""
        self._wake.clear()
        try:
            async with asyncio.timeout(timeout_s):
                await self._wake.wait()
        except TimeoutError:
            return False
        self._check()
        return True

    def _check(self) -> None:
        if self._is_gone or self._handoff.is_connected:
            raise HungUp

    def _check_caller(self) -> None:
        if self._is_gone:
            raise HungUp

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
