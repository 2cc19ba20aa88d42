"""What was promised and is not yet kept: callbacks and cases, for the people who keep them.

Everybody logs in with the same token, so the history says that the operators did it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from voicebot.desk.office import AnOffice, Session
from voicebot.records import CallbackStatus, CaseStatus
from voicebot.records.teams import OPERATORS

router = APIRouter()


@router.get("/callbacks", response_class=HTMLResponse)
async def callbacks_page(office: AnOffice, session: Session) -> str:
    """Callbacks that wait, the most urgent first."""
    return office.render(
        "callbacks.html",
        here="/callbacks",
        form_key=office.sessions.form_key(session),
        callbacks=await office.records.callbacks.open_ones(),
        now=datetime.now(UTC),
    )


@router.post("/callbacks/{callback_id}")
async def mark_callback(
    callback_id: int,
    office: AnOffice,
    session: Session,
    result: Annotated[Literal["kept", "no_answer", "given_up"], Form()],
    form_key: Annotated[str, Form()] = "",
) -> Response:
    """Note what came of ringing back."""
    if not office.sessions.is_form_key(session, form_key):
        raise HTTPException(403)
    callbacks = office.records.callbacks
    match result:
        case "kept":
            await callbacks.mark(callback_id, CallbackStatus.DIALLING)
            await callbacks.mark(callback_id, CallbackStatus.KEPT)
        case "no_answer":
            await callbacks.mark(callback_id, CallbackStatus.DIALLING)
            await callbacks.mark(callback_id, CallbackStatus.WAITING)
        case "given_up":
            await callbacks.mark(callback_id, CallbackStatus.GIVEN_UP)
    return RedirectResponse("/callbacks", status_code=303)


@router.get("/cases", response_class=HTMLResponse)
async def cases_page(office: AnOffice, session: Session) -> str:
    """Cases that are not closed, the nearest deadline first."""
    return office.render(
        "cases.html",
        here="/cases",
        form_key=office.sessions.form_key(session),
        cases=await office.records.cases.open_ones(),
        now=datetime.now(UTC),
    )


@router.get("/cases/{number}", response_class=HTMLResponse)
async def case_page(number: str, office: AnOffice, session: Session) -> str:
    """One case with its history."""
    return office.render(
        "case.html",
        here="/cases",
        form_key=office.sessions.form_key(session),
        case=await office.records.cases.details(number),
        statuses=list(CaseStatus),
        now=datetime.now(UTC),
    )


@router.post("/cases/{number}")
async def change_case(
    number: str,
    office: AnOffice,
    session: Session,
    status: Annotated[CaseStatus, Form()],
    note: Annotated[str, Form(max_length=2000)] = "",
    form_key: Annotated[str, Form()] = "",
) -> Response:
    """Change the status of a case and say why."""
    if not office.sessions.is_form_key(session, form_key):
        raise HTTPException(403)
    await office.records.cases.change(number, OPERATORS, status=status, note=note.strip())
    return RedirectResponse(f"/cases/{number}", status_code=303)
