"""One recogniser for all calls: a bounded queue, a deadline, and a memory of failures."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from voicebot.hearing.gates import believed, failed_gate
from voicebot.hearing.recogniser import FloatArray, Recogniser, RecogniserError, Transcript
from voicebot.hearing.segments import recogniser_audio

if TYPE_CHECKING:
    from voicebot.hearing.constraint import Constraint

log = structlog.get_logger(__name__)

_LATENCIES_KEPT = 512
_CLOSE_WAIT_S = 5.0


class RecogniserBusy(Exception):
    """More utterances wait than can be served in time."""


class RecogniserUnavailable(Exception):
    """The recogniser failed, was too slow, or is known to be down."""


class Health(StrEnum):
    """Whether speech can be recognised."""

    UP = "up"
    DOWN = "down"


@dataclass(frozen=True)
class PoolMetrics:
    """The state of the pool. Latencies are from handing an utterance in to having its text."""

    health: Health
    waiting: int
    running: int
    done: int
    failed: int
    refused: int
    p50_ms: float
    p95_ms: float


class Recognition:
    """One utterance handed to the pool. Await `result`, or `cancel` when it is not wanted."""

    def __init__(self, future: Future[Transcript], pool: RecogniserPool, deadline_s: float) -> None:
        self._future = future
        self._pool = pool
        self._deadline_at = pool._clock() + deadline_s

    async def result(self) -> Transcript:
        """The transcript; its text is empty when nothing believable was said.

        Raises:
            RecogniserBusy: it waited for the whole deadline.
            RecogniserUnavailable: the engine failed, or was too slow.
        """
        wrapped = asyncio.wrap_future(self._future)
        left_s = max(0.0, self._deadline_at - self._pool._clock())
        done, _ = await asyncio.wait({wrapped}, timeout=left_s)
        if not done:
            never_begun = self._future.cancel()
            wrapped.cancel()
            if never_begun:
                raise RecogniserBusy("waited for the whole deadline")
            self._pool._note_failure("deadline")
            raise RecogniserUnavailable("no text within the deadline")
        if wrapped.cancelled():
            raise RecogniserUnavailable("given up")
        try:
            return wrapped.result()
        except RecogniserError as error:
            raise RecogniserUnavailable(str(error)) from error

    def cancel(self) -> None:
        """Give it up; work that has not begun is not begun."""
        self._future.cancel()


class RecogniserPool:
    """Shares recognisers among calls.

    Args:
        recogniser: the engine; `transcribe` runs in as many threads as there are workers.
        second: an engine to try once when the first one fails.
        workers: utterances recognised at the same time.
        queue_limit: utterances that may wait; one more is refused.
        deadline_s: an utterance that has no text after so long is given up.
        failures_until_down: failures in a row after which the engine counts as down.
        retry_after_s: pause before an utterance is tried on an engine that is down.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        *,
        second: Recogniser | None = None,
        workers: int = 1,
        queue_limit: int = 32,
        deadline_s: float = 4.0,
        failures_until_down: int = 3,
        retry_after_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._recogniser = recogniser
        self._second = second
        self._workers = workers
        self._queue_limit = queue_limit
        self._deadline_s = deadline_s
        self._failures_until_down = failures_until_down
        self._retry_after_s = retry_after_s
        self._clock = clock
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="recogniser")
        self._lock = threading.Lock()
        self._futures: set[Future[Transcript]] = set()
        self._in_hand = 0
        self._running = 0
        self._done = self._failed = self._refused = 0
        self._failures_in_row = 0
        self._down_until: float | None = None
        self._latencies_ms: deque[float] = deque(maxlen=_LATENCIES_KEPT)
        self._closed = False

    @property
    def health(self) -> Health:
        """DOWN while utterances are refused after repeated failures."""
        down = self._down_until is not None and self._clock() < self._down_until
        return Health.DOWN if down else Health.UP

    @property
    def metrics(self) -> PoolMetrics:
        """A snapshot of the counters."""
        with self._lock:
            latencies = sorted(self._latencies_ms)
            return PoolMetrics(
                health=self.health,
                waiting=max(0, self._in_hand - self._running),
                running=self._running,
                done=self._done,
                failed=self._failed,
                refused=self._refused,
                p50_ms=_percentile(latencies, 0.50),
                p95_ms=_percentile(latencies, 0.95),
            )

    def submit(
        self,
        pcm: bytes,
        constraint: Constraint | None = None,
        hotwords: Sequence[str] = (),
        *,
        speculative: bool = False,
    ) -> Recognition:
        """Hand in an utterance.

        Args:
            pcm: 16-bit mono PCM at 8000 Hz.
            constraint: what the dialogue expects.
            hotwords: words that are likely now.
            speculative: the caller may go on; refused unless a worker is idle.

        Raises:
            RecogniserBusy: the queue is full (or, speculatively, nobody is idle).
            RecogniserUnavailable: the engine is down or the pool closed.
        """
        if self._closed:
            raise RecogniserUnavailable("the recogniser pool is closed")
        if self.health is Health.DOWN and self._second is None:
            raise RecogniserUnavailable("the recogniser is down")
        limit = self._workers if speculative else self._workers + self._queue_limit
        with self._lock:
            if self._in_hand >= limit:
                self._refused += not speculative
                raise RecogniserBusy(f"{self._in_hand} utterances are in hand")
            self._in_hand += 1
        future = self._executor.submit(
            self._recognise, pcm, constraint, tuple(hotwords), self._clock()
        )
        with self._lock:
            self._futures.add(future)
        future.add_done_callback(self._leave)
        return Recognition(future, self, self._deadline_s)

    async def recognise(
        self, pcm: bytes, constraint: Constraint | None = None, hotwords: Sequence[str] = ()
    ) -> Transcript:
        """Hand in an utterance and wait for its text.

        Raises:
            RecogniserBusy: the queue is full.
            RecogniserUnavailable: the engine is down, failed, or was too slow.
        """
        recognition = self.submit(pcm, constraint, hotwords)
        try:
            return await recognition.result()
        except asyncio.CancelledError:
            recognition.cancel()
            raise

    async def close(self) -> None:
        """Give up what waits and end the threads; the recognisers are closed too."""
        self._closed = True
        self._executor.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            running = [asyncio.wrap_future(future) for future in self._futures if not future.done()]
        if running:
            await asyncio.wait(running, timeout=_CLOSE_WAIT_S)
        if all(future.done() for future in running):
            self._executor.shutdown(wait=True)
        self._recogniser.close()
        if self._second is not None:
            self._second.close()

    def _recognise(
        self,
        pcm: bytes,
        constraint: Constraint | None,
        hotwords: tuple[str, ...],
        handed_in_at: float,
    ) -> Transcript:
        with self._lock:
            self._running += 1
        try:
            transcript = self._transcribe(pcm, constraint, hotwords)
        finally:
            with self._lock:
                self._running -= 1
        with self._lock:
            self._done += 1
            self._latencies_ms.append((self._clock() - handed_in_at) * 1000)
        gate = failed_gate(transcript)
        if gate is not None:
            log.info("text_not_believed", gate=gate.value, engine=transcript.engine)
        return believed(transcript)

    def _transcribe(
        self, pcm: bytes, constraint: Constraint | None, hotwords: tuple[str, ...]
    ) -> Transcript:
        audio = recogniser_audio(pcm)
        started = self._clock()
        transcript = self._try_first(audio, constraint, hotwords)
        if transcript is None:
            assert self._second is not None
            try:
                transcript = self._second.transcribe(audio, constraint, hotwords)
            except Exception as error:
                raise RecogniserError(str(error)) from error
        decode_ms = transcript.decode_ms or round((self._clock() - started) * 1000)
        audio_ms = transcript.audio_ms or len(pcm) // 16
        return replace(transcript, decode_ms=decode_ms, audio_ms=audio_ms)

    def _try_first(
        self, audio: FloatArray, constraint: Constraint | None, hotwords: tuple[str, ...]
    ) -> Transcript | None:
        """The first engine's text, or None when the second one is to be asked."""
        if self.health is Health.DOWN and self._second is not None:
            return None
        started = self._clock()
        try:
            transcript = self._recogniser.transcribe(audio, constraint, hotwords)
        except Exception as error:
            # Whatever an engine throws is a failed utterance, never a lost worker.
            self._note_failure(f"{type(error).__name__}: {error}")
            if self._second is None:
                raise RecogniserError(str(error)) from error
            return None
        if self._clock() - started <= self._deadline_s:
            with self._lock:
                self._failures_in_row = 0
                self._down_until = None
        return transcript

    def _leave(self, future: Future[Transcript]) -> None:
        with self._lock:
            self._futures.discard(future)
            self._in_hand -= 1

    def _note_failure(self, reason: str) -> None:
        with self._lock:
            self._failed += 1
            self._failures_in_row += 1
            down = self._failures_in_row >= self._failures_until_down
            if down:
                # One utterance is tried after the pause; its failure alone starts the next pause.
                self._failures_in_row = self._failures_until_down - 1
                self._down_until = self._clock() + self._retry_after_s
        log.warning("recogniser_failed", reason=reason, down=down)


def _percentile(ordered: Sequence[float], share: float) -> float:
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
