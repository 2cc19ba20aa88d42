"""What the call tests share: tones and how to hear them, a phone that echoes, peer programs."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import wave
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from voicebot.settings import Telephony
from voicebot.telephony.call import Call, CallEvent, CallFailed, Ended
from voicebot.telephony.endpoint import SipPhone

ALICE_HZ, BOB_HZ, BOT_HZ = 700, 1100, 1700


def tone(frequency_hz: int, seconds: float = 1.0, amplitude: int = 9000) -> bytes:
    """A sine as 8 kHz PCM."""
    time_s = np.arange(int(8000 * seconds)) / 8000
    return (amplitude * np.sin(2 * np.pi * frequency_hz * time_s)).astype("<i2").tobytes()


def loudness(pcm: bytes, frequency_hz: int) -> float:
    """How much of a frequency a piece has: about half the amplitude of a pure tone."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(float)
    if not samples.size:
        return 0.0
    wave = np.exp(-2j * np.pi * frequency_hz * np.arange(samples.size) / 8000)
    return float(abs(samples @ wave) / samples.size)


def hears(pcm: bytes, frequency_hz: int) -> bool:
    """Whether at least 100 ms of a piece are clearly this tone."""
    frames = [pcm[start : start + 800] for start in range(0, len(pcm), 800)]
    return sum(loudness(frame, frequency_hz) > 1500 for frame in frames) >= 2


def settings(**changes: Any) -> Telephony:
    """Settings for a phone on a free port of the loopback."""
    return Telephony.model_validate({"sip_port": 0, "bind": "127.0.0.1"} | changes)


@contextlib.asynccontextmanager
async def running_phone(
    agents: Iterable[str] = (), *, serve: bool = True, **changes: Any
) -> AsyncIterator[Bench]:
    """A started phone and a bench to use it on; calls that come are collected."""
    phone = SipPhone(settings(**changes), agents=agents)
    await phone.start()
    bench = Bench(phone)
    collector = asyncio.create_task(bench.collect()) if serve else None
    try:
        yield bench
    finally:
        await phone.stop()
        if collector is not None:
            await collector
        await bench.finish()


class Bench:
    """A phone, the calls that came to it, and what happened on them."""

    def __init__(self, phone: SipPhone) -> None:
        self.phone = phone
        self.uri = f"sip:1555@127.0.0.1:{phone.port}"
        self.calls: asyncio.Queue[Call] = asyncio.Queue()
        self._events: dict[Call, list[CallEvent]] = {}
        self._news = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []

    async def collect(self) -> None:
        async for call in self.phone.incoming():
            self.watch(call)
            self.calls.put_nowait(call)

    def watch(self, call: Call) -> None:
        """Record the events of a call."""
        self._events[call] = []

        async def follow() -> None:
            async for event in call.events():
                async with self._news:
                    self._events[call].append(event)
                    self._news.notify_all()

        self._tasks.append(asyncio.create_task(follow()))

    async def next_call(self) -> Call:
        async with asyncio.timeout(10):
            return await self.calls.get()

    async def answered_call(self) -> Call:
        call = await self.next_call()
        await call.answer()
        return call

    def events(self, call: Call) -> list[CallEvent]:
        return self._events[call]

    async def expect(self, call: Call, *wanted: CallEvent) -> None:
        """Wait until these events have happened."""
        async with asyncio.timeout(10), self._news:
            await self._news.wait_for(lambda: set(wanted) <= set(self._events[call]))

    async def end_of(self, call: Call) -> Ended:
        """Wait for the end of a call."""
        async with asyncio.timeout(15), self._news:
            await self._news.wait_for(lambda: bool(self._ends(call)))
        return self._ends(call)[0]

    def _ends(self, call: Call) -> list[Ended]:
        return [event for event in self._events[call] if isinstance(event, Ended)]

    def echo(self, call: Call) -> None:
        """Answer a call and play back what it says until it ends."""

        async def run() -> None:
            with contextlib.suppress(CallFailed):
                await call.answer()
            while call.is_up:
                await call.wait_audio()
                call.write(call.read())

        self._tasks.append(asyncio.create_task(run()))

    async def finish(self) -> None:
        async with asyncio.timeout(10):
            await asyncio.gather(*self._tasks)


async def until_heard(say: Callable[[], None], recording: Callable[[], bytes], hz: int) -> None:
    """Say something again and again, as people do, until the other side has its tone.

    A machine that stalls for a second may lose what was said in it; a path that is not there loses
    all ten.
    """
    before = len(recording())
    for _ in range(10):
        say()
        for _ in range(8):
            await asyncio.sleep(0.2)
            if hears(recording()[before:], hz):
                return
    raise AssertionError(f"the tone of {hz} Hz was said ten times and not heard")


async def listen(call: Call, seconds: float) -> bytes:
    """Read so much audio from a call."""
    heard = b""
    async with asyncio.timeout(seconds + 10):
        while len(heard) < seconds * 16000 and call.is_up:
            await call.wait_audio()
            heard += call.read()
    return heard


def need_program(name: str, package: str) -> str:
    """Path of a peer program; without it the test fails, for skipped is not passed."""
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"{name} is missing: apt-get install {package}")
    return path


@contextlib.asynccontextmanager
async def running_program(*command: str, cwd: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    """A peer program in the background; ended with the block, its output in `cwd`/output.txt."""
    with (cwd / "output.txt").open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
        )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def output_of(process: asyncio.subprocess.Process, cwd: Path, timeout_s: float) -> str:
    """Wait for the end of a peer program; returns what it printed."""
    async with asyncio.timeout(timeout_s):
        await process.wait()
    return (cwd / "output.txt").read_text(encoding="utf-8", errors="replace")


def free_port() -> int:
    """A UDP port that nobody has just now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def write_wav(path: Path, frequency_hz: int, seconds: float, rate_hz: int, channels: int) -> None:
    """Keep a tone as a WAV file."""
    wave_form = 9000 * np.sin(
        2 * np.pi * frequency_hz * np.arange(int(rate_hz * seconds)) / rate_hz
    )
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(np.repeat(wave_form.astype("<i2"), channels).tobytes())
