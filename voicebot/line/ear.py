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
from voicebot.line.frames import CallerUtterance, Guess
from voicebot.line.player import Player, Track
from voicebot.settings import Hearing
from voicebot.understanding.expectation import Expectation, Kind

# While the bot is heard its echo is too: more certainty and more speech are needed.
_GUARDED_THRESHOLD_RISE = 0.2
_GUARDED_THRESHOLD_MAX = 0.85
_GUARDED_MIN_SPEECH_MS = 3 * WINDOW_MS
# The stretch that is compared with what was played: a little more than the speech needed.
_ECHO_WINDOWS = 5
_FALSE_INTERRUPTIONS = 2

NUMBER_KINDS = frozenset({Kind.DIGITS, Kind.AFM, Kind.AMKA, Kind.PHONE, Kind.PROTOCOL})
"""Answers that are dictated in groups, with pauses between."""


def end_silence_ms(settings: Hearing, expectation: Expectation) -> int:
    """The silence that ends an answer of the kind expected."""
    if expectation.kind in NUMBER_KINDS:
        return settings.end_silence_digits_ms
    if expectation.kind is Kind.YES_NO:
        return settings.end_silence_short_ms
    return settings.end_silence_ms


class Ear:
    """Listens to one call.

    Args:
        vad: the shared detector; the ear opens a stream of its own.
        player: what the caller hears, to be silenced by barge-in.
        settings: thresholds and silences.
        on_utterance: given each complete utterance.
        on_speech: called when the caller begins to speak (after the bot fell silent for it).
        on_drop: called when what they said does not count.
        guess: begins to recognise a segment early, or returns None when there is no time for it.
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
        guess: Callable[[Segment], Guess | None],
        on_barge_in: Callable[[bool], None],
    ) -> None:
        self._vad = vad
        self.stream = vad.open()
        self._player = player
        self._settings = settings
        self._on_utterance = on_utterance
        self._on_speech = on_speech
        self._on_drop = on_drop
        self._make_guess = guess
        self._on_barge_in = on_barge_in
        self._endpointer = Endpointer(max_utterance_ms=round(settings.max_utterance_s * 1000))
        self._end_silence_ms = settings.end_silence_ms
        self._recent: deque[bytes] = deque(maxlen=_ECHO_WINDOWS)
        self._over: Track | None = None
        self._guess: Guess | None = None
        self.is_deaf = False

    @property
    def in_speech(self) -> bool:
        """True while the caller speaks."""
        return self._endpointer.in_speech

    def expect(self, expectation: Expectation) -> None:
        """Wait for the end of speech as long as the answer needs."""
        self._end_silence_ms = end_silence_ms(self._settings, expectation)

    def feed(self, pcm: bytes) -> None:
        """Take caller audio (16-bit mono PCM at 8000 Hz, any length)."""
        if not self.is_deaf:
            self.stream.feed(pcm)

    def reset(self) -> None:
        """Forget speech under way: it was a key tone."""
        self._endpointer.reset()
        self.stream.in_speech = False
        self._over = None
        self._drop_guess()

    def close(self) -> None:
        """Stop listening for good."""
        self.is_deaf = True
        self._drop_guess()
        self._vad.close(self.stream)

    def window(self, pcm: bytes, probability: float) -> None:
        """Take the next scored window of the stream."""
        if self.is_deaf:
            return
        self._recent.append(pcm)
        self._endpointer.endpointing = self._sensitivity()
        for event in self._endpointer.push(pcm, probability):
            match event:
                case SpeechStarted():
                    self._started()
                case SpeechPaused(segment):
                    self._guess = self._make_guess(segment)
                case SpeechResumed():
                    self._drop_guess()
                case SpeechEnded(segment):
                    self._ended(segment)
        self.stream.in_speech = self._endpointer.in_speech

    def _sensitivity(self) -> Endpointing:
        ordinary = Endpointing(
            threshold=self._settings.vad_threshold, end_silence_ms=self._end_silence_ms
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
        over, guess = self._over, self._guess
        self._over = self._guess = None
        # A notice is played to its end; what was said before that end is not taken for an answer.
        if over is not None and not over.interruptible and not over.is_over:
            if guess is not None:
                guess.recognition.cancel()
            self._on_drop()
            return
        if guess is not None and guess.segment != segment:
            guess.recognition.cancel()
            guess = None
        waited_ms = self._endpointer.now_ms - segment.end_ms
        now = asyncio.get_running_loop().time()
        self._on_utterance(CallerUtterance(segment, now, waited_ms, over, guess))

    def _drop_guess(self) -> None:
        if self._guess is not None:
            self._guess.recognition.cancel()
            self._guess = None
