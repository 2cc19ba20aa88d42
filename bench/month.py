"""A simulated month on the records and the scheduler, with a virtual clock and without audio.

Every promise (appointment, callback, case) is made, moved along and kept through the same calls
that the line, the desk and the scheduler use, one transaction each. Calls without a promise are
written as the line leaves them on record (call, turns, notice, outcome), many to a transaction:
what they cost the line while somebody speaks is not what is measured here.

At the end every call must have one outcome and an owner, every promise the call that it came from,
no deadline may have passed unseen, and the chain of changes must be whole.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from bench.month_checks import Books, check
from bench.month_people import Citizens, Staff, TakesAll
from bench.month_plan import PlannedCall, plan
from voicebot.operations.callback_work import callback_dialler
from voicebot.operations.callbacks_el import giving_up
from voicebot.operations.handlers import handlers
from voicebot.operations.scheduler import Scheduler
from voicebot.records import DateRange, MessageChannel, Person, Records, SlotTaken, Window
from voicebot.records.callbacks import DIAL
from voicebot.records.database import Database
from voicebot.records.dial_types import DialRules
from voicebot.records.masking import mask_number
from voicebot.records.models import CallRow, NoticeRow, TurnRow
from voicebot.records.retention import Retention
from voicebot.records.schedule import next_working_day
from voicebot.records.teams import outcome_team
from voicebot.records.types import ATHENS, Agency, Direction, Notice, Outcome, Speaker
from voicebot.settings import Hours
from voicebot.settings import Retention as RetentionTimes

FIRST_DAY = date(2026, 11, 2)
# Short enough to have something to do within the month.
RETENTION = RetentionTimes(turns_days=10, work_days=7, messages_days=10, callbacks_days=10)
_CATEGORIES = {
    Agency.EFKA: ("insurance_history", "cash_benefits", "health_entitlement", "pensions_award"),
    Agency.DYPA: ("counsellor", "registration_card", "unemployment_benefit"),
    Agency.OPEKA: ("general",),
}
_PLACES = ("Περιστέρι", "Πάτρα", "Θεσσαλονίκη", "Λάρισα", "Ηράκλειο", "Πειραιάς", "Βόλος")
_TURNS = (
    (Speaker.BOT, "1555. Είμαι ψηφιακός βοηθός, αυτόματο σύστημα."),
    (Speaker.CALLER, "έχω μια ερώτηση για την υπόθεσή μου"),
    (Speaker.BOT, "Η αίτηση γίνεται ηλεκτρονικά. Θέλετε κάτι άλλο;"),
    (Speaker.CALLER, "όχι ευχαριστώ"),
)
_AFM = "090000045"


@dataclass(frozen=True)
class MonthReport:
    """Figures of one run.

    Attributes:
        database: "sqlite" or "postgresql".
        calls: calls that were made; `outcomes` says how many ended how.
        owned: calls with exactly one outcome and an owner; equal to `calls` when all is well.
        problems: what does not add up; empty when all does.
        promises: appointments, callbacks and cases made.
        escalations, warnings, overdue: what the clock of cases did.
        work_done: pieces of due work done by the scheduler; `work_a_second` while it ran.
        seconds: time the run took; `calls_a_second` of it, checks not counted.
        cpu_ms_a_call: processor time of this process for each call, with all that follows from it
            (on PostgreSQL without the server's); says more than `seconds` on a busy machine.
        promise_ms: mean time of making one promise, with everything that it schedules.
        database_mb: size at the end; `bytes_a_call` of it.
        purged: rows that retention deleted or blanked.
    """

    database: str
    days: int
    calls_a_day: int
    calls: int
    owned: int
    outcomes: dict[str, int]
    problems: tuple[str, ...]
    promises: dict[str, int]
    callbacks: dict[str, int]
    cases: dict[str, int]
    escalations: int
    warnings: int
    overdue: int
    messages_sent: int
    work_done: int
    work_a_second: float
    audit_rows: int
    purged: int
    seconds: float
    calls_a_second: float
    cpu_ms_a_call: float
    promise_ms: float
    database_mb: float
    bytes_a_call: int


class VirtualClock:
    """Stands still until it is moved."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The present moment."""
        return self.now

    def move(self, to: datetime) -> None:
        """Go forward, never back."""
        self.now = max(self.now, to.astimezone(UTC))


@dataclass
class _Tally:
    books: Books = field(default_factory=Books)
    promise_s: float = 0.0
    promises: int = 0
    scheduler_s: float = 0.0
    work: int = 0
    purged: int = 0


async def simulate(url: str, days: int, calls_a_day: int, *, seed: int = 1555) -> MonthReport:
    """Run a month on an empty database.

    Raises:
        RecordsError: the database cannot be used.
    """
    chance = random.Random(seed)
    clock = VirtualClock(datetime.combine(FIRST_DAY, datetime.min.time(), ATHENS).astimezone(UTC))
    tally = _Tally()
    gateway = TakesAll()
    async with _opened(url, clock) as (records, database):
        scheduler = _scheduler(records, clock, chance, gateway)
        staff = Staff(records, clock, chance, an_hour=max(2, round(calls_a_day * 0.02)))
        retention = Retention(database, clock)
        began, cpu_before = time.perf_counter(), time.process_time()
        for begins, calls in plan(FIRST_DAY, days, calls_a_day, chance):
            clock.move(begins)
            await _take_calls(records, database, clock, calls, chance, tally)
            clock.move(begins + timedelta(minutes=59))
            await staff.work()
            await _run_due(scheduler, tally)
            if begins.hour == 3:
                tally.purged += sum((await retention.purge(RETENTION)).values())
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu_before
        clock.move(begins + timedelta(hours=1))
        await _run_due(scheduler, tally)
        found = await check(records, database, tally.books, clock())
        size = await _size_bytes(database)
    calls_made = sum(tally.books.outcomes.values())
    return MonthReport(
        database=make_url(url).get_backend_name(),
        days=days,
        calls_a_day=calls_a_day,
        calls=calls_made,
        owned=found.owned,
        outcomes={str(outcome): number for outcome, number in sorted(found.outcomes.items())},
        problems=tuple(found.problems),
        promises={
            "appointments": tally.books.outcomes[Outcome.APPOINTMENT],
            "callbacks": tally.books.outcomes[Outcome.CALLBACK],
            "cases": tally.books.outcomes[Outcome.CASE],
        },
        callbacks=found.callbacks,
        cases=found.cases,
        escalations=found.actions["escalated"],
        warnings=found.actions["warned_half"] + found.actions["warned_late"],
        overdue=found.actions["overdue"],
        messages_sent=gateway.taken,
        work_done=tally.work,
        work_a_second=round(tally.work / max(tally.scheduler_s, 1e-9), 1),
        audit_rows=found.audit_rows,
        purged=tally.purged,
        seconds=round(seconds, 1),
        calls_a_second=round(calls_made / seconds, 1),
        cpu_ms_a_call=round(1000 * cpu_s / max(calls_made, 1), 2),
        promise_ms=round(1000 * tally.promise_s / max(tally.promises, 1), 1),
        database_mb=round(size / 2**20, 1),
        bytes_a_call=size // max(calls_made, 1),
    )


@asynccontextmanager
async def _opened(url: str, clock: VirtualClock) -> AsyncIterator[tuple[Records, Database]]:
    records = await Records.open(url, clock=clock, instance="month", busy_timeout_s=10.0)
    database = Database(url, busy_timeout_s=10.0)
    try:
        yield records, database
    finally:
        await database.close()
        await records.close()


def _scheduler(
    records: Records, clock: VirtualClock, chance: random.Random, gateway: TakesAll
) -> Scheduler:
    gateways = dict.fromkeys(MessageChannel, gateway)
    dialler = callback_dialler(
        Citizens(chance),
        DialRules(Hours()),
        giving_up(Agency.EFKA, "1555", {}, message=True),
    )
    known = {**handlers(gateways, clock=clock), DIAL: dialler}
    # One at a time on the virtual clock, so that a run can be repeated.
    return Scheduler(records, known, clock, concurrency=1, chance=chance.random)


async def _run_due(scheduler: Scheduler, tally: _Tally) -> None:
    began = time.perf_counter()
    tally.work += await scheduler.run_once()
    tally.scheduler_s += time.perf_counter() - began


async def _take_calls(
    records: Records,
    database: Database,
    clock: VirtualClock,
    calls: Sequence[PlannedCall],
    chance: random.Random,
    tally: _Tally,
) -> None:
    plain: list[tuple[PlannedCall, Outcome]] = []
    promising = (Outcome.APPOINTMENT, Outcome.CALLBACK, Outcome.CASE)
    for call in calls:
        if call.outcome not in promising:
            plain.append((call, call.outcome))
            continue
        clock.move(call.at)
        began = time.perf_counter()
        outcome = await _promise(records, clock, call, chance, tally.books)
        tally.promise_s += time.perf_counter() - began
        tally.promises += 1
        tally.books.outcomes[outcome] += 1
    await _write_plain(database, plain)
    for _, outcome in plain:
        tally.books.outcomes[outcome] += 1


async def _promise(
    records: Records, clock: VirtualClock, call: PlannedCall, chance: random.Random, books: Books
) -> Outcome:
    """A call that ends in a promise; gives what it ended in."""
    await records.start_call(call.call_id, call.mobile)
    outcome = call.outcome
    agency: Agency | None = call.agency
    if outcome is Outcome.APPOINTMENT and not await _book(records, clock, call, chance):
        # Nothing was free that suits: somebody rings back about it.
        outcome = Outcome.CALLBACK
    if outcome is Outcome.CALLBACK:
        day = next_working_day(clock().astimezone(ATHENS).date())
        begins = datetime.combine(day, datetime.min.time(), ATHENS) + timedelta(hours=9)
        window = Window(begins, begins + timedelta(hours=3))
        await records.callbacks.request(
            call.mobile, window, call.topic, call.call_id, agency=call.agency
        )
    elif outcome is Outcome.CASE:
        anonymous = call.topic == "W10" and chance.random() < 0.5
        books.anonymous += anonymous
        await records.cases.open(
            call.agency,
            call.topic,
            "αίτημα από κλήση",
            level=1 if chance.random() < 0.4 else 2,
            area=chance.choice(("Αττικής", "Αχαΐας")) if call.agency is Agency.LABOUR else None,
            anonymous=anonymous,
            call_id=None if anonymous else call.call_id,
            phone=None if anonymous else call.mobile,
            afm=None if anonymous else _AFM,
        )
    await records.finish_call(call.call_id, outcome, topic=call.topic, agency=agency)
    return outcome


async def _book(
    records: Records, clock: VirtualClock, call: PlannedCall, chance: random.Random
) -> bool:
    if call.agency not in _CATEGORIES:
        return False
    category = chance.choice(_CATEGORIES[call.agency])
    first = clock().astimezone(ATHENS).date() + timedelta(days=chance.randrange(1, 12))
    for place in chance.sample(_PLACES, 2):
        slots = await records.appointments.find_slots(
            call.agency, category, place=place, days=DateRange(first, first + timedelta(days=3))
        )
        for slot in slots[:1]:
            try:
                hold = await records.appointments.hold(slot, call.call_id)
                await records.appointments.book(
                    hold, Person("Μαρία Οικονόμου", _AFM, call.mobile, amka="01018012342")
                )
            except SlotTaken:
                continue
            return True
    return False


async def _write_plain(database: Database, calls: Sequence[tuple[PlannedCall, Outcome]]) -> None:
    """Calls without a promise, as the line leaves them on record."""
    if not calls:
        return
    length = timedelta(seconds=40)
    rows = [
        {
            "call_id": call.call_id,
            "caller_number": mask_number(call.mobile),
            "direction": Direction.INBOUND,
            "instance": "month",
            "started_at": call.at,
            "ended_at": call.at + length,
            "outcome": outcome,
            "agency": call.agency,
            "topic": call.topic,
            "owner": outcome_team(outcome, call.agency),
        }
        for call, outcome in calls
    ]
    turns = [
        {"call_id": call.call_id, "who": who, "text": said, "at": call.at}
        for call, _ in calls
        for who, said in _TURNS
    ]
    notices = [
        {"call_id": call.call_id, "kind": Notice.AI, "completed": True, "at": call.at}
        for call, _ in calls
    ]

    async def work(session: AsyncSession) -> None:
        await session.execute(insert(CallRow), rows)
        await session.execute(insert(TurnRow), turns)
        await session.execute(insert(NoticeRow), notices)

    await database.write(work)


async def _size_bytes(database: Database) -> int:
    if database.is_sqlite:
        path = Path(database.url.database or "")
        files = await asyncio.to_thread(lambda: list(path.parent.glob(f"{path.name}*")))
        return sum(file.stat().st_size for file in files)

    async def work(session: AsyncSession) -> int:
        return await session.scalar(text("SELECT pg_database_size(current_database())")) or 0

    return await database.read(work)
