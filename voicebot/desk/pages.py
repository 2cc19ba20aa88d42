"""The board of all calls and the page of one."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from voicebot.desk import streams
from voicebot.desk.live import LiveCall, Stage
from voicebot.desk.office import AnOffice, AVisitor
from voicebot.records import NotFound, Records

router = APIRouter()


@router.get("/", response_class=HTMLResponse)
async def board_page(office: AnOffice, visitor: AVisitor) -> str:
    """All calls."""
    return office.page("calls.html", visitor, "/", board=streams.board(office.live, office.render))


@router.get("/events", response_class=EventSourceResponse)
async def board_stream(office: AnOffice, _: AVisitor) -> AsyncIterator[ServerSentEvent]:
    """All calls, as they change."""
    async for event in streams.board_events(office.live, office.render):
        yield event


@router.get("/calls/{call_id}", response_class=HTMLResponse)
async def call_page(call_id: str, office: AnOffice, visitor: AVisitor) -> str:
    """One call, live or past."""
    call = office.live.get(call_id) or await _recorded(office.records, call_id)
    return office.page("call.html", visitor, "", call=call, is_live=call.stage is not Stage.ENDED)


def _live_call(call_id: str, office: AnOffice, _: AVisitor) -> str:
    # A browser gives up for good at an answer that is no stream.
    if office.live.get(call_id) is None:
        raise NotFound(call_id)
    return call_id


@router.get("/calls/{call_id}/events", response_class=EventSourceResponse)
async def call_stream(
    live_call: Annotated[str, Depends(_live_call)], office: AnOffice
) -> AsyncIterator[ServerSentEvent]:
    """One call, as it goes on."""
    async for event in streams.call_events(live_call, office.live, office.render):
        yield event


async def _recorded(records: Records, call_id: str) -> LiveCall:
    """A call of the past, as the page shows it.

    Raises:
        NotFound: no such call.
    """
    summary = await records.call(call_id)
    return LiveCall(
        call_id=call_id,
        number=summary.caller_number,
        started_at=summary.started_at,
        stage=Stage.ENDED,
        stage_since=summary.ended_at or summary.started_at,
        turns=list(await records.transcript(call_id)),
        topic=summary.topic,
        outcome=summary.outcome,
    )
