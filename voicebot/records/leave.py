"""Leave to ring somebody: given once for an attempt, to the process that holds its claim.

An attempt carries the number of the claim under which it was written down, as a fencing token.
Leave is a compare-and-set in one transaction: the claim is still this one, the attempt is of this
claim, has no result and was given no leave before. Whoever takes the work over ends the attempt in
a transaction of their own first, so that of the two only one can win. Leave renews the claim.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import due_work
from voicebot.records.due_work import ClaimLost
from voicebot.records.models import AttemptRow, DueWorkRow
from voicebot.records.work_types import Work


async def give_leave(session: AsyncSession, work: Work, attempt_id: int, now: datetime) -> None:
    """Note that the attempt is dialled now, and hold the work for another lease from now.

    Raises:
        ClaimLost: somebody else has the work, or the attempt has ended: nobody may be rung.
    """
    await due_work.still_held(session, work)
    given = await session.scalar(
        update(AttemptRow)
        .where(
            AttemptRow.attempt_id == attempt_id,
            AttemptRow.claim == work.claim,
            AttemptRow.dialled_at.is_(None),
            AttemptRow.result.is_(None),
        )
        .values(dialled_at=now)
        .returning(AttemptRow.attempt_id)
    )
    if given is None:
        raise ClaimLost(f"{work.kind} {work.work_id}: attempt {attempt_id} is not to be dialled")
    await session.execute(
        update(DueWorkRow)
        .where(DueWorkRow.work_id == work.work_id)
        .values(claimed_until=now + work.lease)
    )
