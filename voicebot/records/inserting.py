"""Insert a row unless a unique constraint says that its place is taken."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.models import Base


async def insert_if_free(session: AsyncSession, table: type[Base], **values: Any) -> Any | None:
    """The key of the new row, or None when its place is taken. The transaction goes on either way.

    On PostgreSQL this waits for a transaction that is about to take the same place, and inserts
    when that one is undone.
    """
    key = inspect(table).primary_key[0]
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return await session.scalar(
        insert(table).values(**values).on_conflict_do_nothing().returning(key)
    )
