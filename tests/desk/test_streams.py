"""Streams over a real socket: an endless answer cannot be tried inside the process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from tests.desk.conftest import TOKEN
from voicebot.desk import DeskError, LiveCalls, serving
from voicebot.dialogue.channel import Briefing
from voicebot.records import Speaker, Turn
from voicebot.settings import Desk


@pytest.fixture
async def address(app: FastAPI, live: LiveCalls, settings: Desk) -> AsyncIterator[str]:
    async with serving(app, live, settings) as address:
        yield address


@asynccontextmanager
async def stream(address: str, path: str) -> AsyncIterator[AsyncIterator[tuple[str, str]]]:
    """Events as (name, data)."""
    async with httpx.AsyncClient(base_url=address) as client:
        await client.post("/login", data={"token": TOKEN})
        async with client.stream("GET", path) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield _events(answer.aiter_lines())


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, str]]:
    name, data = "", list[str]()
    async for line in lines:
        kind, _, value = line.partition(": ")
        if kind == "event":
            name = value
        elif kind == "data":
            data.append(value)
        elif not line:
            yield name, "\n".join(data)
            name, data = "", []


async def following(events: AsyncIterator[tuple[str, str]]) -> tuple[str, str]:
    return await asyncio.wait_for(anext(events), 10)


async def test_turns_are_seen_as_they_are_said(address: str, live: LiveCalls) -> None:
    live.started("a")
    live.turn("a", Turn(Speaker.BOT, "Τι θα θέλατε;"))
    async with stream(address, "/calls/a/events") as events:
        assert (await following(events))[0] == "transcript"
        assert (await following(events))[0] == "speaking"
        assert (await following(events))[0] == "facts"
        live.speaking("a", "θέλω <b>")
        name, html = await following(events)
        assert name == "speaking"
        assert "θέλω &lt;b&gt;" in html
        live.turn("a", Turn(Speaker.CALLER, "θέλω <b>ραντεβού</b>", intent="APPOINTMENT"))
        name, html = await following(events)
        assert name == "turn"
        assert "θέλω &lt;b&gt;ραντεβού&lt;/b&gt;" in html
        name, html = await following(events)
        assert name == "facts"
        assert "Ραντεβού" in html
        live.handoff(Briefing("a", "user_request", None, "Θέλει άνθρωπο"))
        assert (await following(events)) == ("speaking", "")
        name, html = await following(events)
        assert name == "facts"
        assert "Θέλει άνθρωπο" in html
        live.veil("a", "[anonymous]")
        name, html = await following(events)
        assert name == "transcript"
        assert "ραντεβού" not in html


async def test_the_board_is_drawn_anew(address: str, live: LiveCalls) -> None:
    async with stream(address, "/events") as events:
        assert "Καμία κλήση αυτή τη στιγμή" in (await following(events))[1]
        live.started("a")
        for at in range(20):
            live.turn("a", Turn(Speaker.CALLER, f"λόγια {at}"))
        name, html = await following(events)
        assert name == "board"
        assert "λόγια 19" in html


async def test_leaving_lets_go_of_the_hub(address: str, live: LiveCalls) -> None:
    live.started("a")
    async with stream(address, "/calls/a/events") as events:
        await following(events)
        assert live.watchers == 1
    for _ in range(200):
        if not live.watchers:
            break
        await asyncio.sleep(0.02)
    assert live.watchers == 0


async def test_open_pages_do_not_hold_up_the_shutdown(
    app: FastAPI, live: LiveCalls, settings: Desk
) -> None:
    async with serving(app, live, settings) as address:
        opened = asyncio.Event()
        ended = asyncio.create_task(_until_the_end(address, opened))
        await asyncio.wait_for(opened.wait(), 10)
    await asyncio.wait_for(ended, 10)


async def _until_the_end(address: str, opened: asyncio.Event) -> None:
    async with stream(address, "/events") as events:
        async for _ in events:
            opened.set()


async def test_a_taken_port_is_named(app: FastAPI, live: LiveCalls, address: str) -> None:
    port = int(address.rpartition(":")[2])
    with pytest.raises(DeskError, match=str(port)):
        async with serving(app, live, Desk(port=port, token=SecretStr(TOKEN))):
            pass
