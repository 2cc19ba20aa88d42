from __future__ import annotations

import asyncio

import pytest

from tests.records.conftest import StoppedClock
from voicebot.records import (
    Agency,
    Direction,
    InvalidRecord,
    NotFound,
    Notice,
    Outcome,
    Records,
    Slot,
    Speaker,
    Turn,
)


async def test_a_call_is_told_in_order_and_ends_once(records: Records, clock: StoppedClock) -> None:
    said = (
        Turn(Speaker.BOT, "Τι θα θέλατε;", latency_ms=640),
        Turn(Speaker.CALLER, "θέλω ραντεβού", intent="APPOINTMENT", probability=0.97),
        Turn(Speaker.CALLER, "στο Περιστέρι", slot="place"),
    )
    for turn in said:
        clock.forward(seconds=2)
        await records.add_turn("call", turn)
    told = await records.transcript("call")
    assert [turn.text for turn in told] == [turn.text for turn in said]
    assert [turn.who for turn in told] == [turn.who for turn in said]
    assert (told[0].latency_ms, told[1].intent, told[1].probability, told[2].slot) == (
        640, "APPOINTMENT", 0.97, "place",
    )  # fmt: skip
    assert told[2].at == clock.now

    assert await records.finish_call("call", Outcome.ANSWERED, topic="E06") is Outcome.ANSWERED
    clock.forward(minutes=1)
    assert await records.finish_call("call", Outcome.ABANDONED) is Outcome.ANSWERED
    summary = await records.call("call")
    assert summary.outcome is Outcome.ANSWERED
    assert summary.topic == "E06"
    assert summary.owner == "team:line"
    assert summary.direction is Direction.INBOUND
    assert summary.ended_at is not None
    assert summary.ended_at < clock.now


async def test_only_one_of_many_outcomes_stands(records: Records) -> None:
    stood = await asyncio.gather(
        *(records.finish_call("call", outcome) for outcome in list(Outcome) * 3)
    )
    assert len(set(stood)) == 1
    assert await records.outcomes() == {stood[0]: 1}


@pytest.mark.parametrize(
    ("outcome", "owner"),
    [
        (Outcome.ANSWERED, "team:line"),
        (Outcome.APPOINTMENT, "team:appointments"),
        (Outcome.CALLBACK, "team:callbacks"),
        (Outcome.CASE, "team:opeka-support"),
        (Outcome.HANDED_OVER, "team:operators"),
        (Outcome.ABANDONED, "team:line"),
    ],
)
async def test_every_outcome_is_owned(records: Records, outcome: Outcome, owner: str) -> None:
    await records.finish_call("call", outcome, agency=Agency.OPEKA)
    assert (await records.call("call")).owner == owner


async def test_nobody_owns_nothing(records: Records) -> None:
    with pytest.raises(InvalidRecord, match="owner"):
        await records.finish_call("call", Outcome.CASE, owner=" ")
    assert (await records.call("call")).outcome is None


async def test_what_is_said_is_masked_before_it_is_stored(records: Records) -> None:
    stored = await records.add_turn("call", Turn(Speaker.CALLER, "το ΑΦΜ μου είναι 094019245"))
    assert stored.text == "το ΑΦΜ μου είναι [ΑΦΜ]"
    assert (await records.transcript("call"))[0].text == stored.text
    assert (await records.call("call")).caller_number == "•••••••••456"


async def test_a_crash_leaves_no_call_open(
    filled_url: str, records: Records, slot: Slot, clock: StoppedClock
) -> None:
    await records.appointments.hold(slot, "call")
    await records.handoffs.request("call", "user_request")
    await records.start_call("done", None)
    await records.finish_call("done", Outcome.ANSWERED)
    other = await Records.open(filled_url, clock=clock, instance="another machine")
    assert (await other.call("call")).outcome is None
    await other.close()

    again = await Records.open(filled_url, clock=clock, instance="test")
    try:
        assert (await again.call("call")).outcome is Outcome.ABANDONED
        assert (await again.call("done")).outcome is Outcome.ANSWERED
        assert (await again.handoffs.of_call("call"))[0].status == "abandoned"
        found = await again.appointments.find_slots(
            Agency.EFKA, "pensions_award", place="Περιστέρι", limit=1
        )
        assert found == (slot,)
    finally:
        await again.close()


async def test_unknown_and_repeated_calls_are_refused(records: Records) -> None:
    with pytest.raises(NotFound):
        await records.add_turn("nobody", Turn(Speaker.BOT, "Ναι;"))
    with pytest.raises(NotFound):
        await records.finish_call("nobody", Outcome.ANSWERED)
    with pytest.raises(NotFound):
        await records.note_notice("nobody", Notice.AI, completed=True)
    with pytest.raises(NotFound):
        await records.call("nobody")
    with pytest.raises(InvalidRecord, match="call_id"):
        await records.start_call("call", None)
    assert await records.transcript("nobody") == ()


async def test_notices_are_proved(records: Records, clock: StoppedClock) -> None:
    await records.note_notice("call", Notice.AI, completed=False)
    clock.forward(seconds=5)
    await records.note_notice("call", Notice.AI, completed=True)
    proof = await records.notices("call")
    assert [(notice.kind, notice.completed) for notice in proof] == [
        (Notice.AI, False),
        (Notice.AI, True),
    ]
    assert proof[1].at == clock.now


async def test_latest_calls_come_first(records: Records, clock: StoppedClock) -> None:
    clock.forward(hours=1)
    middle = clock.now
    await records.start_call("second", None)
    clock.forward(hours=1)
    await records.start_call("third", None, Direction.OUTBOUND)
    assert [call.call_id for call in await records.recent_calls()] == ["third", "second", "call"]
    assert [call.call_id for call in await records.recent_calls(since=middle, limit=1)] == ["third"]
    assert await records.outcomes(since=middle) == {None: 2}
