"""A line in a process of its own, and citizens who call it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from voicebot.rehearsal.server import RunningLine, free_port, running_line
from voicebot.speaking.espeak import EspeakVoice
from voicebot.speaking.speaker import Speaker
from voicebot.telephony.softphone import Softphone


@pytest.fixture
def agent_port() -> int:
    """Where the line rings for a person."""
    return free_port()


@pytest_asyncio.fixture
async def line(tmp_path: Path, agent_port: int) -> AsyncIterator[RunningLine]:
    """A line whose only agent is at `agent_port`."""
    agents = json.dumps([f"sip:agent@127.0.0.1:{agent_port}"])
    overrides = {"VOICEBOT_DESK__AGENTS": agents, "VOICEBOT_DESK__RING_S": "3"}
    async with running_line(tmp_path, overrides) as running:
        yield running


@pytest_asyncio.fixture
async def phone() -> AsyncIterator[Softphone]:
    """The citizens' telephone."""
    async with await Softphone.open() as softphone:
        yield softphone


@pytest_asyncio.fixture
async def speaker() -> AsyncIterator[Speaker]:
    """A voice that the recogniser was not trained on."""
    speaking = Speaker(EspeakVoice("el+f3", nasal=True))
    yield speaking
    await speaking.close()
