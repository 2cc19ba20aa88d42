from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.records.conftest import StoppedClock
from voicebot.records import (
    ATHENS,
    Agency,
    AlreadyFinished,
    CallbackStatus,
    CaseStatus,
    HandoffStatus,
    InvalidRecord,
    NotFound,
    Records,
    Window,
)
from voicebot.records.reference import is_valid

TOMORROW_MORNING = Window(
    datetime(2026, 11, 25, 9, tzinfo=ATHENS), datetime(2026, 11, 25, 12, tzinfo=ATHENS)
)


async def test_a_callback_is_due_when_its_window_begins(
    records: Records, clock: StoppedClock
) -> None:
    asked = await records.callbacks.request(
        "694 512 3456", TOMORROW_MORNING, "E02", "call", agency=Agency.EFKA
    )
    assert asked.number == "+306945123456"
    assert asked.window == TOMORROW_MORNING
    assert asked.owner == "team:callbacks"
    assert await records.callbacks.due() == ()
    assert await records.callbacks.for_number("6945123456") == (asked,)
    assert await records.callbacks.for_number("6945123457") == ()
    assert await records.callbacks.for_number("όχι") == ()

    clock.now = TOMORROW_MORNING.starts_at.astimezone(UTC)
    assert await records.callbacks.due() == (asked,)
    dialling = await records.callbacks.mark(asked.callback_id, CallbackStatus.DIALLING)
    assert dialling.attempts == 1
    assert await records.callbacks.due() == ()
    await records.callbacks.mark(asked.callback_id, CallbackStatus.WAITING)
    clock.forward(days=1)
    assert [callback.attempts for callback in await records.callbacks.due()] == [1]
    kept = await records.callbacks.mark(asked.callback_id, CallbackStatus.KEPT)
    assert kept.status is CallbackStatus.KEPT
    with pytest.raises(AlreadyFinished):
        await records.callbacks.mark(asked.callback_id, CallbackStatus.DIALLING)
    assert await records.callbacks.for_number("6945123456") == ()
    assert await records.callbacks.requested_since(asked.requested_at) == (kept,)


async def test_the_callback_that_ends_first_is_rung_first(
    records: Records, clock: StoppedClock
) -> None:
    start = clock.now
    late = await records.callbacks.request(
        "6945123456", Window(start, start + timedelta(hours=5)), "E02"
    )
    soon = await records.callbacks.request(
        "2105285525", Window(start, start + timedelta(hours=1)), "E02"
    )
    assert [item.callback_id for item in await records.callbacks.due()] == [
        soon.callback_id,
        late.callback_id,
    ]
    assert len(await records.callbacks.due(limit=1)) == 1
    tomorrow = await records.callbacks.request("6945123456", TOMORROW_MORNING)
    await records.callbacks.mark(late.callback_id, CallbackStatus.GIVEN_UP)
    assert await records.callbacks.open_ones() == (soon, tomorrow)


async def test_impossible_callbacks_are_refused(records: Records, clock: StoppedClock) -> None:
    request = records.callbacks.request
    with pytest.raises(InvalidRecord, match="phone"):
        await request("123", TOMORROW_MORNING)
    with pytest.raises(InvalidRecord, match="begin before"):
        await request("6945123456", Window(TOMORROW_MORNING.ends_at, TOMORROW_MORNING.starts_at))
    with pytest.raises(InvalidRecord, match="owner"):
        await request("6945123456", TOMORROW_MORNING, owner="")
    with pytest.raises(InvalidRecord, match="does not exist"):
        await request("6945123456", TOMORROW_MORNING, call_id="unknown")
    clock.forward(days=3)
    with pytest.raises(InvalidRecord, match="over"):
        await request("6945123456", TOMORROW_MORNING)
    with pytest.raises(NotFound):
        await records.callbacks.mark(99, CallbackStatus.KEPT)


async def test_a_case_has_number_owner_deadline_and_history(
    records: Records, clock: StoppedClock
) -> None:
    number = await records.cases.open(
        Agency.EFKA,
        "E02",
        "Ρωτά για την αίτηση σύνταξης, ΑΦΜ 094019245",
        call_id="call",
        captured=(("mobile", "6945123456"), ("place", "Περιστέρι")),
        phone="6945123456",
        afm="094019245",
    )
    assert is_valid(number)
    case = await records.cases.details(number)
    assert case.owner == "team:efka-support"
    assert case.summary == "Ρωτά για την αίτηση σύνταξης, ΑΦΜ [ΑΦΜ]"
    assert case.captured == (("mobile", "[τηλέφωνο]"), ("place", "Περιστέρι"))
    # Five working days at the second level: from Tuesday to the end of the next one.
    assert case.deadline == datetime(2026, 12, 2, tzinfo=ATHENS)
    assert [(event.status, event.owner) for event in case.history] == [
        (CaseStatus.OPEN, "team:efka-support")
    ]

    clock.forward(days=2)
    await records.cases.change(
        number,
        "person:maria",
        status=CaseStatus.IN_PROGRESS,
        owner="person:maria",
        note="σε έλεγχο",
    )
    case = await records.cases.details(number)
    assert case.owner == "person:maria"
    assert [event.who for event in case.history] == ["team:line", "person:maria"]
    change = case.history[1]
    assert (change.note, change.status, change.owner) == (
        "σε έλεγχο",
        CaseStatus.IN_PROGRESS,
        "person:maria",
    )
    assert [(case.number, case.phone) for case in await records.cases.open_ones()] == [
        (number, "+306945123456")
    ]
    assert "6945123456" not in repr(case)
    await records.cases.change(number, "person:maria", status=CaseStatus.CLOSED)
    assert await records.cases.open_ones() == ()
    with pytest.raises(AlreadyFinished):
        await records.cases.change(number, "person:maria", note="ξανά")


async def test_callers_learn_status_and_date_only(records: Records, clock: StoppedClock) -> None:
    number = await records.cases.open(
        Agency.OPEKA, None, "Α21", phone="6945123456", afm="094019245"
    )
    state = await records.cases.find(f"{number[:4]} {number[4:]}")
    assert state.status is CaseStatus.OPEN
    assert state.opened_on == clock.now.date()
    assert set(vars(state)) == {"number", "agency", "status", "opened_on", "changed_on"}
    assert await records.cases.find_by_person("+306945123456", "094 019 245") == (state,)
    assert await records.cases.find_by_person("6945123457", "094019245") == ()
    assert await records.cases.find_by_person("6945123456", "094019246") == ()
    with pytest.raises(NotFound):
        await records.cases.find("12345678")


@pytest.mark.parametrize(
    ("level", "owner"),
    [(1, "team:operators"), (2, "team:labour-support"), (3, "team:labour-service")],
)
async def test_a_case_is_never_nobodys(records: Records, level: int, owner: str) -> None:
    number = await records.cases.open(Agency.LABOUR, "W09", "καταγγελία", level=level)
    assert (await records.cases.details(number)).owner == owner
    with pytest.raises(InvalidRecord, match="owner"):
        await records.cases.change(number, "person:maria", owner="  ")
    with pytest.raises(InvalidRecord, match="level"):
        await records.cases.open(Agency.LABOUR, None, "καταγγελία", level=4)


async def test_appointments_and_cases_never_share_a_number(records: Records) -> None:
    numbers = [await records.cases.open(Agency.KEP, None, "ερώτηση") for _ in range(40)]
    assert len(set(numbers)) == 40


async def test_handoffs_tell_who_answered_after_how_long(
    records: Records, clock: StoppedClock
) -> None:
    handoff = await records.handoffs.request(
        "call", "user_request", topic="E02", summary="ΑΦΜ 094019245", captured=[("place", "Βόλος")]
    )
    clock.forward(seconds=12.5)
    ended = await records.handoffs.end(handoff, HandoffStatus.CONNECTED, "sip:agent@127.0.0.1:5070")
    assert ended.wait_s == 12.5
    assert ended.answered_by == "sip:agent@127.0.0.1:5070"
    assert ended.summary == "ΑΦΜ [ΑΦΜ]"
    assert await records.handoffs.of_call("call") == (ended,)
    with pytest.raises(AlreadyFinished):
        await records.handoffs.end(handoff, HandoffStatus.NO_ANSWER)
    with pytest.raises(NotFound):
        await records.handoffs.end(99, HandoffStatus.NO_ANSWER)
    with pytest.raises(InvalidRecord):
        await records.handoffs.end(handoff, HandoffStatus.WAITING)
    with pytest.raises(NotFound):
        await records.handoffs.request("nobody", "user_request")
