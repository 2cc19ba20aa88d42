"""Cases that are not closed, and the page of one with its conversation and history."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from voicebot.desk.office import AnOffice, AVisitor, Office, Visitor
from voicebot.records import ATHENS, Agency, Case, CaseStatus, teams
from voicebot.records.case_types import CaseMark
from voicebot.records.people_types import DeskRole
from voicebot.records.schedule import next_working_day

router = APIRouter()

_LEVELS = (1, 2, 3)
_SHOWN, _SEARCHED = 200, 5000


class DeadlineState(StrEnum):
    """Which cases a supervisor looks for."""

    OVERDUE = "overdue"
    SOON = "soon"
    PAUSED = "paused"


@router.get("/cases", response_class=HTMLResponse)
async def cases_page(
    office: AnOffice,
    visitor: AVisitor,
    owner: Annotated[str, Query(max_length=128)] = "",
    level: Annotated[str, Query(pattern="^[123]?$")] = "",
    agency: Annotated[Agency | Literal[""], Query()] = "",
    state: Annotated[DeadlineState | Literal[""], Query()] = "",
) -> str:
    """Cases by deadline, those of one owner, level, agency or state if asked for."""
    cases = office.records.cases
    now = datetime.now(UTC)
    chosen = agency if isinstance(agency, Agency) else None
    owners = set(await cases.owners()) | {visitor.who}
    return office.page(
        "cases.html",
        visitor,
        "/cases",
        cases=[
            case
            for case in await cases.open_ones(
                owner=owner or None,
                level=int(level) if level else None,
                agency=chosen,
                limit=_SEARCHED if state else _SHOWN,
            )
            if not state or _is_in(case, DeadlineState(state), now)
        ],
        now=now,
        states=list(DeadlineState),
        owners=sorted(owners),
        levels=_LEVELS,
        agencies=list(Agency),
        chosen={"owner": owner, "level": level, "agency": chosen or "", "state": state},
    )


def _is_in(case: Case, state: DeadlineState, now: datetime) -> bool:
    match state:
        case DeadlineState.OVERDUE:
            return case.marked(now) is CaseMark.OVERDUE
        case DeadlineState.SOON:
            return case.marked(now) is CaseMark.LATE
        case DeadlineState.PAUSED:
            return case.status is CaseStatus.WAITING_CITIZEN


@router.get("/cases/{number}", response_class=HTMLResponse)
async def case_page(number: str, office: AnOffice, visitor: AVisitor) -> str:
    """One case."""
    return await draw_case(office, visitor, await office.records.cases.details(number))


async def draw_case(
    office: Office, visitor: Visitor, case: Case, *, problem: str = "", draft: str = ""
) -> str:
    """The page of a case.

    Args:
        problem: why the last thing that was tried was not done.
        draft: the answer that was being written.
    """
    records = office.records
    turns = await records.transcript(case.call_id) if case.call_id is not None else ()
    now = datetime.now(UTC)
    return office.page(
        "case.html",
        visitor,
        "/cases",
        case=case,
        turns=turns,
        owners=await _possible_owners(office, case),
        now=now,
        problem=problem,
        draft=draft,
        window=_next_window(now),
    )


async def _possible_owners(office: Office, case: Case) -> list[str]:
    """The teams of the case's agency, the supervisors, and every person at the desk."""
    team_names = [teams.case_team(case.agency, level, case.area) for level in _LEVELS]
    people = [
        teams.person(user.name)
        for user in await office.records.desk_users.all()
        if user.disabled_at is None and user.role is not DeskRole.EDITOR
    ]
    return [
        owner
        for owner in dict.fromkeys([*team_names, teams.SUPERVISORS, *people])
        if owner != case.owner
    ]


def _next_window(now: datetime) -> tuple[str, str, str]:
    """What is proposed for calling back: the next working morning, as the form writes it."""
    day = next_working_day(now.astimezone(ATHENS).date())
    return day.isoformat(), "09:00", "12:00"
