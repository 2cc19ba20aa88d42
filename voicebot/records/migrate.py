"""Bring the tables to a revision, in one transaction."""

from __future__ import annotations

from pathlib import Path

import alembic.command
import alembic.config
import alembic.script
from alembic.runtime.migration import MigrationContext
from sqlalchemy.engine import Connection

from voicebot.records.database import Database, lock_setup
from voicebot.records.errors import RecordsUnavailable

_MIGRATIONS = Path(__file__).parent / "migrations"


def config() -> alembic.config.Config:
    """Alembic's settings."""
    settings = alembic.config.Config()
    settings.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    return settings


async def upgrade(database: Database, revision: str = "head") -> None:
    """Go forward to a revision.

    Raises:
        RecordsUnavailable: the database cannot be used, or it is newer than this program.
    """

    def work(connection: Connection) -> None:
        lock_setup(connection)
        _refuse_newer(connection)
        settings = config()
        settings.attributes["connection"] = connection
        alembic.command.upgrade(settings, revision)

    await database.run_sync(work)


async def downgrade(database: Database, revision: str = "base") -> None:
    """Go back to a revision. Data of the tables that go are lost.

    Raises:
        RecordsUnavailable: the database cannot be used.
    """

    def work(connection: Connection) -> None:
        lock_setup(connection)
        settings = config()
        settings.attributes["connection"] = connection
        alembic.command.downgrade(settings, revision)

    await database.run_sync(work)


def _refuse_newer(connection: Connection) -> None:
    known = {
        script.revision
        for script in alembic.script.ScriptDirectory.from_config(config()).walk_revisions()
    }
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise RecordsUnavailable(
            f"the database is at revision {current}, which this version of the program does not "
            "know; install the newer version that made it"
        )
