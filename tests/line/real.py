"""What the call tests share: the line's process, and a caller with a voice."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
_START_S = 90.0
_STOP_S = 20.0


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

    address: str = ""
    pid: int = 0
    events: list[Event] = field(default_factory=list)

    def uri(self, dialogue: str) -> str:
        """Where to call for a dialogue of `tests.line.program`."""
        return f"sip:{dialogue}@{self.address}"

    def of(self, kind: str, number: str | None = None) -> list[Event]:
        """Events of a kind: of all calls, or of those from a number."""
        found = [event for event in self.events if event["event"] == kind]
        if number is None:
            return found
        calls = {event["call"] for event in self.of("started") if event["number"] == number}
        return [event for event in found if event["call"] in calls]

    async def until(self, holds: Callable[[], bool], timeout_s: float = 60.0) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                while not holds():  # noqa: ASYNC110 - another process changes it
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"did not happen; the line reported {self.events}") from None


@contextmanager
def line_process(*agents: str) -> Iterator[LineProcess]:
    """Run `tests.line.program`; at the end it must end by itself, having said nothing bad."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.line.program", *agents],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        line = LineProcess(pid=process.pid)
        said: list[str] = []
        readers = [
            threading.Thread(target=_follow, args=(process.stdout, line.events)),
            threading.Thread(target=lambda: said.extend(process.stderr or ())),
        ]
        for reader in readers:
            reader.start()
        try:
            deadline = time.monotonic() + _START_S
            while not line.of("ready") and process.poll() is None and time.monotonic() < deadline:
                time.sleep(0.05)
            assert line.of("ready"), f"the line did not start: {''.join(said)[-2000:]}"
            line.address = line.of("ready")[0]["sip"]
            yield line
        finally:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
            for reader in readers:
                reader.join()
    log = "".join(said)
    assert process.returncode == 0, log[-3000:]
    assert "Traceback" not in log, log[-3000:]


def _follow(stream: Any, events: list[Event]) -> None:
    for text in stream:
        if text.startswith("{"):
            events.append(json.loads(text))


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
