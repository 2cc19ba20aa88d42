"""What the end of a callback means for the case whose answer it was to tell."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import case_steps
from voicebot.records.case_rows import write_event
from voicebot.records.case_types import CaseAction
from voicebot.records.models import CaseRow
from voicebot.records.types import CallbackStatus, CaseStatus


async def callback_ended(
    session: AsyncSession, callback_id: int, status: CallbackStatus, who: str, now: datetime
) -> None:
    """Whoever ends a callback says so here, in the same transaction: a case whose answer was told
    is closed; one whose citizen was not reached goes on."""
    row: CaseRow | None = await session.scalar(
        select(CaseRow).where(CaseRow.answer_callback_id == callback_id).with_for_update()
    )
    if row is None or row.status is CaseStatus.CLOSED:
        return
    row.answer_callback_id = None
    if status is CallbackStatus.KEPT:
        await case_steps.close(session, row, who, now, "callback", CaseAction.ANSWERED)
    else:
        await write_event(session, row, CaseAction.NOT_REACHED, who, now)
