"""A database of its own for every test, and a clock that stands still until told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from voicebot.records import Records

TUESDAY_MORNING = datetime(2026, 11, 24, 8, 5, tzinfo=UTC)


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


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'records.db'}"


@pytest.fixture
async def records(url: str, clock: StoppedClock) -> AsyncIterator[Records]:
    opened = await Records.open(url, clock=clock, instance="test")
    yield opened
    await opened.close()
