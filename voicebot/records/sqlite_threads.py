"""SQLite by threads: each transaction runs whole in one, and writers who wait share a commit.

A driver that hands every statement to a thread and waits for it costs more than the statements. So
the whole work runs in the thread that has the connection: it may wait for its session only. One
thread writes. What has come together while it wrote goes into the next transaction, each piece
behind a savepoint of its own: a piece that fails is undone alone, and the disk is waited for once
for all. Nobody is told that something is written before it is on the disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import Any, Generic, TypeVar

import sqlalchemy.exc
from sqlalchemy import Executable, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL, Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, Pool

READERS = 3
# So many pieces at most wait for the last of them before all are told.
_LARGEST_GROUP = 64
_DRIVER = "sqlite+by_thread"

T = TypeVar("T")
Work = Callable[[AsyncSession], Awaitable[T]]


class ThreadDialect(SQLiteDialect_pysqlite):
    """The driver of the standard library, for sessions that are driven within a thread.

    Args:
        begin: how a transaction begins.
    """

    driver = "by_thread"
    is_async = True
    supports_statement_cache = True

    def __init__(self, begin: str = "BEGIN", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._begin = begin

    @classmethod
    def get_pool_class(cls, url: URL) -> type[Pool]:
        """The one that goes with sessions of this kind."""
        return AsyncAdaptedQueuePool

    # Below SQLAlchemy's statements, since every piece of work passes here.
    def do_begin(self, dbapi_connection: Any) -> None:
        """Begin; the driver does nothing of the kind by itself, see `_prepare`."""
        dbapi_connection.execute(self._begin)

    def do_savepoint(self, connection: Connection, name: str) -> None:
        """Begin a piece."""
        _execute(connection, f"SAVEPOINT {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        """A piece has succeeded."""
        _execute(connection, f"RELEASE {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        """A piece is undone."""
        _execute(connection, f"ROLLBACK TO {name}")


registry.register(_DRIVER.replace("+", "."), __name__, ThreadDialect.__name__)


class _ThreadSession(AsyncSession):
    """A session that is never left: its statements run where they are asked for."""

    async def execute(self, *arguments: Any, **options: Any) -> Any:
        """See the class above."""
        return self.sync_session.execute(*arguments, **options)

    async def scalar(self, *arguments: Any, **options: Any) -> Any:
        """See the class above."""
        return self.sync_session.scalar(*arguments, **options)

    async def scalars(self, *arguments: Any, **options: Any) -> Any:
        """See the class above."""
        return self.sync_session.scalars(*arguments, **options)

    async def get(self, *arguments: Any, **options: Any) -> Any:
        """See the class above."""
        return self.sync_session.get(*arguments, **options)

    async def flush(self, objects: Any = None) -> None:
        """See the class above."""
        self.sync_session.flush(objects)


@dataclass(frozen=True)
class Statement:
    """One statement and its values: all or nothing by itself, so it needs neither a session nor a
    savepoint."""

    text: Executable
    values: Mapping[str, Any]


@dataclass(eq=False)
class _Piece(Generic[T]):
    """Work that waits for the writer."""

    work: Work[T] | Statement
    told: asyncio.Future[T]
    since: float
    result: T | None = None
    error: BaseException | None = None

    def tell(self) -> None:
        """On the event loop: give the result on, if anybody still waits for it."""
        if self.told.done():
            return
        if self.error is not None:
            self.told.set_exception(self.error)
        else:
            self.told.set_result(self.result)  # type: ignore[arg-type]


class SqliteThreads:
    """The threads of one database file and their connections. For one event loop.

    Args:
        url: an SQLite file; the driver named in it does not matter.
        busy_timeout_s: how long a lock of another process is waited for.
        patience_s: how long a piece of work may wait for its turn.
    """

    def __init__(self, url: URL, busy_timeout_s: float, patience_s: float) -> None:
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="records-read")
        self._readers_met = False
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="records-write")
        self._reading = _engine(url, busy_timeout_s, "BEGIN")
        # A reader that turns writer while another writes would fail at once.
        self._writing = _engine(url, busy_timeout_s, "BEGIN IMMEDIATE")
        self._patience_s = patience_s
        self._own = threading.local()
        self._opening = threading.Lock()
        self._connections: list[AsyncConnection] = []
        self._waiting: deque[_Piece[Any]] = deque()
        self._at_work = False
        self._changing = threading.Lock()

    async def read(self, work: Work[T]) -> T:
        """Run work in a transaction of its own, beside others."""
        if not self._readers_met:
            # All begin together: none then comes up later, when somebody counts threads.
            self._readers_met, meeting = True, threading.Barrier(READERS)
            for _ in range(READERS):
                self._readers.submit(meeting.wait)
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Work[T] | Statement) -> T:
        """Run work in a transaction, which others that wait may share; all or nothing of it is
        written. A statement gives the first value of its first row, if any. Work that is cancelled
        before it was committed is undone.

        Raises:
            TimeoutError: it waited too long for its turn.
        """
        told: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        piece = _Piece(work, told, monotonic())
        with self._changing:
            self._waiting.append(piece)
            start, self._at_work = not self._at_work, True
        if start:
            self._writer.submit(self._write_all)
        return await told

    async def close(self) -> None:
        """End the threads once they have done what was asked of them, and close the file."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._readers.shutdown()
        self._writer.shutdown()
        for connection in self._connections:
            drive(connection.close())
        for engine in (self._reading, self._writing):
            drive(engine.dispose())

    def _read(self, work: Work[T]) -> T:
        with self._connection(self._reading) as connection:
            return _run(connection, work)

    def _write_all(self) -> None:
        while group := self._next_group():
            with contextlib.suppress(BaseException):  # every piece has been given its error
                self._write_group(group)
            # Nobody is there to be told once the loop is closed.
            with contextlib.suppress(RuntimeError):
                group[0].told.get_loop().call_soon_threadsafe(_tell, group)

    def _next_group(self) -> list[_Piece[Any]]:
        with self._changing:
            group = [
                self._waiting.popleft() for _ in range(min(_LARGEST_GROUP, len(self._waiting)))
            ]
            self._at_work = bool(group)
        return group

    def _write_group(self, group: list[_Piece[Any]]) -> None:
        earliest = monotonic() - self._patience_s
        for piece in group:
            if piece.since < earliest:
                piece.error = TimeoutError("too many wait")
        ready = [piece for piece in group if piece.error is None and not piece.told.done()]
        if not ready:
            return
        try:
            with self._connection(self._writing) as connection:
                if len(ready) == 1 and not isinstance(ready[0].work, Statement):
                    ready[0].result = _run(connection, ready[0].work, ready[0].told)
                    return
                with connection.sync_connection.begin():  # type: ignore[union-attr]
                    for piece in ready:
                        _run_piece(connection, piece)
        except BaseException as error:
            for piece in ready:
                piece.error = piece.error or error
            if isinstance(error, sqlalchemy.exc.OperationalError):
                # Whoever stands in line behind a lock must not wait for all ahead to give up.
                self._refuse_all(error)
            raise

    def _refuse_all(self, error: Exception) -> None:
        with self._changing:
            refused = list(self._waiting)
            self._waiting.clear()
        for piece in refused:
            piece.error = error
        with contextlib.suppress(RuntimeError):
            if refused:
                refused[0].told.get_loop().call_soon_threadsafe(_tell, refused)

    @contextlib.contextmanager
    def _connection(self, engine: AsyncEngine) -> Iterator[AsyncConnection]:
        """The connection of this thread; one with which something went wrong is not used again."""
        connection: AsyncConnection | None = getattr(self._own, "connection", None)
        if connection is None:
            with self._opening:
                connection = drive(engine.connect().start())
                self._connections.append(connection)
            self._own.connection = connection
        try:
            yield connection
        except sqlalchemy.exc.IntegrityError:
            raise
        except sqlalchemy.exc.DBAPIError:
            self._own.connection = None
            with self._opening:
                self._connections.remove(connection)
                drive(connection.invalidate())
                drive(connection.close())
            raise


def drive(waiting: Coroutine[Any, Any, T]) -> T:
    """Run to its end what waits for nothing but a session of this module.

    Raises:
        RuntimeError: it waits for something else.
    """
    try:
        waiting.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    waiting.close()
    raise RuntimeError("work in a transaction may wait for the database only")


def _run(connection: AsyncConnection, work: Work[T], told: asyncio.Future[T] | None = None) -> T:
    """Work in a session that is committed at its end (within a transaction: behind a savepoint)."""
    session = _ThreadSession(
        connection, expire_on_commit=False, join_transaction_mode="create_savepoint"
    )
    try:
        result = drive(_awaited(work, session))
        if told is not None and told.cancelled():
            session.sync_session.rollback()
        else:
            session.sync_session.commit()
        return result
    except BaseException:
        session.sync_session.rollback()
        raise
    finally:
        session.sync_session.close()


def _run_piece(connection: AsyncConnection, piece: _Piece[T]) -> None:
    try:
        if isinstance(piece.work, Statement):
            piece.result = _execute_one(connection, piece.work)
        else:
            piece.result = _run(connection, piece.work, piece.told)
    except BaseException as error:
        piece.error = error
        if not _in_transaction(connection):
            # The database has undone all of it (no space left, for example).
            raise


def _execute_one(connection: AsyncConnection, one: Statement) -> Any:
    inner = connection.sync_connection
    if inner is None:
        raise AssertionError("it was opened")
    result = inner.execute(one.text, one.values)
    return result.scalar() if result.returns_rows else None


async def _awaited(work: Work[T], session: AsyncSession) -> T:
    return await work(session)


def _tell(group: list[_Piece[Any]]) -> None:
    for piece in group:
        piece.tell()


def _engine(url: URL, busy_timeout_s: float, begin: str) -> AsyncEngine:
    # Without hide_parameters, errors would carry names and numbers into the log.
    engine = create_async_engine(
        url.set(drivername=_DRIVER),
        hide_parameters=True,
        begin=begin,
        connect_args={"timeout": busy_timeout_s, "check_same_thread": False},
    )
    event.listen(engine.sync_engine, "connect", _prepare)
    return engine


def _prepare(connection: Any, _record: object) -> None:
    # The driver would begin transactions by itself, and never before a SELECT.
    connection.isolation_level = None
    cursor = connection.cursor()
    # "synchronous = FULL": what a citizen was promised must survive a power cut.
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _execute(connection: Connection, statement: str) -> None:
    try:
        _driver(connection).execute(statement)
    except sqlite3.Error as error:
        raise sqlalchemy.exc.OperationalError(statement, None, error) from error


def _in_transaction(connection: AsyncConnection) -> bool:
    inner = connection.sync_connection
    return inner is not None and bool(_driver(inner).in_transaction)


def _driver(connection: Connection) -> Any:
    return connection.connection.dbapi_connection
