"""Doubles of what the line stands between: a phone, a detector, a recogniser, a voice.

A "voice" saying a text is a tone of its own over noise, so that both the recogniser's double and
the tests know again what was said from the audio alone.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import numpy as np

from voicebot.hearing.pool import RecogniserBusy, RecogniserUnavailable
from voicebot.hearing.recogniser import Hypothesis, Transcript
from voicebot.hearing.vad import WINDOW_BYTES, ScoredWindow, VadStream, VoiceActivity
from voicebot.speaking.voice import VoiceError
from voicebot.telephony.call import (
    FRAME_BYTES,
    FRAME_MS,
    Answered,
    Call,
    CallEvent,
    CallFailed,
    CallInfo,
    Direction,
    DtmfDigit,
    Ended,
    EndReason,
    Held,
    Phone,
    TransferOutcome,
)

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


class FakeVad(VoiceActivity):
    """Loud is speech."""

    def __init__(self) -> None:
        self.streams: list[VadStream] = []

    def open(self) -> VadStream:
        stream = VadStream(len(self.streams))
        self.streams.append(stream)
        return stream

    def close(self, stream: VadStream) -> None:
        if stream in self.streams:
            self.streams.remove(stream)

    def score(self) -> list[ScoredWindow]:
        scored = []
        for stream in self.streams:
            while stream.windows:
                pcm = stream.windows.popleft()
                samples = np.frombuffer(pcm, dtype="<i2").astype(float)
                loud = np.sqrt(np.mean(samples**2)) > 400
                scored.append(ScoredWindow(stream, pcm, 0.95 if loud else 0.02))
        return scored


class FakeRecognition:
    def __init__(self, pool: FakePool, pcm: bytes) -> None:
        self._pool = pool
        self._pcm = pcm
        self.begun_at = asyncio.get_running_loop().time()
        self.is_cancelled = False

    async def result(self) -> Transcript:
        ready_at = self.begun_at + self._pool.decode_s
        await asyncio.sleep(max(0.0, ready_at - asyncio.get_running_loop().time()))
        if self._pool.fails:
            raise RecogniserUnavailable("out of order")
        words = [text for text in CALLER.read(self._pcm) if text != NOISE]
        text = " ".join(words)
        alternatives = (Hypothesis(text, 1.0),) if text else ()
        return Transcript(text, 0.9 if text else 0.0, alternatives, decode_ms=30)

    def cancel(self) -> None:
        self.is_cancelled = True


class FakePool:
    """Reads the tones; takes its time; breaks on demand."""

    def __init__(self) -> None:
        self.decode_s = 0.05
        self.fails = False
        self.busy = False
        self.constraints: list[object] = []
        self.guesses: list[FakeRecognition] = []
        self.asked = 0

    def submit(
        self, pcm: bytes, constraint: object = None, hotwords: object = (), *, speculative: bool
    ) -> FakeRecognition:
        recognition = FakeRecognition(self, pcm)
        self.guesses.append(recognition)
        return recognition

    async def recognise(
        self, pcm: bytes, constraint: object = None, hotwords: object = ()
    ) -> Transcript:
        self.asked += 1
        self.constraints.append(constraint)
        if self.busy:
            raise RecogniserBusy("full")
        return await FakeRecognition(self, pcm).result()


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


@dataclass
class Heard:
    """A piece of what the caller was played."""

    at_s: float
    pcm: bytes


class FakeCall(Call):
    """A caller whose telephone the test holds. Time is the loop's."""

    def __init__(self, call_id: str = "call-1", number: str | None = "6912345678") -> None:
        self.info = CallInfo(call_id, Direction.INBOUND, "sip:caller@x", "sip:1555@x", number)
        self.queue: asyncio.Queue[CallEvent] = asyncio.Queue()
        self.heard: list[Heard] = []
        self.bridged: Call | None = None
        self.hung_up = False
        self.echo = 0.0
        self.echo_delay_ms = 100
        self._mic: deque[bytes] = deque()
        self._began_at: float | None = None
        self._frames_read = 0
        self._play_until = 0.0
        self._ended = False

    # The test's side

    def speak(self, text: str, ms: int | None = None) -> None:
        """Say something now; returns at once."""
        self.utter(CALLER.sound(text, ms if ms is not None else max(320, 70 * len(text))))

    def utter(self, pcm: bytes) -> None:
        for start in range(0, len(pcm), FRAME_BYTES):
            self._mic.append(pcm[start : start + FRAME_BYTES].ljust(FRAME_BYTES, b"\0"))

    def press(self, keys: str) -> None:
        for key in keys:
            self.queue.put_nowait(DtmfDigit(key))

    def hold(self, on_hold: bool) -> None:
        self.queue.put_nowait(Held(on_hold))

    def leave(self) -> None:
        self._end(EndReason.REMOTE_HANGUP)

    def words(self) -> list[str]:
        """What the caller has been told so far, sentence by sentence."""
        return [text for text in BOT.read(self.audio()) if text != NOISE]

    def audio(self) -> bytes:
        """What has been played so far, with gaps as silence."""
        pcm = bytearray()
        start = self._began_at or 0.0
        for piece in self.heard:
            at = round((piece.at_s - start) * RATE) * 2
            pcm += bytes(max(0, at - len(pcm)))
            pcm += piece.pcm
        until = round((self._now() - start) * RATE) * 2
        return bytes(pcm[:until])

    @property
    def is_hearing(self) -> bool:
        """Whether something is being played."""
        return self._play_until > self._now()

    @property
    def silent_since(self) -> float:
        """When the last thing played ended, in loop time."""
        return self._play_until

    # The line's side

    async def events(self) -> AsyncIterator[CallEvent]:
        while True:
            event = await self.queue.get()
            yield event
            if isinstance(event, Ended):
                return

    async def ringing(self) -> None:
        pass

    async def answer(self) -> None:
        if self._ended:
            raise CallFailed(TransferOutcome.FAILED, 487, "gave up")
        self._began_at = self._play_until = self._now()
        self.queue.put_nowait(Answered())

    async def reject(self, sip_code: int) -> None:
        self._end(EndReason.LOCAL_HANGUP)

    async def hang_up(self) -> None:
        self.hung_up = True
        self._end(EndReason.LOCAL_HANGUP)

    def read(self) -> bytes:
        if not self.is_up or self.bridged is not None:
            return b""
        assert self._began_at is not None
        due = int((self._now() - self._began_at) * 1000 / FRAME_MS + 0.001)
        frames = []
        while self._frames_read < due:
            frames.append(self._mic.popleft() if self._mic else bytes(FRAME_BYTES))
            self._frames_read += 1
        pcm = b"".join(frames)
        return self._with_echo(pcm) if self.echo else pcm

    def _with_echo(self, pcm: bytes) -> bytes:
        played = np.frombuffer(self.audio(), dtype="<i2")
        delay = self.echo_delay_ms * RATE // 1000
        end = len(played) - delay
        mine = np.frombuffer(pcm, dtype="<i2").astype(float)
        if end > len(mine):
            mine = mine + self.echo * played[end - len(mine) : end]
        return mine.clip(-32768, 32767).astype("<i2").tobytes()

    async def wait_audio(self) -> None:
        await asyncio.sleep(FRAME_MS / 1000)

    def write(self, pcm: bytes) -> None:
        assert self.bridged is None, "wrote into a bridged call"
        at = max(self._now(), self._play_until)
        self.heard.append(Heard(at, pcm))
        self._play_until = at + len(pcm) / 2 / RATE

    def clear(self) -> int:
        now = self._now()
        dropped = max(0.0, self._play_until - now)
        while self.heard and self.heard[-1].at_s >= now:
            self.heard.pop()
        if self.heard:
            last = self.heard[-1]
            keep = max(0, round((now - last.at_s) * RATE) * 2)
            self.heard[-1] = Heard(last.at_s, last.pcm[:keep])
        self._play_until = min(self._play_until, now)
        return round(dropped * 1000)

    @property
    def pending_ms(self) -> int:
        return round(max(0.0, self._play_until - self._now()) * 1000)

    @property
    def is_up(self) -> bool:
        return self._began_at is not None and not self._ended

    async def transfer(self, target_uri: str, *, timeout_s: float = 30.0) -> TransferOutcome:
        raise NotImplementedError

    def bridge(self, other: Call) -> None:
        self.bridged = other

    def unbridge(self) -> None:
        self.bridged = None

    def _end(self, reason: EndReason) -> None:
        if not self._ended:
            self._ended = True
            self.queue.put_nowait(Ended(reason, 200))

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()


class FakePhone(Phone):
    """Brings calls when the test says so; agents answer as it says."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[Call | None] = asyncio.Queue()
        self.agents: dict[str, TransferOutcome | FakeCall] = {}
        self.rings_s = 3.0
        self.dialled: list[tuple[str, Mapping[str, str]]] = []
        self.cancelled: list[str] = []
        self.live: list[FakeCall] = []

    def ring(self, call: FakeCall) -> None:
        self.live.append(call)
        self.calls.put_nowait(call)

    async def start(self) -> None:
        pass

    async def incoming(self) -> AsyncIterator[Call]:
        while (call := await self.calls.get()) is not None:
            yield call

    async def dial(
        self,
        target_uri: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 30.0,
    ) -> Call:
        self.dialled.append((target_uri, headers or {}))
        try:
            agent = self.agents[target_uri]
            if agent is TransferOutcome.NO_ANSWER:
                await asyncio.sleep(timeout_s)
                raise CallFailed(TransferOutcome.NO_ANSWER, 408)
            await asyncio.sleep(self.rings_s)
            if isinstance(agent, TransferOutcome):
                raise CallFailed(agent, 486)
            await agent.answer()
        except asyncio.CancelledError:
            self.cancelled.append(target_uri)
            raise
        return agent

    async def stop(self, *, drain_s: float = 0.0) -> None:
        if drain_s:
            deadline = asyncio.get_running_loop().time() + drain_s
            while any(call.is_up for call in self.live):
                if asyncio.get_running_loop().time() > deadline:
                    break
                await asyncio.sleep(0.1)
        for call in self.live:
            await call.hang_up()
        self.calls.put_nowait(None)
