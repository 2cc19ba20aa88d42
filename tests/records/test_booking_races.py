"""Many want the last places at once: callers, processes, and a process that is killed."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Connection

from tests.records.booking_process import CALLERS, PERSON, wanted
from tests.records.conftest import StoppedClock
from voicebot.records import AppointmentStatus, Outcome, Records, SlotTaken
from voicebot.records.database import Database

PLACES = 7
CROWD = 200
PROCESSES = 4
KILLS = 4


@asynccontextmanager
async def opened(url: str, clock: StoppedClock, instance: str = "test") -> AsyncIterator[Records]:
    records = await Records.open(url, clock=clock, instance=instance, busy_timeout_s=60)
    try:
        yield records
    finally:
        await records.close()


@asynccontextmanager
async def process(url: str, name: str, what: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A booking process that is ready; it is dead in the end."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.records.booking_process",
        url,
        name,
        what,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    try:
        assert await child.stdout.readline() == b"ready\n"
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


@pytest.mark.timeout(300)
async def test_two_hundred_callers_want_the_last_seven_places(
    filled_url: str, clock: StoppedClock
) -> None:
    async with opened(filled_url, clock) as records:
        slot = (await wanted(records))[0]
        await records.directory.set_desks(slot.branch.code, PLACES)
        for at in range(CROWD):
            await records.start_call(f"caller {at}", None)

        async def caller(at: int) -> str | None:
            try:
                hold = await records.appointments.hold(slot, f"caller {at}")
                await asyncio.sleep(0)
                return (await records.appointments.book(hold, PERSON)).number
            except SlotTaken:
                return None

        numbers = await asyncio.gather(*(caller(at) for at in range(CROWD)))
        given = [number for number in numbers if number is not None]
        assert len(given) == len(set(given)) == PLACES
        assert slot not in await wanted(records)
    assert await misfits(filled_url) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_four_processes_with_fifty_callers_each_give_seven_places(
    filled_url: str, clock: StoppedClock
) -> None:
    async with opened(filled_url, clock) as records:
        slot = (await wanted(records))[0]
        await records.directory.set_desks(slot.branch.code, PLACES)

        async def one(name: str, ready: asyncio.Barrier) -> list[str]:
            async with process(filled_url, name, "crowd") as child:
                assert child.stdin is not None
                assert child.stdout is not None
                await ready.wait()
                child.stdin.write(b"go\n")
                await child.stdin.drain()
                results: list[str] = json.loads(await child.stdout.readline())
                assert await child.wait() == 0
                return results

        ready = asyncio.Barrier(PROCESSES)
        lists = await asyncio.gather(*(one(f"process {at}", ready) for at in range(PROCESSES)))
        results = Counter(result for results in lists for result in results)
        assert results.total() == PROCESSES * CALLERS
        given = [result for result in results if result.isdigit()]
        assert len(given) == PLACES
        assert results["taken"] == PROCESSES * CALLERS - PLACES
        for number in given:
            assert (await records.appointments.find(number)).slot == slot
    assert await misfits(filled_url) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_process_that_is_killed_leaves_nothing_half_booked(
    filled_url: str, clock: StoppedClock
) -> None:
    promised: set[str] = set()
    cancelling: set[str] = set()
    for kill in range(KILLS):
        async with process(filled_url, "worker", "endless") as child:
            assert child.stdout is not None
            # After so many promises, in the middle of others.
            for _ in range(3 + 5 * kill):
                what, number = (await child.stdout.readline()).decode().split()
                (promised if what == "booked" else cancelling).add(number)
            child.kill()
            rest = await child.stdout.read()
            for line in rest.decode().splitlines():
                what, _, number = line.partition(" ")
                (promised if what == "booked" else cancelling).add(number)
        assert await misfits(filled_url) == []
    # The next start of the same process gives back what its calls held.
    async with opened(filled_url, clock, "worker") as records:
        assert await holds(filled_url) == 0
        assert Outcome.ABANDONED in await records.outcomes()
        for number in promised - cancelling:
            found = await records.appointments.find(number)
            assert found.status is not AppointmentStatus.CANCELLED
    assert len(promised) >= KILLS * 2


async def test_a_hold_of_a_process_that_never_comes_back_runs_out(
    filled_url: str, clock: StoppedClock
) -> None:
    async with opened(filled_url, clock, "gone") as gone, opened(filled_url, clock) as records:
        slot = (await wanted(records))[0]
        await gone.start_call("lost", None)
        await gone.appointments.hold(slot, "lost")
        await records.start_call("next", None)
        with pytest.raises(SlotTaken):
            await records.appointments.hold(slot, "next")
        clock.now += timedelta(minutes=2)
        hold = await records.appointments.hold(slot, "next")
        await records.appointments.book(hold, PERSON)


# What must be true of the tables at any moment; each query gives what breaks it.
_MISFITS = {
    "a place given twice": """
        SELECT branch_code FROM reservations
        GROUP BY branch_code, category, channel, starts_at, desk HAVING COUNT(*) > 1""",
    "an appointment without its place": """
        SELECT number FROM appointments
        LEFT JOIN reservations ON appointment = number
        WHERE status <> 'cancelled' AND (reservation_id IS NULL
            OR reservations.starts_at <> appointments.starts_at
            OR reservations.branch_code <> appointments.branch_code)""",
    "a place of a cancelled appointment": """
        SELECT number FROM appointments JOIN reservations ON appointment = number
        WHERE status = 'cancelled'""",
    "an appointment that nobody is told of": """
        SELECT number FROM appointments
        LEFT JOIN due_work ON subject = number AND kind = 'appointment_notice'
        WHERE work_id IS NULL""",
    "an appointment that is not in the audit": """
        SELECT number FROM appointments
        LEFT JOIN audit ON subject = number AND what = 'appointment.booked'
        WHERE sequence IS NULL""",
    "more than one call holds": """
        SELECT call_id FROM reservations WHERE appointment IS NULL
        GROUP BY call_id HAVING COUNT(*) > 1""",
}


async def misfits(url: str) -> list[str]:
    """The names of the rules that the tables break."""

    def broken(connection: Connection) -> list[str]:
        return [name for name, query in _MISFITS.items() if connection.execute(text(query)).all()]

    return await _look(url, broken)


async def holds(url: str) -> int:
    def count(connection: Connection) -> int:
        query = text("SELECT COUNT(*) FROM reservations WHERE appointment IS NULL")
        return int(connection.execute(query).scalar_one())

    return await _look(url, count)


async def _look(url: str, work):  # type: ignore[no-untyped-def]
    database = Database(url, busy_timeout_s=60)
    try:
        return await database.run_sync(work)
    finally:
        await database.close()
