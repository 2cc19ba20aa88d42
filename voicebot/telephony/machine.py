"""Who answered: a person, or a machine with a greeting and a tone.

A person says a word or two and waits; a machine speaks on. That, and the tone that asks for a
message, is all that is looked at: the length of what is said until the first real pause, and a
steady pitch. docs/callbacks.md gives the figures, and what it mistakes.

    ear = AnswerEar()
    while ear.verdict is None:
        ear.feed(call.read())           # 8 kHz PCM as it comes
    ...
    while not ear.may_leave_message:    # after a machine
        ear.feed(call.read())
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from voicebot.telephony.call import FRAME_BYTES, FRAME_MS, SAMPLE_RATE_HZ

_SAMPLES = FRAME_BYTES // 2
# A frame is sound when it is this loud and so much louder than the quietest of late.
_SOUND_DBFS = -45.0
_ABOVE_NOISE_DB = 9.0
# The pause that says "your turn". Sentences of a greeting lie closer together.
_TURN_MS = 700
# Nobody says so much into a telephone before they know who calls.
_MONOLOGUE_MS = 2600
_SILENT_MS = 2600
_DECIDE_MS = 6000
_TONE_MS = 240
_TONE_SHARE = 0.85
_TONE_HZ = (350.0, 2200.0)
_SAME_HZ = 45.0
_GREETING_OVER_MS = 1800
_LONGEST_GREETING_MS = 30_000


class Verdict(StrEnum):
    """Who answered."""

    PERSON = "person"
    MACHINE = "machine"


class AnswerEar:
    """Listens to the first seconds of an answered call.

    Attributes:
        verdict: None until it is known.
        reason: "word", "silence", "monologue", "tone" or "undecided".
        heard_ms: how much has been listened to.
    """

    def __init__(self) -> None:
        self.verdict: Verdict | None = None
        self.reason = ""
        self.heard_ms = 0
        self._left = b""
        self._noise_dbfs = -60.0
        self._spoken_ms = 0
        self._pause_ms = 0
        self._tone_ms = 0
        self._tone_hz = 0.0
        self._tone_heard = False
        self._tone_over = False

    @property
    def may_leave_message(self) -> bool:
        """The tone is over, or the greeting has been for a while, or it never ends."""
        return (
            self._tone_over
            or self._pause_ms >= _GREETING_OVER_MS
            or self.heard_ms >= _LONGEST_GREETING_MS
        )

    def feed(self, pcm: bytes) -> Verdict | None:
        """Listen on; gives the verdict once there is one, and stays with it."""
        data = self._left + pcm
        whole = len(data) // FRAME_BYTES * FRAME_BYTES
        self._left = data[whole:]
        for start in range(0, whole, FRAME_BYTES):
            frame = np.frombuffer(data[start : start + FRAME_BYTES], dtype="<i2")
            self._listen(frame.astype(np.float64))
        return self.verdict

    def _listen(self, frame: np.ndarray) -> None:
        self.heard_ms += FRAME_MS
        level = 10 * np.log10(np.mean(frame**2) / 32768**2 + 1e-10)
        is_sound = level > max(_SOUND_DBFS, self._noise_dbfs + _ABOVE_NOISE_DB)
        if not is_sound:
            self._noise_dbfs += 0.1 * (min(level, -35.0) - self._noise_dbfs)
        self._follow_tone(frame, is_sound)
        if is_sound:
            self._spoken_ms += FRAME_MS if not self._pause_ms else self._pause_ms + FRAME_MS
            self._pause_ms = 0
        elif self._spoken_ms:
            self._pause_ms += FRAME_MS
        if self.verdict is None:
            self._decide()

    def _decide(self) -> None:
        if self._tone_heard:
            self._settle(Verdict.MACHINE, "tone")
        elif self._spoken_ms >= _MONOLOGUE_MS and self._tone_ms < self._spoken_ms // 2:
            self._settle(Verdict.MACHINE, "monologue")
        elif self._spoken_ms and self._pause_ms >= _TURN_MS:
            self._settle(Verdict.PERSON, "word")
        elif not self._spoken_ms and self.heard_ms >= _SILENT_MS:
            self._settle(Verdict.PERSON, "silence")
        elif self.heard_ms >= _DECIDE_MS:
            self._settle(Verdict.PERSON, "undecided")

    def _settle(self, verdict: Verdict, reason: str) -> None:
        self.verdict, self.reason = verdict, reason

    def _follow_tone(self, frame: np.ndarray, is_sound: bool) -> None:
        pitch = _pitch(frame) if is_sound else None
        if pitch is not None and (self._tone_ms == 0 or abs(pitch - self._tone_hz) <= _SAME_HZ):
            self._tone_ms += FRAME_MS
            self._tone_hz = pitch
            self._tone_heard = self._tone_heard or self._tone_ms >= _TONE_MS
            return
        if self._tone_ms >= _TONE_MS:
            self._tone_over = True
        self._tone_ms = 0


def _pitch(frame: np.ndarray) -> float | None:
    """The frequency of a frame in which nearly all energy lies at one; None for anything else."""
    spectrum = np.abs(np.fft.rfft(frame * np.hanning(_SAMPLES))) ** 2
    total = spectrum.sum()
    if total <= 0:
        return None
    peak = int(spectrum.argmax())
    share = spectrum[max(0, peak - 2) : peak + 3].sum() / total
    hertz = peak * SAMPLE_RATE_HZ / _SAMPLES
    return hertz if share >= _TONE_SHARE and _TONE_HZ[0] <= hertz <= _TONE_HZ[1] else None
