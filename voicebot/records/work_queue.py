"""The queue of due work as a scheduler sees it: claim, extend, finish, give back, give up."""

from __future__ import annotations

import os
import socket
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, TextClause, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.database import Database
from voicebot.records.due_work import ClaimLost, change, end, make_due, shown
from voicebot.records.errors import NotFound
from voicebot.records.models import FAILED_WORK, OPEN_WORK, DueWorkRow
from voicebot.records.types import Clock
from voicebot.records.work_types import Work, WorkState, WorkSummary

_ENDED = (WorkState.DONE, WorkState.FAILED)

T = TypeVar("T")


class DueWork:
    """What is due, for those who do it. See `voicebot.records.due_work`."""

    def __init__(self, database: Database, clock: Clock, owner: str | None = None) -> None:
        self._database = database
        self._clock = clock
        self._owner = owner or f"{socket.gethostname()}:{os.getpid()}"

    async def claim(self, kinds: Collection[str], limit: int, lease: timedelta) -> tuple[Work, ...]:
        """Take what is due, the most overdue first; no other process gets the same while the
        lease lasts. Work whose lease ran out too often is given up here."""
        now = self._clock()
        claimable = (
            select(DueWorkRow.work_id, DueWorkRow.attempts, DueWorkRow.max_attempts)
            .where(
                # Not the bare column: SQLite would go by kind and sort all that waits, each time.
                DueWorkRow.kind.concat("").in_(kinds),
                OPEN_WORK,
                DueWorkRow.due_at <= now,
                or_(DueWorkRow.claimed_until.is_(None), DueWorkRow.claimed_until <= now),
            )
            .order_by(DueWorkRow.due_at, DueWorkRow.work_id)
            .limit(limit)
        )

        async def look(session: AsyncSession) -> bool:
            return (await session.execute(claimable.limit(1))).first() is not None

        async def work(session: AsyncSession) -> tuple[Work, ...]:
            due = (await session.execute(claimable.with_for_update(skip_locked=True))).all()
            await self._give_up_unfinished(
                session, [row.work_id for row in due if row.attempts >= row.max_attempts], now
            )
            wanted = [row.work_id for row in due if row.attempts < row.max_attempts]
            if not wanted:
                return ()
            claimed = await session.scalars(
                update(DueWorkRow)
                .where(DueWorkRow.work_id.in_(wanted))
                .values(
                    state=WorkState.CLAIMED,
                    attempts=DueWorkRow.attempts + 1,
                    claim=DueWorkRow.claim + 1,
                    claimed_by=self._owner,
                    claimed_until=now + lease,
                )
                .returning(DueWorkRow),
                execution_options={"synchronize_session": False},
            )
            found = {row.work_id: _work(row, now + lease, lease) for row in claimed}
            return tuple(found[work_id] for work_id in wanted)

        # Asked every second, and mostly for nothing: writers would have to wait for a claim.
        return await self._database.write(work) if await self._database.read(look) else ()

    async def _give_up_unfinished(
        self, session: AsyncSession, ids: Sequence[int], now: datetime
    ) -> None:
        if ids:
            await session.execute(
                update(DueWorkRow)
                .where(DueWorkRow.work_id.in_(ids))
                .values(
                    state=WorkState.FAILED,
                    claimed_by=None,
                    claimed_until=None,
                    done_at=now,
                    last_error=func.coalesce(
                        DueWorkRow.last_error, "claimed again and again, never finished"
                    ),
                )
            )

    async def transaction(self, effects: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run a transaction that schedules work and changes nothing else."""
        return await self._database.write(effects)

    async def finish(self, work: Work) -> None:
        """The work is done. Nothing happens when it was ended already, with its effects.

        Raises:
            ClaimLost: it is no longer this claim's to finish.
        """

        async def ending(session: AsyncSession) -> None:
            try:
                await end(session, work, WorkState.DONE, self._clock(), None)
            except ClaimLost:
                row = await session.get(DueWorkRow, work.work_id)
                if row is None or row.state not in _ENDED or row.claim != work.claim:
                    raise

        await self._database.write(ending)

    async def complete(self, work: Work, effects: Callable[[AsyncSession], Awaitable[T]]) -> T:
        """Run effects in this database and finish the work, in one transaction.

        Raises:
            ClaimLost: the effects are undone.
        """

        async def both(session: AsyncSession) -> T:
            result = await effects(session)
            await end(session, work, WorkState.DONE, self._clock(), None)
            return result

        return await self._database.write(both)

    async def retry(self, work: Work, at: datetime, reason: str, *, counted: bool = False) -> None:
        """Give the work back until a moment.

        Args:
            counted: it failed; after `max_attempts` failures in a row it is given up. Otherwise
                the count starts again.

        Raises:
            ClaimLost: it is no longer this claim's.
        """
        if counted and work.attempts >= work.max_attempts:
            await self.give_up(work, reason)
            return

        async def back(session: AsyncSession) -> None:
            await change(
                session,
                work,
                state=WorkState.WAITING,
                due_at=at,
                attempts=work.attempts if counted else 0,
                last_error=shown(reason),
            )

        await self._database.write(back)

    async def give_up(self, work: Work, reason: str) -> None:
        """The work cannot be done; people see it among the failed.

        Raises:
            ClaimLost: it is no longer this claim's.
        """

        async def ending(session: AsyncSession) -> None:
            await end(session, work, WorkState.FAILED, self._clock(), reason)

        await self._database.write(ending)

    async def extend(self, works: Collection[Work], lease: timedelta) -> frozenset[int]:
        """Keep claims for another lease from now.

        Returns:
            The ids of those that are still held, or that this very claim has finished meanwhile,
            with their effects; the others were lost.
        """
        until = self._clock() + lease
        claims = {work.work_id: work.claim for work in works}

        async def later(session: AsyncSession) -> frozenset[int]:
            rows = await session.execute(
                update(DueWorkRow)
                .where(
                    DueWorkRow.work_id.in_(claims),
                    DueWorkRow.state == WorkState.CLAIMED,
                    DueWorkRow.claimed_by == self._owner,
                )
                .values(claimed_until=until)
                .returning(DueWorkRow.work_id, DueWorkRow.claim)
            )
            held = {row.work_id for row in rows if claims[row.work_id] == row.claim}
            if missing := claims.keys() - held:
                # Only who holds a claim can bring it to this end.
                done = await session.execute(
                    select(DueWorkRow.work_id, DueWorkRow.claim).where(
                        DueWorkRow.work_id.in_(missing), DueWorkRow.state == WorkState.DONE
                    )
                )
                held |= {row.work_id for row in done if claims[row.work_id] == row.claim}
            return frozenset(held)

        return await self._database.write(later) if claims else frozenset()

    async def counts(self) -> dict[str, dict[WorkState, int]]:
        """How many pieces of each kind are in which state."""

        async def work(session: AsyncSession) -> dict[str, dict[WorkState, int]]:
            rows = await session.execute(
                select(DueWorkRow.kind, DueWorkRow.state, func.count()).group_by(
                    DueWorkRow.kind, DueWorkRow.state
                )
            )
            found: dict[str, dict[WorkState, int]] = {}
            for kind, state, number in rows:
                found.setdefault(kind, {})[state] = number
            return found

        return await self._database.read(work)

    async def overdue(self, *, by: timedelta = timedelta(minutes=5)) -> int:
        """How many wait since longer than `by`: above zero, no scheduler keeps up (or runs)."""
        before = self._clock() - by

        async def work(session: AsyncSession) -> int:
            return (
                await session.scalar(
                    select(func.count())
                    .select_from(DueWorkRow)
                    .where(
                        OPEN_WORK,
                        DueWorkRow.state == WorkState.WAITING,
                        DueWorkRow.due_at <= before,
                    )
                )
                or 0
            )

        return await self._database.read(work)

    async def about(self, kind: str, subject: str | int) -> tuple[WorkSummary, ...]:
        """All of one kind about one subject, in the order in which it is due."""
        return await self._list(DueWorkRow.kind == kind, DueWorkRow.subject == str(subject))

    async def failed(self, *, limit: int = 100) -> tuple[WorkSummary, ...]:
        """What was given up, for people to look at."""
        return await self._list(FAILED_WORK, limit=limit)

    async def again(self, work_id: int) -> None:
        """Make failed work due now, as somebody has mended the reason.

        Raises:
            NotFound: there is no failed work of that id.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> None:
            row = await session.get(DueWorkRow, work_id, with_for_update=True)
            if row is None or row.state is not WorkState.FAILED:
                raise NotFound(f"there is no failed work {work_id}")
            make_due(row, now, row.payload, row.max_attempts)

        await self._database.write(work)

    async def _list(
        self, *conditions: ColumnElement[bool] | TextClause, limit: int = 100
    ) -> tuple[WorkSummary, ...]:
        async def work(session: AsyncSession) -> tuple[WorkSummary, ...]:
            rows = await session.scalars(
                select(DueWorkRow)
                .where(*conditions)
                .order_by(DueWorkRow.due_at, DueWorkRow.work_id)
                .limit(limit)
            )
            return tuple(_summary(row) for row in rows)

        return await self._database.read(work)


def _work(row: DueWorkRow, until: datetime, lease: timedelta) -> Work:
    return Work(
        work_id=row.work_id,
        kind=row.kind,
        subject=row.subject,
        key=row.key,
        due_at=row.due_at,
        payload=row.payload,
        attempts=row.attempts,
        max_attempts=row.max_attempts,
        claim=row.claim,
        claimed_until=until,
        lease=lease,
    )


def _summary(row: DueWorkRow) -> WorkSummary:
    return WorkSummary(
        work_id=row.work_id,
        kind=row.kind,
        subject=row.subject,
        key=row.key,
        due_at=row.due_at,
        state=row.state,
        attempts=row.attempts,
        claimed_by=row.claimed_by,
        last_error=row.last_error,
    )
