"""A dialler that died, stood still or was slow: what counts, and who goes on. On both databases."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from tests.dialling.scene import (
    GIVING_UP,
    NUMBER,
    RULES,
    Phones,
    an_hour,
    hours,
    scheduler,
)
from tests.records.conftest import StoppedClock
from voicebot.operations.callback_work import callback_dialler
from voicebot.records import Callback, CallbackStatus, ClaimLost, Records, Work
from voicebot.records.callbacks import DIAL
from voicebot.records.dial_types import Ring, Wait
from voicebot.records.types import AttemptResult


async def _with_leave_to_ring(records: Records, clock: StoppedClock) -> tuple[Callback, Work, Ring]:
    """A promise whose dialler may ring and has told nothing since."""
    promised = await records.callbacks.request(NUMBER, an_hour(clock))
    (work,) = await records.work.claim([DIAL], 1, timedelta(minutes=1))
    ring = await records.dialling.begin(work, RULES, GIVING_UP)
    assert isinstance(ring, Ring)
    assert await records.dialling.may_ring(work, ring, RULES)
    return promised, work, ring


async def test_what_is_unknown_counts_as_made(records: Records, clock: StoppedClock) -> None:
    promised, _, _ = await _with_leave_to_ring(records, clock)
    # The process dies here; the lease runs out.
    clock.forward(minutes=2)
    phones = Phones()
    runs = scheduler(records, clock, phones)
    await runs.run_once()
    assert phones.rung == []
    (lost,) = await records.dialling.attempts(promised.callback_id)
    assert lost.result is AttemptResult.LOST
    clock.forward(minutes=14)
    await runs.run_once()
    assert len(phones.rung) == 1
    assert [one.ordinal for one in await records.dialling.attempts(promised.callback_id)] == [1, 2]


async def test_what_has_not_rung_does_not_count(records: Records, clock: StoppedClock) -> None:
    promised = await records.callbacks.request(NUMBER, an_hour(clock))
    (work,) = await records.work.claim([DIAL], 1, timedelta(minutes=1))
    assert isinstance(await records.dialling.begin(work, RULES, GIVING_UP), Ring)
    # The process dies before it is given leave to ring.
    clock.forward(minutes=2)
    runs = scheduler(records, clock, Phones())
    await runs.run_once()
    assert (await records.callbacks.get(promised.callback_id)).attempts == 0
    clock.forward(minutes=2)
    await runs.run_once()
    assert (await records.callbacks.get(promised.callback_id)).status is CallbackStatus.KEPT
    assert (await records.callbacks.get(promised.callback_id)).attempts == 1


async def test_leave_is_given_once_and_to_the_holder_alone(
    records: Records, clock: StoppedClock
) -> None:
    promised = await records.callbacks.request(NUMBER, hours(clock, 5))
    (stale,) = await records.work.claim([DIAL], 1, timedelta(minutes=1))
    first = await records.dialling.begin(stale, RULES, GIVING_UP)
    assert isinstance(first, Ring)
    clock.forward(minutes=2)
    # Nobody has taken it over: the claim is still good, and leave renews it.
    assert await records.dialling.may_ring(stale, first, RULES)
    with pytest.raises(ClaimLost):
        await records.dialling.may_ring(stale, first, RULES)
    assert await records.work.claim([DIAL], 1, timedelta(minutes=1)) == ()
    clock.forward(minutes=2)
    (fresh,) = await records.work.claim([DIAL], 1, timedelta(minutes=1))
    with pytest.raises(ClaimLost):
        await records.dialling.may_ring(stale, first, RULES)
    step = await records.dialling.begin(fresh, RULES, GIVING_UP)
    assert isinstance(step, Wait)
    with pytest.raises(ClaimLost):
        await records.dialling.answered(first.attempt)
    with pytest.raises(ClaimLost):
        await records.dialling.begin(stale, RULES, GIVING_UP)
    (lost,) = await records.dialling.attempts(promised.callback_id)
    assert lost.result is AttemptResult.LOST
    assert lost.dialled_at is not None
    # The phone cannot ring any more when the next attempt begins.
    assert step.until >= lost.dialled_at + RULES.ring + fresh.lease


async def test_a_result_is_written_down_by_one_who_is_cancelled(
    records: Records, clock: StoppedClock
) -> None:
    """A dialler whose claim is taken away in the moment in which two were joined."""
    promised = await records.callbacks.request(NUMBER, an_hour(clock))
    (work,) = await records.work.claim([DIAL], 1, timedelta(minutes=1))
    telling = asyncio.Event()
    end = records.dialling.end

    async def slowly(*arguments: Any, **more: Any) -> Any:
        telling.set()
        await asyncio.sleep(0.05)
        return await end(*arguments, **more)

    records.dialling.end = slowly  # type: ignore[method-assign]
    dialling = asyncio.ensure_future(callback_dialler(Phones(), RULES, GIVING_UP)(work, records))
    await telling.wait()
    dialling.cancel()
    await asyncio.sleep(0)
    dialling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await dialling
    assert (await records.callbacks.get(promised.callback_id)).status is CallbackStatus.KEPT


async def test_known_after_the_claim_was_lost(records: Records, clock: StoppedClock) -> None:
    """A dialler that was slow, not dead: what it knows in the end is believed."""
    promised, work, ring = await _with_leave_to_ring(records, clock)
    clock.forward(minutes=2)
    await scheduler(records, clock, Phones()).run_once()
    await records.dialling.end(work, ring, AttemptResult.CONNECTED, RULES, GIVING_UP)
    assert (await records.callbacks.get(promised.callback_id)).status is CallbackStatus.KEPT
    clock.forward(hours=5)
    phones = Phones()
    await scheduler(records, clock, phones).run_once()
    assert phones.rung == []
