"""Calls that ended while the database was away: kept in memory, written down when it is back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import teams
from voicebot.records.database import Database
from voicebot.records.errors import RecordsUnavailable
from voicebot.records.masking import mask_number
from voicebot.records.models import CallRow
from voicebot.records.types import Agency, Direction, Outcome

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class LateCall:
    """A call that is over. Its transcript is lost."""

    call_id: str
    number: str | None = field(repr=False)
    direction: Direction
    started_at: datetime
    ended_at: datetime
    outcome: Outcome
    topic: str | None
    agency: Agency | None


class LateCalls:
    """What is still to be written. One event loop only."""

    def __init__(self, database: Database, instance: str) -> None:
        self._database = database
        self._instance = instance
        self._waiting: list[LateCall] = []

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def keep(self, call: LateCall) -> None:
        """Remember a call."""
        self._waiting.append(call)

    async def write(self) -> None:
        """Write down all that wait; what cannot be written goes on waiting."""
        waiting, self._waiting = self._waiting, []
        while waiting:
            call = waiting.pop(0)
            try:
                await self._database.write(partial(self._one, call))
            except RecordsUnavailable:
                self._waiting = [call, *waiting, *self._waiting]
                return
            except BaseException:
                self._waiting = [call, *waiting, *self._waiting]
                raise
            log.info("records.late_call_written", call_id=call.call_id)

    async def _one(self, call: LateCall, session: AsyncSession) -> None:
        row = await session.get(CallRow, call.call_id)
        if row is None:
            row = CallRow(
                call_id=call.call_id,
                caller_number=mask_number(call.number) if call.number else None,
                direction=call.direction,
                instance=self._instance,
                started_at=call.started_at,
            )
            session.add(row)
        if row.outcome is None:
            row.outcome, row.ended_at = call.outcome, call.ended_at
            row.topic, row.agency = call.topic, call.agency
            row.owner = teams.outcome_team(call.outcome, call.agency)
