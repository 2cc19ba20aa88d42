"""Calls, their turns, their notices and their one outcome."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Insert, bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import teams
from voicebot.records.database import Database
from voicebot.records.errors import InvalidRecord, NotFound
from voicebot.records.inserting import insert_if_free
from voicebot.records.masking import mask, mask_number
from voicebot.records.models import Base, CallRow, HandoffRow, NoticeRow, TurnRow
from voicebot.records.types import (
    Agency,
    CallSummary,
    Clock,
    Direction,
    HandoffStatus,
    Notice,
    NoticeProof,
    Outcome,
    Turn,
)

# These run several times in every call: they are made once, and for the tables themselves.
_CALLS, _RESERVATIONS, _HANDOFFS = (
    Base.metadata.tables[name] for name in ("calls", "reservations", "handoffs")
)
_TURN = insert(Base.metadata.tables["turns"])
_NOTICE = insert(Base.metadata.tables["notices"])
_FINISH = (
    update(_CALLS)
    .where(_CALLS.c.call_id == bindparam("of_call"), _CALLS.c.outcome.is_(None))
    .returning(_CALLS.c.outcome)
)
_FREE_HELD = delete(_RESERVATIONS).where(
    _RESERVATIONS.c.call_id == bindparam("of_call"), _RESERVATIONS.c.appointment.is_(None)
)
_END_WAITING = (
    update(_HANDOFFS)
    .where(_HANDOFFS.c.call_id == bindparam("of_call"), _HANDOFFS.c.status == HandoffStatus.WAITING)
    .values(status=HandoffStatus.ABANDONED)
)


class Calls:
    """See `Records`, which gives these on."""

    def __init__(self, database: Database, clock: Clock, instance: str) -> None:
        self._database = database
        self._clock = clock
        self._instance = instance

    async def start(self, call_id: str, number: str | None, direction: Direction) -> None:
        """A call has begun."""

        async def work(session: AsyncSession) -> None:
            new = await insert_if_free(
                session,
                CallRow,
                call_id=call_id,
                caller_number=mask_number(number) if number else None,
                direction=direction,
                instance=self._instance,
                started_at=self._clock(),
            )
            if new is None:
                raise InvalidRecord(f"call_id: there is a call {call_id!r} already")

        await self._database.write(work)

    async def add_turn(self, call_id: str, turn: Turn) -> Turn:
        """Store one turn, masked."""
        stored = Turn(
            who=turn.who,
            text=mask(turn.text),
            intent=turn.intent,
            slot=turn.slot,
            probability=turn.probability,
            latency_ms=turn.latency_ms,
            at=turn.at or self._clock(),
        )

        await self._add(
            _TURN,
            {
                "call_id": call_id,
                "who": stored.who,
                "text": stored.text,
                "intent": stored.intent,
                "slot": stored.slot,
                "probability": stored.probability,
                "latency_ms": stored.latency_ms,
                "at": stored.at,
            },
            call_id,
        )
        return stored

    async def note_notice(self, call_id: str, kind: Notice, *, completed: bool) -> None:
        """Prove that a notice was played."""

        await self._add(
            _NOTICE,
            {"call_id": call_id, "kind": kind, "completed": completed, "at": self._clock()},
            call_id,
        )

    async def veil(self, call_id: str, text: str) -> None:
        """Forget who rang and what was said so far."""

        async def work(session: AsyncSession) -> None:
            call = await _call(session, call_id)
            call.caller_number = None
            await session.execute(
                update(TurnRow)
                .where(TurnRow.call_id == call_id)
                .values(text=text, intent=None, probability=None)
            )
            await session.execute(
                update(HandoffRow)
                .where(HandoffRow.call_id == call_id)
                .values(summary=text, captured=())
            )

        await self._database.write(work)

    async def _add(self, statement: Insert, row: dict[str, Any], call_id: str) -> None:
        """Insert a row that belongs to a call."""
        try:
            await self._database.write_one(statement, row)
        except InvalidRecord as error:
            raise NotFound(f"there is no call {call_id!r}") from error

    async def notices(self, call_id: str) -> tuple[NoticeProof, ...]:
        """The proof log of a call."""

        async def work(session: AsyncSession) -> tuple[NoticeProof, ...]:
            rows = await session.scalars(
                select(NoticeRow).where(NoticeRow.call_id == call_id).order_by(NoticeRow.notice_id)
            )
            return tuple(NoticeProof(row.kind, row.completed, row.at) for row in rows)

        return await self._database.read(work)

    async def finish(
        self,
        call_id: str,
        outcome: Outcome,
        topic: str | None,
        owner: str | None,
        agency: Agency | None,
    ) -> Outcome:
        """Record the outcome, unless one stands already, and let go of what the call held."""
        answerable = teams.checked_owner(
            teams.outcome_team(outcome, agency) if owner is None else owner
        )

        async def work(session: AsyncSession) -> Outcome:
            now = self._clock()
            stands: Outcome | None = await session.scalar(
                _FINISH,
                {
                    "of_call": call_id,
                    "outcome": outcome,
                    "ended_at": now,
                    "owner": answerable,
                    "topic": topic,
                    "agency": agency,
                },
            )
            await _let_go(session, call_id, now)
            if stands is None:
                stands = (await _call(session, call_id)).outcome
            if stands is None:
                raise AssertionError("an outcome was just written")
            return stands

        return await self._database.write(work)

    async def close_left_over(self) -> int:
        """Close as abandoned what this process left unfinished when it last stopped."""

        async def work(session: AsyncSession) -> int:
            left_over = list(
                await session.scalars(
                    select(CallRow.call_id).where(
                        CallRow.outcome.is_(None), CallRow.instance == self._instance
                    )
                )
            )
            if left_over:
                await session.execute(
                    update(CallRow)
                    .where(CallRow.call_id.in_(left_over), CallRow.outcome.is_(None))
                    .values(outcome=Outcome.ABANDONED, ended_at=self._clock(), owner=teams.LINE)
                )
                for call_id in left_over:
                    await _let_go(session, call_id, self._clock())
            return len(left_over)

        return await self._database.write(work)

    async def summary(self, call_id: str) -> CallSummary:
        """One call."""

        async def work(session: AsyncSession) -> CallSummary:
            return _summary(await _call(session, call_id))

        return await self._database.read(work)

    async def transcript(self, call_id: str) -> tuple[Turn, ...]:
        """The turns in order."""

        async def work(session: AsyncSession) -> tuple[Turn, ...]:
            rows = await session.scalars(
                select(TurnRow).where(TurnRow.call_id == call_id).order_by(TurnRow.turn_id)
            )
            return tuple(
                Turn(
                    who=row.who,
                    text=row.text,
                    intent=row.intent,
                    slot=row.slot,
                    probability=row.probability,
                    latency_ms=row.latency_ms,
                    at=row.at,
                )
                for row in rows
            )

        return await self._database.read(work)

    async def recent(self, since: datetime | None, limit: int) -> tuple[CallSummary, ...]:
        """Calls, latest first."""

        async def work(session: AsyncSession) -> tuple[CallSummary, ...]:
            query = select(CallRow).order_by(CallRow.started_at.desc()).limit(limit)
            if since is not None:
                query = query.where(CallRow.started_at >= since)
            return tuple(_summary(row) for row in await session.scalars(query))

        return await self._database.read(work)

    async def outcomes(self, since: datetime | None) -> dict[Outcome | None, int]:
        """Calls by outcome."""

        async def work(session: AsyncSession) -> dict[Outcome | None, int]:
            query = select(CallRow.outcome, func.count()).group_by(CallRow.outcome)
            if since is not None:
                query = query.where(CallRow.started_at >= since)
            return {row[0]: row[1] for row in await session.execute(query)}

        return await self._database.read(work)


async def _call(session: AsyncSession, call_id: str) -> CallRow:
    row = await session.get(CallRow, call_id, populate_existing=True)
    if row is None:
        raise NotFound(f"there is no call {call_id!r}")
    return row


async def _let_go(session: AsyncSession, call_id: str, now: datetime) -> None:
    """Give back held slots and end handoffs that still wait."""
    await session.execute(_FREE_HELD, {"of_call": call_id})
    await session.execute(_END_WAITING, {"of_call": call_id, "ended_at": now})


def _summary(row: CallRow) -> CallSummary:
    return CallSummary(
        call_id=row.call_id,
        caller_number=row.caller_number,
        direction=row.direction,
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=row.outcome,
        topic=row.topic,
        owner=row.owner,
    )
