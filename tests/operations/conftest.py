"""Records on both databases, as for their own tests, and an appointment to be told about."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tests.records.conftest import (  # noqa: F401 - fixtures
    StoppedClock,
    clock,
    filled_url,
    postgresql_server,
    records,
    server,
    slot,
    sqlite_server,
)
from voicebot.records import Records

T = TypeVar("T")
Transaction = Callable[[Callable[[AsyncSession], Awaitable[T]]], Awaitable[T]]


@pytest.fixture
def transaction(records: Records) -> Transaction[object]:  # noqa: F811
    """Runs work in a writing transaction, as the records do when a promise changes."""
    return records.work._database.write
