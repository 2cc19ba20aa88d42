"""What the clock of a case makes due: a warning, the next level, the supervisors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.operations.scheduler import Done, Result, RetryAt
from voicebot.records import Records, Work
from voicebot.records.case_steps import round_of


class _TooEarly(Exception):
    def __init__(self, again: datetime) -> None:
        self.again = again


async def case_clock(work: Work, records: Records) -> Result:
    """Do it and finish the work in one commit, so that it happens exactly once."""

    async def effects(session: AsyncSession) -> None:
        again = await records.cases.time_passed(session, work.subject, round_of(work.key))
        if again is not None:
            raise _TooEarly(again)

    try:
        await records.work.complete(work, effects)
    except _TooEarly as early:
        return RetryAt(early.again, "its time has not come")
    return Done()
