from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.operations.conftest import StoppedClock
from voicebot.operations.keeping import PURGE, next_night, plan_purge, purger
from voicebot.operations.scheduler import Scheduler
from voicebot.records import ATHENS, Outcome, Records, Speaker, Turn, WorkState
from voicebot.settings import Retention


@pytest.mark.parametrize(
    ("now", "night"),
    [
        ("2026-11-24 08:05", "2026-11-25 03:40"),
        ("2026-11-24 03:39", "2026-11-24 03:40"),
        ("2026-11-24 03:40", "2026-11-25 03:40"),
        # The night on which three o'clock does not exist.
        ("2027-03-27 12:00", "2027-03-28 03:40"),
    ],
)
def test_the_next_night(now: str, night: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=ATHENS)
    assert next_night(local.astimezone(UTC)) == datetime.fromisoformat(night).replace(tzinfo=ATHENS)


async def test_it_is_purged_every_night(records: Records, clock: StoppedClock) -> None:
    await records.add_turn("call", Turn(Speaker.CALLER, "γεια"))
    await records.finish_call("call", Outcome.ANSWERED)
    scheduler = Scheduler(records, {PURGE: purger(Retention(turns_days=2), clock)}, clock)
    for _ in range(3):
        await plan_purge(records, clock)
    runs = 0
    for _ in range(48):
        clock.forward(hours=1.5)
        runs += await scheduler.run_once()
    assert runs == 3
    assert await records.transcript("call") == ()
    (work,) = await records.work.about(PURGE, "retention")
    assert work.state is WorkState.WAITING


async def test_a_purge_that_was_given_up_is_taken_up_at_the_next_start(
    records: Records, clock: StoppedClock
) -> None:
    await plan_purge(records, clock)
    clock.forward(days=1)
    (work,) = await records.work.claim([PURGE], 1, timedelta(minutes=1))
    await records.work.give_up(work, "the disk is full")
    await plan_purge(records, clock)
    assert len(await records.work.claim([PURGE], 1, timedelta(minutes=1))) == 1
