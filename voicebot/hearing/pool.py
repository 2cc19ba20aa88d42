"""One recogniser for all calls, and perhaps a second behind it: bounded queues and a deadline."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import structlog

from voicebot.hearing.gates import believed, failed_gate
from voicebot.hearing.lane import Lane
from voicebot.hearing.recogniser import Recogniser, RecogniserError, Transcript
from voicebot.hearing.segments import recogniser_audio

if TYPE_CHECKING:
    from voicebot.hearing.constraint import Constraint

log = structlog.get_logger(__name__)

_LATENCIES_KEPT = 512
_CLOSE_WAIT_S = 5.0
# Of a worker's time, what reading along may take: partial texts are for those who watch.
_PREVIEW_SHARE = 0.25


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
    """The state of the pool. Latencies are from handing an utterance in to having its text;
    `by_second` of those done were done by the second engine."""

    health: Health
    waiting: int
    running: int
    done: int
    failed: int
    refused: int
    p50_ms: float
    p95_ms: float
    by_second: int = 0


class Recognition:
    """One utterance handed to the pool. Await `result`, or `cancel` when it is not wanted."""

    def __init__(self, work: _Work, clock: Callable[[], float], deadline_s: float) -> None:
        self._work = work
        self._clock = clock
        self._deadline_at = clock() + deadline_s

    @property
    def is_done(self) -> bool:
        """True when there is a result, good or bad."""
        return self._work.future.done()

    def peek(self) -> Transcript | None:
        """The transcript if it is there already; None while it is not, or if there is none."""
        future = self._work.future
        if not future.done() or future.cancelled() or future.exception() is not None:
            return None
        return future.result()

    async def result(self) -> Transcript:
        """The transcript; its text is empty when nothing believable was said.

        Raises:
            RecogniserBusy: it waited for the whole deadline.
            RecogniserUnavailable: the engine failed, or was too slow.
        """
        wrapped = asyncio.wrap_future(self._work.future)
        left_s = max(0.0, self._deadline_at - self._clock())
        done, _ = await asyncio.wait({wrapped}, timeout=left_s)
        if not done:
            never_begun = self._work.cancel()
            wrapped.cancel()
            if never_begun:
                raise RecogniserBusy("waited for the whole deadline")
            if self._work.lane is not None:
                self._work.lane.fail("deadline")
            raise RecogniserUnavailable("no text within the deadline")
        if wrapped.cancelled():
            raise RecogniserUnavailable("given up")
        try:
            return wrapped.result()
        except RecogniserError as error:
            raise RecogniserUnavailable(str(error)) from error

    def cancel(self) -> None:
        """Give it up; work that has not begun is not begun."""
        self._work.cancel()


class RecogniserPool:
    """Shares recognisers among calls.

    Args:
        recogniser: the engine; `transcribe` runs in as many threads as there are workers.
        second: an engine for what the first one fails on, and while it is down or has no room.
        workers: utterances recognised at the same time.
        second_workers: the same for the second engine, in threads of its own.
        queue_limit: utterances that may wait for each engine; one more is refused.
        deadline_s: an utterance that has no text after so long is given up.
        failures_until_down: failures in a row after which an engine counts as down.
        retry_after_s: pause before an utterance is tried on an engine that is down.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        recogniser: Recogniser,
        *,
        second: Recogniser | None = None,
        workers: int = 1,
        second_workers: int = 1,
        queue_limit: int = 32,
        deadline_s: float = 4.0,
        failures_until_down: int = 3,
        retry_after_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        def lane(engine: Recogniser, workers: int) -> Lane:
            return Lane(
                engine,
                workers=workers,
                queue_limit=queue_limit,
                failures_until_down=failures_until_down,
                retry_after_s=retry_after_s,
                clock=clock,
            )

        self._lanes = [lane(recogniser, workers)]
        if second is not None:
            self._lanes.append(lane(second, second_workers))
        self._deadline_s = deadline_s
        self._clock = clock
        self._lock = threading.Lock()
        self._done = self._by_second = self._refused = 0
        self._latencies_ms: deque[float] = deque(maxlen=_LATENCIES_KEPT)
        self._no_preview_until = 0.0
        self._closed = False

    @property
    def health(self) -> Health:
        """DOWN while utterances are refused after repeated failures."""
        return Health.DOWN if all(lane.is_down for lane in self._lanes) else Health.UP

    @property
    def metrics(self) -> PoolMetrics:
        """A snapshot of the counters."""
        with self._lock:
            latencies = sorted(self._latencies_ms)
            return PoolMetrics(
                health=self.health,
                waiting=sum(lane.waiting for lane in self._lanes),
                running=sum(lane.running for lane in self._lanes),
                done=self._done,
                failed=sum(lane.failed for lane in self._lanes),
                refused=self._refused,
                p50_ms=_percentile(latencies, 0.50),
                p95_ms=_percentile(latencies, 0.95),
                by_second=self._by_second,
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
            RecogniserUnavailable: every engine is down or the pool closed.
        """
        if self._closed:
            raise RecogniserUnavailable("the recogniser pool is closed")
        up = [lane for lane in self._lanes if not lane.is_down]
        if not up:
            raise RecogniserUnavailable("the recogniser is down")
        work = _Work(pcm, constraint, tuple(hotwords), self._clock())
        for lane in up:
            if work.hand_to(lane, self._recognise, only_idle=speculative):
                return Recognition(work, self._clock, self._deadline_s)
        with self._lock:
            self._refused += not speculative
        raise RecogniserBusy("no engine has room for one more utterance")

    def preview(self, pcm: bytes) -> Recognition | None:
        """Read what was said so far, quickly and without a grammar; None when the recogniser has
        better things to do. Its texts are for those who watch, not for the dialogue.

        Args:
            pcm: 16-bit mono PCM at 8000 Hz.
        """
        lane = self._lanes[0]
        if self._closed or lane.is_down or not lane.engine.has_preview:
            return None
        if lane.waiting or lane.running or self._clock() < self._no_preview_until:
            return None
        work = _Work(pcm, None, (), self._clock())
        if not work.hand_to(lane, self._preview, only_idle=True):
            return None
        return Recognition(work, self._clock, self._deadline_s)

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
        running = [asyncio.wrap_future(f) for lane in self._lanes for f in lane.shut()]
        if running:
            await asyncio.wait(running, timeout=_CLOSE_WAIT_S)
        if all(future.done() for future in running):
            for lane in self._lanes:
                lane.close()

    def _recognise(self, work: _Work, lane: Lane) -> None:
        audio = recogniser_audio(work.pcm)
        started = self._clock()
        try:
            transcript = lane.engine.transcribe(audio, work.constraint, work.hotwords)
        except Exception as error:
            # Whatever an engine throws is a failed utterance, never a lost worker.
            lane.fail(f"{type(error).__name__}: {error}")
            if not self._hand_on(work, lane):
                work.future.set_exception(RecogniserError(str(error)))
            return
        took_s = self._clock() - started
        if took_s <= self._deadline_s:
            lane.succeed()
        transcript = replace(
            transcript,
            decode_ms=transcript.decode_ms or round(took_s * 1000),
            audio_ms=transcript.audio_ms or len(work.pcm) // 16,
        )
        with self._lock:
            self._done += 1
            self._by_second += lane is not self._lanes[0]
            self._latencies_ms.append((self._clock() - work.handed_in_at) * 1000)
        gate = failed_gate(transcript)
        if gate is not None:
            log.info("text_not_believed", gate=gate.value, engine=transcript.engine)
        work.future.set_result(believed(transcript))

    def _preview(self, work: _Work, lane: Lane) -> None:
        began = self._clock()
        try:
            text = lane.engine.preview(recogniser_audio(work.pcm))
        except Exception as error:
            work.future.set_exception(RecogniserError(str(error)))
            return
        now = self._clock()
        self._no_preview_until = now + (now - began) * (1 / _PREVIEW_SHARE - 1)
        work.future.set_result(Transcript(text, 0.0, engine=lane.engine.name))

    def _hand_on(self, work: _Work, lane: Lane) -> bool:
        """Give what one engine failed on to the next; False when there is none for it."""
        later = self._lanes[self._lanes.index(lane) + 1 :]
        return any(not next_.is_down and work.hand_to(next_, self._recognise) for next_ in later)


class _Work:
    """One utterance on its way through the engines."""

    def __init__(
        self,
        pcm: bytes,
        constraint: Constraint | None,
        hotwords: tuple[str, ...],
        handed_in_at: float,
    ) -> None:
        self.pcm = pcm
        self.constraint = constraint
        self.hotwords = hotwords
        self.handed_in_at = handed_in_at
        self.future: Future[Transcript] = Future()
        self.lane: Lane | None = None  # that has begun with it last
        self._job: Future[None] | None = None

    def hand_to(
        self, lane: Lane, job: Callable[[_Work, Lane], None], *, only_idle: bool = False
    ) -> bool:
        """Queue it for an engine; False when there is no room."""
        queued = lane.submit(lambda: self._begin(job, lane), only_idle=only_idle)
        if queued is None:
            return False
        self._job = queued
        queued.add_done_callback(self._note_cancelled)
        return True

    def cancel(self) -> bool:
        """Give it up; True when no engine had begun with it."""
        return self._job is not None and self._job.cancel()

    def _begin(self, job: Callable[[_Work, Lane], None], lane: Lane) -> None:
        # Handed on from another engine, it is running already.
        if self.future.running() or self.future.set_running_or_notify_cancel():
            self.lane = lane
            job(self, lane)

    def _note_cancelled(self, job: Future[None]) -> None:
        if not job.cancelled():
            return
        # Before any engine has begun it can be cancelled; between two engines it can only fail.
        if not self.future.cancel() and not self.future.done():
            self.future.set_exception(RecogniserError("given up"))


def _percentile(ordered: Sequence[float], share: float) -> float:
    if not ordered:
        return 0.0
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
