"""Telephone audio as a file."""

from __future__ import annotations

import wave
from pathlib import Path


def save_wav(path: Path, pcm: bytes, *, sample_rate_hz: int = 8000) -> None:
    """Write signed 16-bit mono PCM as WAV, with the folders it needs.

    Raises:
        OSError: it cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as raw, wave.open(raw, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sample_rate_hz)
        file.writeframes(pcm)
