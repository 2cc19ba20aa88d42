"""Attempts to reach somebody: written down before anybody is rung, for a callback or for a person
of a campaign."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.models import AttemptRow
from voicebot.records.types import AttemptResult
from voicebot.records.work_types import Work

# What does not count as an attempt when the phone has not rung.
_UNCOUNTED = (AttemptResult.LOST, AttemptResult.NO_AGENT, AttemptResult.TOO_LATE)


async def write_down(
    session: AsyncSession,
    work: Work,
    now: datetime,
    *,
    callback_id: int | None = None,
    person_id: int | None = None,
) -> AttemptRow:
    """The next attempt for a callback or a person, under the claim of the work."""
    last = await session.scalar(
        select(func.max(AttemptRow.ordinal)).where(
            AttemptRow.callback_id == callback_id
            if callback_id is not None
            else AttemptRow.person_id == person_id
        )
    )
    attempt = AttemptRow(
        callback_id=callback_id,
        person_id=person_id,
        ordinal=(last or 0) + 1,
        claim=work.claim,
        started_at=now,
    )
    session.add(attempt)
    await session.flush()
    return attempt


def did_not_ring(attempt: AttemptRow) -> bool:
    """Whether an attempt with its result does not count, as nobody's phone can have rung."""
    return attempt.dialled_at is None and attempt.result in _UNCOUNTED


def silent_at(dialled_at: datetime, work: Work, ring: timedelta) -> datetime:
    """When a phone that was left ringing is surely silent: nobody may have been left to stop it."""
    return dialled_at + work.lease + ring
