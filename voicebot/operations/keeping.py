"""The nightly purge: the handler of `purge`."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.operations.scheduler import Handler, Result, RetryAt
from voicebot.records import ATHENS, Records, Work, WorkState
from voicebot.records.due_work import schedule
from voicebot.records.types import Clock, utc_now
from voicebot.settings import Retention

PURGE = "purge"
_SUBJECT = "retention"
AT = time(3, 40)
# It comes again every night; one bad night must not end it.
_MAX_ATTEMPTS = 1000

log = structlog.get_logger(__name__)


async def plan_purge(records: Records, clock: Clock = utc_now) -> None:
    """Make sure that the purge is due every night."""

    async def work(session: AsyncSession) -> None:
        await schedule(
            session,
            PURGE,
            _SUBJECT,
            next_night(clock()),
            key=PURGE,
            max_attempts=_MAX_ATTEMPTS,
            now=clock(),
        )

    await records.work.transaction(work)
    for found in await records.work.about(PURGE, _SUBJECT):
        if found.state is WorkState.FAILED:
            await records.work.again(found.work_id)


def purger(times: Retention, clock: Clock = utc_now) -> Handler:
    """The handler that purges and is due again the next night."""

    async def purge(work: Work, records: Records) -> Result:
        counts = await records.retention.purge(times)
        log.info("retention.purged", **{str(data): number for data, number in counts.items()})
        return RetryAt(next_night(clock()), "every night")

    return purge


def next_night(now: datetime) -> datetime:
    """When the purge is due next, in the quietest hour of Greek local time."""
    local = now.astimezone(ATHENS)
    tonight = local.replace(hour=AT.hour, minute=AT.minute, second=0, microsecond=0)
    return tonight if tonight > local else tonight + timedelta(days=1)
