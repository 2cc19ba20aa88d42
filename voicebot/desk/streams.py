"""Pieces of pages that are sent as things happen (server-sent events)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi.sse import ServerSentEvent

from voicebot.desk.live import CallChanged, LiveCalls, LookAgain, Speaking, Stage, TurnAdded, Watch
from voicebot.desk.rendering import Renderer

# Many calls may change at once; the board is drawn at most so often.
_BOARD_EVERY_S = 0.3


def board(live: LiveCalls, render: Renderer) -> str:
    """The calls that go on, those who wait for a person first."""
    return render(
        "_board.html",
        waiting=live.at_stage(Stage.WAITING),
        going_on=live.at_stage(Stage.TALKING, Stage.WITH_PERSON),
        ended=live.at_stage(Stage.ENDED)[:-11:-1],
    )


async def board_events(live: LiveCalls, render: Renderer) -> AsyncIterator[ServerSentEvent]:
    """The board, drawn anew after changes."""
    with live.watch() as watch:
        yield ServerSentEvent(event="board", raw_data=board(live, render))
        async for _ in watch:
            await asyncio.sleep(_BOARD_EVERY_S)
            watch.drain()
            yield ServerSentEvent(event="board", raw_data=board(live, render))


async def call_events(
    call_id: str, live: LiveCalls, render: Renderer
) -> AsyncIterator[ServerSentEvent]:
    """One call: all of it first, then every turn, and what the caller is saying meanwhile."""
    with live.watch(call_id) as watch:
        for event in _whole(call_id, live, render):
            yield event
        async for event in _changes(watch, call_id, live, render):
            yield event


async def _changes(
    watch: Watch, call_id: str, live: LiveCalls, render: Renderer
) -> AsyncIterator[ServerSentEvent]:
    async for change in watch:
        match change:
            case Speaking(text=text):
                yield _speaking(text, render)
            case TurnAdded(turn=turn):
                yield ServerSentEvent(event="turn", raw_data=render("_turn.html", turn=turn))
                yield _facts(call_id, live, render)
            case CallChanged():
                # The conversation is not drawn anew: it would be read out from its beginning.
                yield _speaking(_speaking_now(call_id, live), render)
                yield _facts(call_id, live, render)
            case LookAgain():
                for event in _whole(call_id, live, render):
                    yield event


def _whole(call_id: str, live: LiveCalls, render: Renderer) -> list[ServerSentEvent]:
    call = live.get(call_id)
    turns = call.turns if call is not None else []
    return [
        ServerSentEvent(event="transcript", raw_data=render("_transcript.html", turns=turns)),
        _speaking(_speaking_now(call_id, live), render),
        _facts(call_id, live, render),
    ]


def _speaking_now(call_id: str, live: LiveCalls) -> str:
    call = live.get(call_id)
    return call.speaking if call is not None else ""


def _speaking(text: str, render: Renderer) -> ServerSentEvent:
    return ServerSentEvent(event="speaking", raw_data=render("_speaking.html", text=text))


def _facts(call_id: str, live: LiveCalls, render: Renderer) -> ServerSentEvent:
    return ServerSentEvent(event="facts", raw_data=render("_facts.html", call=live.get(call_id)))
