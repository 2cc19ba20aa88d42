"""Doubles of a call, held by the test, and of the phone that brings it. Time is the loop's."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import numpy as np

from tests.line.tones import BOT, CALLER, NOISE, RATE
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
