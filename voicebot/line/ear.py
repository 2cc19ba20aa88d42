"""The caller's side of the conversation: utterances, and when the bot must fall silent for them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from voicebot.hearing.endpointing import (
    Endpointer,
    Endpointing,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
)
from voicebot.hearing.segments import Segment
from voicebot.hearing.vad import WINDOW_MS, VoiceActivity
from voicebot.line.echo import is_echo
from voicebot.line.frames import CallerUtterance
from voicebot.line.patience import NUMBER_KINDS, Patience
from voicebot.line.player import Player, Track
from voicebot.line.reader import Reader
from voicebot.settings import Hearing
from voicebot.understanding.expectation import Expectation

# While the bot is heard its echo is too: more certainty and more speech are needed.
_GUARDED_THRESHOLD_RISE = 0.2
_GUARDED_THRESHOLD_MAX = 0.85
_GUARDED_MIN_SPEECH_MS = 3 * WINDOW_MS
# The stretch that is compared with what was played: a little more than the speech needed.
_ECHO_WINDOWS = 5
_FALSE_INTERRUPTIONS = 2


class Ear:
    """Listens to one call.

    Args:
        vad: the shared detector; the ear opens a stream of its own.
        player: what the caller hears, to be silenced by barge-in.
        settings: thresholds and silences.
        on_utterance: given each complete utterance.
        on_speech: called when the caller begins to speak (after the bot fell silent for it).
        on_drop: called when what they said does not count.
        reader: recognises what is said while it is not complete.
        on_barge_in: called when the caller speaks into the bot; False means echo.
    """

    def __init__(
        self,
        vad: VoiceActivity,
        player: Player,
        settings: Hearing,
        *,
        on_utterance: Callable[[CallerUtterance], None],
        on_speech: Callable[[], None],
        on_drop: Callable[[], None],
        reader: Reader,
        on_barge_in: Callable[[bool], None],
    ) -> None:
        self._vad = vad
        self.stream = vad.open()
        self._player = player
        self._settings = settings
        self._on_utterance = on_utterance
        self._on_speech = on_speech
        self._on_drop = on_drop
        self._reader = reader
        self._on_barge_in = on_barge_in
        self._endpointer = Endpointer(max_utterance_ms=round(settings.max_utterance_s * 1000))
        self._patience = Patience(settings)
        self._recent: deque[bytes] = deque(maxlen=_ECHO_WINDOWS)
        self._over: Track | None = None
        self.is_deaf = False

    @property
    def in_speech(self) -> bool:
        """True while the caller speaks."""
        return self._endpointer.in_speech

    def expect(self, expectation: Expectation) -> None:
        """Wait for the end of speech as long as the answer needs."""
        self._patience.expect(expectation)

    def feed(self, pcm: bytes) -> None:
        """Take caller audio (16-bit mono PCM at 8000 Hz, any length)."""
        if not self.is_deaf:
            self.stream.feed(pcm)

    def reset(self) -> None:
        """Forget speech under way: it was a key tone."""
        self._endpointer.reset()
        self.stream.in_speech = False
        self._over = None
        self._reader.forget()

    def close(self) -> None:
        """Stop listening for good."""
        self.is_deaf = True
        self._reader.forget()
        self._vad.close(self.stream)

    def window(self, pcm: bytes, probability: float) -> None:
        """Take the next scored window of the stream."""
        if self.is_deaf:
            return
        self._recent.append(pcm)
        read = self._reader.look(self._patience.expectation)
        if read is not None:
            self._patience.judge(read)
        self._endpointer.endpointing = self._sensitivity()
        for event in self._endpointer.push(pcm, probability):
            match event:
                case SpeechStarted():
                    self._started()
                case SpeechPaused(segment):
                    self._reader.paused(segment)
                case SpeechResumed():
                    self._reader.resumed()
                    self._patience.speaks(self._endpointer.now_ms, unprompted=False)
                case SpeechEnded(segment):
                    self._ended(segment)
        # Half a number cannot be masked: nobody is shown numbers before they are complete.
        if self._endpointer.in_speech and self._patience.expectation.kind not in NUMBER_KINDS:
            self._reader.follow(self._endpointer)
        self.stream.in_speech = self._endpointer.in_speech

    def _sensitivity(self) -> Endpointing:
        ordinary = Endpointing(
            threshold=self._settings.vad_threshold, end_silence_ms=self._patience.silence_ms
        )
        if self._endpointer.in_speech or not self._player.is_audible:
            return ordinary
        return replace(
            ordinary,
            threshold=min(
                _GUARDED_THRESHOLD_MAX, self._settings.vad_threshold + _GUARDED_THRESHOLD_RISE
            ),
            min_speech_ms=_GUARDED_MIN_SPEECH_MS,
        )

    def _started(self) -> None:
        if self._player.is_audible and is_echo(
            np.frombuffer(b"".join(self._recent), dtype="<i2"), self._player.reference()
        ):
            self._endpointer.restart()
            self._on_barge_in(False)
            return
        track = self._player.track
        unprompted = track is None and not self._player.is_audible
        self._patience.speaks(self._endpointer.now_ms, unprompted=unprompted)
        if track is None:
            self._player.hush()
        elif self._may_interrupt(track):
            self._player.pause()
            if not track.is_over:
                self._on_barge_in(True)
        self._over = None if track is None or track.is_over else track
        self._on_speech()

    def _may_interrupt(self, track: Track) -> bool:
        """In a noisy place the bot would fall silent again and again; after two times for nothing
        it speaks on, and only words stop it."""
        return (
            track.interruptible
            and not self._player.is_paused
            and track.false_interruptions < _FALSE_INTERRUPTIONS
        )

    def _ended(self, segment: Segment) -> None:
        over, self._over = self._over, None
        self._patience.ended(self._endpointer.now_ms)
        # A notice is played to its end; what was said before that end is not taken for an answer.
        if over is not None and not over.interruptible and not over.is_over:
            self._reader.forget()
            self._on_drop()
            return
        guess = self._reader.ended(segment)
        waited_ms = self._endpointer.now_ms - segment.end_ms
        now = asyncio.get_running_loop().time()
        self._on_utterance(CallerUtterance(segment, now, waited_ms, over, guess))
