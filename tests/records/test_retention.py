"""Retention and what one person may ask for, on both databases."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.ext.asyncio import AsyncSession

from tests.records.conftest import StoppedClock
from voicebot.records import (
    Agency,
    InvalidRecord,
    MessageChannel,
    Outcome,
    Person,
    Records,
    Slot,
    Speaker,
    Turn,
    Window,
)
from voicebot.records.inventory import NOT_PERSONAL, TREATMENTS, DataClass
from voicebot.records.messages import SEND, NewMessage
from voicebot.records.models import Base, CallRow
from voicebot.settings import Retention as Times

PHONE, AFM = "+306945123456", "094019245"
NAME = "Άννα Ιωάννου"
TRACES = (NAME, AFM, PHONE, "anna@example.gr", "λογιστής μου")
TIMES = Times()


async def everything(records: Records) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables."""

    async def work(session: AsyncSession) -> dict[str, list[dict[str, Any]]]:
        return {
            mapper.class_.__tablename__: [
                {one.key: getattr(row, one.key) for one in inspect(mapper.class_).column_attrs}
                for row in await session.scalars(select(mapper.class_))
            ]
            for mapper in Base.registry.mappers
        }

    return await records.work.transaction(work)


async def traces(records: Records) -> set[str]:
    """The tables in which something of Anna can be read."""
    return {
        table
        for table, rows in (await everything(records)).items()
        if any(trace in repr(rows) for trace in TRACES)
    }


@dataclass
class Life:
    """What Anna has to do with the line."""

    appointment: str
    case: str


@pytest.fixture
async def life(records: Records, slot: Slot, clock: StoppedClock) -> Life:
    """One call in which she books, asks to be rung back, and a case is opened; a message."""
    await records.add_turn("call", Turn(Speaker.CALLER, "θα έρθει ο λογιστής μου"))
    await records.handoffs.request(
        "call", "asked", topic="E01", summary="ο λογιστής μου", captured=[("name", NAME)]
    )
    hold = await records.appointments.hold(slot, "call")
    appointment = await records.appointments.book(
        hold, Person(NAME, AFM, PHONE, email="anna@example.gr")
    )
    window = Window(clock.now + timedelta(hours=1), clock.now + timedelta(hours=2))
    await records.callbacks.request(PHONE, window, "E01", "call")
    case = await records.cases.open(
        Agency.EFKA,
        "E02",
        "ο λογιστής μου",
        call_id="call",
        name=NAME,
        phone=PHONE,
        afm=AFM,
        captured=[("name", NAME)],
    )
    await records.messages.queue(
        NewMessage(
            MessageChannel.SMS, PHONE, f"Προς {NAME}", "reminder", "one", about=appointment.number
        )
    )
    await records.finish_call("call", Outcome.APPOINTMENT)
    return Life(appointment.number, case)


async def keep_all(records: Records, life: Life) -> None:
    """Every promise comes to its end."""
    await records.appointments.cancel(life.appointment)
    assert await records.callbacks.cancel(PHONE) == 1
    await records.cases.close(life.case, "agent", "έτοιμο")
    for work in await records.work.claim([SEND], 10, timedelta(minutes=1)):
        await records.messages.begin(work)
        await records.messages.sent(work, None)


def test_every_table_is_in_the_inventory() -> None:
    treated = {treatment.table.__tablename__ for treatment in TREATMENTS}
    assert treated | NOT_PERSONAL.keys() == set(Base.metadata.tables)
    assert not treated & NOT_PERSONAL.keys()


def test_every_class_has_its_time() -> None:
    assert {f"{data}_days" for data in DataClass} == set(Times.model_fields)


async def test_what_is_young_stays(records: Records, life: Life, clock: StoppedClock) -> None:
    await keep_all(records, life)
    clock.forward(days=29)
    before = await everything(records)
    assert set((await records.retention.due(TIMES)).values()) == {0}
    assert set((await records.retention.purge(TIMES)).values()) == {0}
    assert await everything(records) == before


async def test_what_is_open_stays_however_old(
    records: Records, life: Life, clock: StoppedClock
) -> None:
    clock.forward(days=36_000)
    before = await everything(records)
    await records.retention.purge(TIMES)
    after = await everything(records)
    for table in ("callbacks", "cases", "messages"):
        assert after[table] == before[table], table


async def test_each_class_goes_at_its_time_and_what_may_stay_stays(
    records: Records, life: Life, clock: StoppedClock
) -> None:
    await keep_all(records, life)
    assert await traces(records) >= {
        "appointments",
        "callbacks",
        "cases",
        "messages",
        "handoffs",
        "turns",
    }
    clock.forward(days=91)
    announced = await records.retention.due(TIMES)
    assert await records.retention.purge(TIMES) == announced
    assert await traces(records) == {"appointments", "cases"}
    clock.forward(days=120)
    await records.retention.purge(TIMES)
    assert await traces(records) == {"cases"}
    clock.forward(days=2000)
    await records.retention.purge(TIMES)
    assert await traces(records) == set()
    tables = await everything(records)
    assert tables["calls"] == []
    assert [row["number"] for row in tables["appointments"]] == [life.appointment]
    assert [row["number"] for row in tables["cases"]] == [life.case]
    assert set((await records.retention.purge(TIMES)).values()) == {0}
    verdict = await records.audit.verify()
    assert verdict.broken_at is None
    purges = await records.audit.about("retention")
    assert len(purges) == 3


async def test_many_rows_go_in_batches(records: Records, clock: StoppedClock) -> None:
    for number in range(1203):
        await records.add_turn("call", Turn(Speaker.BOT, str(number)))
    await records.finish_call("call", Outcome.ANSWERED)
    clock.forward(days=91)
    assert (await records.retention.purge(TIMES))[DataClass.TURNS] == 1203
    assert await records.transcript("call") == ()


async def test_the_export_holds_everything(records: Records, life: Life) -> None:
    for asked in ({"afm": AFM}, {"phone": "694 512 3456"}, {"phone": PHONE, "afm": AFM}):
        found = await records.privacy.export(who="dpo", **asked)
        text = json.dumps(found, ensure_ascii=False)
        assert [row["number"] for row in found["appointments"]] == [life.appointment]
        assert [row["number"] for row in found["cases"]] == [life.case]
        assert [row["call_id"] for row in found["calls"]] == ["call"]
        assert len(found["turns"]) == 1
        assert len(found["handoffs"]) == 1
        assert len(found["messages"]) == 1
        assert "anna@example.gr" in text
        assert bool(found["callbacks"]) is ("phone" in asked)


async def test_the_export_holds_nobody_else(records: Records, life: Life) -> None:
    found = await records.privacy.export(who="dpo", phone="6977123456")
    assert [name for name, rows in found.items() if isinstance(rows, list) and rows] == []


async def test_open_promises_are_not_forgotten(
    records: Records, life: Life, clock: StoppedClock
) -> None:
    before = await everything(records)
    done = await records.privacy.forget(who="dpo", phone=PHONE, afm=AFM)
    assert done.kept == {"appointments": 1, "callbacks": 1, "cases": 1, "messages": 1}
    after = await everything(records)
    for table in ("appointments", "callbacks", "cases", "messages", "turns"):
        assert after[table] == before[table], table


async def test_a_person_is_forgotten(records: Records, life: Life, clock: StoppedClock) -> None:
    await keep_all(records, life)
    planned = await records.privacy.forget(who="dpo", phone=PHONE, afm=AFM, dry_run=True)
    assert await traces(records) != set()
    done = await records.privacy.forget(who="dpo", phone=PHONE, afm=AFM)
    assert done == planned
    assert done.kept == {}
    assert await traces(records) == set()
    found = await records.privacy.export(who="dpo", phone=PHONE, afm=AFM)
    assert [name for name, rows in found.items() if isinstance(rows, list) and rows] == []
    tables = await everything(records)
    assert [row["caller_number"] for row in tables["calls"]] == [None]
    assert (await records.outcomes())[Outcome.APPOINTMENT] == 1
    assert (await records.audit.verify()).broken_at is None


async def test_others_are_not_forgotten(records: Records, life: Life) -> None:
    await keep_all(records, life)
    before = await everything(records)
    await records.privacy.forget(who="dpo", phone="6977123456", afm="123456783")
    after = await everything(records)
    before.pop("audit")
    assert after.pop("audit")
    assert after == before


async def test_requests_are_in_the_audit_without_the_person(records: Records, life: Life) -> None:
    await records.privacy.export(who="dpo", phone=PHONE, afm=AFM)
    await records.privacy.forget(who="dpo", afm=AFM)

    async def work(session: AsyncSession) -> list[tuple[str, str]]:
        from voicebot.records.models import AuditRow

        rows = await session.scalars(
            select(AuditRow).where(AuditRow.what.like("person.%")).order_by(AuditRow.sequence)
        )
        return [(row.what, row.subject) for row in rows]

    assert await records.work.transaction(work) == [
        ("person.exported", "•••••••••456 ••••••245"),
        ("person.forgotten", "••••••245"),
    ]


@pytest.mark.parametrize("asked", [{}, {"afm": "123"}, {"phone": "κινητό"}])
async def test_a_person_must_be_named_well(records: Records, asked: dict[str, str]) -> None:
    with pytest.raises(InvalidRecord):
        await records.privacy.export(who="dpo", **asked)
    with pytest.raises(InvalidRecord):
        await records.privacy.forget(who="dpo", **asked)


async def test_calls_without_a_promise_keep_no_telephone(records: Records) -> None:
    await records.finish_call("call", Outcome.ANSWERED)

    async def work(session: AsyncSession) -> list[str | None]:
        return list(await session.scalars(select(CallRow.caller_number)))

    (shown,) = await records.work.transaction(work)
    assert shown is not None
    assert "6945123" not in shown
