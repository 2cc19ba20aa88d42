from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from voicebot.desk import LiveCalls, create_app
from voicebot.records import Records
from voicebot.settings import Desk

TOKEN = "correct horse battery"


@pytest.fixture
def settings() -> Desk:
    return Desk(port=0, token=SecretStr(TOKEN))


@pytest.fixture
def records_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'records.db'}"


@pytest.fixture
async def records(records_url: str) -> AsyncIterator[Records]:
    opened = await Records.open(records_url, demo_data=False)
    yield opened
    await opened.close()


@pytest.fixture
def live() -> LiveCalls:
    return LiveCalls()


@pytest.fixture
def app(records: Records, live: LiveCalls, settings: Desk) -> FastAPI:
    return create_app(records, live, settings, topic_titles={"E02": "Πορεία αίτησης σύνταξης"})


@pytest.fixture
async def stranger(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that is not logged in."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
        yield client


@pytest.fixture
async def agent(stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    """A browser that is logged in."""
    answer = await stranger.post("/login", data={"token": TOKEN})
    assert answer.status_code == 303
    return stranger
