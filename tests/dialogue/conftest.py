"""A dialogue with the real knowledge, classifier and records, at a fixed moment."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

import pytest

from tests.dialogue.scripted import Journal, ScriptedChannel
from voicebot.dialogue.converse import Services, converse
from voicebot.dialogue.script_scene import make_template
from voicebot.records import Records
from voicebot.records.types import Outcome
from voicebot.settings import Dialogue
from voicebot.understanding.classifier import Classifier
from voicebot.understanding.knowledge import Knowledge

# A Tuesday, as the dates in the tests assume.
NOW = datetime(2026, 11, 24, 10, 5, tzinfo=ZoneInfo("Europe/Athens"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The first test may have to train the classifier, if that of set-up is not current."""
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.timeout(600))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database; a copy is much quicker than making the tables anew."""
    return asyncio.run(make_template(tmp_path_factory.mktemp("records")))


@pytest.fixture
async def records(tmp_path: Path, template: Path) -> AsyncIterator[Records]:
    database = shutil.copy(template, tmp_path / "records.db")
    book = await Records.open(f"sqlite:///{database}", clock=lambda: NOW)
    yield book
    await book.close()


@dataclass(frozen=True)
class Played:
    """A call that is over."""

    outcome: Outcome
    channel: ScriptedChannel
    journal: Journal
    records: Records


class Play(Protocol):
    """Plays a scripted caller to the end."""

    async def __call__(
        self, channel: ScriptedChannel, settings: Dialogue | None = None
    ) -> Played: ...


@pytest.fixture
def play(knowledge: Knowledge, classifier: Classifier, records: Records) -> Play:
    """Plays a scripted caller to the end."""

    async def run(channel: ScriptedChannel, settings: Dialogue | None = None) -> Played:
        journal = Journal()
        outcome = await converse(
            channel,
            Services(knowledge, classifier, records),
            settings or Dialogue(),
            clock=lambda: NOW,
            observers=(journal,),
        )
        # Shown by pytest when the test fails.
        print(channel.dialogue)
        return Played(outcome, channel, journal, records)

    return run
