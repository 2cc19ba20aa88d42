"""kill -9 at every step of ringing back: no promise is lost and none is dialled twice for one
attempt. Real processes, a real SIP peer that counts INVITEs, SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.dialling.dialler_process import STEPS
from tests.dialling.peers import an_agent, citizens, diallers
from voicebot.records import CallbackStatus, Records, Window
from voicebot.records.dial_types import Attempt
from voicebot.records.types import AttemptResult, Callback, utc_now

pytestmark = [pytest.mark.call, pytest.mark.slow, pytest.mark.timeout(600)]

NUMBER = "6945123456"
PAUSE_S = 2.5
# At which steps the citizen's telephone has rung before the process died.
RANG_BEFORE = {STEPS[2], STEPS[3], STEPS[4], STEPS[5]}


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
    async with (
        an_agent() as agent,
        citizens(ring_s=1.0) as people,
        diallers(
            tmp_path, filled_url, citizens=people.target, agent=agent.uri, pause_s=PAUSE_S
        ) as started,
    ):
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
    elif step == STEPS[5]:
        # What was kept is not rung again.
        assert results == [AttemptResult.CONNECTED]
        assert people.counts[NUMBER] == 1
    else:
        # The attempt that nobody knows of counts as made; the next one waited for its pause.
        assert results == [AttemptResult.LOST, AttemptResult.CONNECTED]
        assert people.counts[NUMBER] == rung_before + 1
        between = attempts[1].started_at - attempts[0].started_at
        assert between >= timedelta(seconds=PAUSE_S)
    assert people.counts[NUMBER] <= len(attempts)


async def test_two_diallers_never_ring_for_the_same_promise(
    filled_url: str, tmp_path: Path
) -> None:
    numbers = [f"69451234{number:02d}" for number in range(12)]
    ids = await promise(filled_url, *numbers)
    async with (
        an_agent() as agent,
        citizens(ring_s=0.1) as people,
        diallers(tmp_path, filled_url, citizens=people.target, agent=agent.uri) as started,
    ):
        processes = [await started.start() for _ in range(2)]
        await asyncio.gather(*map(started.ended, processes))
    for number, callback_id in zip(numbers, ids, strict=True):
        callback, attempts = await found(filled_url, callback_id)
        assert callback.status is CallbackStatus.KEPT
        # Each INVITE is an attempt of its own, and none begins before the one before has ended.
        assert 1 <= people.counts[number] <= len(attempts)
        assert attempts[-1].result is AttemptResult.CONNECTED
        assert [one.result for one in attempts].count(AttemptResult.CONNECTED) == 1
        for sooner, later in pairwise(attempts):
            assert sooner.ended_at is not None
            assert sooner.ended_at < later.started_at


async def test_tried_again_and_given_up_into_a_case(filled_url: str, tmp_path: Path) -> None:
    (callback_id,) = await promise(filled_url, NUMBER)
    moods = {NUMBER: ["busy", "no_answer", "decline"]}
    async with (
        an_agent() as agent,
        citizens(moods=moods) as people,
        diallers(
            tmp_path,
            filled_url,
            citizens=people.target,
            agent=agent.uri,
            pause_s=0.5,
            ring_s=2,
            max_attempts=3,
        ) as started,
    ):
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
