"""Speech of the doubles: a "voice" saying a text is a tone of its own over noise, so that both the
recogniser's double and the tests know again what was said from the audio alone."""

from __future__ import annotations

import numpy as np

from voicebot.hearing.vad import WINDOW_BYTES

RATE = 8000
NOISE = "<noise>"
_BIN_HZ = RATE / 256
_LOUD = 1500


class Alphabet:
    """Texts and their tones."""

    def __init__(self, first_bin: int) -> None:
        self._first = first_bin
        self._texts: list[str] = []

    def sound(self, text: str, ms: int, level: float = 6000) -> bytes:
        if text not in self._texts:
            self._texts.append(text)
        number = self._texts.index(text)
        time = np.arange(RATE * ms // 1000) / RATE
        tone = level * np.sin(2 * np.pi * (self._first + number) * _BIN_HZ * time)
        noise = np.random.default_rng(number + 1000 * self._first).normal(0, level / 6, len(time))
        return (tone + noise).clip(-32768, 32767).astype("<i2").tobytes()

    def read(self, pcm: bytes) -> list[str]:
        """The texts heard, each once for every stretch of it."""
        heard: list[str] = []
        last = ""
        for start in range(0, len(pcm) - WINDOW_BYTES + 1, WINDOW_BYTES):
            window = np.frombuffer(pcm[start : start + WINDOW_BYTES], dtype="<i2").astype(float)
            text = ""
            if np.sqrt(np.mean(window**2)) > _LOUD:
                power = np.abs(np.fft.rfft(window)) ** 2
                number = int(power.argmax()) - self._first
                is_tone = power.max() > 0.15 * power.sum() and 0 <= number < len(self._texts)
                text = self._texts[number] if is_tone else NOISE
            if text and text != last:
                heard.append(text)
            last = text or (last if _is_short_gap(pcm, start) else "")
        return heard


def _is_short_gap(pcm: bytes, start: int) -> bool:
    after = np.frombuffer(pcm[start : start + 3 * WINDOW_BYTES], dtype="<i2").astype(float)
    return len(after) >= WINDOW_BYTES and bool(np.abs(after[-100:]).max() > _LOUD)


CALLER = Alphabet(10)
BOT = Alphabet(60)


def noise(ms: int, level: float = 4000) -> bytes:
    samples = np.random.default_rng(5).normal(0, level, RATE * ms // 1000)
    return samples.clip(-32768, 32767).astype("<i2").tobytes()
