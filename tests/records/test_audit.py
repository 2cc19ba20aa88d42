from __future__ import annotations

import asyncio
import json

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from tests.records.conftest import StoppedClock
from voicebot.records import InvalidRecord, Records, RecordsUnavailable
from voicebot.records.audit import BEGINNING, Detail, Verdict, append
from voicebot.records.database import Database


async def note(records: Records, subject: str, **details: Detail) -> int:
    async def work(session: AsyncSession) -> int:
        return await append(session, "who", "thing.changed", subject, details)

    return await records.work._database.write(work)


async def tamper(records: Records, statement: str) -> None:
    """Change the chain as somebody would who owns the database."""

    async def work(session: AsyncSession) -> None:
        if records.work._database.is_sqlite:
            for trigger in ("audit_no_update", "audit_no_delete"):
                await session.execute(text(f"DROP TRIGGER IF EXISTS {trigger}"))
        else:
            await session.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        await session.execute(text(statement))

    await records.work._database.write(work)


async def test_the_chain_grows_and_is_sound(records: Records) -> None:
    assert await records.audit.verify() == Verdict(0, BEGINNING)
    assert [await note(records, "12345674", level=2, note=text) for text in "abc"] == [1, 2, 3]
    links = await records.audit.about("12345674")
    assert [link.previous for link in links] == [BEGINNING, links[0].hash, links[1].hash]
    assert json.loads(links[0].details) == {"level": 2, "note": "a"}
    assert await records.audit.verify() == Verdict(3, links[2].hash)


async def test_a_change_that_is_undone_leaves_no_link(records: Records) -> None:
    async def work(session: AsyncSession) -> None:
        await append(session, "who", "thing.changed", "1")
        raise KeyError("undone")

    with pytest.raises(KeyError):
        await records.work._database.write(work)
    assert await note(records, "1") == 1


async def test_personal_values_stay_out(records: Records) -> None:
    await note(records, "1", reason="κάλεσε από 6945123456, ΑΦΜ 123456783")
    (link,) = await records.audit.about("1")
    assert "6945123456" not in link.details
    assert "123456783" not in link.details
    with pytest.raises(InvalidRecord, match="personal"):
        await note(records, "1", phone="6945123456")


async def test_the_database_refuses_to_change_or_delete(records: Records) -> None:
    await note(records, "1")
    statements = ["UPDATE audit SET who = 'x'", "DELETE FROM audit"]
    if not records.work._database.is_sqlite:
        statements.append("TRUNCATE audit")
    for statement in statements:

        async def work(session: AsyncSession, wanted: str = statement) -> None:
            await session.execute(text(wanted))

        with pytest.raises((RecordsUnavailable, InvalidRecord), match="only added"):
            await records.work._database.write(work)
    assert (await records.audit.verify()).rows == 1


@pytest.mark.parametrize(
    ("statement", "row", "reason"),
    [
        ("UPDATE audit SET who = 'x' WHERE sequence = 3", 3, "changed"),
        ("UPDATE audit SET details = '{}' WHERE sequence = 1", 1, "changed"),
        ("UPDATE audit SET at = '2020' || substr(at, 5) WHERE sequence = 5", 5, "changed"),
        ("DELETE FROM audit WHERE sequence = 2", 2, "row 3 follows row 1"),
        ("DELETE FROM audit WHERE sequence = 1", 1, "row 2 follows row 0"),
        ("UPDATE audit SET previous = hash WHERE sequence = 4", 4, "does not continue"),
    ],
)
async def test_the_first_broken_row_is_named(
    records: Records, statement: str, row: int, reason: str
) -> None:
    for number in range(5):
        await note(records, str(number), value=number)
    await tamper(records, statement)
    verdict = await records.audit.verify()
    assert verdict.broken_at == row
    assert verdict.reason is not None
    assert reason in verdict.reason
    assert verdict.rows == row - 1


async def test_an_end_that_was_cut_off_is_found_by_who_noted_it(records: Records) -> None:
    for number in range(5):
        await note(records, str(number))
    noted = await records.audit.verify()
    assert await records.audit.verify((noted.rows, noted.head)) == noted
    await tamper(records, "DELETE FROM audit WHERE sequence > 3")
    assert (await records.audit.verify()).broken_at is None
    assert (await records.audit.verify((noted.rows, noted.head))).broken_at == 4
    await note(records, "3")
    await note(records, "another")
    found = await records.audit.verify((noted.rows, noted.head))
    assert found.broken_at == 5
    assert found.reason is not None
    assert "made anew" in found.reason


async def test_many_append_at_once(filled_url: str, records: Records, clock: StoppedClock) -> None:
    databases = [Database(filled_url, busy_timeout_s=10) for _ in range(4)]

    async def work(session: AsyncSession) -> None:
        await append(session, "who", "what", "1", now=clock.now)

    try:
        await asyncio.gather(*(database.write(work) for database in databases for _ in range(12)))
    finally:
        for database in databases:
            await database.close()
    verdict = await records.audit.verify()
    assert (verdict.rows, verdict.broken_at) == (48, None)
