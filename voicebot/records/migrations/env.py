"""Alembic's way in. Runs on the connection that `voicebot.records.migrate` hands over, or, from
Alembic's own command line, on a new one to `sqlalchemy.url`."""

from __future__ import annotations

import asyncio
from typing import Literal

from alembic import context
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeEngine

from voicebot.records.database import Database
from voicebot.records.models import Base


def plain_type(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our column types down as what they are in the database, so that old migrations do not
    change with the code."""
    if kind == "type" and type(item).__module__ == "voicebot.records.models.base":
        implementation: TypeEngine[object] = item.impl_instance  # type: ignore[attr-defined]
        return f"sa.{implementation!r}"
    return False


def run(connection: Connection) -> None:
    """Migrate on an open connection; its owner commits."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=plain_type,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_alone() -> None:
    """Migrate on a connection of our own."""
    url = context.config.get_main_option("sqlalchemy.url")
    if not url:
        raise SystemExit("alembic: set sqlalchemy.url, or use `voicebot records upgrade`")
    database = Database(url)
    try:
        await database.run_sync(run)
    finally:
        await database.close()


given = context.config.attributes.get("connection")
if given is None:
    asyncio.run(run_alone())
else:
    run(given)
