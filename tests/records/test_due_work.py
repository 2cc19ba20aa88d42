from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.records.conftest import StoppedClock
from voicebot.records import ClaimLost, InvalidRecord, NotFound, Records, WorkState
from voicebot.records.due_work import MAX_ATTEMPTS, cancel, reschedule, schedule

LEASE = timedelta(minutes=1)


async def add(
    records: Records, subject: str, due_at: datetime, *, kind: str = "kind", key: str = "key"
) -> int:
    async def work(session: AsyncSession) -> int:
        return await schedule(session, kind, subject, due_at, key=key)

    return await records.work._database.write(work)


async def move(records: Records, subject: str, due_at: datetime) -> int:
    async def work(session: AsyncSession) -> int:
        return await reschedule(session, "kind", subject, due_at, key="key")

    return await records.work._database.write(work)


async def drop(records: Records, subject: str, key: str | None = None) -> int:
    async def work(session: AsyncSession) -> int:
        return await cancel(session, "kind", subject, key=key)

    return await records.work._database.write(work)


async def state(records: Records, subject: str) -> list[WorkState]:
    return [found.state for found in await records.work.about("kind", subject)]


async def test_only_what_is_due_is_claimed_the_most_overdue_first(
    records: Records, clock: StoppedClock
) -> None:
    await add(records, "later", clock.now + timedelta(seconds=1))
    await add(records, "now", clock.now)
    await add(records, "before", clock.now - timedelta(days=3))
    await add(records, "other", clock.now, kind="another kind")
    claimed = await records.work.claim(["kind"], 10, LEASE)
    assert [work.subject for work in claimed] == ["before", "now"]
    assert await records.work.claim(["kind"], 10, LEASE) == ()
    clock.forward(seconds=1)
    assert [work.subject for work in await records.work.claim(["kind"], 10, LEASE)] == ["later"]


async def test_the_same_is_scheduled_once(records: Records, clock: StoppedClock) -> None:
    first = await add(records, "thing", clock.now)
    assert await add(records, "thing", clock.now + timedelta(hours=1)) == first
    (work,) = await records.work.claim(["kind"], 10, LEASE)
    await records.work.finish(work)
    assert await add(records, "thing", clock.now) == first
    assert await state(records, "thing") == [WorkState.DONE]
    assert await records.work.claim(["kind"], 10, LEASE) == ()


async def test_without_a_key_the_moment_tells_apart(records: Records, clock: StoppedClock) -> None:
    async def work(session: AsyncSession) -> set[int]:
        athens = clock.now.astimezone(UTC) + timedelta(0)
        return {
            await schedule(session, "kind", 7, moment)
            for moment in (clock.now, athens, clock.now + timedelta(seconds=1))
        }

    assert len(await records.work._database.write(work)) == 2


async def test_a_transaction_that_is_undone_makes_nothing_due(
    records: Records, clock: StoppedClock
) -> None:
    async def work(session: AsyncSession) -> None:
        await schedule(session, "kind", "thing", clock.now)
        raise KeyError("the promise failed")

    with pytest.raises(KeyError):
        await records.work._database.write(work)
    assert await records.work.claim(["kind"], 10, LEASE) == ()


async def test_a_claim_that_ran_out_is_anothers(records: Records, clock: StoppedClock) -> None:
    await add(records, "thing", clock.now)
    (dead,) = await records.work.claim(["kind"], 10, LEASE)
    clock.forward(seconds=59)
    assert await records.work.claim(["kind"], 10, LEASE) == ()
    clock.forward(seconds=1)
    (alive,) = await records.work.claim(["kind"], 10, LEASE)
    assert (alive.work_id, alive.attempts) == (dead.work_id, 2)
    for late in (
        records.work.finish(dead),
        records.work.retry(dead, clock.now, "late"),
        records.work.give_up(dead, "late"),
    ):
        with pytest.raises(ClaimLost):
            await late
    assert await records.work.extend([dead], LEASE) == frozenset()
    await records.work.finish(alive)
    assert await state(records, "thing") == [WorkState.DONE]


async def test_an_extended_claim_holds(records: Records, clock: StoppedClock) -> None:
    await add(records, "thing", clock.now)
    (work,) = await records.work.claim(["kind"], 10, LEASE)
    for _ in range(5):
        clock.forward(seconds=50)
        assert await records.work.extend([work], LEASE) == {work.work_id}
    assert await records.work.claim(["kind"], 10, LEASE) == ()


async def test_what_was_finished_by_its_own_claim_is_not_lost(
    records: Records, clock: StoppedClock
) -> None:
    await add(records, "thing", clock.now)
    await add(records, "other", clock.now)
    before = await records.work.claim(["kind"], 10, LEASE)
    clock.forward(minutes=2)
    thing, other = await records.work.claim(["kind"], 10, LEASE)
    await records.work.finish(thing)
    assert await records.work.extend([thing, other], LEASE) == {thing.work_id, other.work_id}
    assert await records.work.extend(before, LEASE) == frozenset()


async def test_what_kills_its_process_again_and_again_is_given_up(
    records: Records, clock: StoppedClock
) -> None:
    await add(records, "thing", clock.now)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        (work,) = await records.work.claim(["kind"], 10, LEASE)
        assert work.attempts == attempt
        clock.forward(minutes=2)
    assert await records.work.claim(["kind"], 10, LEASE) == ()
    (failed,) = await records.work.failed()
    assert failed.last_error == "claimed again and again, never finished"
    assert failed.claimed_by is None


async def test_cancelled_work_cannot_be_finished(records: Records, clock: StoppedClock) -> None:
    await add(records, "thing", clock.now, key="one")
    await add(records, "thing", clock.now, key="two")
    await add(records, "other", clock.now)
    claimed = await records.work.claim(["kind"], 1, LEASE)
    assert await drop(records, "thing", "two") == 1
    assert await drop(records, "thing") == 1
    assert await drop(records, "thing") == 0

    async def effects(session: AsyncSession) -> None:
        await schedule(session, "kind", "effect", clock.now)

    with pytest.raises(ClaimLost):
        await records.work.complete(claimed[0], effects)
    assert await state(records, "effect") == []
    assert [work.subject for work in await records.work.claim(["kind"], 10, LEASE)] == ["other"]


async def test_cancelled_work_can_be_scheduled_again(records: Records, clock: StoppedClock) -> None:
    first = await add(records, "thing", clock.now)
    await drop(records, "thing")
    assert await add(records, "thing", clock.now + timedelta(hours=1)) == first
    assert await records.work.claim(["kind"], 10, LEASE) == ()
    clock.forward(hours=1)
    assert len(await records.work.claim(["kind"], 10, LEASE)) == 1


@pytest.mark.parametrize("before", ["waiting", "claimed", "done", "failed", "cancelled"])
async def test_work_is_moved_whatever_became_of_it(
    records: Records, clock: StoppedClock, before: str
) -> None:
    await add(records, "thing", clock.now)
    if before == "cancelled":
        await drop(records, "thing")
    elif before != "waiting":
        (work,) = await records.work.claim(["kind"], 1, LEASE)
        if before == "done":
            await records.work.finish(work)
        elif before == "failed":
            await records.work.give_up(work, "no")
    assert await state(records, "thing") == [WorkState(before)]
    await move(records, "thing", clock.now + timedelta(hours=1))
    assert await records.work.claim(["kind"], 10, LEASE) == ()
    if before == "claimed":
        with pytest.raises(ClaimLost):
            await records.work.finish(work)
    clock.forward(hours=1)
    (again,) = await records.work.claim(["kind"], 10, LEASE)
    assert again.attempts == 1


async def test_a_failure_counts_and_waiting_on_purpose_does_not(
    records: Records, clock: StoppedClock
) -> None:
    await add(records, "thing", clock.now)
    for attempt in (1, 2):
        (work,) = await records.work.claim(["kind"], 1, LEASE)
        assert work.attempts == attempt
        await records.work.retry(work, clock.now, "6945123456 does not answer", counted=True)
    (found,) = await records.work.about("kind", "thing")
    assert found.last_error == "[τηλέφωνο] does not answer"
    (work,) = await records.work.claim(["kind"], 1, LEASE)
    await records.work.retry(work, clock.now, "not now")
    (work,) = await records.work.claim(["kind"], 1, LEASE)
    assert work.attempts == 1


async def test_the_last_failure_is_seen_and_can_be_mended(
    records: Records, clock: StoppedClock
) -> None:
    work_id = await add(records, "thing", clock.now)
    with pytest.raises(NotFound):
        await records.work.again(work_id)
    for _ in range(MAX_ATTEMPTS):
        (work,) = await records.work.claim(["kind"], 1, LEASE)
        await records.work.retry(work, clock.now, "broken", counted=True)
    assert await records.work.counts() == {"kind": {WorkState.FAILED: 1}}
    assert await records.work.claim(["kind"], 1, LEASE) == ()
    await records.work.again(work_id)
    (work,) = await records.work.claim(["kind"], 1, LEASE)
    await records.work.finish(work)


async def test_effects_and_completion_are_one(records: Records, clock: StoppedClock) -> None:
    await add(records, "thing", clock.now)
    (work,) = await records.work.claim(["kind"], 1, LEASE)

    async def effects(session: AsyncSession) -> None:
        await schedule(session, "kind", "next", clock.now)

    await records.work.complete(work, effects)
    await records.work.finish(work)
    assert await state(records, "thing") == [WorkState.DONE]
    assert await state(records, "next") == [WorkState.WAITING]


async def test_overdue_work_is_counted(records: Records, clock: StoppedClock) -> None:
    await add(records, "thing", clock.now)
    clock.forward(minutes=4)
    assert await records.work.overdue() == 0
    clock.forward(minutes=1)
    assert await records.work.overdue() == 1


async def test_many_claim_at_once_and_nobody_gets_the_same(
    filled_url: str, records: Records, clock: StoppedClock
) -> None:
    async def work(session: AsyncSession) -> None:
        for number in range(200):
            await schedule(session, "kind", number, clock.now)

    await records.work._database.write(work)
    others = [await Records.open(filled_url, clock=clock, instance=str(at)) for at in range(6)]
    try:

        async def all_of(one: Records) -> list[str]:
            mine: list[str] = []
            while claimed := await one.work.claim(["kind"], 3, LEASE):
                mine += [work.subject for work in claimed]
                for work in claimed:
                    await one.work.finish(work)
            return mine

        shares = await asyncio.gather(*map(all_of, others))
    finally:
        for one in others:
            await one.close()
    assert sorted(int(subject) for share in shares for subject in share) == list(range(200))
    assert await records.work.counts() == {"kind": {WorkState.DONE: 200}}


@pytest.mark.parametrize(
    ("kind", "subject", "key"), [("", "a", "k"), ("k" * 33, "a", "k"), ("k", "a" * 65, "k")]
)
async def test_values_that_do_not_fit_are_refused(
    records: Records, clock: StoppedClock, kind: str, subject: str, key: str
) -> None:
    with pytest.raises(InvalidRecord, match="characters"):
        await add(records, subject, clock.now, kind=kind, key=key)


async def test_a_moment_without_a_zone_is_refused(records: Records) -> None:
    with pytest.raises(InvalidRecord, match="timezone"):
        await add(records, "thing", datetime(2026, 12, 1, 9, 0))
