"""Callers put through to a person: asked for, connected or not, by whom, after how long."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.database import Database
from voicebot.records.errors import AlreadyFinished, InvalidRecord, NotFound
from voicebot.records.masking import mask
from voicebot.records.models import CallRow, HandoffRow
from voicebot.records.types import Clock, HandoffRecord, HandoffStatus


class Handoffs:
    """The log of handoffs."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def request(
        self,
        call_id: str,
        reason: str,
        *,
        topic: str | None = None,
        summary: str = "",
        captured: Sequence[tuple[str, str]] = (),
        queue: str = "operators",
    ) -> int:
        """Note that a caller waits for a person; gives the key for `end`.

        `summary` and the values of `captured` are stored masked.

        Raises:
            NotFound: no such call.
        """

        async def work(session: AsyncSession) -> int:
            if await session.get(CallRow, call_id) is None:
                raise NotFound(f"there is no call {call_id!r}")
            row = HandoffRow(
                call_id=call_id,
                reason=reason,
                topic=topic,
                summary=mask(summary),
                captured=tuple((slot, mask(value)) for slot, value in captured),
                queue=queue,
                status=HandoffStatus.WAITING,
                requested_at=self._clock(),
            )
            session.add(row)
            await session.flush()
            return row.handoff_id

        return await self._database.write(work)

    async def end(
        self, handoff_id: int, status: HandoffStatus, answered_by: str | None = None
    ) -> HandoffRecord:
        """Note how the waiting ended; `answered_by` is the agent's address when connected.

        Raises:
            NotFound: no such handoff.
            AlreadyFinished: the waiting ended before.
            InvalidRecord: WAITING is no end.
        """
        if status is HandoffStatus.WAITING:
            raise InvalidRecord("status: waiting is not an end")

        async def work(session: AsyncSession) -> HandoffRecord:
            row: HandoffRow | None = await session.scalar(
                select(HandoffRow).where(HandoffRow.handoff_id == handoff_id).with_for_update()
            )
            if row is None:
                raise NotFound(f"there is no handoff {handoff_id}")
            if row.status is not HandoffStatus.WAITING:
                raise AlreadyFinished(f"handoff {handoff_id} ended as {row.status} already")
            row.status = status
            row.answered_by = answered_by
            row.ended_at = self._clock()
            return _record(row)

        return await self._database.write(work)

    async def of_call(self, call_id: str) -> tuple[HandoffRecord, ...]:
        """The handoffs of a call in order."""

        async def work(session: AsyncSession) -> tuple[HandoffRecord, ...]:
            rows = await session.scalars(
                select(HandoffRow)
                .where(HandoffRow.call_id == call_id)
                .order_by(HandoffRow.handoff_id)
            )
            return tuple(_record(row) for row in rows)

        return await self._database.read(work)


def _record(row: HandoffRow) -> HandoffRecord:
    waited = None if row.ended_at is None else (row.ended_at - row.requested_at).total_seconds()
    return HandoffRecord(
        handoff_id=row.handoff_id,
        call_id=row.call_id,
        reason=row.reason,
        topic=row.topic,
        summary=row.summary,
        captured=row.captured,
        queue=row.queue,
        status=row.status,
        answered_by=row.answered_by,
        requested_at=row.requested_at,
        wait_s=waited,
    )
