from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path

import pytest

from tests.records.conftest import StoppedClock
from voicebot.records import (
    ATHENS,
    Agency,
    AlreadyFinished,
    AppointmentStatus,
    DateRange,
    InvalidRecord,
    NotFound,
    Outcome,
    Person,
    Records,
    Slot,
    SlotTaken,
    TimeRange,
    TooLate,
    VisitChannel,
)
from voicebot.records.reference import is_valid

PERSON = Person(name="Ελένη  Παπαδάκη", afm="094019245", mobile="694 512 3456")


async def find(records: Records, **wishes: object) -> tuple[Slot, ...]:
    wishes = {"place": "Περιστέρι", "limit": 3, "category": "pensions_award", **wishes}
    return await records.appointments.find_slots(Agency.EFKA, **wishes)  # type: ignore[arg-type]


async def test_slots_begin_on_the_next_working_day_in_local_time(records: Records) -> None:
    slots = await find(records)
    assert [slot.starts_at.isoformat() for slot in slots] == [
        "2026-11-25T08:00:00+02:00",
        "2026-11-25T08:30:00+02:00",
        "2026-11-25T09:00:00+02:00",
    ]
    assert {slot.branch.name for slot in slots} == {"e-ΕΦΚΑ Περιστέρι"}
    assert all(slot.branch.demo for slot in slots)


async def test_wishes_are_met(records: Records) -> None:
    slots = await find(
        records,
        days=DateRange(date(2026, 11, 27), date(2026, 12, 1)),
        times=TimeRange(time(12), time(13)),
        per_day=1,
    )
    assert [(slot.day.isoformat(), slot.starts_at.time()) for slot in slots] == [
        ("2026-11-27", time(12)),
        ("2026-11-30", time(12)),
        ("2026-12-01", time(12)),
    ]
    beyond = DateRange(date(2027, 1, 4), date(2027, 1, 8))
    assert await find(records, days=beyond) == ()
    assert await find(records, times=TimeRange(time(17), time(19))) == ()
    every = await find(records, limit=1000)
    assert every[-1].starts_at.isoformat() == "2026-12-09T13:30:00+02:00"
    assert len(every) == 11 * 12


async def test_places_are_found_as_people_write_them(records: Records) -> None:
    appointments = records.appointments
    assert [b.name for b in await appointments.branches(Agency.EFKA, "ΑΓΙΟΣ νικολαος")] == [
        "e-ΕΦΚΑ Άγιος Νικόλαος"
    ]
    namesakes = await appointments.branches(Agency.DYPA, "Αμπελόκηποι")
    assert [branch.region for branch in namesakes] == ["Αττική", "Θεσσαλονίκη"]
    one = await appointments.branches(Agency.DYPA, "Αμπελόκηποι", region="Αττική")
    assert one == namesakes[:1]
    crete = await appointments.branches(Agency.KEP, "Κρήτη")
    assert "ΚΕΠ Χανιά" in [branch.name for branch in crete]
    assert await appointments.branches(Agency.EFKA, "Παρίσι") == ()


async def test_remote_channels_have_no_place(records: Records) -> None:
    slots = await records.appointments.find_slots(
        Agency.DYPA, "counsellor", channel=VisitChannel.VIDEO, place="Περιστέρι"
    )
    assert {(slot.branch.name, slot.branch.place) for slot in slots} == {("myDYPAlive", None)}
    with pytest.raises(NotFound, match="phone"):
        await records.appointments.find_slots(Agency.DYPA, "counsellor", channel=VisitChannel.PHONE)
    with pytest.raises(NotFound, match="nonsense"):
        await records.appointments.find_slots(Agency.DYPA, "nonsense")
    assert await records.appointments.categories(Agency.TEKA) == ()
    titles = [kind.code for kind in await records.appointments.categories(Agency.EFKA)]
    assert titles[0] == "pensions_award"
    assert len(titles) == 10


async def test_booked_and_read_back(records: Records, slot: Slot, clock: StoppedClock) -> None:
    hold = await records.appointments.hold(slot, "call")
    assert slot not in await find(records)
    appointment = await records.appointments.book(hold, PERSON)
    assert is_valid(appointment.number)
    assert appointment.slot == slot
    assert appointment.slot.starts_at.tzinfo is ATHENS
    assert appointment.person.name == "Ελένη Παπαδάκη"
    assert appointment.status is AppointmentStatus.BOOKED
    assert appointment.booked_at == clock.now
    assert slot not in await find(records)

    number = appointment.number
    grouped = f"{number[:2]}-{number[2:4]} {number[4:6]} {number[6:]}"
    assert await records.appointments.find(grouped) == appointment
    by_person = records.appointments.find_by_person
    assert await by_person("094019245", "+306945123456") == (appointment,)
    assert await by_person("094019245", "6945123457") == ()
    assert await by_person("094019246", "6945123456") == ()
    assert await by_person("094019245", "κινητό") == ()
    clock.forward(days=2)
    assert await by_person("094019245", "6945123456") == ()


async def test_cancelled_places_are_free_again(records: Records, slot: Slot) -> None:
    booked = await records.appointments.book(await records.appointments.hold(slot, "call"), PERSON)
    cancelled = await records.appointments.cancel(booked.number)
    assert cancelled.status is AppointmentStatus.CANCELLED
    assert (await find(records))[0] == slot
    with pytest.raises(AlreadyFinished):
        await records.appointments.cancel(booked.number)
    with pytest.raises(AlreadyFinished):
        await records.appointments.change(
            booked.number, await records.appointments.hold(slot, "call")
        )
    assert await records.appointments.find_by_person(PERSON.afm, PERSON.mobile) == ()
    with pytest.raises(NotFound):
        await records.appointments.find("00000000")


async def test_moving_frees_the_old_place_and_keeps_the_number(records: Records) -> None:
    first, second, _ = await find(records)
    booked = await records.appointments.book(await records.appointments.hold(first, "call"), PERSON)
    moved = await records.appointments.change(
        booked.number, await records.appointments.hold(second, "call")
    )
    assert moved.number == booked.number
    assert moved.slot == second
    assert moved.status is AppointmentStatus.CHANGED
    assert (await find(records))[0] == first


async def test_a_hold_keeps_others_out_until_it_runs_out(
    records: Records, slot: Slot, clock: StoppedClock
) -> None:
    await records.start_call("other", None)
    first = await records.appointments.hold(slot, "call")
    with pytest.raises(SlotTaken):
        await records.appointments.hold(slot, "other")
    clock.forward(seconds=119)
    assert slot not in await find(records)
    clock.forward(seconds=1)
    assert slot in await find(records)
    second = await records.appointments.hold(slot, "other")
    with pytest.raises(SlotTaken):
        await records.appointments.book(first, PERSON)
    await records.appointments.book(second, PERSON)


async def test_a_late_answer_is_honoured_while_nobody_else_came(
    records: Records, slot: Slot, clock: StoppedClock
) -> None:
    hold = await records.appointments.hold(slot, "call")
    clock.forward(minutes=5)
    assert (await records.appointments.book(hold, PERSON)).slot == slot


async def test_one_call_holds_one_slot(records: Records) -> None:
    first, second, _ = await find(records)
    old = await records.appointments.hold(first, "call")
    await records.appointments.hold(second, "call")
    assert (await find(records))[0] == first
    with pytest.raises(SlotTaken):
        await records.appointments.book(old, PERSON)
    await records.appointments.release("call")
    assert (await find(records))[:2] == (first, second)


async def test_hanging_up_leaves_nothing_half_booked(records: Records, slot: Slot) -> None:
    hold = await records.appointments.hold(slot, "call")
    await records.finish_call("call", Outcome.ABANDONED)
    assert (await find(records))[0] == slot
    with pytest.raises(SlotTaken):
        await records.appointments.book(hold, PERSON)


async def test_hanging_up_keeps_what_was_booked(records: Records, slot: Slot) -> None:
    hold = await records.appointments.hold(slot, "call")
    booked = await records.appointments.book(hold, PERSON)
    await records.finish_call("call", Outcome.APPOINTMENT)
    assert slot not in await find(records)
    assert (await records.appointments.find(booked.number)).status is AppointmentStatus.BOOKED


@pytest.mark.parametrize(
    ("field", "person"),
    [
        ("name", Person(" ", PERSON.afm, PERSON.mobile)),
        ("afm", Person("Ελένη", "094019246", PERSON.mobile)),
        ("phone", Person("Ελένη", PERSON.afm, "12")),
    ],
)
async def test_impossible_people_are_refused(
    records: Records, slot: Slot, field: str, person: Person
) -> None:
    hold = await records.appointments.hold(slot, "call")
    with pytest.raises(InvalidRecord, match=field):
        await records.appointments.book(hold, person)
    await records.appointments.book(hold, PERSON)


async def test_each_category_gets_what_it_asks_for_and_no_more(
    records: Records, slot: Slot
) -> None:
    appointments = records.appointments
    curious = replace(PERSON, amka="15037412341", birthdate=date(1974, 3, 15))
    booked = await appointments.book(await appointments.hold(slot, "call"), curious)
    assert (booked.person.amka, booked.person.birthdate) == (None, None)
    registry = (await find(records, category="registry_amka"))[0]
    hold = await appointments.hold(registry, "call")
    for amka in (None, "1503"):
        with pytest.raises(InvalidRecord, match="amka"):
            await appointments.book(hold, replace(PERSON, amka=amka))
    assert (await appointments.book(hold, curious)).person.amka == "15037412341"


async def test_changes_need_their_notice(records: Records, slot: Slot, clock: StoppedClock) -> None:
    appointments = records.appointments
    booked = await appointments.book(await appointments.hold(slot, "call"), PERSON)
    other = (await find(records, days=DateRange(date(2026, 11, 30), date(2026, 11, 30))))[0]
    clock.now = slot.starts_at - timedelta(hours=1, seconds=-1)
    with pytest.raises(TooLate):
        await appointments.cancel(booked.number)
    hold = await appointments.hold(other, "call")
    with pytest.raises(TooLate):
        await appointments.change(booked.number, hold)
    clock.now = slot.starts_at - timedelta(hours=1)
    assert (await appointments.change(booked.number, hold)).slot == other


async def test_no_slot_is_held_that_the_rules_do_not_give(records: Records, slot: Slot) -> None:
    for wrong in (
        replace(slot, starts_at=slot.starts_at + timedelta(minutes=7)),
        replace(slot, starts_at=slot.starts_at + timedelta(hours=9)),
        replace(slot, starts_at=slot.starts_at + timedelta(days=3)),
        replace(slot, starts_at=slot.starts_at + timedelta(days=30)),
        replace(slot, channel=VisitChannel.VIDEO),
    ):
        with pytest.raises(SlotTaken):
            await records.appointments.hold(wrong, "call")
    with pytest.raises(NotFound):
        await records.appointments.hold(replace(slot, category="general"), "call")


async def test_what_was_booked_before_the_slots_changed_keeps_its_length(
    records: Records, slot: Slot, tmp_path: Path
) -> None:
    """Nine to half past is taken: of slots of twenty minutes neither nine nor 9:20 is free."""
    at_nine = (await find(records, times=TimeRange(time(9), time(9))))[0]
    await records.appointments.book(await records.appointments.hold(at_nine, "call"), PERSON)
    file = tmp_path / "directory.yaml"
    text = await records.directory.export()
    file.write_text(text.replace("slot_minutes: 30", "slot_minutes: 20"), encoding="utf-8")
    await records.directory.replace([file])
    found = await find(records, limit=5, times=TimeRange(time(8, 30), time(12)))
    assert [f"{one.starts_at:%H:%M}" for one in found[:3]] == ["08:40", "09:40", "10:00"]
    late = replace(at_nine, starts_at=at_nine.starts_at + timedelta(minutes=20))
    with pytest.raises(SlotTaken):
        await records.appointments.hold(late, "call")


async def test_nothing_personal_shows_in_a_log_line(records: Records, slot: Slot) -> None:
    booked = await records.appointments.book(await records.appointments.hold(slot, "call"), PERSON)
    assert "Παπαδάκη" not in repr(booked)
    assert "094019245" not in repr(booked)
    assert "6945123456" not in repr(booked)


async def test_past_times_are_not_held(records: Records, slot: Slot, clock: StoppedClock) -> None:
    clock.forward(days=1)
    with pytest.raises(SlotTaken, match="passed"):
        await records.appointments.hold(slot, "call")


async def test_fifty_callers_want_the_last_place(records: Records, slot: Slot) -> None:
    async def caller(at: int) -> str | None:
        call_id = f"caller {at}"
        await records.start_call(call_id, None)
        try:
            hold = await records.appointments.hold(slot, call_id)
            await asyncio.sleep(0)
            booked = await records.appointments.book(hold, PERSON)
        except SlotTaken:
            await records.finish_call(call_id, Outcome.ABANDONED)
            return None
        await records.finish_call(call_id, Outcome.APPOINTMENT)
        return booked.number

    numbers = await asyncio.gather(*(caller(at) for at in range(50)))
    assert len([number for number in numbers if number]) == 1


async def test_two_machines_give_a_place_once(
    records: Records, slot: Slot, filled_url: str, clock: StoppedClock
) -> None:
    other = await Records.open(filled_url, clock=clock, instance="another machine")
    machines = [records, other]
    for at in range(20):
        await machines[at % 2].start_call(f"caller {at}", None)
    try:
        holds = await asyncio.gather(
            *(machines[at % 2].appointments.hold(slot, f"caller {at}") for at in range(20)),
            return_exceptions=True,
        )
    finally:
        await other.close()
    assert len([hold for hold in holds if not isinstance(hold, BaseException)]) == 1
    assert len([hold for hold in holds if isinstance(hold, SlotTaken)]) == 19


async def test_three_desks_take_three_of_fifty(records: Records, slot: Slot) -> None:
    await records.directory.set_desks(slot.branch.code, 3)
    for at in range(50):
        await records.start_call(f"caller {at}", None)
    holds = await asyncio.gather(
        *(records.appointments.hold(slot, f"caller {at}") for at in range(50)),
        return_exceptions=True,
    )
    kept = [hold for hold in holds if not isinstance(hold, BaseException)]
    assert len(kept) == 3
    assert all(isinstance(hold, SlotTaken) for hold in holds if hold not in kept)
    booked = await asyncio.gather(*(records.appointments.book(hold, PERSON) for hold in kept))
    assert len({appointment.number for appointment in booked}) == 3
    assert slot not in await find(records)


async def test_local_feasts_close_one_branch_and_strikes_all(records: Records, slot: Slot) -> None:
    await records.directory.close_on(slot.day, "τοπική εορτή", branch=slot.branch.code)
    assert (await find(records))[0].day == date(2026, 11, 26)
    assert (await find(records, place="Αιγάλεω"))[0].day == slot.day
    await records.directory.close_on(date(2026, 11, 26), "απεργία")
    assert (await find(records))[0].day == date(2026, 11, 27)
    assert (await find(records, place="Αιγάλεω", limit=100))[12].day == date(2026, 11, 27)
