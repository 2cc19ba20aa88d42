"""The steps of ringing back, without a telephone: what is written down, when it is tried again,
and what the promise becomes. On both databases."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.dialling.scene import (
    GIVING_UP,
    NUMBER,
    RULES,
    Phones,
    an_hour,
    hours,
    scheduler,
    to_its_time,
)
from tests.records.conftest import StoppedClock
from voicebot.records import (
    ATHENS,
    CallbackStatus,
    Records,
    Window,
    WorkState,
)
from voicebot.records.callbacks import DIAL
from voicebot.records.dial_types import Ring, Wait
from voicebot.records.types import AttemptResult, CallbackOrigin, Outcome


async def test_kept_at_its_time(records: Records, clock: StoppedClock) -> None:
    tomorrow = Window(
        datetime(2026, 11, 25, 9, tzinfo=ATHENS), datetime(2026, 11, 25, 12, tzinfo=ATHENS)
    )
    promised = await records.callbacks.request(NUMBER, tomorrow, "E02", "call")
    phones = Phones()
    runs = scheduler(records, clock, phones)
    assert await runs.run_once() == 0
    clock.now = tomorrow.starts_at
    assert await runs.run_once() == 1
    kept = await records.callbacks.get(promised.callback_id)
    assert kept.status is CallbackStatus.KEPT
    assert kept.connected_at == clock.now
    (attempt,) = await records.dialling.attempts(promised.callback_id)
    assert (attempt.ordinal, attempt.result) == (1, AttemptResult.CONNECTED)
    assert attempt.answered_at is not None
    (work,) = await records.work.about(DIAL, promised.callback_id)
    assert work.state is WorkState.DONE
    assert await runs.run_once() == 0
    figures = await records.callbacks.figures(promised.requested_at)
    assert (figures.requested, figures.kept, figures.broken) == (1, 1, 0)
    assert figures.median_wait_s == (clock.now - promised.requested_at).total_seconds() > 0


async def test_tried_again_after_pauses_then_a_case(records: Records, clock: StoppedClock) -> None:
    promised = await records.callbacks.request(NUMBER, hours(clock, 3), "E02", "call")
    await records.finish_call("call", Outcome.CALLBACK)
    phones = Phones(AttemptResult.NO_ANSWER, AttemptResult.BUSY, AttemptResult.DECLINED)
    runs = scheduler(records, clock, phones)
    moments: list[datetime] = []
    while len(moments) < 3:
        await to_its_time(records, clock, promised.callback_id)
        moments.append(clock.now)
        await runs.run_once()
    assert [later - first for first, later in pairwise(moments)] == [
        timedelta(minutes=15),
        timedelta(hours=1),
    ]
    ended = await records.callbacks.get(promised.callback_id)
    assert ended.status is CallbackStatus.GIVEN_UP
    assert ended.case is not None
    case = await records.cases.details(ended.case)
    assert case.owner == "team:operators"
    assert case.deadline is not None
    assert case.call_id == "call"
    assert "απέρριψε την κλήση" in case.summary
    assert "Σύνταξη" in case.summary
    (message,) = await records.messages.about(str(promised.callback_id))
    assert message.recipient == "+306945123456"
    assert "σύνταξη" not in message.text.lower()
    assert ended.case in message.text
    figures = await records.callbacks.figures(promised.requested_at)
    assert (figures.given_up, figures.kept, figures.broken) == (1, 0, 1)
    assert figures.median_wait_s is None
    assert figures.median_wait_all_s
    assert figures.results == {
        AttemptResult.NO_ANSWER: 1,
        AttemptResult.BUSY: 1,
        AttemptResult.DECLINED: 1,
    }


async def test_not_outside_the_hours(records: Records, clock: StoppedClock) -> None:
    clock.now = datetime(2026, 11, 27, 19, 50, tzinfo=ATHENS)  # a Friday
    promised = await records.callbacks.request(NUMBER, hours(clock, 72))
    phones = Phones(AttemptResult.NO_ANSWER)
    await scheduler(records, clock, phones).run_once()
    assert len(phones.rung) == 1
    await to_its_time(records, clock, promised.callback_id)
    assert clock.now == datetime(2026, 11, 30, 8, 0, tzinfo=ATHENS)  # Monday


async def test_nobody_at_the_desk_is_no_attempt(records: Records, clock: StoppedClock) -> None:
    promised = await records.callbacks.request(NUMBER, an_hour(clock))
    phones = Phones(*[AttemptResult.NO_AGENT] * 5)
    runs = scheduler(records, clock, phones)
    for _ in range(6):
        await to_its_time(records, clock, promised.callback_id)
        await runs.run_once()
    assert len(phones.rung) == 6
    kept = await records.callbacks.get(promised.callback_id)
    assert (kept.status, kept.attempts) == (CallbackStatus.KEPT, 1)
    attempts = await records.dialling.attempts(promised.callback_id)
    assert [attempt.dialled_at is not None for attempt in attempts] == [False] * 5 + [True]


async def test_nobody_at_the_desk_in_the_whole_window(
    records: Records, clock: StoppedClock
) -> None:
    promised = await records.callbacks.request(NUMBER, an_hour(clock))
    phones = Phones(*[AttemptResult.NO_AGENT] * 99)
    runs = scheduler(records, clock, phones)
    while (await records.callbacks.get(promised.callback_id)).status is CallbackStatus.WAITING:
        await to_its_time(records, clock, promised.callback_id)
        assert clock.now <= promised.window.ends_at
        await runs.run_once()
    ended = await records.callbacks.get(promised.callback_id)
    assert (ended.status, ended.attempts) == (CallbackStatus.GIVEN_UP, 0)
    assert ended.case is not None
    (message,) = await records.messages.about(str(promised.callback_id))
    assert "δεν μπορέσαμε να σας καλέσουμε" in message.text


async def test_not_rung_when_the_hours_end_while_the_agent_is_rung(
    records: Records, clock: StoppedClock
) -> None:
    clock.now = datetime(2026, 11, 24, 19, 59, 50, tzinfo=ATHENS)
    promised = await records.callbacks.request(NUMBER, hours(clock, 24))
    (work,) = await records.work.claim([DIAL], 1, timedelta(minutes=1))
    ring = await records.dialling.begin(work, RULES, GIVING_UP)
    assert isinstance(ring, Ring)
    clock.forward(seconds=20)
    assert not await records.dialling.may_ring(work, ring, RULES)
    step = await records.dialling.end(work, ring, AttemptResult.TOO_LATE, RULES, GIVING_UP)
    assert isinstance(step, Wait)
    assert step.until == datetime(2026, 11, 25, 8, tzinfo=ATHENS)
    assert (await records.callbacks.get(promised.callback_id)).attempts == 0


async def test_the_older_request_goes_first(records: Records, clock: StoppedClock) -> None:
    first = await records.callbacks.request(NUMBER, an_hour(clock))
    phones = Phones(AttemptResult.NO_AGENT)
    runs = scheduler(records, clock, phones)
    await runs.run_once()
    clock.forward(seconds=30)
    second = await records.callbacks.request("2105285525", an_hour(clock))
    await runs.run_once()
    assert phones.rung == [first.callback_id]
    clock.forward(minutes=3)
    await runs.run_once()
    assert phones.rung == [first.callback_id, first.callback_id, second.callback_id]


async def test_not_while_the_caller_is_still_on_the_line(
    records: Records, clock: StoppedClock
) -> None:
    await records.callbacks.request(NUMBER, an_hour(clock), "E02", "call")
    phones = Phones()
    runs = scheduler(records, clock, phones)
    await runs.run_once()
    assert phones.rung == []
    await records.finish_call("call", Outcome.CALLBACK)
    clock.forward(seconds=5)
    await runs.run_once()
    assert len(phones.rung) == 1


async def test_one_open_wish_for_a_number_and_topic(records: Records, clock: StoppedClock) -> None:
    first = await records.callbacks.request(NUMBER, an_hour(clock), "E02", "call")
    clock.forward(minutes=20)
    later = Window(clock.now + timedelta(hours=3), clock.now + timedelta(hours=4))
    again = await records.callbacks.request(
        "+306945123456", later, "E02", origin=CallbackOrigin.OVERLOAD
    )
    assert again.callback_id == first.callback_id
    assert again.requested_at == first.requested_at
    assert again.call_id == "call"
    assert (again.window.starts_at, again.window.ends_at) == (later.starts_at, later.ends_at)
    other = await records.callbacks.request(NUMBER, later, "E09")
    assert other.callback_id != first.callback_id
    phones = Phones()
    runs = scheduler(records, clock, phones)
    await runs.run_once()
    assert phones.rung == []
    clock.now = later.starts_at
    await runs.run_once()
    assert sorted(phones.rung) == [first.callback_id, other.callback_id]


@pytest.mark.parametrize(
    ("opted_out_first", "rung"), [(True, 1), (False, 0)], ids=["wish is newer", "opt-out is newer"]
)
async def test_opt_out(
    records: Records, clock: StoppedClock, opted_out_first: bool, rung: int
) -> None:
    if opted_out_first:
        await records.opt_outs.add(NUMBER, "key")
        clock.forward(minutes=1)
    promised = await records.callbacks.request(NUMBER, an_hour(clock))
    if not opted_out_first:
        clock.forward(minutes=1)
        await records.opt_outs.add(NUMBER, "key")
    phones = Phones()
    await scheduler(records, clock, phones).run_once()
    assert len(phones.rung) == rung
    status = (await records.callbacks.get(promised.callback_id)).status
    assert status is (CallbackStatus.KEPT if rung else CallbackStatus.CANCELLED)


async def test_only_greek_numbers_are_rung(records: Records, clock: StoppedClock) -> None:
    promised = await records.callbacks.request("+4420 7946 0000", an_hour(clock))
    phones = Phones()
    await scheduler(records, clock, phones).run_once()
    assert phones.rung == []
    assert (await records.callbacks.get(promised.callback_id)).status is CallbackStatus.GIVEN_UP


async def test_cancelled_is_not_rung(records: Records, clock: StoppedClock) -> None:
    await records.callbacks.request(NUMBER, an_hour(clock))
    assert await records.callbacks.cancel(NUMBER) == 1
    phones = Phones()
    assert await scheduler(records, clock, phones).run_once() == 0
    assert phones.rung == []


async def test_figures_add_up(records: Records, clock: StoppedClock) -> None:
    since = clock.now
    await records.callbacks.request("6945000001", an_hour(clock))
    await scheduler(records, clock, Phones()).run_once()  # kept
    await records.callbacks.request("6945000002", an_hour(clock))
    await records.callbacks.cancel("6945000002")
    late = await records.callbacks.request("6945000003", an_hour(clock))
    clock.forward(hours=2)
    await records.callbacks.mark(late.callback_id, CallbackStatus.KEPT)
    soon = Window(clock.now, clock.now + timedelta(minutes=1))
    await records.callbacks.request("6945000004", soon)
    clock.forward(minutes=5)  # overdue
    await records.callbacks.request("6945000005", an_hour(clock))
    figures = await records.callbacks.figures(since)
    assert (figures.kept, figures.cancelled, figures.late) == (1, 1, 1)
    assert (figures.overdue, figures.waiting, figures.broken) == (1, 1, 2)
    assert figures.requested == 5
    assert figures.oldest_open_s == 300
