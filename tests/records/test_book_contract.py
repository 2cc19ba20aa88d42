"""What every book of appointments does, kept by ourselves or by an outside system.

The same tests run on the embedded book and on the adapter, which talks to the reference server;
what goes over the wire is checked against the published contract besides.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.records.conftest import Server, StoppedClock
from tests.records.reference_book import CONTRACT, contract, create_app
from voicebot.records import (
    Agency,
    AlreadyFinished,
    AppointmentBook,
    AppointmentStatus,
    DateRange,
    InvalidRecord,
    NotFound,
    Person,
    Records,
    Slot,
    SlotTaken,
    TimeRange,
    TooLate,
    VisitChannel,
)
from voicebot.records.book_client import BookClient, Patience

PERSON = Person(name="Ελένη  Παπαδάκη", afm="094019245", mobile="694 512 3456")
TOKEN = "secret"


class ContractTransport(httpx.ASGITransport):
    """Checks every request and answer against the published contract on its way."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self._document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
        self.used: set[str] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        operation = self._operation(request.method.lower(), request.url.path)
        self.used.add(operation["operationId"])
        body = operation.get("requestBody")
        if body is not None:
            self._check(body, json.loads(request.content))
        names = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"}
        assert set(request.url.params) <= names
        response = await super().handle_async_request(request)
        content = await response.aread()
        answer = operation["responses"][str(response.status_code)]
        if "content" in answer:
            self._check(answer, json.loads(content))
        return httpx.Response(response.status_code, headers=response.headers, content=content)

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        def fits(template: str) -> bool:
            parts, given = template.strip("/").split("/"), path.strip("/").split("/")
            return len(parts) == len(given) and all(
                part == one or part.startswith("{") for part, one in zip(parts, given, strict=True)
            )

        # An address in full goes before one with a parameter.
        templates = sorted(filter(fits, self._document["paths"]), key=lambda one: one.count("{"))
        found: dict[str, Any] = self._document["paths"][templates[0]][method]
        return found

    def _check(self, part: dict[str, Any], value: object) -> None:
        schema = part["content"]["application/json"]["schema"]
        Draft202012Validator({**schema, "components": self._document["components"]}).validate(value)


@dataclass
class Desk:
    """A book under test, and what it stands on."""

    book: AppointmentBook
    records: Records
    clock: StoppedClock
    transport: ContractTransport | None

    async def find(self, **wishes: object) -> tuple[Slot, ...]:
        wishes = {"place": "Περιστέρι", "category": "pensions_award", **wishes}
        return await self.book.find_slots(Agency.EFKA, **wishes)  # type: ignore[arg-type]

    async def booked(self, slot: Slot, call: str = "call") -> Any:
        return await self.book.book(await self.book.hold(slot, call), PERSON)


@pytest.fixture(params=["embedded", "http"])
async def desk(
    request: pytest.FixtureRequest,
    filled_url: str,
    server: Server,
    clock: StoppedClock,
    tmp_path: Path,
) -> AsyncIterator[Desk]:
    (tmp_path / "ours").mkdir()
    if request.param == "embedded":
        records = await Records.open(filled_url, clock=clock, instance="test")
        await records.start_call("call", "+306945123456")
        yield Desk(records.appointments, records, clock, None)
        await records.close()
        return
    outside = await Records.open(filled_url, clock=clock, instance="outside")
    transport = ContractTransport(create_app(outside, token=TOKEN))
    patience = Patience(deadline_s=60)  # a busy machine may be slow
    client = BookClient("http://book", token=TOKEN, patience=patience, transport=transport)
    ours = server.copy_of_template(tmp_path / "ours")
    records = await Records.open(ours, clock=clock, instance="test", book=client)
    await records.start_call("call", "+306945123456")
    yield Desk(records.appointments, records, clock, transport)
    await records.close()
    await outside.close()


async def test_categories_and_branches(desk: Desk) -> None:
    kinds = await desk.book.categories(Agency.EFKA)
    assert [kind.code for kind in kinds][:2] == ["pensions_award", "pensions_payment"]
    assert "amka" in next(kind.asks for kind in kinds if kind.code == "registry_amka")
    assert await desk.book.categories(Agency.LABOUR) == ()
    namesakes = await desk.book.branches(Agency.DYPA, "ΑΜΠΕΛΟΚΗΠΟΙ")
    assert [branch.region for branch in namesakes] == ["Αττική", "Θεσσαλονίκη"]
    one = await desk.book.branches(Agency.DYPA, "Αμπελόκηποι", region="αττικη")
    assert one == namesakes[:1]
    crete = await desk.book.branches(Agency.KEP, "Κρήτη", channel=VisitChannel.IN_PERSON)
    assert "ΚΕΠ Χανιά" in [branch.name for branch in crete]
    assert await desk.book.branches(Agency.EFKA, "Παρίσι") == ()


async def test_free_times_by_wish(desk: Desk) -> None:
    slots = await desk.find(
        days=DateRange(date(2026, 11, 27), date(2026, 12, 1)),
        times=TimeRange(time(12), time(13)),
        per_day=1,
    )
    assert [slot.starts_at.isoformat() for slot in slots] == [
        "2026-11-27T12:00:00+02:00",
        "2026-11-30T12:00:00+02:00",
        "2026-12-01T12:00:00+02:00",
    ]
    assert await desk.find(days=DateRange(date(2027, 1, 4), date(2027, 1, 8))) == ()
    assert await desk.find(days=DateRange(date(2026, 12, 2), date(2026, 12, 1))) == ()
    code = slots[0].branch.code
    assert (await desk.find(place=None, branch=code, limit=1))[0].branch == slots[0].branch
    video = await desk.find(channel=VisitChannel.VIDEO, limit=1)
    assert video[0].branch.place is None
    with pytest.raises(NotFound):
        await desk.book.find_slots(Agency.EFKA, "nothing")


async def test_from_hold_to_cancelled(desk: Desk) -> None:
    first, second, _ = await desk.find()
    hold = await desk.book.hold(first, "call")
    assert hold.slot == first
    assert hold.expires_at == desk.clock.now + timedelta(minutes=2)
    assert (await desk.find())[0] == second
    booked = await desk.book.book(hold, replace(PERSON, amka="15037412341"))
    assert booked.slot == first
    assert booked.person == Person("Ελένη Παπαδάκη", "094019245", "+306945123456")
    assert booked.status is AppointmentStatus.BOOKED
    assert (await desk.book.find(booked.number)).person == booked.person
    by_person = desk.book.find_by_person
    assert [one.number for one in await by_person("094019245", "6945123456")] == [booked.number]
    assert await by_person("094019245", "6945123457") == ()
    assert await by_person("x", "y") == ()

    moved = await desk.book.change(booked.number, await desk.book.hold(second, "call"))
    assert (moved.number, moved.slot) == (booked.number, second)
    assert moved.status is AppointmentStatus.CHANGED
    assert (await desk.find())[0] == first
    cancelled = await desk.book.cancel(booked.number)
    assert cancelled.status is AppointmentStatus.CANCELLED
    with pytest.raises(AlreadyFinished):
        await desk.book.cancel(booked.number)
    for unknown in ("00000000", "12345678", "δεν έχω"):
        with pytest.raises(NotFound):
            await desk.book.find(unknown)


async def test_refusals(desk: Desk) -> None:
    slot = (await desk.find())[0]
    for wrong in (
        replace(slot, starts_at=slot.starts_at + timedelta(minutes=7)),
        replace(slot, starts_at=slot.starts_at - timedelta(days=7)),
    ):
        with pytest.raises(SlotTaken):
            await desk.book.hold(wrong, "call")
    hold = await desk.book.hold(slot, "call")
    for person in (replace(PERSON, afm="094019246"), replace(PERSON, name=" ")):
        with pytest.raises(InvalidRecord):
            await desk.book.book(hold, person)
    booked = await desk.book.book(hold, PERSON)
    with pytest.raises(SlotTaken):
        await desk.book.book(hold, PERSON)
    other = (await desk.find(days=DateRange(date(2026, 12, 1), date(2026, 12, 1))))[0]
    desk.clock.now = slot.starts_at - timedelta(minutes=59)
    with pytest.raises(TooLate):
        await desk.book.cancel(booked.number)
    with pytest.raises(TooLate):
        await desk.book.change(booked.number, await desk.book.hold(other, "call"))


async def test_a_hold_keeps_others_out_until_it_runs_out(desk: Desk) -> None:
    slot = (await desk.find())[0]
    await desk.records.start_call("other", None)
    first = await desk.book.hold(slot, "call")
    with pytest.raises(SlotTaken):
        await desk.book.hold(slot, "other")
    desk.clock.forward(minutes=2)
    second = await desk.book.hold(slot, "other")
    with pytest.raises(SlotTaken):
        await desk.book.book(first, PERSON)
    await desk.book.book(second, PERSON)


async def test_one_call_holds_one_time_and_hanging_up_releases_it(desk: Desk) -> None:
    first, second, _ = await desk.find()
    old = await desk.book.hold(first, "call")
    new = await desk.book.hold(second, "call")
    with pytest.raises(SlotTaken):
        await desk.book.book(old, PERSON)
    await desk.records.finish_call("call", "abandoned")  # type: ignore[arg-type]
    assert (await desk.find())[:2] == (first, second)
    with pytest.raises(SlotTaken):
        await desk.book.book(new, PERSON)


async def test_twenty_calls_want_the_last_place(desk: Desk) -> None:
    slot = (await desk.find())[0]
    for at in range(20):
        await desk.records.start_call(f"caller {at}", None)

    async def caller(at: int) -> bool:
        try:
            await desk.booked(slot, f"caller {at}")
        except SlotTaken:
            return False
        return True

    assert sum(await asyncio.gather(*(caller(at) for at in range(20)))) == 1


async def test_what_is_promised_is_announced_and_noted(desk: Desk) -> None:
    """Confirmation, reminders and the audit are written by us, whoever keeps the book."""
    next_week = DateRange(date(2026, 12, 1), date(2026, 12, 1))
    late = await desk.find(days=next_week, times=TimeRange(time(12), time(12)))
    booked = await desk.booked(late[0])
    due = await desk.records.work.about("appointment_notice", booked.number)
    assert {one.key for one in due} == {"booked", "day_before", "two_hours"}
    await desk.book.cancel(booked.number)
    links = await desk.records.audit.about(booked.number)
    assert [link.what for link in links] == ["appointment.booked", "appointment.cancelled"]


async def test_every_operation_of_the_contract_is_used(desk: Desk) -> None:
    if desk.transport is None:
        return
    first, second, third = await desk.find()
    await desk.book.categories(Agency.EFKA)
    await desk.book.branches(Agency.EFKA)
    booked = await desk.booked(first)
    await desk.book.change(booked.number, await desk.book.hold(second, "call"))
    await desk.book.hold(third, "call")
    await desk.book.release("call")
    await desk.book.find(booked.number)
    await desk.book.find_by_person(PERSON.afm, PERSON.mobile)
    await desk.book.cancel(booked.number)
    document = yaml.safe_load(CONTRACT.read_text(encoding="utf-8"))
    published = {
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    }
    assert desk.transport.used == published


def test_the_published_contract_is_the_one_that_is_served() -> None:
    """When it is not: `python -m tests.records.reference_book`."""
    assert CONTRACT.read_text(encoding="utf-8") == contract()
