"""What the call tests share: the line's process, and a caller with a voice."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import soxr

from voicebot.rehearsal.ear import Ear, trim_silence
from voicebot.settings import ROOT
from voicebot.speaking.espeak import EspeakVoice
from voicebot.telephony.soft_call import SoftCall

Event = dict[str, Any]
# Voices that neither the recogniser was trained on nor the line speaks with.
CALLERS = ("el+f3", "el+m5")


@cache
def spoken(text: str, variant: str = CALLERS[0], rate: float = 0.9) -> bytes:
    """A text as a caller says it: 8 kHz PCM without silence around it."""
    voice = EspeakVoice(variant)
    samples = np.frombuffer(voice.synthesize(text, rate=rate), "<i2").astype(np.float32)
    narrow = soxr.resample(samples, voice.sample_rate_hz, 8000)
    narrow *= 9000 / np.abs(narrow).max()
    return trim_silence(narrow.astype("<i2").tobytes())


@dataclass
class LineProcess:
    """A line that runs; `events` grows as it reports."""

    uri: str = ""
    pid: int = 0
    events: list[Event] = field(default_factory=list)

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["event"] == kind]

    async def until(self, holds: Callable[[], bool], timeout_s: float = 20.0) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                while not holds():  # noqa: ASYNC110 - another process changes it
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"did not happen; the line reported {self.events}") from None


@asynccontextmanager
async def line_process(dialogue: str, *agents: str) -> AsyncIterator[LineProcess]:
    """Run `tests.line.program` until the block ends; it must then end by itself."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.line.program",
        dialogue,
        *agents,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    line = LineProcess(pid=process.pid)
    errors = asyncio.create_task(process.stderr.read())

    async def follow(stream: asyncio.StreamReader) -> None:
        async for text in stream:
            if text.startswith(b"{"):
                line.events.append(json.loads(text))

    reader = asyncio.create_task(follow(process.stdout))
    try:
        async with asyncio.timeout(60):
            while not line.of("ready") and not reader.done():  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        if not line.of("ready"):
            raise AssertionError(f"the line did not start: {(await errors).decode()[-2000:]}")
        line.uri = line.of("ready")[0]["sip"]
        yield line
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), 20)
            except TimeoutError:
                process.kill()
                await process.wait()
        await reader
        said = (await errors).decode()
    assert process.returncode == 0, said[-3000:]
    assert "Traceback" not in said, said[-3000:]


class Listener:
    """Follows when the line speaks to a softphone, on the wire."""

    def __init__(self, call: SoftCall) -> None:
        self.call = call
        self.ear = Ear()
        self._seen = 0

    def update(self) -> Ear:
        for frame in self.call.received[self._seen :]:
            self.ear.hear(frame.time_s, frame.pcm)
        self._seen = len(self.call.received)
        return self.ear

    async def speech_after(self, time_s: float, timeout_s: float = 15.0) -> float:
        """Wait for the line to speak after a time; when it began."""
        async with asyncio.timeout(timeout_s):
            while (began := self.update().first_speech_after(time_s)) is None:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        return began
