"""A database of its own for every test, on SQLite and (marker `database`) on PostgreSQL, and a
clock that stands still until told."""

from __future__ import annotations

import itertools
import shutil
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from tests.records import postgres
from voicebot.records import Agency, Records, Slot
from voicebot.records.database import Database

TUESDAY_MORNING = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)

_names = itertools.count(1)


class StoppedClock:
    """A clock for tests."""

    def __init__(self, now: datetime = TUESDAY_MORNING) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **parts: float) -> None:
        """Let time pass."""
        self.now += timedelta(**parts)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


class Server(ABC):
    """Makes databases. Migrating and filling one takes its time, so tests get copies."""

    has_template = False

    @abstractmethod
    def empty(self, folder: Path) -> str:
        """The address of a new database."""

    @abstractmethod
    def template(self) -> str:
        """The address of the database that is copied."""

    @abstractmethod
    def copy_of_template(self, folder: Path) -> str:
        """The address of a copy."""


class SqliteServer(Server):
    """Databases are files."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"

    def empty(self, folder: Path) -> str:
        return f"sqlite:///{folder / 'records.db'}"

    def template(self) -> str:
        return f"sqlite:///{self._template}"

    def copy_of_template(self, folder: Path) -> str:
        shutil.copyfile(self._template, folder / "records.db")
        return self.empty(folder)


class PostgresServer(Server):
    """Databases of one server, reached through its socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._create("template_records")

    def empty(self, folder: Path) -> str:
        return self._create(f"test_{next(_names)}")

    def template(self) -> str:
        return self._url("template_records")

    def copy_of_template(self, folder: Path) -> str:
        return self._create(f"test_{next(_names)}", "template_records")

    def _create(self, name: str, template: str = "template0") -> str:
        with psycopg.connect(
            host=str(self._socket), user="voicebot", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://voicebot@/{name}?host={self._socket}"


@pytest.fixture(scope="session")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A folder."""
    return SqliteServer(tmp_path_factory.mktemp("templates"))


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """A server that is started for the first test that needs it, and stopped after the last."""
    with postgres.server() as folder:
        yield PostgresServer(folder)


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.database)]
)
def server(request: pytest.FixtureRequest) -> Server:
    """Where databases are made."""
    found: Server = request.getfixturevalue(f"{request.param}_server")
    return found


@pytest.fixture
def url(server: Server, tmp_path: Path) -> str:
    """The address of an empty database."""
    return server.empty(tmp_path)


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    """A database without tables."""
    opened = Database(url, busy_timeout_s=0.5)
    yield opened
    await opened.close()


@pytest.fixture
async def filled_url(server: Server, tmp_path: Path) -> str:
    """The address of a database with tables and demonstration branches."""
    if not server.has_template:
        await (await Records.open(server.template())).close()
        server.has_template = True
    return server.copy_of_template(tmp_path)


@pytest.fixture
async def records(filled_url: str, clock: StoppedClock) -> AsyncIterator[Records]:
    opened = await Records.open(filled_url, clock=clock, instance="test")
    await opened.start_call("call", "+306945123456")
    yield opened
    await opened.close()


@pytest.fixture
async def slot(records: Records) -> Slot:
    """The first free pension appointment in Peristeri, a branch with one desk."""
    found = await records.appointments.find_slots(
        Agency.EFKA, "pensions_award", place="Περιστέρι", limit=1
    )
    return found[0]
