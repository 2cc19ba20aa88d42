"""A double of the voice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from tests.line.tones import BOT, RATE
from voicebot.speaking.voice import VoiceError


class FakeSpeaker:
    """Says each sentence as a tone of 50 ms a character, with the pauses of the real one."""

    def __init__(self) -> None:
        self.delay_s = 0.02
        self.fails = False
        self.rates: list[float] = []
        self.gains: list[float] = []

    async def stream(
        self, text: str, *, rate: float = 1.0, gain_db: float = 0.0, sample_rate_hz: int = 8000
    ) -> AsyncIterator[bytes]:
        self.rates.append(rate)
        self.gains.append(gain_db)
        for number, sentence in enumerate(sentences_of(text)):
            await asyncio.sleep(self.delay_s)
            if self.fails:
                raise VoiceError("hoarse")
            pause = bytes(RATE * 300 // 1000 * 2) if number else b""
            pcm = pause + BOT.sound(sentence, int(50 * len(sentence) / rate))
            for start in range(0, len(pcm), 3200):
                yield pcm[start : start + 3200]

    async def render(self, text: str, *, rate: float = 1.0, gain_db: float = 0.0) -> bytes:
        return BOT.sound(text, 1200)


def sentences_of(text: str) -> list[str]:
    marked = text.replace("; ", ";|").replace(". ", ".|")
    return [part for part in marked.split("|") if part]
