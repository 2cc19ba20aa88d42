"""Callbacks that were promised and are not yet kept, for the people who keep them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from voicebot.desk.office import AnOffice, AVisitor
from voicebot.records import CallbackStatus

router = APIRouter()


@router.get("/callbacks", response_class=HTMLResponse)
async def callbacks_page(office: AnOffice, visitor: AVisitor) -> str:
    """Callbacks that wait, the most urgent first."""
    return office.page(
        "callbacks.html",
        visitor,
        "/callbacks",
        callbacks=await office.records.callbacks.open_ones(),
        now=datetime.now(UTC),
    )


@router.post("/callbacks/{callback_id}")
async def mark_callback(
    callback_id: int,
    office: AnOffice,
    visitor: AVisitor,
    result: Annotated[Literal["kept", "no_answer", "given_up"], Form()],
    form_key: Annotated[str, Form()] = "",
) -> Response:
    """Note what came of ringing back."""
    visitor.check(form_key)
    mark = office.records.callbacks.mark
    match result:
        case "kept":
            await mark(callback_id, CallbackStatus.DIALLING)
            await mark(callback_id, CallbackStatus.KEPT, who=visitor.who)
        case "no_answer":
            await mark(callback_id, CallbackStatus.DIALLING)
            await mark(callback_id, CallbackStatus.WAITING)
        case "given_up":
            await mark(callback_id, CallbackStatus.GIVEN_UP, who=visitor.who)
    return RedirectResponse("/callbacks", status_code=303)
