"""Figures for supervisors: what came of calls, which promises stand, which are late and whose."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from voicebot.desk.office import AnOffice, ASupervisor

router = APIRouter()

PERIODS = (1, 7, 30)
_LATEST_CALLS = 20


@router.get("/figures", response_class=HTMLResponse)
async def figures_page(
    office: AnOffice, visitor: ASupervisor, days: Annotated[int, Query(ge=1, le=366)] = 7
) -> str:
    """Of the last days."""
    since = datetime.now(UTC) - timedelta(days=days)
    records = office.records
    shares = await records.call_figures.shares(since)
    outcomes = {share.outcome: 0 for share in shares}
    for share in shares:
        outcomes[share.outcome] += share.calls
    return office.page(
        "figures.html",
        visitor,
        "/figures",
        days=days,
        periods=PERIODS,
        cases=await records.cases.figures(since),
        outcomes={outcome: number for outcome, number in outcomes.items() if outcome is not None},
        going_on=outcomes.get(None, 0),
        shares=shares,
        latest=await records.recent_calls(since=since, limit=_LATEST_CALLS),
        callbacks=await records.callbacks.figures(since),
    )
