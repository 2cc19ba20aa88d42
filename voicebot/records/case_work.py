"""Work on cases, by people and by the passing of time: each one transaction, with its history.

`who` is a person (`person:maria`) or, where everybody shares one login, a team (`team:operators`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import case_answers, case_steps
from voicebot.records.case_rows import by_number, state_of, write_event
from voicebot.records.case_types import Answer, CaseAction, CaseState
from voicebot.records.database import Database
from voicebot.records.errors import AlreadyFinished, InvalidRecord
from voicebot.records.models import CaseRow
from voicebot.records.types import CaseStatus, Clock, Window

_Step = Callable[[AsyncSession, CaseRow, datetime], Awaitable[None]]


class CaseWork:
    """What can be done to a case. All raise `NotFound` for an unknown number, `AlreadyFinished`
    when the case is not in a state for it, `InvalidRecord` when a reason is missing."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def note(self, number: str, who: str, text: str) -> CaseState:
        """Write something down; also on a closed case."""
        return await self._do(
            number, lambda session, row, now: case_steps.note(session, row, who, now, text)
        )

    async def take(self, number: str, who: str, reason: str = "") -> CaseState:
        """Answer for the case from now on."""
        return await self._do(
            number, lambda session, row, now: case_steps.take(session, row, who, now, reason)
        )

    async def reassign(self, number: str, who: str, owner: str, reason: str) -> CaseState:
        """Give the case to another person or team."""
        why = _reason(reason)
        return await self._do(
            number,
            lambda session, row, now: case_steps.reassign(session, row, who, now, owner, why),
        )

    async def pause(self, number: str, who: str, reason: str) -> CaseState:
        """Wait for the citizen; the clock stands still."""
        why = _reason(reason)
        return await self._do(
            number, lambda session, row, now: case_steps.pause(session, row, who, now, why)
        )

    async def resume(self, number: str, who: str, reason: str = "") -> CaseState:
        """The citizen has answered; the clock goes on."""
        return await self._do(
            number, lambda session, row, now: case_steps.resume(session, row, who, now, reason)
        )

    async def escalate(self, number: str, who: str, reason: str) -> CaseState:
        """Pass the case on to the next level."""
        why = _reason(reason)
        return await self._do(
            number, lambda session, row, now: case_steps.escalate(session, row, who, now, why)
        )

    async def close(self, number: str, who: str, reason: str) -> CaseState:
        """Close the case without an answer to the citizen (a duplicate, taken back)."""
        why = _reason(reason)
        return await self._do(
            number, lambda session, row, now: case_steps.close(session, row, who, now, why)
        )

    async def reopen(self, number: str, who: str, reason: str) -> CaseState:
        """Open a closed case again."""
        why = _reason(reason)
        return await self._do(
            number, lambda session, row, now: case_steps.reopen(session, row, who, now, why)
        )

    async def answer(
        self, number: str, who: str, answer: Answer, *, window: Window | None = None
    ) -> CaseState:
        """Answer the citizen. By message, or told in person, this closes the case; by calling
        back, the case is closed when the citizen was reached.

        Args:
            window: when to call back; needed for that way and no other.

        Raises:
            InvalidRecord: there is no text, or nowhere to send it.
        """
        return await self._do(
            number,
            lambda session, row, now: case_answers.give(session, row, who, now, answer, window),
        )

    async def change(
        self,
        number: str,
        who: str,
        *,
        status: CaseStatus | None = None,
        owner: str | None = None,
        note: str = "",
    ) -> CaseState:
        """Change status or owner at once; see the single steps for what each means.

        Raises:
            NotFound: no such case.
            AlreadyFinished: it is closed.
            InvalidRecord: the owner would be nobody.
        """

        async def step(session: AsyncSession, row: CaseRow, now: datetime) -> None:
            if row.status is CaseStatus.CLOSED:
                raise AlreadyFinished("the case is closed already")
            begun = status is CaseStatus.IN_PROGRESS and row.status is CaseStatus.OPEN
            if begun:
                row.status = CaseStatus.IN_PROGRESS
            if owner is not None:
                begins = status if begun else None
                await case_steps.reassign(session, row, who, now, owner, note, begins)
            elif begun:
                await write_event(session, row, CaseAction.NOTED, who, now, note, status=status)
            elif note and status in (None, row.status):
                await case_steps.note(session, row, who, now, note)
            match status:
                case CaseStatus.CLOSED:
                    await case_steps.close(session, row, who, now, note)
                case CaseStatus.WAITING_CITIZEN if row.status is not status:
                    await case_steps.pause(session, row, who, now, note)
                case CaseStatus.IN_PROGRESS if row.status is CaseStatus.WAITING_CITIZEN:
                    await case_steps.resume(session, row, who, now, note)
                case _:
                    pass

        return await self._do(number, step)

    async def time_passed(
        self, session: AsyncSession, number: str, clock_round: int
    ) -> datetime | None:
        """In a running transaction, do what the clock of a case makes due: warn, escalate, hand to
        the supervisors. Nothing happens when a case is gone or the clock was started anew since.

        Returns:
            When to come again, if it is too early.
        """
        row = await session.scalar(
            select(CaseRow).where(CaseRow.number == number).with_for_update()
        )
        if row is None:
            return None
        return await case_steps.time_passed(session, row, self._clock(), clock_round)

    async def _do(self, number: str, step: _Step) -> CaseState:
        async def work(session: AsyncSession) -> CaseState:
            row = await by_number(session, number, lock=True)
            await step(session, row, self._clock())
            return state_of(row)

        return await self._database.write(work)


def _reason(reason: str) -> str:
    if not reason.strip():
        raise InvalidRecord("reason: say why")
    return reason.strip()
