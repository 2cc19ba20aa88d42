"""Does what is due: claims it, runs its handler, keeps the claim alive, notes what became of it.

Any number of schedulers, on any number of machines, may run on one database. What was due while
none ran is done when one runs again, the most overdue first; whether it still makes sense is the
handler's to say.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from voicebot.records import ClaimLost, Records, RecordsUnavailable, Work
from voicebot.records.types import Clock, utc_now

log = structlog.get_logger(__name__)

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=15)


@dataclass(frozen=True)
class Done:
    """The work has come to its end, which may have been noted already with its effects."""


@dataclass(frozen=True)
class RetryAt:
    """It is to be done (again) at a later moment.

    Attributes:
        counted: it counts as a failure: after `max_attempts` of them the work is given up.
            Otherwise the count starts again, and the handler must end some day by itself.
    """

    when: datetime
    reason: str
    counted: bool = False


@dataclass(frozen=True)
class GiveUp:
    """It cannot be done and trying again would not help; people will see it."""

    reason: str


Result = Done | RetryAt | GiveUp
Handler = Callable[[Work, Records], Awaitable[Result]]


class Scheduler:
    """Runs handlers for due work.

    A handler that raises is tried again after a pause that doubles each time, with a random part,
    and is given up after the work's `max_attempts`. A handler whose claim is lost, or was not
    extended in time, is cancelled.

    Args:
        handlers: by kind of work. Other kinds are left to other schedulers.
        clock: the present moment.
        poll: how often the database is asked when nothing is going on.
        lease: how long a claim lasts unless extended, which happens at a third of it; after a
            crash the work waits so long.
        concurrency: how many handlers run at once.
        limits: how many of one kind at most, for kinds whose handlers wait for somebody else: when
            that one hangs, other work must go on.
        longest: a handler that takes longer is taken for hanging and has failed.
        chance: uniform in [0, 1), for the pauses.
    """

    def __init__(
        self,
        records: Records,
        handlers: Mapping[str, Handler],
        clock: Clock = utc_now,
        *,
        poll: timedelta = timedelta(seconds=1),
        lease: timedelta = timedelta(minutes=1),
        concurrency: int = 8,
        limits: Mapping[str, int] | None = None,
        longest: timedelta = timedelta(hours=2),
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._records = records
        self._handlers = dict(handlers)
        self._clock = clock
        self._poll = poll
        self._lease = lease
        self._concurrency = concurrency
        self._limits = {kind: limit for kind, limit in (limits or {}).items() if kind in handlers}
        self._longest = longest
        self._chance = chance
        self._running: dict[asyncio.Task[None], Work] = {}
        # Their handlers have ended, and what became of them is being written down.
        self._telling: set[int] = set()
        # On the monotonic clock of this machine: nobody else can have the work before.
        self._held_until_s: dict[int, float] = {}
        self._stop = asyncio.Event()

    async def run(self, *, drain_s: float = 10.0) -> None:
        """Work until `stop`; then let running handlers end, or cancel them after `drain_s` and
        give their work back. May be cancelled instead: the leases then run out by themselves."""
        heartbeat = asyncio.create_task(self._keep_claims())
        try:
            while not self._stop.is_set():
                try:
                    started = await self._start_due()
                except RecordsUnavailable as error:
                    log.warning("scheduler.records_unavailable", reason=str(error))
                    started = 0
                if not started or len(self._running) >= self._concurrency:
                    await self._pause()
            await self._drain(drain_s)
        finally:
            heartbeat.cancel()
            for task in self._running:
                task.cancel()
            await asyncio.gather(heartbeat, *self._running, return_exceptions=True)

    def stop(self) -> None:
        """Claim nothing more; `run` ends."""
        self._stop.set()

    async def run_once(self) -> int:
        """Do all that is due now, and what that makes due at once, and come back.

        Returns:
            How many pieces of work were taken on.
        """
        heartbeat = asyncio.create_task(self._keep_claims())
        try:
            total = 0
            while started := await self._start_due():
                total += started
                await asyncio.wait(self._running)
            return total
        finally:
            heartbeat.cancel()
            for task in self._running:
                task.cancel()
            await asyncio.gather(heartbeat, *self._running, return_exceptions=True)

    async def _start_due(self) -> int:
        unlimited = self._handlers.keys() - self._limits.keys()
        started = await self._start(unlimited, self._concurrency)
        for kind, limit in self._limits.items():
            going_on = sum(work.kind == kind for work in self._running.values())
            started += await self._start({kind}, limit - going_on)
        return started

    async def _start(self, kinds: Set[str], room: int) -> int:
        limit = min(room, self._concurrency - len(self._running))
        if limit <= 0 or not kinds:
            return 0
        until_s = time.monotonic() + self._lease.total_seconds()
        works = await self._records.work.claim(kinds, limit, self._lease)
        for work in works:
            self._held_until_s[work.work_id] = until_s
            task = asyncio.create_task(self._do(work), name=f"{work.kind} {work.work_id}")
            self._running[task] = work
            task.add_done_callback(self._ended)
        return len(works)

    def _ended(self, task: asyncio.Task[None]) -> None:
        work = self._running.pop(task)
        self._held_until_s.pop(work.work_id, None)
        self._telling.discard(work.work_id)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("scheduler.failed", kind=work.kind, work_id=work.work_id, error=error)

    async def _pause(self) -> None:
        """Until the next poll, or until there is room for more, or the end."""
        full = len(self._running) >= self._concurrency
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait(
                {stopping, *(self._running if full else ())},
                timeout=self._poll.total_seconds(),
                return_when=asyncio.FIRST_COMPLETED,
            )
        finally:
            stopping.cancel()

    async def _drain(self, drain_s: float) -> None:
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=drain_s)
        given_back = [self._running[task] for task in late]
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        for work in given_back:
            try:
                await self._records.work.retry(work, self._clock(), "the scheduler stopped")
            except (ClaimLost, RecordsUnavailable) as error:
                log.info("scheduler.not_given_back", kind=work.kind, reason=str(error))

    async def _do(self, work: Work) -> None:
        try:
            try:
                async with asyncio.timeout(self._longest.total_seconds()):
                    result = await self._handlers[work.kind](work, self._records)
            except ClaimLost:
                raise
            except Exception as error:  # whatever it is, others must go on
                self._telling.add(work.work_id)
                await self._failed(work, error)
                return
            self._telling.add(work.work_id)
            await self._tell(work, result)
        except ClaimLost as error:
            log.info("scheduler.claim_lost", kind=work.kind, reason=str(error))
        except RecordsUnavailable as error:
            # The lease runs out and the work is claimed again.
            log.warning("scheduler.not_told", kind=work.kind, reason=str(error))

    async def _tell(self, work: Work, result: Result) -> None:
        match result:
            case Done():
                await self._records.work.finish(work)
            case RetryAt(when, reason, counted):
                await self._records.work.retry(work, when, reason, counted=counted)
            case GiveUp(reason):
                log.error("scheduler.given_up", kind=work.kind, subject=work.subject, reason=reason)
                await self._records.work.give_up(work, reason)

    async def _failed(self, work: Work, error: Exception) -> None:
        reason = f"{type(error).__name__}: {error}"
        last = work.attempts >= work.max_attempts
        log.warning(
            "scheduler.handler_failed",
            kind=work.kind,
            work_id=work.work_id,
            attempt=work.attempts,
            given_up=last,
            reason=reason,
        )
        at = self._clock() + pause(work.attempts, self._chance())
        await self._records.work.retry(work, at, reason, counted=True)

    async def _keep_claims(self) -> None:
        """Extend the claims of running handlers; cancel those whose claim is gone, or has run out
        while the database could not be asked."""
        lease_s = self._lease.total_seconds()
        while True:
            await asyncio.sleep(lease_s / 3)
            works = dict(self._running)
            if not works:
                continue
            until_s = time.monotonic() + lease_s
            try:
                async with asyncio.timeout(lease_s):
                    held = await self._records.work.extend(works.values(), self._lease)
            except (RecordsUnavailable, TimeoutError) as error:
                log.warning("scheduler.claims_not_extended", reason=str(error) or "no answer")
                now_s = time.monotonic()
                lost = {key for key, end_s in self._held_until_s.items() if end_s <= now_s}
            else:
                # Work that is let go of is no longer held, and nothing was taken away.
                lost = {work.work_id for work in works.values()} - held - self._telling
                self._held_until_s.update(
                    {key: until_s for key in held if key in self._held_until_s}
                )
            for task, work in works.items():
                if work.work_id in lost:
                    self._take_from(task, work)

    def _take_from(self, task: asyncio.Task[None], work: Work) -> None:
        if not task.done() and not task.cancelling():
            log.warning("scheduler.cancelled", kind=work.kind, work_id=work.work_id)
            task.cancel()


def pause(attempts: int, chance: float) -> timedelta:
    """How long to wait after the n-th failure in a row: 5 s, doubled each time up to 15 min; of
    that at least the half.

    Args:
        attempts: from 1.
        chance: in [0, 1); spreads those that failed together.
    """
    longest: timedelta = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return longest * (0.5 + chance / 2)
