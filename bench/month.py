"""A simulated month on the records and the scheduler, with a virtual clock and without audio.

Every call goes on record as the line writes it, piece by piece: its beginning, the notice, each
turn, the handoff or the promise it ends in, its outcome. Every promise (appointment, callback,
case) is moved along and kept through the same functions that the desk and the scheduler use. Calls
of the same two minutes go on at once, as they do at the line; nothing is written in bulk.

At the end every call must have one outcome and an owner, every promise the call that it came from,
no deadline may have passed unseen, and the chain of changes must be whole. Who gets a place that
two callers want is left to chance: two runs of one seed have the same calls, and nearly the same
promises.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from sqlalchemy import text
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
from voicebot.records.retention import Retention
from voicebot.records.schedule import next_working_day
from voicebot.records.types import (
    ATHENS,
    Agency,
    HandoffStatus,
    Notice,
    Outcome,
    Speaker,
    Turn,
)
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
# Calls that begin in the same stretch of time go on at once; the mean call is about as long.
_TOGETHER = timedelta(minutes=2)
# What `voicebot serve` gives its scheduler.
_CONCURRENCY = 8
_PROMISES = (Outcome.APPOINTMENT, Outcome.CALLBACK, Outcome.CASE)


@dataclass(frozen=True)
class MonthReport:
    """Figures of one run.

    Attributes:
        database: "sqlite" or "postgresql".
        hours: how much of the month passed.
        calls: calls that were made; `outcomes` says how many ended how.
        owned: calls with exactly one outcome and an owner; equal to `calls` when all is well.
        owners: calls by who answers for them; they add up to `calls`.
        problems: what does not add up; empty when all does.
        promises: appointments, callbacks and cases made.
        escalations, warnings, overdue: what the clock of cases did.
        work_done: pieces of due work done by the scheduler; `work_a_second` while it ran.
        seconds: time the run took; `calls_a_second` of it, checks not counted.
        cpu_ms_a_call: processor time of this process for each call, with all that follows from it
            (on PostgreSQL without the server's); says more than `seconds` on a busy machine.
        pace: the same for each 10,000 calls, one after the other.
        promise_ms: mean time until a caller has their promise, with everything that it schedules.
        database_mb: size at the end; `bytes_a_call` of it.
        purged: rows that retention deleted or blanked.
    """

    database: str
    hours: int
    calls_a_day: int
    calls: int
    owned: int
    outcomes: dict[str, int]
    owners: dict[str, int]
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
    pace: tuple[float, ...]
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


@dataclass
class _Pace:
    """Processor time of a call, stretch by stretch: it must not grow with what is on record."""

    of_calls: int = 10_000
    done: list[float] = field(default_factory=list)
    calls: int = 0
    cpu_s: float = field(default_factory=time.process_time)

    def note(self, calls: int) -> None:
        """Look at the clock when another stretch is done."""
        if calls - self.calls < self.of_calls:
            return
        now = time.process_time()
        self.done.append(round(1000 * (now - self.cpu_s) / (calls - self.calls), 2))
        self.calls, self.cpu_s = calls, now


async def simulate(
    url: str, days: int, calls_a_day: int, *, seed: int = 1555, longest_s: float | None = None
) -> MonthReport:
    """Run a month on an empty database.

    Args:
        longest_s: after so many seconds it ends with the hour that it is at; None: it does not.

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
        began, cpu_before, pace = time.perf_counter(), time.process_time(), _Pace()
        hours = 0
        for begins, calls in plan(FIRST_DAY, days, calls_a_day, chance):
            clock.move(begins)
            await _take_calls(records, clock, calls, chance, tally)
            clock.move(begins + timedelta(minutes=59))
            await staff.work()
            await _run_due(scheduler, tally)
            if begins.hour == 3:
                tally.purged += sum((await retention.purge(RETENTION)).values())
            hours += 1
            pace.note(tally.books.outcomes.total())
            if longest_s is not None and time.perf_counter() - began > longest_s:
                break
        seconds, cpu_s = time.perf_counter() - began, time.process_time() - cpu_before
        clock.move(begins + timedelta(hours=1))
        await _run_due(scheduler, tally)
        found = await check(records, database, tally.books, clock())
        size = await _size_bytes(database)
    calls_made = sum(tally.books.outcomes.values())
    return MonthReport(
        database=make_url(url).get_backend_name(),
        hours=hours,
        calls_a_day=calls_a_day,
        calls=calls_made,
        owned=found.owned,
        outcomes={str(outcome): number for outcome, number in sorted(found.outcomes.items())},
        owners=dict(sorted(found.owners.items())),
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
        pace=tuple(pace.done),
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
    return Scheduler(records, known, clock, concurrency=_CONCURRENCY, chance=chance.random)


async def _run_due(scheduler: Scheduler, tally: _Tally) -> None:
    began = time.perf_counter()
    tally.work += await scheduler.run_once()
    tally.scheduler_s += time.perf_counter() - began


async def _take_calls(
    records: Records,
    clock: VirtualClock,
    calls: Sequence[PlannedCall],
    chance: random.Random,
    tally: _Tally,
) -> None:
    for _, together in groupby(calls, lambda call: (call.at - calls[0].at) // _TOGETHER):
        going_on = list(together)
        clock.move(going_on[0].at)
        await asyncio.gather(*(_call(records, clock, call, chance, tally) for call in going_on))


async def _call(
    records: Records, clock: VirtualClock, call: PlannedCall, chance: random.Random, tally: _Tally
) -> None:
    """One call from its beginning to its outcome."""
    await records.start_call(call.call_id, call.mobile)
    await records.note_notice(call.call_id, Notice.AI, completed=True)
    for who, said in _TURNS:
        await records.add_turn(call.call_id, Turn(who, said))
    outcome = call.outcome
    if outcome in _PROMISES:
        began = time.perf_counter()
        outcome = await _promise(records, clock, call, chance, tally.books)
        tally.promise_s += time.perf_counter() - began
        tally.promises += 1
    elif outcome is Outcome.HANDED_OVER:
        handoff = await records.handoffs.request(call.call_id, "asked", topic=call.topic)
        await records.handoffs.end(handoff, HandoffStatus.CONNECTED, "sip:agent1@desk")
    await records.finish_call(call.call_id, outcome, topic=call.topic, agency=call.agency)
    tally.books.outcomes[outcome] += 1


async def _promise(
    records: Records, clock: VirtualClock, call: PlannedCall, chance: random.Random, books: Books
) -> Outcome:
    """The promise that a call ends in; gives what it became."""
    outcome = call.outcome
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


async def _size_bytes(database: Database) -> int:
    if database.is_sqlite:
        path = Path(database.url.database or "")
        files = await asyncio.to_thread(lambda: list(path.parent.glob(f"{path.name}*")))
        return sum(file.stat().st_size for file in files)

    async def work(session: AsyncSession) -> int:
        return await session.scalar(text("SELECT pg_database_size(current_database())")) or 0

    return await database.read(work)
