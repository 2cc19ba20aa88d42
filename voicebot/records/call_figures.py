"""What became of calls and who answers for it, counted so that everything adds up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.database import Database
from voicebot.records.models import CallRow
from voicebot.records.types import Outcome


@dataclass(frozen=True)
class CallShare:
    """So many calls came to this outcome, for which this owner answers. Both are None for calls
    that go on."""

    outcome: Outcome | None
    owner: str | None
    calls: int


class CallFigures:
    """Counts calls; every call is in exactly one share."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def shares(self, since: datetime) -> tuple[CallShare, ...]:
        """Calls that began since then, by outcome and owner, the most first in each outcome."""

        async def work(session: AsyncSession) -> tuple[CallShare, ...]:
            query = (
                select(CallRow.outcome, CallRow.owner, func.count())
                .where(CallRow.started_at >= since)
                .group_by(CallRow.outcome, CallRow.owner)
            )
            rows = await session.execute(query)
            return tuple(CallShare(row[0], row[1], row[2]) for row in rows)

        found = await self._database.read(work)
        return tuple(sorted(found, key=lambda one: (one.outcome or "~", -one.calls)))
