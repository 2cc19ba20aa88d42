"""What people do to a case: take it, pass it on, wait, answer, close; each says why."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated, Literal

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from voicebot.desk.cases import draw_case
from voicebot.desk.labels import problem
from voicebot.desk.office import AnOffice, AVisitor
from voicebot.records import ATHENS, Answer, InvalidRecord, Window

router = APIRouter()

_Key = Annotated[str, Form()]
_Text = Annotated[str, Form(max_length=2000)]


@router.post("/cases/{number}/answer")
async def answer_case(
    number: str,
    office: AnOffice,
    visitor: AVisitor,
    by: Annotated[Literal["sms", "email", "callback", "told"], Form()],
    answer: _Text = "",
    recipient: Annotated[str, Form(max_length=254)] = "",
    day: Annotated[str, Form(max_length=10)] = "",
    earliest: Annotated[str, Form(max_length=5)] = "",
    latest: Annotated[str, Form(max_length=5)] = "",
    propose: Annotated[bool, Form()] = False,
    question: _Text = "",
    form_key: _Key = "",
) -> Response:
    """Answer the citizen; by message or in person that closes the case, by calling back it is
    closed when the citizen was reached. The answer may be proposed as knowledge for all."""
    visitor.check(form_key)
    cases = office.records.cases
    try:
        if propose and not question.strip():
            raise InvalidRecord("question: what does it answer")
        await cases.answer(
            number,
            visitor.who,
            Answer(answer, by, recipient.strip() or None),
            window=_window(day, earliest, latest) if by == "callback" else None,
        )
        if propose:
            await office.records.proposals.propose(number, visitor.who, question, answer)
    except InvalidRecord as error:
        case = await cases.details(number)
        page = await draw_case(office, visitor, case, problem=problem(str(error)), draft=answer)
        return HTMLResponse(page, status_code=422)
    return RedirectResponse(f"/cases/{number}", status_code=303)


@router.post("/cases/{number}/{action}")
async def act(
    number: str,
    action: Literal["take", "reassign", "pause", "resume", "escalate", "close", "reopen", "note"],
    office: AnOffice,
    visitor: AVisitor,
    reason: _Text = "",
    owner: Annotated[str, Form(max_length=128)] = "",
    form_key: _Key = "",
) -> Response:
    """Do one thing to a case and say why."""
    visitor.check(form_key)
    cases, who = office.records.cases, visitor.who
    try:
        match action:
            case "take":
                await cases.take(number, who, reason)
            case "reassign":
                await cases.reassign(number, who, owner, reason)
            case "pause":
                await cases.pause(number, who, reason)
            case "resume":
                await cases.resume(number, who, reason)
            case "escalate":
                await cases.escalate(number, who, reason)
            case "close":
                await cases.close(number, who, reason)
            case "reopen":
                await cases.reopen(number, who, reason)
            case "note":
                await cases.note(number, who, reason)
    except InvalidRecord as error:
        found = await cases.details(number)
        page = await draw_case(office, visitor, found, problem=problem(str(error)))
        return HTMLResponse(page, status_code=422)
    return RedirectResponse(f"/cases/{number}", status_code=303)


def _window(day: str, earliest: str, latest: str) -> Window:
    try:
        on = date.fromisoformat(day)
        first, last = time.fromisoformat(earliest), time.fromisoformat(latest)
    except ValueError as error:
        raise InvalidRecord("window: a day and two times are needed") from error
    return Window(datetime.combine(on, first, ATHENS), datetime.combine(on, last, ATHENS))
