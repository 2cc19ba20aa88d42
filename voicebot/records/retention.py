"""Retention: what has been kept long enough after its end is deleted, or loses what is personal in
it, class of data by class of data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit
from voicebot.records.database import Database
from voicebot.records.inventory import TREATMENTS, DataClass, Treatment
from voicebot.records.types import Clock
from voicebot.settings import Retention as Times

WHO = "retention"
# So many rows in one transaction: the line must be able to write in between.
BATCH = 500
# So many keys are held at once.
_LISTED = 100_000


class Retention:
    """See the module."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def due(self, times: Times) -> dict[DataClass, int]:
        """How many rows of each class have been kept long enough. Changes nothing."""
        now = self._clock()

        async def work(session: AsyncSession) -> dict[DataClass, int]:
            counts = dict.fromkeys(DataClass, 0)
            for treatment in TREATMENTS:
                counts[treatment.data] += await count(
                    session, treatment, _old(treatment, times, now), now
                )
            return counts

        return await self._database.read(work)

    async def purge(self, times: Times) -> dict[DataClass, int]:
        """Treat what has been kept long enough; gives how many rows of each class. Stopped in the
        middle, it goes on from there the next time."""
        now = self._clock()
        counts = dict.fromkeys(DataClass, 0)
        for treatment in TREATMENTS:
            old = _old(treatment, times, now)
            counts[treatment.data] += await self._purge(treatment, old, now)
        done = {str(data): number for data, number in counts.items() if number}
        if done:

            async def note(session: AsyncSession) -> None:
                await audit.append(session, WHO, "retention.purged", WHO, done, now=now)

            await self._database.write(note)
        return counts

    async def _purge(self, treatment: Treatment, old: ColumnElement[bool], now: datetime) -> int:
        """Look for the rows beside those who write, then treat them in batches."""

        async def look(session: AsyncSession) -> Sequence[Any]:
            query = _keys(treatment, old).limit(_LISTED)
            found: Sequence[Any] = (await session.scalars(query, {"now": now})).all()
            return found

        treated = 0
        while keys := await self._database.read(look):
            before = treated
            for at in range(0, len(keys), BATCH):
                # What somebody took up again meanwhile does not fulfil the condition any more.
                still = and_(treatment.key.in_(keys[at : at + BATCH]), old)
                treated += await self._database.write(partial(_treat, treatment, still, now))
            if len(keys) < _LISTED or treated == before:
                break
        return treated


async def count(
    session: AsyncSession, treatment: Treatment, condition: ColumnElement[bool], now: datetime
) -> int:
    """How many rows a treatment would change where a condition holds."""
    query = (
        select(func.count())
        .select_from(treatment.table)
        .where(treatment.ended, treatment.left, condition)
    )
    return await session.scalar(query, {"now": now}) or 0


async def treat(
    session: AsyncSession,
    treatment: Treatment,
    condition: ColumnElement[bool],
    now: datetime,
) -> int:
    """Blank or delete rows where a condition holds; gives how many."""
    keys: Sequence[Any] = (await session.scalars(_keys(treatment, condition), {"now": now})).all()
    for at in range(0, len(keys), BATCH):
        of_these = treatment.key.in_(keys[at : at + BATCH])
        blank: Mapping[str, Any] | None = treatment.blank
        if blank is None:
            await session.execute(delete(treatment.table).where(of_these))
        else:
            await session.execute(update(treatment.table).where(of_these).values(dict(blank)))
    return len(keys)


async def _treat(
    treatment: Treatment, condition: ColumnElement[bool], now: datetime, session: AsyncSession
) -> int:
    return await treat(session, treatment, condition, now)


def _keys(treatment: Treatment, condition: ColumnElement[bool]) -> Select[tuple[Any]]:
    return select(treatment.key).where(treatment.ended, treatment.left, condition)


def _old(treatment: Treatment, times: Times, now: datetime) -> ColumnElement[bool]:
    days: int = getattr(times, f"{treatment.data}_days")
    return treatment.ended_at < now - timedelta(days=days)
