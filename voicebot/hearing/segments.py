"""Stretches of caller speech cut out of the telephone stream, and their audio for recognisers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import soxr

from voicebot.hearing.recogniser import SAMPLE_RATE_HZ, FloatArray

TELEPHONE_HZ = 8000
_BYTES_PER_MS = TELEPHONE_HZ // 1000 * 2


@dataclass(frozen=True)
class Segment:
    """One utterance as the endpointer cut it.

    Attributes:
        pcm: signed 16-bit little-endian mono PCM at 8000 Hz, with a little audio before the first
            and after the last sound.
        start_ms: where speech began, on the clock of the stream (0 = its first sample).
        end_ms: where speech ended on the same clock (without the silence that was waited for).
        speech_ms: how much of it was speech.
        truncated: it was cut because it became too long, not because the caller paused.
    """

    pcm: bytes
    start_ms: int
    end_ms: int
    speech_ms: int
    truncated: bool = False

    @property
    def duration_ms(self) -> int:
        """Length of the audio in ms."""
        return len(self.pcm) // _BYTES_PER_MS


def recogniser_audio(pcm: bytes) -> FloatArray:
    """Turn telephone PCM into what recognisers take.

    Args:
        pcm: signed 16-bit little-endian mono PCM at 8000 Hz.

    Returns:
        Shape (samples,), float32 in [-1, 1] at 16 kHz.
    """
    narrow = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768.0
    wide: FloatArray = soxr.resample(narrow, TELEPHONE_HZ, SAMPLE_RATE_HZ, quality="HQ")
    return np.clip(wide, -1.0, 1.0)
