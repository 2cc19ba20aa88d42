"""One engine as the pool uses it: its threads, its bounded queue, and a memory of failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import structlog

from voicebot.hearing.recogniser import Recogniser

log = structlog.get_logger(__name__)


class Lane:
    """Runs jobs for one engine and says whether it may be given more.

    Args:
        engine: the recogniser; its methods run in as many threads as there are workers.
        workers: jobs at the same time.
        queue_limit: jobs that may wait; one more finds no room.
        failures_until_down: failures in a row after which the engine counts as down.
        retry_after_s: pause before a job is tried on an engine that is down.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        engine: Recogniser,
        *,
        workers: int = 1,
        queue_limit: int = 32,
        failures_until_down: int = 3,
        retry_after_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.engine = engine
        self.workers = workers
        self._queue_limit = queue_limit
        self._failures_until_down = failures_until_down
        self._retry_after_s = retry_after_s
        self._clock = clock
        self._executor = ThreadPoolExecutor(workers, thread_name_prefix="recogniser")
        self._lock = threading.Lock()
        self._futures: set[Future[None]] = set()
        self._in_hand = self._running = 0
        self._failures_in_row = 0
        self._down_until: float | None = None
        self.failed = 0

    @property
    def is_down(self) -> bool:
        """True for a while after repeated failures."""
        return self._down_until is not None and self._clock() < self._down_until

    @property
    def waiting(self) -> int:
        """Jobs that no worker has begun."""
        return max(0, self._in_hand - self._running)

    @property
    def running(self) -> int:
        """Jobs under way."""
        return self._running

    def submit(self, job: Callable[[], None], *, only_idle: bool = False) -> Future[None] | None:
        """Take a job; None when there is no room, or with `only_idle` no worker for it at once."""
        limit = self.workers if only_idle else self.workers + self._queue_limit
        with self._lock:
            if self._in_hand >= limit:
                return None
            self._in_hand += 1
        try:
            future = self._executor.submit(self._run, job)
        except RuntimeError:  # shut down meanwhile
            with self._lock:
                self._in_hand -= 1
            return None
        with self._lock:
            self._futures.add(future)
        future.add_done_callback(self._leave)
        return future

    def succeed(self) -> None:
        """The engine did its work in time."""
        with self._lock:
            self._failures_in_row = 0
            self._down_until = None

    def fail(self, reason: str) -> None:
        """The engine failed on a job, or was too slow."""
        with self._lock:
            self.failed += 1
            self._failures_in_row += 1
            down = self._failures_in_row >= self._failures_until_down
            if down:
                # One job is tried after the pause; its failure alone starts the next pause.
                self._failures_in_row = self._failures_until_down - 1
                self._down_until = self._clock() + self._retry_after_s
        log.warning("recogniser_failed", engine=self.engine.name, reason=reason, down=down)

    def shut(self) -> list[Future[None]]:
        """Take no more jobs and give up those that wait; gives those under way."""
        self._executor.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            return [future for future in self._futures if not future.done()]

    def close(self) -> None:
        """End the threads (they must be done) and free the engine."""
        self._executor.shutdown(wait=True)
        self.engine.close()

    def _run(self, job: Callable[[], None]) -> None:
        with self._lock:
            self._running += 1
        try:
            job()
        finally:
            with self._lock:
                self._running -= 1

    def _leave(self, future: Future[None]) -> None:
        with self._lock:
            self._futures.discard(future)
            self._in_hand -= 1
