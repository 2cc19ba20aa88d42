"""A process of its own that books: fifty callers for one time, or one after the other for ever.

`python -m tests.records.booking_process URL NAME crowd|endless`
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from tests.records.conftest import TUESDAY_MORNING
from voicebot.records import (
    Agency,
    Outcome,
    Person,
    Records,
    RecordsUnavailable,
    Slot,
    SlotTaken,
)

CALLERS = 50
AT_ONCE = 12
PERSON = Person("Άννα Ιωάννου", "094019245", "6945123456")


async def wanted(records: Records, limit: int = 1) -> tuple[Slot, ...]:
    """The first free times of the branch that everybody wants."""
    return await records.appointments.find_slots(
        Agency.EFKA, "pensions_award", place="Περιστέρι", limit=limit
    )


async def crowd(records: Records, name: str) -> None:
    """Fifty callers at once for the same time."""
    slot = (await wanted(records))[0]
    gate = asyncio.Semaphore(AT_ONCE)
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)

    async def caller(at: int) -> str:
        call = f"{name} {at}"
        async with gate:
            await records.start_call(call, None)
            try:
                hold = await records.appointments.hold(slot, call)
                booked = await records.appointments.book(hold, PERSON)
            except SlotTaken:
                await records.finish_call(call, Outcome.ABANDONED)
                return "taken"
            except RecordsUnavailable:
                return "unavailable"
            await records.finish_call(call, Outcome.APPOINTMENT)
            return booked.number

    results = await asyncio.gather(*(caller(at) for at in range(CALLERS)))
    print(json.dumps(results), flush=True)


async def endless(records: Records, name: str) -> None:
    """Book, change and cancel, several calls at once, until the process is killed; numbers are
    printed after their booking is done."""

    async def caller(lane: int) -> None:
        at = 0
        while True:
            at += 1
            call = f"{name} {os.getpid()} {lane} {at}"
            await records.start_call(call, None)
            slots = await wanted(records, 20)
            try:
                hold = await records.appointments.hold(slots[lane], call)
                booked = await records.appointments.book(hold, PERSON)
                print(f"booked {booked.number}", flush=True)
                if at % 3 == 0:
                    hold = await records.appointments.hold(slots[lane + 8], call)
                    await records.appointments.change(booked.number, hold)
                if at % 3 == 1:
                    print(f"cancelling {booked.number}", flush=True)
                    await records.appointments.cancel(booked.number)
            except SlotTaken:
                pass

    print("ready", flush=True)
    await asyncio.gather(*(caller(lane) for lane in range(4)))


async def main(url: str, name: str, what: str) -> None:
    """Run one of the two."""
    records = await Records.open(
        url, clock=lambda: TUESDAY_MORNING, instance=name, busy_timeout_s=60
    )
    try:
        await (crowd if what == "crowd" else endless)(records, name)
    finally:
        await records.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
