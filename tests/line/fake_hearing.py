"""Doubles of the detector and the recogniser pool."""

from __future__ import annotations

import asyncio

import numpy as np

from tests.line.tones import CALLER, NOISE
from voicebot.hearing.pool import RecogniserBusy, RecogniserUnavailable
from voicebot.hearing.recogniser import Hypothesis, Transcript
from voicebot.hearing.vad import ScoredWindow, VadStream, VoiceActivity


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
