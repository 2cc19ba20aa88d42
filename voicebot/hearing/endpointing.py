"""Where an utterance begins and ends: a pure state machine over speech probabilities.

One `Endpointer` a call is given each window of 32 ms with the probability that somebody speaks.
It never looks at a clock: time is counted in windows, so the same audio always gives the same
events.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np

from voicebot.hearing.segments import Segment
from voicebot.hearing.vad import WINDOW_BYTES, WINDOW_MS


@dataclass(frozen=True)
class Endpointing:
    """How speech is told from what is not, changed as the conversation goes on.

    Attributes:
        threshold: probability from which a window is speech.
        min_speech_ms: speech needed before it counts as an utterance; more of it while the bot
            speaks, so that an echo or a cough does not interrupt.
        end_silence_ms: silence that ends the utterance.
        speculate_ms: silence after which a first guess may be recognised; the audio of the
            finished utterance keeps this much silence after it, so that both are the same.
    """

    threshold: float = 0.5
    min_speech_ms: int = 2 * WINDOW_MS
    end_silence_ms: int = 450
    speculate_ms: int = 192


@dataclass(frozen=True)
class SpeechStarted:
    """Enough speech was heard; it began at `start_ms` of the stream."""

    start_ms: int


@dataclass(frozen=True)
class SpeechPaused:
    """The caller may be done: what `SpeechEnded` will give unless `SpeechResumed` comes first."""

    segment: Segment


@dataclass(frozen=True)
class SpeechResumed:
    """The caller went on after a pause."""


@dataclass(frozen=True)
class SpeechEnded:
    """The utterance is complete."""

    segment: Segment


EndpointEvent = SpeechStarted | SpeechPaused | SpeechResumed | SpeechEnded

# A window within hysteresis of the threshold goes on with speech but does not begin it.
_HYSTERESIS = 0.15
# Speech may stop for so long before it has counted (a plosive within a word) and still go on.
_ONSET_GAP_WINDOWS = 2
# Far quieter than the caller's own voice: somebody else in the room, or the television.
_BACKGROUND_DB = 30.0
# Sound that does not rise above the steady noise of the line is not speech, whatever it scores.
_ABOVE_NOISE_DB = 1.5
_SILENT_DB = -90.0


class Endpointer:
    """Cuts one stream into utterances."""

    def __init__(
        self,
        endpointing: Endpointing | None = None,
        *,
        pre_roll_ms: int = 256,
        max_utterance_ms: int = 12_000,
    ) -> None:
        self.endpointing = endpointing or Endpointing()
        self._pre_roll = pre_roll_ms // WINDOW_MS
        self._max_windows = max(1, max_utterance_ms // WINDOW_MS)
        self._now_ms = 0
        self._noise_db = _SILENT_DB
        # Windows before speech has counted: the pre-roll and the candidate onset.
        self._lead: deque[bytes] = deque()
        self._onset_speech = 0
        self._onset_windows = 0
        self._onset_gap = 0
        self._begin()

    def _begin(self) -> None:
        self._in_speech = False
        self._audio: list[bytes] = []
        self._start_ms = 0
        self._speech_windows = 0
        self._silence_windows = 0
        self._paused = False
        self._loudest_db = _SILENT_DB

    @property
    def in_speech(self) -> bool:
        """True from `SpeechStarted` to `SpeechEnded`."""
        return self._in_speech

    @property
    def utterance_ms(self) -> int:
        """Length of the utterance under way in ms, what came before its first sound included."""
        return len(self._audio) * WINDOW_MS

    def utterance_pcm(self) -> bytes:
        """The audio of the utterance under way: 16-bit mono PCM at 8000 Hz."""
        return b"".join(self._audio)

    @property
    def now_ms(self) -> int:
        """How much of the stream has been seen, in ms."""
        return self._now_ms

    def push(self, window: bytes, probability: float) -> list[EndpointEvent]:
        """Take the next window.

        Args:
            window: 512 bytes, 32 ms of PCM at 8000 Hz.
            probability: that it holds speech (0..1).

        Returns:
            What happened, in order; mostly nothing.
        """
        if len(window) != WINDOW_BYTES:
            raise ValueError(f"a window has {WINDOW_BYTES} bytes, not {len(window)}")
        level_db = _level_db(window)
        self._now_ms += WINDOW_MS
        if self._in_speech:
            return self._go_on(window, self._is_speech(probability, level_db, going_on=True))
        is_speech = self._is_speech(probability, level_db, going_on=self._onset_speech > 0)
        if not is_speech:
            self._learn_noise(level_db)
        return self._wait(window, is_speech, level_db)

    def reset(self) -> None:
        """Forget what is under way (the noise floor is kept)."""
        self._begin()
        self._lead.clear()
        self._forget_onset()

    def restart(self) -> None:
        """Take the speech under way for none; if it goes on, it begins anew, with what has been
        heard of it as its pre-roll."""
        audio = self._audio if self._in_speech else list(self._lead)
        self._begin()
        self._lead = deque(audio[max(0, len(audio) - self._pre_roll) :])
        self._forget_onset()

    def _is_speech(self, probability: float, level_db: float, *, going_on: bool) -> bool:
        threshold = self.endpointing.threshold - (_HYSTERESIS if going_on else 0.0)
        if probability < threshold or level_db < self._noise_db + _ABOVE_NOISE_DB:
            return False
        if self._in_speech:
            self._loudest_db = max(self._loudest_db, level_db)
            return level_db >= self._loudest_db - _BACKGROUND_DB
        return True

    def _wait(self, window: bytes, is_speech: bool, level_db: float) -> list[EndpointEvent]:
        self._lead.append(window)
        if is_speech:
            self._onset_speech += 1
            self._onset_gap = 0
        elif self._onset_speech:
            self._onset_gap += 1
            if self._onset_gap > _ONSET_GAP_WINDOWS:
                self._forget_onset()
        if self._onset_speech:
            self._onset_windows += 1
        while len(self._lead) > self._pre_roll + self._onset_windows:
            self._lead.popleft()
        if self._onset_speech * WINDOW_MS < max(self.endpointing.min_speech_ms, WINDOW_MS):
            return []
        self._in_speech = True
        self._audio = list(self._lead)
        self._start_ms = self._now_ms - self._onset_windows * WINDOW_MS
        self._speech_windows = self._onset_speech
        self._loudest_db = level_db
        self._lead.clear()
        self._forget_onset()
        return [SpeechStarted(self._start_ms)]

    def _forget_onset(self) -> None:
        self._onset_speech = self._onset_windows = self._onset_gap = 0

    def _go_on(self, window: bytes, is_speech: bool) -> list[EndpointEvent]:
        self._audio.append(window)
        events: list[EndpointEvent] = []
        if is_speech:
            self._speech_windows += 1
            self._silence_windows = 0
            if self._paused:
                self._paused = False
                events.append(SpeechResumed())
        else:
            self._silence_windows += 1
            silence_ms = self._silence_windows * WINDOW_MS
            if silence_ms >= self.endpointing.end_silence_ms:
                return [SpeechEnded(self._finish(truncated=False))]
            if not self._paused and silence_ms >= self.endpointing.speculate_ms:
                self._paused = True
                events.append(SpeechPaused(self._segment(truncated=False)))
        if len(self._audio) >= self._max_windows:
            events.append(SpeechEnded(self._finish(truncated=True)))
        return events

    def _segment(self, *, truncated: bool) -> Segment:
        kept_silence = math.ceil(self.endpointing.speculate_ms / WINDOW_MS)
        surplus = max(0, self._silence_windows - kept_silence)
        audio = self._audio[: len(self._audio) - surplus]
        return Segment(
            pcm=b"".join(audio),
            start_ms=self._start_ms,
            end_ms=self._now_ms - self._silence_windows * WINDOW_MS,
            speech_ms=self._speech_windows * WINDOW_MS,
            truncated=truncated,
        )

    def _finish(self, *, truncated: bool) -> Segment:
        segment = self._segment(truncated=truncated)
        # The silence at the end is the pre-roll of what comes next.
        keep = min(self._pre_roll, self._silence_windows)
        self._lead = deque(self._audio[len(self._audio) - keep :])
        self._begin()
        return segment

    def _learn_noise(self, level_db: float) -> None:
        # Quick down and slow up: a word is no noise floor, a fan is.
        rate = 0.25 if level_db < self._noise_db else 0.02
        self._noise_db += (level_db - self._noise_db) * rate


def _level_db(window: bytes) -> float:
    samples = np.frombuffer(window, dtype="<i2").astype(np.float32)
    power = float(np.dot(samples, samples)) / len(samples)
    return 10.0 * math.log10(power / 32768.0**2 + 1e-9)
