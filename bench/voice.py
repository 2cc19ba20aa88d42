"""How quickly the voices speak: `python -m bench.voice [espeak piper mbrola] [--calls N]`.

Prints one JSON object a voice: the time to the first audio of an answer that nobody asked for
before, alone and with N calls at once, and processor seconds for each second of speech.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import time

from voicebot.settings import load_settings
from voicebot.speaking.prompts import PromptCache
from voicebot.speaking.speaker import Speaker
from voicebot.speaking.voice import VoiceError
from voicebot.speaking.voices import load_voice

_ANSWER = (
    "Το ραντεβού σας είναι την Τρίτη 1/12 στις 10:30 με κωδικό 83-45-67-{code:02}. "
    "Θα λάβετε μήνυμα στο κινητό που τελειώνει σε {code:02}. Θέλετε κάτι άλλο;"
)


async def _first_audio_ms(speaker: Speaker, text: str) -> tuple[float, float]:
    """Milliseconds to the first piece, and seconds of audio in all."""
    start = time.perf_counter()
    first_ms = 0.0
    size = 0
    async for piece in speaker.stream(text):
        first_ms = first_ms or (time.perf_counter() - start) * 1000
        size += len(piece)
    return first_ms, size / 2 / 8000


def _cpu_s() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


async def measure(engine: str, calls: int) -> dict[str, object]:
    """Measure one voice; no cache on disk and no text twice."""
    settings = load_settings().speaking.model_copy(update={"engine": engine})
    speaker = Speaker(load_voice(settings), PromptCache())
    texts = iter([_ANSWER.format(code=n) for n in range(100)])
    await _first_audio_ms(speaker, "Δοκιμή.")
    cpu = _cpu_s()
    alone = [await _first_audio_ms(speaker, next(texts)) for _ in range(20)]
    cpu = _cpu_s() - cpu
    together = await asyncio.gather(
        *(_first_audio_ms(speaker, text) for _, text in zip(range(calls), texts, strict=False))
    )
    await speaker.close()
    at_once = sorted(first for first, _ in together)
    return {
        "voice": speaker.voice.name,
        "first_audio_ms": round(statistics.median(first for first, _ in alone), 1),
        "calls": len(at_once),
        "first_audio_p50_ms": round(statistics.median(at_once), 1),
        "first_audio_p95_ms": round(at_once[int(0.95 * (len(at_once) - 1))], 1),
        "cpu_per_second_of_speech": round(cpu / sum(seconds for _, seconds in alone), 4),
    }


def main() -> None:
    """Measure the voices named, or espeak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engines", nargs="*", default=["espeak"])
    parser.add_argument("--calls", type=int, default=50, help="speaking at once, up to 80")
    arguments = parser.parse_args()
    for engine in arguments.engines:
        try:
            print(json.dumps(asyncio.run(measure(engine, min(80, arguments.calls)))))
        except VoiceError as error:
            parser.error(str(error))


if __name__ == "__main__":
    main()
