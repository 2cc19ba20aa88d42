"""Writers that share a commit on SQLite: each is all or nothing, none waits for something else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import InvalidRecord
from voicebot.records.database import Database

CREATE = "CREATE TABLE things (thing INTEGER PRIMARY KEY CHECK (thing >= 0), word TEXT)"


@pytest.fixture
async def things(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'things.db'}")
    await database.write(lambda session: session.execute(text(CREATE)))
    yield database
    await database.close()


async def put(database: Database, thing: int, fail: type[Exception] | None = None) -> None:
    async def work(session: AsyncSession) -> None:
        await session.execute(text("INSERT INTO things VALUES (:thing, 'a')"), {"thing": thing})
        if fail is not None:
            raise fail

    await database.write(work)


async def stored(database: Database) -> set[int]:
    async def work(session: AsyncSession) -> set[int]:
        return set(await session.scalars(text("SELECT thing FROM things")))

    return await database.read(work)


async def test_many_share_a_commit_and_one_that_fails_is_undone_alone(things: Database) -> None:
    commits = 0

    @event.listens_for(Connection, "commit")
    def count(_: Connection) -> None:
        nonlocal commits
        commits += 1

    try:
        results = await asyncio.gather(
            *(put(things, thing, KeyError if thing == 7 else None) for thing in range(40)),
            things.write_one(text("INSERT INTO things VALUES (:thing, 'b')"), {"thing": 3}),
            things.write_one(text("INSERT INTO things VALUES (:thing, 'b')"), {"thing": 50}),
            put(things, -1),
            return_exceptions=True,
        )
    finally:
        event.remove(Connection, "commit", count)
    failed = [type(result) for result in results if result is not None]
    assert failed == [KeyError, InvalidRecord, InvalidRecord]
    assert await stored(things) == {*range(40), 50} - {7}
    assert commits < 10


async def test_a_statement_gives_its_first_value(things: Database) -> None:
    insert = text("INSERT INTO things VALUES (:thing, 'a') RETURNING thing")
    assert await things.write_one(insert, {"thing": 5}) == 5
    assert await things.write_one(text("UPDATE things SET word = :word"), {"word": "b"}) is None


async def test_work_that_waits_for_something_else_is_refused(things: Database) -> None:
    async def work(session: AsyncSession) -> None:
        await session.execute(text("INSERT INTO things VALUES (1, 'a')"))
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="wait for the database only"):
        await things.write(work)
    assert await stored(things) == set()
    await put(things, 1)
