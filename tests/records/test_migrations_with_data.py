"""Every revision is walked down and up with promises in the tables, on both databases."""

from __future__ import annotations

from datetime import timedelta

import alembic.script
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.records.conftest import StoppedClock
from voicebot.records import (
    Agency,
    MessageChannel,
    Notice,
    Outcome,
    Person,
    Records,
    Slot,
    Speaker,
    Turn,
    Window,
)
from voicebot.records.database import Database
from voicebot.records.messages import NewMessage
from voicebot.records.migrate import config, downgrade, upgrade

# What the first revision already had, in an order in which it can be compared.
FIRST_TABLES = {
    "calls": "call_id",
    "turns": "turn_id",
    "notices": "notice_id",
    "handoffs": "handoff_id",
    "issued_numbers": "number",
    "branches": "code",
    "categories": "agency, code",
    "closures": "closure_id",
    "appointments": "number",
    "reservations": "reservation_id",
    "callbacks": "callback_id",
    "cases": "number",
    "case_events": "event_id",
}


Rows = dict[str, list[dict[str, object]]]


def revisions() -> list[str]:
    """From the first to the last."""
    found = alembic.script.ScriptDirectory.from_config(config()).walk_revisions()
    return [script.revision for script in found][::-1]


@pytest.fixture
async def lived_in(filled_url: str, records: Records, slot: Slot, clock: StoppedClock) -> Database:
    """A database in which there is something of everything."""
    await records.add_turn("call", Turn(Speaker.CALLER, "θέλω ραντεβού", intent="APPOINTMENT"))
    await records.note_notice("call", Notice.AI, completed=True)
    await records.handoffs.request("call", "asked", summary="θέμα", captured=[("place", "Αθήνα")])
    hold = await records.appointments.hold(slot, "call")
    await records.appointments.book(
        hold, Person("Άννα Ιωάννου", "094019245", "6945123456", email="anna@example.gr")
    )
    window = Window(clock.now + timedelta(hours=1), clock.now + timedelta(hours=2))
    await records.callbacks.request("6945123456", window, "E01", "call")
    case = await records.cases.open(
        Agency.EFKA, "E02", "πορεία", call_id="call", phone="6945123456"
    )
    await records.messages.queue(
        NewMessage(MessageChannel.SMS, "6945123456", "κείμενο", "case_answer", "one", about=case)
    )
    await records.finish_call("call", Outcome.APPOINTMENT)
    return Database(filled_url)


async def contents(database: Database) -> Rows:
    """The rows of the first tables as the database itself gives them."""

    async def work(session: AsyncSession) -> Rows:
        return {
            table: [
                dict(row)
                for row in (
                    await session.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))
                ).mappings()
            ]
            for table, order in FIRST_TABLES.items()
        }

    return await database.read(work)


def common(one: Rows, other: Rows) -> Rows:
    """The rows of one with the columns that the other has too: what a revision adds goes and comes
    back empty."""
    return {
        table: [
            {column: row[column] for column in row if column in other[table][0]} for row in rows
        ]
        for table, rows in one.items()
        if other[table]
    }


async def test_promises_survive_every_step(lived_in: Database) -> None:
    try:
        steps = {"head": await contents(lived_in)}
        assert all(steps["head"][table] for table in FIRST_TABLES if table != "closures")
        known = revisions()
        for revision in known[-2::-1]:
            await downgrade(lived_in, revision)
            steps[f"down to {revision}"] = await contents(lived_in)
        for revision in known[1:]:
            await upgrade(lived_in, revision)
            steps[f"up to {revision}"] = await contents(lived_in)
    finally:
        await lived_in.close()
    head = steps["head"]
    lengths = {table: len(found) for table, found in head.items()}
    first = steps[f"down to {known[0]}"]
    for step, rows in steps.items():
        assert {table: len(found) for table, found in rows.items()} == lengths, step
        assert common(common(rows, first), head) == common(common(first, rows), head), step


async def test_a_database_of_each_revision_can_be_used_again(
    lived_in: Database, filled_url: str, clock: StoppedClock
) -> None:
    try:
        for revision in revisions()[-2::-1]:
            await downgrade(lived_in, revision)
            records = await Records.open(filled_url, clock=clock, instance="test")
            try:
                await records.start_call(f"after {revision}", "+306945123456")
                await records.cases.open(Agency.EFKA, "E02", "πορεία", phone="6945123456")
                await records.finish_call(f"after {revision}", Outcome.CASE)
                assert (await records.audit.verify()).broken_at is None
            finally:
                await records.close()
    finally:
        await lived_in.close()
