"""Doubles of the detector and the recogniser pool."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np

from tests.line.tones import CALLER, NOISE
from voicebot.hearing.constraint import Constraint
from voicebot.hearing.pool import RecogniserBusy, RecogniserUnavailable
from voicebot.hearing.recogniser import Hypothesis, Transcript
from voicebot.hearing.vad import ScoredWindow, VadStream, VoiceActivity
from voicebot.line.constraints import accepts


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
    def __init__(self, pool: FakePool, pcm: bytes, constraint: Constraint | None) -> None:
        self._pool = pool
        self._pcm = pcm
        self._constraint = constraint
        self.begun_at = asyncio.get_running_loop().time()
        self.is_cancelled = False

    @property
    def is_done(self) -> bool:
        ready_at = self.begun_at + self._pool.decode_s
        return asyncio.get_running_loop().time() >= ready_at

    def peek(self) -> Transcript | None:
        return self._read() if self.is_done and not self._pool.fails else None

    async def result(self) -> Transcript:
        ready_at = self.begun_at + self._pool.decode_s
        await asyncio.sleep(max(0.0, ready_at - asyncio.get_running_loop().time()))
        if self._pool.fails:
            raise RecogniserUnavailable("out of order")
        return self._read()

    def _read(self) -> Transcript:
        """Sure of what is in the grammar; of anything else that much of it is missing."""
        words = [text for text in CALLER.read(self._pcm) if text != NOISE]
        text = " ".join(words)
        alternatives = (Hypothesis(text, 1.0),) if text else ()
        heard = Transcript(text, 0.9 if text else 0.0, alternatives, decode_ms=30)
        if self._constraint is None or not text:
            return heard
        if accepts(self._constraint, text):
            return replace(heard, constrained=True)
        return replace(heard, constrained=True, confidence=0.1, missing=20.0)

    def cancel(self) -> None:
        self.is_cancelled = True


class FakePool:
    """Reads the tones; takes its time; breaks on demand."""

    def __init__(self) -> None:
        self.decode_s = 0.05
        self.fails = False
        self.busy = False
        self.no_one_idle = False
        self.uses_constraints = False
        self.constraints: list[object] = []
        self.guesses: list[FakeRecognition] = []
        self.asked = 0

    def submit(
        self,
        pcm: bytes,
        constraint: Constraint | None = None,
        hotwords: object = (),
        *,
        speculative: bool,
    ) -> FakeRecognition:
        if self.no_one_idle:
            raise RecogniserBusy("nobody is idle")
        recognition = FakeRecognition(self, pcm, constraint if self.uses_constraints else None)
        self.guesses.append(recognition)
        return recognition

    async def recognise(
        self, pcm: bytes, constraint: Constraint | None = None, hotwords: object = ()
    ) -> Transcript:
        self.asked += 1
        self.constraints.append(constraint)
        if self.busy:
            raise RecogniserBusy("full")
        used = constraint if self.uses_constraints else None
        return await FakeRecognition(self, pcm, used).result()

    def preview(self, pcm: bytes) -> FakeRecognition | None:
        return None if self.no_one_idle else FakeRecognition(self, pcm, None)
