"""Cases on their way through the levels, with a scheduler that does what time makes due."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest

from tests.records.conftest import StoppedClock
from voicebot.operations.case_clock import case_clock
from voicebot.operations.scheduler import Done, RetryAt, Scheduler
from voicebot.records import (
    ATHENS,
    Agency,
    AlreadyFinished,
    Answer,
    CallbackStatus,
    CaseAction,
    CaseMark,
    CaseStatus,
    InvalidRecord,
    MessageChannel,
    NotFound,
    Records,
    Window,
)
from voicebot.records.case_steps import CLOCK_WORK
from voicebot.records.teams import CLOCK, SUPERVISORS

MARIA = "person:maria"


@pytest.fixture
def scheduler(records: Records, clock: StoppedClock) -> Scheduler:
    return Scheduler(records, {CLOCK_WORK: case_clock}, clock)


async def actions(records: Records, number: str) -> list[CaseAction]:
    return [event.action for event in (await records.cases.details(number)).history]


async def test_nobody_does_anything_and_it_ends_with_the_supervisors(
    records: Records, scheduler: Scheduler, clock: StoppedClock
) -> None:
    number = await records.cases.open(Agency.DYPA, None, "επίδομα", level=1)
    owners = []
    for _ in range(200):
        clock.forward(hours=12)
        await scheduler.run_once()
        case = await records.cases.details(number)
        if case.owner not in owners:
            owners.append(case.owner)
    assert owners == ["team:operators", "team:dypa-support", "team:dypa-service", SUPERVISORS]
    assert await actions(records, number) == [
        CaseAction.OPENED,
        *[CaseAction.WARNED_HALF, CaseAction.WARNED_LATE, CaseAction.ESCALATED] * 2,
        CaseAction.WARNED_HALF,
        CaseAction.WARNED_LATE,
        CaseAction.OVERDUE,
    ]
    assert case.mark is CaseMark.OVERDUE
    assert {event.who for event in case.history[1:]} == {CLOCK}
    # Fifty days from the opening, with what the first two levels took: 13 January is a Wednesday.
    assert case.history[-1].at.astimezone(ATHENS).date() == datetime(2027, 1, 14).date()
    assert [one.number for one in await records.cases.open_ones()] == [number]
    assert (await records.cases.figures(case.opened_at)).overdue == 1
    links = await records.audit.about(number)
    assert [link.what for link in links] == [f"case.{event.action}" for event in case.history]
    assert (await records.audit.verify()).broken_at is None


async def test_after_a_long_stop_one_level_is_climbed_and_no_more(
    records: Records, scheduler: Scheduler, clock: StoppedClock
) -> None:
    number = await records.cases.open(Agency.DYPA, None, "επίδομα", level=1)
    clock.forward(days=40)
    assert await scheduler.run_once() >= 1
    await scheduler.run_once()
    case = await records.cases.details(number)
    # The team of the second level could not know of it before: its time begins now.
    assert (case.level, case.mark) == (2, CaseMark.NONE)
    assert case.deadline is not None
    assert case.deadline > clock.now
    assert await actions(records, number) == [CaseAction.OPENED, CaseAction.ESCALATED]


async def test_two_schedulers_and_a_crash_escalate_once(
    records: Records, clock: StoppedClock
) -> None:
    numbers = [await records.cases.open(Agency.EFKA, None, "x", level=1) for _ in range(5)]
    clock.forward(days=5)
    # One process claims all of it and dies.
    lost = await records.work.claim([CLOCK_WORK], 10, timedelta(minutes=1))
    assert len(lost) == 5
    clock.forward(minutes=2)
    schedulers = [Scheduler(records, {CLOCK_WORK: case_clock}, clock) for _ in range(2)]
    await asyncio.gather(*(one.run_once() for one in schedulers))
    # It was not dead after all.
    for work in lost:
        with pytest.raises(Exception, match="somebody else has it"):
            await case_clock(work, records)
    for number in numbers:
        assert (await actions(records, number)).count(CaseAction.ESCALATED) == 1
        assert (await records.cases.details(number)).level == 2


async def test_work_of_an_earlier_round_does_nothing(records: Records, clock: StoppedClock) -> None:
    number = await records.cases.open(Agency.EFKA, None, "x")
    clock.forward(days=30)
    (old,) = await records.work.claim([CLOCK_WORK], 10, timedelta(minutes=1))
    await records.cases.pause(number, MARIA, "λείπει έγγραφο")
    await records.cases.resume(number, MARIA)
    with pytest.raises(Exception, match="cancelled"):
        await case_clock(old, records)
    assert (await records.cases.details(number)).level == 2


async def test_work_that_comes_too_early_comes_again(records: Records, clock: StoppedClock) -> None:
    number = await records.cases.open(Agency.EFKA, None, "x")
    case = await records.cases.details(number)
    clock.forward(days=30)
    (work,) = await records.work.claim([CLOCK_WORK], 10, timedelta(days=60))
    clock.forward(days=-30)
    assert case.half_at is not None
    again = await case_clock(work, records)
    assert again == RetryAt(case.half_at, "its time has not come")
    clock.now = case.half_at
    assert await case_clock(work, records) == Done()
    assert (await records.cases.details(number)).mark is CaseMark.HALF


async def test_while_the_citizen_is_waited_for_the_clock_stands_still(
    records: Records, scheduler: Scheduler, clock: StoppedClock
) -> None:
    number = await records.cases.open(Agency.EFKA, None, "x")
    before = (await records.cases.details(number)).deadline
    clock.forward(days=1)
    await records.cases.pause(number, MARIA, "λείπει το πιστοποιητικό")
    assert (await records.cases.details(number)).deadline is None
    with pytest.raises(AlreadyFinished):
        await records.cases.pause(number, MARIA, "ξανά")
    clock.forward(days=60)
    assert await scheduler.run_once() == 0
    await records.cases.resume(number, MARIA, "ήρθε")
    with pytest.raises(AlreadyFinished):
        await records.cases.resume(number, MARIA)
    case = await records.cases.details(number)
    assert (case.status, case.level) == (CaseStatus.IN_PROGRESS, 2)
    assert before is not None
    assert case.deadline is not None
    assert case.deadline > before + timedelta(days=55)
    clock.now = case.deadline
    await scheduler.run_once()
    assert (await records.cases.details(number)).level == 3


async def test_a_closed_case_is_left_alone_until_it_is_opened_again(
    records: Records, scheduler: Scheduler, clock: StoppedClock
) -> None:
    number = await records.cases.open(Agency.EFKA, None, "x")
    await records.cases.take(number, MARIA)
    await records.cases.close(number, MARIA, "διπλό αίτημα")
    clock.forward(days=60)
    assert await scheduler.run_once() == 0
    for step in (
        records.cases.take(number, MARIA),
        records.cases.close(number, MARIA, "x"),
        records.cases.escalate(number, MARIA, "x"),
        records.cases.reassign(number, MARIA, "person:nikos", "x"),
        records.cases.answer(number, MARIA, Answer("x", "told")),
    ):
        with pytest.raises(AlreadyFinished):
            await step
    await records.cases.reopen(number, "team:operators", "ο πολίτης κάλεσε ξανά")
    with pytest.raises(AlreadyFinished):
        await records.cases.reopen(number, MARIA, "x")
    case = await records.cases.details(number)
    assert (case.status, case.owner) == (CaseStatus.OPEN, "team:efka-support")
    assert case.deadline is not None
    assert case.deadline > clock.now + timedelta(days=5)
    clock.forward(days=30)
    await scheduler.run_once()
    assert (await records.cases.details(number)).level == 3


async def test_people_take_pass_on_and_say_why(records: Records) -> None:
    number = await records.cases.open(Agency.EFKA, None, "x", level=1)
    await records.cases.take(number, MARIA, "το ξέρω")
    await records.cases.reassign(number, MARIA, "person:nikos", "έχει τον φάκελο")
    await records.cases.escalate(number, "person:nikos", "θέλει πρόσβαση")
    case = await records.cases.details(number)
    assert (case.level, case.owner, case.status) == (2, "team:efka-support", CaseStatus.OPEN)
    assert [(e.who, e.action, e.note) for e in case.history[1:]] == [
        (MARIA, CaseAction.TAKEN, "το ξέρω"),
        (MARIA, CaseAction.REASSIGNED, "έχει τον φάκελο"),
        ("person:nikos", CaseAction.ESCALATED, "θέλει πρόσβαση"),
    ]
    await records.cases.escalate(number, MARIA, "στην υπηρεσία")
    with pytest.raises(InvalidRecord, match="last"):
        await records.cases.escalate(number, MARIA, "πιο πάνω")
    for step in (
        records.cases.pause(number, MARIA, " "),
        records.cases.close(number, MARIA, ""),
        records.cases.reassign(number, MARIA, "person:nikos", ""),
    ):
        with pytest.raises(InvalidRecord, match="reason"):
            await step
    with pytest.raises(InvalidRecord, match="owner"):
        await records.cases.reassign(number, MARIA, " ", "x")
    with pytest.raises(NotFound):
        await records.cases.take("12345674", MARIA)


async def test_lists_by_owner_level_and_agency(records: Records, clock: StoppedClock) -> None:
    slow = await records.cases.open(Agency.EFKA, "E27", "εφάπαξ", level=3)
    clock.forward(hours=1)
    quick = await records.cases.open(Agency.DYPA, None, "κάρτα", level=1)
    waits = await records.cases.open(Agency.EFKA, None, "ένσημα")
    await records.cases.pause(waits, MARIA, "λείπει")

    async def listed(**wanted: object) -> list[str]:
        return [one.number for one in await records.cases.open_ones(**wanted)]  # type: ignore[arg-type]

    assert await listed() == [quick, slow, waits]
    assert await listed(level=3) == [slow]
    assert await listed(agency=Agency.EFKA) == [slow, waits]
    assert await listed(owner="team:operators") == [quick]
    assert await records.cases.owners() == (
        "team:efka-service",
        "team:efka-support",
        "team:operators",
    )
    figures = await records.cases.figures(clock.now)
    assert (figures.opened, figures.open_now, figures.paused, figures.overdue) == (2, 3, 1, 0)
    assert figures.by_level == {1: 1, 2: 1, 3: 1}
    clock.forward(days=3)
    late = await records.cases.figures(clock.now)
    assert late.by_owner["team:operators"] == (1, 1)


@pytest.mark.parametrize(
    ("by", "recipient", "sent_to", "channel"),
    [
        ("sms", None, "+306945123456", MessageChannel.SMS),
        ("sms", "6977123456", "+306977123456", MessageChannel.SMS),
        ("email", "eleni@example.org", "eleni@example.org", MessageChannel.EMAIL),
    ],
)
async def test_an_answer_by_message_closes_the_case(
    records: Records, by: str, recipient: str | None, sent_to: str, channel: MessageChannel
) -> None:
    number = await records.cases.open(Agency.EFKA, None, "x", phone="6945123456")
    await records.cases.answer(number, MARIA, Answer("Η αίτηση εγκρίθηκε.", by, recipient))
    case = await records.cases.details(number)
    assert (case.status, case.answer) == (CaseStatus.CLOSED, "Η αίτηση εγκρίθηκε.")
    assert case.history[-1].action is CaseAction.ANSWERED
    (message,) = await records.messages.about(number)
    assert (message.recipient, message.channel) == (sent_to, channel)
    assert "Η αίτηση εγκρίθηκε." in message.text


async def test_an_answer_needs_a_way_and_words(records: Records, clock: StoppedClock) -> None:
    number = await records.cases.open(Agency.EFKA, None, "x")
    for answer in (Answer(" ", "told"), Answer("x", "pigeon"), Answer("x", "sms"),
                   Answer("x", "email"), Answer("x", "callback")):  # fmt: skip
        with pytest.raises(InvalidRecord):
            await records.cases.answer(number, MARIA, answer)
    assert (await records.cases.details(number)).status is CaseStatus.OPEN
    await records.cases.answer(number, MARIA, Answer("Το είπα στο γκισέ.", "told"))
    assert (await records.cases.find(number)).status is CaseStatus.CLOSED


async def test_an_answer_by_calling_back_closes_when_the_citizen_was_reached(
    records: Records, clock: StoppedClock
) -> None:
    number = await records.cases.open(Agency.EFKA, "E01", "x", phone="6945123456", call_id="call")
    window = Window(clock.now, clock.now + timedelta(hours=2))
    answer = Answer("Η αίτηση εγκρίθηκε.", "callback")

    async def promise() -> int:
        await records.cases.answer(number, MARIA, answer, window=window)
        (callback,) = await records.callbacks.for_number("6945123456")
        assert (callback.topic, callback.call_id) == ("E01", "call")
        return callback.callback_id

    first = await promise()
    with pytest.raises(AlreadyFinished):
        await records.cases.answer(number, MARIA, answer, window=window)
    await records.callbacks.mark(first, CallbackStatus.GIVEN_UP)
    case = await records.cases.details(number)
    assert (case.status, case.callback_id) == (CaseStatus.IN_PROGRESS, None)
    assert case.history[-1].action is CaseAction.NOT_REACHED
    second = await promise()
    await records.callbacks.mark(second, CallbackStatus.DIALLING)
    await records.callbacks.mark(second, CallbackStatus.KEPT, who=MARIA)
    case = await records.cases.details(number)
    assert case.status is CaseStatus.CLOSED
    assert (case.history[-1].action, case.history[-1].who) == (CaseAction.ANSWERED, MARIA)


async def test_an_anonymous_case_leads_nowhere(records: Records, clock: StoppedClock) -> None:
    for traced in (
        {"phone": "6945123456"},
        {"call_id": "call"},
        {"name": "Ν"},
        {"afm": "090000045"},
    ):
        with pytest.raises(InvalidRecord, match="anonymous"):
            await records.cases.open(Agency.LABOUR, "W10", "x", anonymous=True, **traced)  # type: ignore[arg-type]
    number = await records.cases.open(
        Agency.LABOUR, "W10", "χωρίς ένσημα", anonymous=True, area="Αργολίδας"
    )
    case = await records.cases.details(number)
    assert case.owner == "team:labour-support:Αργολίδας"
    day = datetime(2026, 11, 24, tzinfo=ATHENS)
    assert case.opened_at == case.changed_at == case.history[0].at == day
    (link,) = await records.audit.about(number)
    assert datetime.fromisoformat(link.at) == day
    (work,) = await records.work.about(CLOCK_WORK, number)
    assert work.due_at == case.half_at
    assert case.half_at is not None
    assert case.half_at.astimezone(ATHENS).time().minute == 0


async def test_escalation_stays_in_the_area(records: Records) -> None:
    number = await records.cases.open(Agency.LABOUR, "W10", "x", area="Αργολίδας")
    await records.cases.escalate(number, MARIA, "x")
    assert (await records.cases.details(number)).owner == "team:labour-service:Αργολίδας"
