"""Insert a row unless a unique constraint says that its place is taken."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Executable, inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.models import Base


async def insert_if_free(session: AsyncSession, table: type[Base], **values: Any) -> Any | None:
    """The key of the new row, or None when its place is taken. The transaction goes on either way.

    On PostgreSQL this waits for a transaction that is about to take the same place, and inserts
    when that one is undone.
    """
    return await session.scalar(_statement(table, session.get_bind().dialect.name), values)


@cache
def _statement(table: type[Base], dialect: str) -> Executable:
    # Made once for each table, and for the table itself: what a promise makes due comes by here.
    key = inspect(table).primary_key[0]
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(Base.metadata.tables[table.__tablename__]).on_conflict_do_nothing().returning(key)
