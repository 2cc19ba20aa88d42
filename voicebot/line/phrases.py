"""The line's own prompts as audio, made once when it starts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import structlog

from voicebot.line.prompts import LinePrompt
from voicebot.speaking.speaker import Speaker
from voicebot.speaking.voice import VoiceError
from voicebot.telephony.call import SAMPLE_RATE_HZ

log = structlog.get_logger(__name__)

Phrases = Mapping[LinePrompt, bytes]
"""16-bit mono PCM at 8000 Hz of every prompt."""


async def render_phrases(speaker: Speaker) -> Phrases:
    """Render the prompts. Where the voice fails there is a tone: silence would be worse."""
    phrases: dict[LinePrompt, bytes] = {}
    for prompt in LinePrompt:
        try:
            phrases[prompt] = await speaker.render(prompt.value)
        except VoiceError as error:
            log.error("voice_failed", error=str(error))
            phrases[prompt] = _tone()
    return phrases


def _tone() -> bytes:
    """Two short soft beeps."""
    time = np.arange(SAMPLE_RATE_HZ // 5) / SAMPLE_RATE_HZ
    beep = 4000 * np.sin(2 * np.pi * 425 * time) * np.hanning(len(time))
    gap = np.zeros(SAMPLE_RATE_HZ // 10)
    return np.concatenate((beep, gap, beep)).astype("<i2").tobytes()
