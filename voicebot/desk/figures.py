"""Figures for supervisors: what came of calls, which promises stand, which are late and whose."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from voicebot.desk.office import AnOffice, ASupervisor
from voicebot.records import Callback, CallbackStatus

router = APIRouter()

PERIODS = (1, 7, 30)
_WAITING = frozenset({CallbackStatus.WAITING, CallbackStatus.DIALLING})


@router.get("/figures", response_class=HTMLResponse)
async def figures_page(
    office: AnOffice, visitor: ASupervisor, days: Annotated[int, Query(ge=1, le=366)] = 7
) -> str:
    """Of the last days."""
    now = datetime.now(UTC)
    since = now - timedelta(days=days)
    records = office.records
    outcomes = await records.outcomes(since=since)
    return office.page(
        "figures.html",
        visitor,
        "/figures",
        days=days,
        periods=PERIODS,
        cases=await records.cases.figures(since),
        outcomes={outcome: number for outcome, number in outcomes.items() if outcome is not None},
        going_on=outcomes.get(None, 0),
        callbacks=_callbacks(await records.callbacks.requested_since(since), now),
    )


def _callbacks(asked: tuple[Callback, ...], now: datetime) -> dict[str, int]:
    """How many promises were kept and broken, and how many still wait, some of them late."""
    counted = Counter(callback.status for callback in asked)
    late = sum(callback.status in _WAITING and callback.window.ends_at <= now for callback in asked)
    return {
        "asked": len(asked),
        "kept": counted[CallbackStatus.KEPT],
        "broken": counted[CallbackStatus.GIVEN_UP],
        "cancelled": counted[CallbackStatus.CANCELLED],
        "waiting": sum(counted[status] for status in _WAITING) - late,
        "late": late,
    }
