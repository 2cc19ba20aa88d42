"""The connection: one engine, transactions that are retried, errors that are typed.

Writers on SQLite queue for an asyncio lock and then take the write lock at BEGIN. Deferred
transactions would fail with "database is locked" when a reader turns writer while another writer
is ahead; the busy timeout is then left for other processes alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy.exc
import structlog
from sqlalchemy import event
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from voicebot.records.errors import InvalidRecord, RecordsUnavailable

_TRIES = 2
_RETRY_AFTER_S = 0.1
_WRITES = "voicebot_writes"
# An arbitrary key for PostgreSQL's advisory lock.
_SETUP_LOCK = 1555_0001

T = TypeVar("T")
Work = Callable[[AsyncSession], Awaitable[T]]

log = structlog.get_logger(__name__)


class Database:
    """Owns the engine; `read` and `write` run one unit of work in one transaction.

    Work must be repeatable: it runs again from the start after a failure that may pass.

    Args:
        url: an SQLAlchemy address with an async driver.
        busy_timeout_s: how long one try waits for a lock.

    Raises:
        RecordsUnavailable: the address is wrong or the folder cannot be made.
    """

    def __init__(self, url: str, *, busy_timeout_s: float = 2.0) -> None:
        try:
            self.url = make_url(url)
        except sqlalchemy.exc.ArgumentError as error:
            raise RecordsUnavailable(
                f"records.url: not a database address: {url!r}; write for example "
                "sqlite+aiosqlite:///var/records.db"
            ) from error
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._engine = self._make_engine(busy_timeout_s)
        self._writing_engine = self._engine.execution_options(**{_WRITES: True})
        self._writer = asyncio.Lock()
        self._patience_s = _TRIES * busy_timeout_s

    def _make_engine(self, busy_timeout_s: float) -> AsyncEngine:
        options: dict[str, Any]
        if self.is_sqlite:
            self._make_folder()
            options = {
                "connect_args": {"timeout": busy_timeout_s},
                "pool_timeout": _TRIES * busy_timeout_s,
            }
        else:
            milliseconds = int(busy_timeout_s * 1000)
            options = {
                "pool_pre_ping": True,
                "pool_size": 10,
                "max_overflow": 20,
                "pool_timeout": busy_timeout_s,
                "connect_args": {
                    "connect_timeout": max(2, round(busy_timeout_s)),
                    "options": f"-c lock_timeout={milliseconds}"
                    f" -c statement_timeout={milliseconds * 2} -c timezone=UTC",
                },
            }
        try:
            # Without hide_parameters, errors would carry names and numbers into the log.
            engine = create_async_engine(self.url, hide_parameters=True, **options)
        except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
            raise RecordsUnavailable(
                f"records.url: {self.url.render_as_string()}: {error}; use sqlite+aiosqlite or "
                "postgresql+psycopg"
            ) from error
        if self.is_sqlite:
            event.listen(engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(engine.sync_engine, "begin", _begin_sqlite)
        return engine

    def _make_folder(self) -> None:
        name = self.url.database
        if not name or name == ":memory:":
            raise RecordsUnavailable(
                "records.url: an SQLite file is needed (a database in memory is not shared "
                "between connections)"
            )
        try:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise RecordsUnavailable(f"records.url: {name}: {error}") from error

    async def read(self, work: Work[T]) -> T:
        """Run work that changes nothing.

        Raises:
            RecordsUnavailable: see the class.
        """
        return await self._attempt(self._engine, work)

    async def write(self, work: Work[T]) -> T:
        """Run work in a transaction that is committed when it returns and undone when it raises.

        Raises:
            RecordsUnavailable: see the class.
        """
        if not self.is_sqlite:
            return await self._attempt(self._writing_engine, work)
        try:
            # Whoever stands in line while another process holds the lock must not wait for all
            # those ahead to give up one after the other.
            async with asyncio.timeout(self._patience_s):
                await self._writer.acquire()
        except TimeoutError as error:
            raise RecordsUnavailable("the database cannot be used: too many wait") from error
        try:
            return await self._attempt(self._writing_engine, work)
        finally:
            self._writer.release()

    async def run_sync(self, work: Callable[[Connection], T]) -> T:
        """Run blocking SQLAlchemy code, such as migrations, in one writing transaction.

        Raises:
            RecordsUnavailable: see the class.
        """

        async def through_session(session: AsyncSession) -> T:
            connection = await session.connection()
            return await connection.run_sync(work)

        return await self.write(through_session)

    async def close(self) -> None:
        """Release every connection."""
        await self._engine.dispose()

    async def _attempt(self, engine: AsyncEngine, work: Work[T]) -> T:
        for attempt in range(1, _TRIES + 1):
            try:
                async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
                    return await work(session)
            except sqlalchemy.exc.IntegrityError as error:
                # Keys of other tables are checked here only; everything else is checked before.
                raise InvalidRecord(
                    f"what is referred to does not exist: {_reason(error)}"
                ) from error
            except (
                sqlalchemy.exc.OperationalError,
                sqlalchemy.exc.InterfaceError,
                sqlalchemy.exc.TimeoutError,
                OSError,
            ) as error:
                reason = _reason(error)
                log.warning("records.try_failed", attempt=attempt, reason=reason)
                if attempt == _TRIES:
                    raise RecordsUnavailable(f"the database cannot be used: {reason}") from error
                await asyncio.sleep(_RETRY_AFTER_S)
            except sqlalchemy.exc.DatabaseError as error:
                # Not a database, no such table, a value that does not fit: no use to try again.
                raise RecordsUnavailable(
                    f"the database cannot be used: {_reason(error)}"
                ) from error
        raise AssertionError("unreachable")


def lock_setup(connection: Connection) -> None:
    """Until the end of the transaction, be the only process that sets this database up.

    On SQLite a writing transaction is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        # Somebody else's migration may take longer than a caller would be kept waiting.
        connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_SETUP_LOCK})")


def _reason(error: Exception) -> str:
    """The driver's words; only the first line, since PostgreSQL adds the values of the row."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0]


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver would begin transactions by itself, and never before a SELECT.
    connection.isolation_level = None
    cursor = connection.cursor()
    # "synchronous = FULL": what a citizen was promised must survive a power cut.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
