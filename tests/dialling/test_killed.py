"""kill -9 at every step of ringing back, a process that stands still, and two processes on a busy
machine: no promise is lost, and no INVITE is sent but by leave. The lease is one second. Real
processes, a real SIP peer that counts INVITEs, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.dialling.dialler_process import LEASE_S, RING_S, STEPS
from tests.dialling.peers import rung_by_diallers
from tests.processes import busy, stopped
from voicebot.records import CallbackStatus, Records, Window
from voicebot.records.dial_types import Attempt
from voicebot.records.types import AttemptResult, Callback, utc_now

pytestmark = [pytest.mark.call, pytest.mark.slow, pytest.mark.timeout(600)]

NUMBER = "6945123456"
PAUSE_S = 2.5
# At which steps the citizen's telephone has rung before the process died.
RANG_BEFORE = set(STEPS[3:])


async def promise(url: str, *numbers: str) -> list[int]:
    """As the line promises."""
    records = await Records.open(url, instance="line", demo_data=False)
    try:
        now = utc_now()
        window = Window(now, now + timedelta(hours=1))
        return [(await records.callbacks.request(number, window)).callback_id for number in numbers]
    finally:
        await records.close()


async def found(url: str, callback_id: int) -> tuple[Callback, tuple[Attempt, ...]]:
    """A callback with its attempts."""
    records = await Records.open(url, instance="line", demo_data=False)
    try:
        return (
            await records.callbacks.get(callback_id),
            await records.dialling.attempts(callback_id),
        )
    finally:
        await records.close()


@pytest.mark.parametrize("step", STEPS)
async def test_killed_at(filled_url: str, tmp_path: Path, step: str) -> None:
    (callback_id,) = await promise(filled_url, NUMBER)
    async with rung_by_diallers(
        tmp_path, filled_url, {"ring_s": 1.0}, pause_s=PAUSE_S, max_attempts=10
    ) as (people, started):
        await started.killed_at(step)
        rung_before = people.counts[NUMBER]
        assert rung_before == (step in RANG_BEFORE)
        await started.all_done()
    callback, attempts = await found(filled_url, callback_id)
    assert callback.status is CallbackStatus.KEPT
    results = [attempt.result for attempt in attempts]
    if step == STEPS[0]:
        assert results == [AttemptResult.CONNECTED]
        assert people.counts[NUMBER] == 1
    elif step == STEPS[6]:
        # What was kept is not rung again.
        assert results == [AttemptResult.CONNECTED]
        assert people.counts[NUMBER] == 1
    else:
        _cut_off_then_connected(attempts)
        assert people.counts[NUMBER] > rung_before
        # An attempt for which leave was given counts as made: the next one waited for its pause,
        # and until the phone could not ring any more.
        assert callback.attempts == sum(one.dialled_at is not None for one in attempts)
        assert (attempts[0].dialled_at is None) == (step == STEPS[1])
        if attempts[0].dialled_at is not None:
            assert attempts[1].started_at - attempts[0].started_at >= timedelta(seconds=PAUSE_S)
            silent_at = attempts[0].dialled_at + timedelta(seconds=LEASE_S + RING_S)
            assert attempts[1].started_at >= silent_at
    assert people.counts[NUMBER] <= sum(one.dialled_at is not None for one in attempts)


@pytest.mark.parametrize("step", [STEPS[1], STEPS[2], STEPS[3], STEPS[5]])
async def test_stands_still_at(filled_url: str, tmp_path: Path, step: str) -> None:
    """A process that is stopped for longer than its lease, while another takes over, and goes on
    after that: it rings nobody any more."""
    (callback_id,) = await promise(filled_url, NUMBER)
    async with rung_by_diallers(
        tmp_path, filled_url, {"ring_s": 1.5}, pause_s=PAUSE_S, max_attempts=10
    ) as (people, started):
        slow = await started.start(halt=step)
        async with stopped(slow):
            rung_before = people.counts[NUMBER]
            await started.all_done()
            rung_after = people.counts[NUMBER]
        await started.ended(slow)
    callback, attempts = await found(filled_url, callback_id)
    assert callback.status is CallbackStatus.KEPT
    assert people.counts[NUMBER] == rung_after > rung_before, attempts
    assert rung_after <= sum(one.dialled_at is not None for one in attempts), attempts
    if step == STEPS[5]:
        # The slow one knew that two were joined, and is believed.
        assert attempts[0].result is AttemptResult.CONNECTED
        attempts = attempts[1:]
    else:
        # Where its leave had run out it may come back in time to say so.
        assert attempts[0].result in (AttemptResult.LOST, AttemptResult.TOO_LATE), attempts
        attempts = attempts[1:]
    _cut_off_then_connected(attempts)


def _cut_off_then_connected(attempts: tuple[Attempt, ...]) -> None:
    """A process that gets no processor for longer than its lease loses its claim too, so that on a
    busy machine more than one attempt may have been cut off; one alone connects, the last."""
    *cut_off, last = [attempt.result for attempt in attempts]
    assert set(cut_off) <= {AttemptResult.LOST}, attempts
    assert last is AttemptResult.CONNECTED, attempts


@pytest.mark.parametrize("load", [0, 2])
async def test_two_diallers_never_ring_for_the_same_promise(
    filled_url: str, tmp_path: Path, load: int
) -> None:
    numbers = [f"69451234{number:02d}" for number in range(12)]
    ids = await promise(filled_url, *numbers)
    async with (
        busy(load, longest_s=150),
        rung_by_diallers(tmp_path, filled_url, {"ring_s": 0.1}, max_attempts=10) as (
            people,
            started,
        ),
    ):
        processes = [await started.start() for _ in range(2)]
        await asyncio.gather(*map(started.ended, processes))
    for number in people.rung_twice_at_once:
        _, attempts = await found(filled_url, ids[numbers.index(number)])
        pytest.fail(f"{number} was rung twice at once: {attempts}")
    for number, callback_id in zip(numbers, ids, strict=True):
        callback, attempts = await found(filled_url, callback_id)
        assert callback.status is CallbackStatus.KEPT
        # No INVITE without leave, and leave for the next attempt only when the one before is over.
        dialled = [one for one in attempts if one.dialled_at is not None]
        assert 1 <= people.counts[number] <= len(dialled)
        results = [one.result for one in attempts]
        assert results.count(AttemptResult.CONNECTED) == 1
        assert results[-1] is AttemptResult.CONNECTED
        for sooner, later in pairwise(dialled):
            assert sooner.dialled_at is not None
            assert later.dialled_at is not None
            silent_at = sooner.dialled_at + timedelta(seconds=LEASE_S + RING_S)
            assert (sooner.ended_at or silent_at) <= later.dialled_at


async def test_tried_again_and_given_up_into_a_case(filled_url: str, tmp_path: Path) -> None:
    (callback_id,) = await promise(filled_url, NUMBER)
    moods = {NUMBER: ["busy", "no_answer", "decline"]}
    async with rung_by_diallers(
        tmp_path, filled_url, {"moods": moods}, pause_s=0.5, ring_s=2, max_attempts=3
    ) as (people, started):
        await started.all_done()
    callback, attempts = await found(filled_url, callback_id)
    assert [attempt.result for attempt in attempts] == [
        AttemptResult.BUSY,
        AttemptResult.NO_ANSWER,
        AttemptResult.DECLINED,
    ]
    assert people.counts[NUMBER] == 3
    assert callback.status is CallbackStatus.GIVEN_UP
    assert callback.case is not None
    records = await Records.open(filled_url, instance="line", demo_data=False)
    try:
        case = await records.cases.details(callback.case)
        assert case.owner
        assert case.deadline is not None
        (message,) = await records.messages.about(str(callback_id))
        assert message.recipient == "+306945123456"
    finally:
        await records.close()
