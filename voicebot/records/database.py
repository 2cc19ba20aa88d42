"""The connection: transactions that are retried, errors that are typed. SQLite has threads of its
own (`sqlite_threads`), PostgreSQL a pool of connections."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy.exc
import structlog
from sqlalchemy import Executable
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from voicebot.records.errors import InvalidRecord, RecordsUnavailable
from voicebot.records.sqlite_threads import SqliteThreads, Statement

_TRIES = 2
_RETRY_AFTER_S = 0.1
# An arbitrary key for PostgreSQL's advisory lock.
_SETUP_LOCK = 1555_0001

T = TypeVar("T")
Work = Callable[[AsyncSession], Awaitable[T]]

log = structlog.get_logger(__name__)


class Database:
    """The database: `read` and `write` run one unit of work in one transaction.

    Work must be repeatable: it runs again from the start after a failure that may pass. It may wait
    for its session only: on SQLite it has a thread of the database to itself.

    Args:
        url: an SQLAlchemy address, `sqlite:///FILE` or `postgresql+psycopg://…`.
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
                "sqlite:///var/records.db"
            ) from error
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._lane: SqliteThreads | _Pool
        if self.is_sqlite:
            self._check_sqlite()
            self._make_folder()
            self._lane = SqliteThreads(self.url, busy_timeout_s, _TRIES * busy_timeout_s)
        else:
            self._lane = _Pool(self.url, busy_timeout_s)

    def _check_sqlite(self) -> None:
        if self.url.drivername != "sqlite":
            raise RecordsUnavailable(
                f"records.url: {self.url.render_as_string()}: use sqlite or postgresql+psycopg"
            )

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
        return await _attempt(partial(self._lane.read, work))

    async def write(self, work: Work[T]) -> T:
        """Run work in a transaction that is committed when it returns and undone when it raises.

        Raises:
            RecordsUnavailable: see the class.
        """
        return await _attempt(partial(self._lane.write, work))

    async def write_one(self, statement: Executable, values: Mapping[str, Any]) -> Any:
        """Run one statement in a transaction; gives the first value that it returns, or None. Costs
        a third of what `write` does.

        Raises:
            RecordsUnavailable: see the class.
        """
        return await _attempt(partial(self._lane.write, Statement(statement, values)))

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
        await self._lane.close()


class _Pool:
    """Connections to a PostgreSQL server."""

    def __init__(self, url: URL, busy_timeout_s: float) -> None:
        milliseconds = int(busy_timeout_s * 1000)
        try:
            # Without hide_parameters, errors would carry names and numbers into the log.
            self._engine = create_async_engine(
                url,
                hide_parameters=True,
                pool_pre_ping=True,
                pool_size=10,
                max_overflow=20,
                pool_timeout=busy_timeout_s,
                connect_args={
                    "connect_timeout": max(2, round(busy_timeout_s)),
                    "options": f"-c lock_timeout={milliseconds}"
                    f" -c statement_timeout={milliseconds * 2} -c timezone=UTC"
                    # A process that stands still must not keep its locks from all the others.
                    f" -c idle_in_transaction_session_timeout={milliseconds * 5}",
                },
            )
        except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
            raise RecordsUnavailable(
                f"records.url: {url.render_as_string()}: {error}; use sqlite or postgresql+psycopg"
            ) from error

    async def read(self, work: Work[T]) -> T:
        """One transaction."""
        async with (
            AsyncSession(self._engine, expire_on_commit=False) as session,
            session.begin(),
        ):
            return await work(session)

    async def write(self, work: Work[T] | Statement) -> Any:
        """One transaction."""
        if not isinstance(work, Statement):
            return await self.read(work)
        async with self._engine.begin() as connection:
            result = await connection.execute(work.text, work.values)
            return result.scalar() if result.returns_rows else None

    async def close(self) -> None:
        """Release every connection."""
        await self._engine.dispose()


async def _attempt(once: Callable[[], Awaitable[T]]) -> T:
    for attempt in range(1, _TRIES + 1):
        try:
            return await once()
        except sqlalchemy.exc.IntegrityError as error:
            # Keys of other tables are checked here only; everything else is checked before.
            raise InvalidRecord(f"what is referred to does not exist: {_reason(error)}") from error
        except TimeoutError as error:
            raise RecordsUnavailable(f"the database cannot be used: {error}") from error
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
            raise RecordsUnavailable(f"the database cannot be used: {_reason(error)}") from error
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
