from __future__ import annotations

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

from voicebot.records import Records, RecordsUnavailable
from voicebot.records.database import Database
from voicebot.records.migrate import downgrade, upgrade
from voicebot.records.models import Base


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_up_gives_the_tables_of_the_code_and_down_none(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))

    await upgrade(database)
    assert await database.run_sync(differences) == []
    assert await database.run_sync(tables) == {*Base.metadata.tables, "alembic_version"}
    await downgrade(database)
    assert await database.run_sync(tables) == {"alembic_version"}
    await upgrade(database)
    assert await database.run_sync(differences) == []


async def test_up_again_changes_nothing(database: Database) -> None:
    await upgrade(database)
    await upgrade(database)


async def test_a_newer_database_is_left_alone(database: Database, url: str) -> None:
    await upgrade(database)

    def to_the_future(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    await database.run_sync(to_the_future)
    with pytest.raises(RecordsUnavailable, match=r"revision 9999.*newer version"):
        await Records.open(url)


async def test_many_can_start_at_once(url: str) -> None:
    opened = await asyncio.gather(*(Records.open(url, instance=str(at)) for at in range(4)))
    for records in opened:
        await records.close()
