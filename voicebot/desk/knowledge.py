"""Answers to cases that were proposed as knowledge, for editors: take the draft, or reject it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from voicebot.desk.drafts import draft_entry
from voicebot.desk.office import AnEditor, AnOffice
from voicebot.records.people_types import ProposalState

router = APIRouter()


@router.get("/knowledge", response_class=HTMLResponse)
async def proposals_page(office: AnOffice, visitor: AnEditor) -> str:
    """Proposals, latest first."""
    return office.page(
        "knowledge.html", visitor, "/knowledge", proposals=await office.records.proposals.list()
    )


@router.post("/knowledge/{proposal_id}/draft")
async def take_draft(
    proposal_id: int,
    office: AnOffice,
    visitor: AnEditor,
    form_key: Annotated[str, Form()] = "",
) -> Response:
    """A file for intents/, to be finished by hand."""
    visitor.check(form_key)
    text = draft_entry(await office.records.proposals.get(proposal_id))
    await office.records.proposals.decide(proposal_id, visitor.who, ProposalState.EXPORTED)
    return Response(
        text,
        media_type="application/yaml; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="proposal-{proposal_id}.yaml"'},
    )


@router.post("/knowledge/{proposal_id}/reject")
async def reject(
    proposal_id: int,
    office: AnOffice,
    visitor: AnEditor,
    form_key: Annotated[str, Form()] = "",
) -> Response:
    """It will not become knowledge."""
    visitor.check(form_key)
    await office.records.proposals.decide(proposal_id, visitor.who, ProposalState.REJECTED)
    return RedirectResponse("/knowledge", status_code=303)
