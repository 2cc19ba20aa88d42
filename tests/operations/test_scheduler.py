from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession
from structlog.testing import capture_logs

from tests.operations.conftest import StoppedClock
from voicebot.operations.scheduler import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    Done,
    GiveUp,
    Handler,
    Result,
    RetryAt,
    Scheduler,
    pause,
)
from voicebot.records import Records, Work, WorkState, WorkSummary
from voicebot.records.due_work import cancel, reschedule, schedule


async def add(records: Records, subject: object, due_at: datetime, **more: object) -> None:
    async def work(session: AsyncSession) -> None:
        await schedule(session, "kind", str(subject), due_at, **more)  # type: ignore[arg-type]

    await records.work._database.write(work)


async def only(records: Records, subject: object = "thing") -> WorkSummary:
    (found,) = await records.work.about("kind", str(subject))
    return found


@asynccontextmanager
async def running(scheduler: Scheduler, drain_s: float = 5.0) -> AsyncIterator[None]:
    task = asyncio.create_task(scheduler.run(drain_s=drain_s))
    try:
        yield
    finally:
        scheduler.stop()
        await task


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.01)


def always(result: Result) -> Handler:
    async def handler(work: Work, records: Records) -> Result:
        return result

    return handler


def prompt(records: Records, handler: Handler, clock: StoppedClock, **more: object) -> Scheduler:
    options = {"poll": timedelta(milliseconds=10), "chance": lambda: 0.0, **more}
    return Scheduler(records, {"kind": handler}, clock, **options)  # type: ignore[arg-type]


async def test_all_that_is_due_is_done_and_what_that_makes_due(
    records: Records, clock: StoppedClock
) -> None:
    async def handler(work: Work, known: Records) -> Result:
        if int(work.subject) < 30:
            await add(known, int(work.subject) + 10, clock.now)
        return Done()

    for number in range(10):
        await add(records, number, clock.now)
    assert await prompt(records, handler, clock, concurrency=3).run_once() == 40
    assert await records.work.counts() == {"kind": {WorkState.DONE: 40}}


async def test_what_was_due_while_none_ran_is_done_the_most_overdue_first(
    records: Records, clock: StoppedClock
) -> None:
    seen = []

    async def handler(work: Work, known: Records) -> Result:
        seen.append(work.subject)
        return Done()

    for days in (1, 3, 2):
        await add(records, days, clock.now + timedelta(days=days))
    clock.forward(days=10)
    await prompt(records, handler, clock, concurrency=1).run_once()
    assert seen == ["1", "2", "3"]


async def test_a_later_moment_is_kept(records: Records, clock: StoppedClock) -> None:
    later = clock.now + timedelta(hours=1)
    await add(records, "thing", clock.now)
    scheduler = prompt(records, always(RetryAt(later, "not now")), clock)
    assert await scheduler.run_once() == 1
    found = await only(records)
    assert (found.state, found.due_at, found.attempts) == (WorkState.WAITING, later, 0)
    assert found.last_error == "not now"


async def test_giving_up_is_seen(records: Records, clock: StoppedClock) -> None:
    await add(records, "thing", clock.now)
    await prompt(records, always(GiveUp("no such number")), clock).run_once()
    (found,) = await records.work.failed()
    assert (found.subject, found.last_error) == ("thing", "no such number")


async def test_a_handler_that_raises_is_tried_again_later_and_later_and_then_given_up(
    records: Records, clock: StoppedClock
) -> None:
    async def handler(work: Work, known: Records) -> Result:
        raise OSError("nobody at 6945123456")

    await add(records, "thing", clock.now, max_attempts=4)
    scheduler = prompt(records, handler, clock)
    waited = []
    for _ in range(3):
        assert await scheduler.run_once() == 1
        found = await only(records)
        assert found.state is WorkState.WAITING
        assert found.last_error == "OSError: nobody at [τηλέφωνο]"
        waited.append(found.due_at - clock.now)
        clock.now = found.due_at
    assert waited == [FIRST_PAUSE / 2, FIRST_PAUSE, FIRST_PAUSE * 2]
    assert await scheduler.run_once() == 1
    assert (await only(records)).state is WorkState.FAILED


async def test_one_that_raises_does_not_stop_the_others(
    records: Records, clock: StoppedClock
) -> None:
    async def handler(work: Work, known: Records) -> Result:
        if work.subject == "bad":
            raise ValueError
        return Done()

    for subject in ("bad", "good", "better"):
        await add(records, subject, clock.now)
    await prompt(records, handler, clock, concurrency=1).run_once()
    assert (await only(records, "good")).state is WorkState.DONE
    assert (await only(records, "better")).state is WorkState.DONE


async def test_never_more_at_once_than_allowed(records: Records, clock: StoppedClock) -> None:
    at_once = most = 0

    async def handler(work: Work, known: Records) -> Result:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.01)
        at_once -= 1
        return Done()

    for number in range(20):
        await add(records, number, clock.now)
    await prompt(records, handler, clock, concurrency=4).run_once()
    assert most == 4


async def test_one_kind_that_hangs_leaves_room_for_others(
    records: Records, clock: StoppedClock
) -> None:
    over = asyncio.Event()
    done = []
    hanging = 0

    async def hangs(work: Work, known: Records) -> Result:
        nonlocal hanging
        hanging += 1
        await over.wait()
        return Done()

    async def handler(work: Work, known: Records) -> Result:
        done.append(work.subject)
        return Done()

    async def many(session: AsyncSession) -> None:
        for number in range(20):
            await schedule(session, "hangs", number, clock.now - timedelta(hours=1))
            await schedule(session, "kind", number, clock.now)

    await records.work.transaction(many)
    scheduler = Scheduler(
        records,
        {"kind": handler, "hangs": hangs},
        clock,
        poll=timedelta(milliseconds=10),
        concurrency=4,
        limits={"hangs": 3},
    )
    async with running(scheduler):
        await until(lambda: len(done) == 20)
        await until(lambda: hanging == 3)
        assert (await records.work.counts())["hangs"][WorkState.CLAIMED] == 3
        over.set()


async def test_a_handler_that_never_ends_has_failed(records: Records, clock: StoppedClock) -> None:
    async def handler(work: Work, known: Records) -> Result:
        await asyncio.sleep(3600)
        return Done()

    await add(records, "thing", clock.now, max_attempts=1)
    await prompt(records, handler, clock, longest=timedelta(milliseconds=50)).run_once()
    found = await only(records)
    assert found.state is WorkState.FAILED
    assert found.last_error is not None
    assert "TimeoutError" in found.last_error


async def test_running_finds_what_comes_later(records: Records, clock: StoppedClock) -> None:
    seen = []

    async def handler(work: Work, known: Records) -> Result:
        seen.append(work.subject)
        return Done()

    async with running(prompt(records, handler, clock)):
        await add(records, "soon", clock.now + timedelta(seconds=5))
        await asyncio.sleep(0.05)
        assert seen == []
        clock.forward(seconds=5)
        await until(lambda: seen == ["soon"])
    assert (await only(records, "soon")).state is WorkState.DONE


async def test_two_schedulers_share(filled_url: str, records: Records, clock: StoppedClock) -> None:
    done: list[str] = []

    async def handler(work: Work, known: Records) -> Result:
        await asyncio.sleep(0)
        done.append(work.subject)
        return Done()

    for number in range(60):
        await add(records, number, clock.now)
    other = await Records.open(filled_url, clock=clock, instance="other")
    try:
        async with running(prompt(records, handler, clock)), running(prompt(other, handler, clock)):
            await until(lambda: len(done) >= 60)
    finally:
        await other.close()
    assert sorted(map(int, done)) == list(range(60))


async def test_long_work_keeps_its_claim(records: Records, clock: StoppedClock) -> None:
    over = asyncio.Event()
    lease = timedelta(seconds=0.3)

    async def handler(work: Work, known: Records) -> Result:
        await over.wait()
        return Done()

    await add(records, "thing", clock.now)
    async with running(prompt(records, handler, clock, lease=lease)):
        for _ in range(4):
            await asyncio.sleep(0.15)
            clock.forward(seconds=0.15)
        assert await records.work.claim(["kind"], 1, lease) == ()
        over.set()
    assert (await only(records)).state is WorkState.DONE


@pytest.mark.parametrize("change", ["cancelled", "moved"])
async def test_a_handler_whose_work_is_taken_away_is_cancelled(
    records: Records, clock: StoppedClock, change: str
) -> None:
    began, cancelled = asyncio.Event(), asyncio.Event()

    async def handler(work: Work, known: Records) -> Result:
        began.set()
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.set()
            raise
        return Done()

    async def take_away(session: AsyncSession) -> None:
        if change == "cancelled":
            await cancel(session, "kind", "thing")
        else:
            later = clock.now + timedelta(days=1)
            await reschedule(session, "kind", "thing", later, key="key")

    await add(records, "thing", clock.now, key="key")
    async with running(prompt(records, handler, clock, lease=timedelta(seconds=0.3))):
        await began.wait()
        await records.work._database.write(take_away)
        async with asyncio.timeout(20):
            await cancelled.wait()
    assert (await only(records)).state is (
        WorkState.CANCELLED if change == "cancelled" else WorkState.WAITING
    )


@pytest.mark.parametrize("result", ["done with its effects", "done", "retry", "failed"])
async def test_a_handler_that_has_let_go_of_its_work_is_not_cancelled(
    records: Records, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch, result: str
) -> None:
    """Where the next look at the claims comes after the commit and before the end of the task."""
    let_go, ended = asyncio.Event(), asyncio.Event()
    looks: list[frozenset[int]] = []
    extend = records.work.extend

    async def looking(works: Collection[Work], lease: timedelta) -> frozenset[int]:
        held = await extend(works, lease)
        if let_go.is_set():
            looks.append(held)
        return held

    async def stay() -> None:
        let_go.set()
        await until(lambda: len(looks) >= 2)
        ended.set()

    async def nothing(session: AsyncSession) -> None:
        pass

    async def handler(work: Work, known: Records) -> Result:
        if result == "done with its effects":
            await known.work.complete(work, nothing)
            await stay()
        if result == "failed":
            raise RuntimeError("broken")
        return RetryAt(clock.now + timedelta(days=1), "later") if result == "retry" else Done()

    def slowly(tell: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
        async def told(*arguments: object, **more: object) -> None:
            await tell(*arguments, **more)
            if not ended.is_set():
                await stay()

        return told

    monkeypatch.setattr(records.work, "extend", looking)
    for name in ("finish", "retry"):
        monkeypatch.setattr(records.work, name, slowly(getattr(records.work, name)))
    await add(records, "thing", clock.now)
    with capture_logs() as logs:
        async with running(prompt(records, handler, clock, lease=timedelta(seconds=0.3))):
            async with asyncio.timeout(20):
                await ended.wait()
    assert "scheduler.cancelled" not in [entry["event"] for entry in logs]
    waits = result in ("retry", "failed")
    assert (await only(records)).state is (WorkState.WAITING if waits else WorkState.DONE)


async def test_stopping_lets_work_end(records: Records, clock: StoppedClock) -> None:
    began = asyncio.Event()

    async def handler(work: Work, known: Records) -> Result:
        began.set()
        await asyncio.sleep(0.1)
        return Done()

    await add(records, "thing", clock.now)
    async with running(prompt(records, handler, clock)):
        await began.wait()
    assert (await only(records)).state is WorkState.DONE


async def test_stopping_gives_back_what_does_not_end(records: Records, clock: StoppedClock) -> None:
    began = asyncio.Event()

    async def handler(work: Work, known: Records) -> Result:
        began.set()
        await asyncio.sleep(3600)
        return Done()

    await add(records, "thing", clock.now)
    async with running(prompt(records, handler, clock), drain_s=0.05):
        await began.wait()
    found = await only(records)
    assert (found.state, found.attempts) == (WorkState.WAITING, 0)


def test_pauses_grow_to_a_limit_and_never_vanish() -> None:
    assert pause(1, 0.0) == FIRST_PAUSE / 2
    assert pause(1, 1.0) == FIRST_PAUSE
    assert pause(3, 1.0) == FIRST_PAUSE * 4
    assert pause(1000, 1.0) == LONGEST_PAUSE
    assert pause(1000, 0.0) == LONGEST_PAUSE / 2
