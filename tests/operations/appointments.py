"""Appointments to be told about."""

from __future__ import annotations

from datetime import time, timedelta

from tests.operations.conftest import StoppedClock
from voicebot.records import Agency, Appointment, DateRange, Person, Records, Slot, TimeRange

ANNA = Person(name="Άννα Ιωάννου", afm="094019245", mobile="6945123456", email="anna@example.gr")


async def book(
    records: Records,
    clock: StoppedClock,
    *,
    days: int = 3,
    hour: int = 10,
    person: Person = ANNA,
    place: str = "Περιστέρι",
) -> Appointment:
    """Book the first pension appointment at or after that hour, at least so many days ahead."""
    slot = await _slot(records, clock, days, hour, place)
    return await records.appointments.book(await records.appointments.hold(slot, "call"), person)


async def move(
    records: Records, clock: StoppedClock, appointment: Appointment, *, days: int, hour: int
) -> Appointment:
    """Move it."""
    slot = await _slot(records, clock, days, hour, "Περιστέρι")
    return await records.appointments.change(
        appointment.number, await records.appointments.hold(slot, "call")
    )


async def _slot(records: Records, clock: StoppedClock, days: int, hour: int, place: str) -> Slot:
    first = clock.now.date() + timedelta(days=days)
    (slot,) = await records.appointments.find_slots(
        Agency.EFKA,
        "pensions_award",
        place=place,
        days=DateRange(first, first + timedelta(days=10)),
        times=TimeRange(time(hour), time(23, 59)),
        limit=1,
    )
    return slot
