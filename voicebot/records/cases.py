"""Cases: what the first level could not answer, with a number, an owner, a deadline, a history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, literal_column, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import case_steps, contact
from voicebot.records.case_rows import by_number, case_of, history, state_of
from voicebot.records.case_types import Case, CaseFigures, CaseMark, CaseState
from voicebot.records.case_work import CaseWork
from voicebot.records.database import Database
from voicebot.records.errors import InvalidRecord
from voicebot.records.models import CaseRow
from voicebot.records.types import Agency, CaseStatus, Clock

# The word itself and no parameter: only so is the index used that has open cases alone.
_OPEN = CaseRow.status != literal_column(f"'{CaseStatus.CLOSED}'")


class Cases(CaseWork):
    """The register of cases, and the work on them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        super().__init__(database, clock)
        self._database = database
        self._clock = clock

    async def open(
        self,
        agency: Agency,
        topic: str | None,
        summary: str,
        *,
        call_id: str | None = None,
        captured: Sequence[tuple[str, str]] = (),
        name: str | None = None,
        phone: str | None = None,
        afm: str | None = None,
        level: int = 2,
        owner: str | None = None,
        area: str | None = None,
        anonymous: bool = False,
    ) -> str:
        """Open a case and give back its protocol number: eight digits, the last a check digit.

        Args:
            summary: what it is about; stored masked, as are the values of `captured`.
            phone, afm: what the status is later asked with, both or the number.
            level: 1 the line's operators, 2 the agency's team, 3 the service itself.
            owner: a team or a person; by default the team of that level (and area).
            area: where it belongs, for agencies with a team for every area.
            anonymous: nothing that leads to a person may be given, and only the day of opening is
                kept.

        Raises:
            InvalidRecord: a value cannot be right.
        """

        async def work(session: AsyncSession) -> str:
            return await case_steps.open_case(
                session,
                self._clock(),
                agency,
                topic,
                summary,
                call_id=call_id,
                captured=captured,
                name=name,
                phone=phone,
                afm=afm,
                level=level,
                owner=owner,
                area=area,
                anonymous=anonymous,
            )

        return await self._database.write(work)

    async def find(self, number: str) -> CaseState:
        """What may be told about a case by its number, however it is grouped.

        Raises:
            NotFound: no such case.
        """

        async def work(session: AsyncSession) -> CaseState:
            return state_of(await by_number(session, number))

        return await self._database.read(work)

    async def find_by_person(self, phone: str, afm: str) -> tuple[CaseState, ...]:
        """What may be told to a person who knows both numbers, latest first; empty when one of
        them does not fit, without telling which."""
        try:
            keys = contact.phone_key(phone), contact.afm_key(afm)
        except InvalidRecord:
            return ()

        async def work(session: AsyncSession) -> tuple[CaseState, ...]:
            rows = await session.scalars(
                select(CaseRow)
                .where(CaseRow.phone == keys[0], CaseRow.afm == keys[1])
                .order_by(CaseRow.opened_at.desc())
            )
            return tuple(state_of(row) for row in rows)

        return await self._database.read(work)

    async def open_ones(
        self,
        *,
        owner: str | None = None,
        level: int | None = None,
        agency: Agency | None = None,
        limit: int = 200,
    ) -> tuple[Case, ...]:
        """Cases that are not closed: the overdue first, then the nearest deadline, then those that
        wait for the citizen; without their histories."""
        wanted: list[ColumnElement[bool]] = [_OPEN]
        if owner is not None:
            wanted.append(CaseRow.owner == owner)
        if level is not None:
            wanted.append(CaseRow.level == level)
        if agency is not None:
            wanted.append(CaseRow.agency == agency)

        async def work(session: AsyncSession) -> tuple[Case, ...]:
            rows = await session.scalars(
                select(CaseRow)
                .where(*wanted)
                .order_by(
                    CaseRow.deadline.is_(None), CaseRow.deadline, CaseRow.opened_at, CaseRow.number
                )
                .limit(limit)
            )
            return tuple(case_of(row) for row in rows)

        return await self._database.read(work)

    async def owners(self) -> tuple[str, ...]:
        """Who has open cases, in order."""

        async def work(session: AsyncSession) -> tuple[str, ...]:
            query = select(CaseRow.owner).where(_OPEN).distinct().order_by(CaseRow.owner)
            return tuple(await session.scalars(query))

        return await self._database.read(work)

    async def details(self, number: str) -> Case:
        """A case with its history, for those who work on it; never for a caller.

        Raises:
            NotFound: no such case.
        """

        async def work(session: AsyncSession) -> Case:
            row = await by_number(session, number)
            return case_of(row, await history(session, row.number))

        return await self._database.read(work)

    async def figures(self, since: datetime) -> CaseFigures:
        """Cases at a glance: what came and went since a moment, and what stands now."""
        now = self._clock()
        overdue = or_(CaseRow.mark == CaseMark.OVERDUE, CaseRow.deadline <= now)
        late = func.sum(case((overdue, 1), else_=0))
        paused = func.sum(case((CaseRow.status == CaseStatus.WAITING_CITIZEN, 1), else_=0))

        async def count(session: AsyncSession, *conditions: ColumnElement[bool]) -> int:
            query = select(func.count()).select_from(CaseRow).where(*conditions)
            return await session.scalar(query) or 0

        async def work(session: AsyncSession) -> CaseFigures:
            by_owner = await session.execute(
                select(CaseRow.owner, func.count(), late)
                .where(_OPEN)
                .group_by(CaseRow.owner)
                .order_by(CaseRow.owner)
            )
            owners = {row[0]: (int(row[1]), int(row[2])) for row in by_owner}
            by_level = await session.execute(
                select(CaseRow.level, func.count(), paused)
                .where(_OPEN)
                .group_by(CaseRow.level)
                .order_by(CaseRow.level)
            )
            levels = [(int(row[0]), int(row[1]), int(row[2])) for row in by_level]
            return CaseFigures(
                opened=await count(session, CaseRow.opened_at >= since),
                closed=await count(session, ~_OPEN, CaseRow.changed_at >= since),
                open_now=sum(number for number, _ in owners.values()),
                paused=sum(waiting for _, _, waiting in levels),
                overdue=sum(number for _, number in owners.values()),
                by_owner=owners,
                by_level={level: number for level, number, _ in levels},
            )

        return await self._database.read(work)
