"""Cases: what the first level could not answer, with a number, an owner and a history."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import contact, reference, teams
from voicebot.records.database import Database
from voicebot.records.deadlines import limit_for
from voicebot.records.errors import AlreadyFinished, InvalidRecord, NotFound
from voicebot.records.issuing import issue_number
from voicebot.records.masking import mask
from voicebot.records.models import CaseEventRow, CaseRow
from voicebot.records.types import (
    ATHENS,
    Agency,
    Case,
    CaseEvent,
    CaseState,
    CaseStatus,
    Clock,
)


class Cases:
    """The register of cases."""

    def __init__(self, database: Database, clock: Clock) -> None:
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
    ) -> str:
        """Open a case and give back its protocol number: eight digits, the last a check digit.

        Args:
            summary: what it is about; stored masked, as are the values of `captured`.
            phone, afm: what the status is later asked with, both or the number.
            level: 1 the line's operators, 2 the agency's team, 3 the service itself.
            owner: a team or a person; by default the team of that level.

        Raises:
            InvalidRecord: a value cannot be right.
        """
        if level not in (1, 2, 3):
            raise InvalidRecord(f"level: 1, 2 or 3 is needed, not {level}")
        now = self._clock()
        limit = limit_for(topic)
        answerable = teams.checked_owner(owner or teams.case_team(agency, level))
        masked = tuple((slot, mask(value)) for slot, value in captured)
        phone_key = contact.phone_key(phone) if phone else None
        afm_key = contact.afm_key(afm) if afm else None

        async def work(session: AsyncSession) -> str:
            number = await issue_number(session, now)
            session.add(
                CaseRow(
                    number=number,
                    agency=agency,
                    topic=topic,
                    summary=mask(summary),
                    captured=masked,
                    name=name,
                    phone=phone_key,
                    afm=afm_key,
                    level=level,
                    owner=answerable,
                    status=CaseStatus.OPEN,
                    deadline=limit.after(now),
                    deadline_basis=limit.basis,
                    call_id=call_id,
                    opened_at=now,
                    changed_at=now,
                )
            )
            await session.flush()
            session.add(
                CaseEventRow(
                    number=number,
                    at=now,
                    who=teams.LINE,
                    note="",
                    status=CaseStatus.OPEN,
                    owner=answerable,
                )
            )
            return number

        return await self._database.write(work)

    async def find(self, number: str) -> CaseState:
        """What may be told about a case by its number, however it is grouped.

        Raises:
            NotFound: no such case.
        """

        async def work(session: AsyncSession) -> CaseState:
            return _state(await _by_number(session, number))

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
            return tuple(_state(row) for row in rows)

        return await self._database.read(work)

    async def open_ones(self, *, limit: int = 200) -> tuple[Case, ...]:
        """Cases that are not closed, the nearest deadline first; without their histories."""

        async def work(session: AsyncSession) -> tuple[Case, ...]:
            rows = await session.scalars(
                select(CaseRow)
                .where(CaseRow.status != CaseStatus.CLOSED)
                .order_by(CaseRow.deadline, CaseRow.number)
                .limit(limit)
            )
            return tuple(_case(row, ()) for row in rows)

        return await self._database.read(work)

    async def details(self, number: str) -> Case:
        """A case with its history, for those who work on it; never for a caller.

        Raises:
            NotFound: no such case.
        """

        async def work(session: AsyncSession) -> Case:
            row = await _by_number(session, number)
            events = await session.scalars(
                select(CaseEventRow)
                .where(CaseEventRow.number == row.number)
                .order_by(CaseEventRow.event_id)
            )
            return _case(row, tuple(_event(event) for event in events))

        return await self._database.read(work)

    async def change(
        self,
        number: str,
        who: str,
        *,
        status: CaseStatus | None = None,
        owner: str | None = None,
        note: str = "",
    ) -> CaseState:
        """Change status or owner; every change goes into the history.

        Raises:
            NotFound: no such case.
            AlreadyFinished: it is closed.
        """
        now = self._clock()

        async def work(session: AsyncSession) -> CaseState:
            row = await _by_number(session, number, lock=True)
            if row.status is CaseStatus.CLOSED:
                raise AlreadyFinished("the case is closed already")
            new_status = status if status is not row.status else None
            new_owner = teams.checked_owner(owner) if owner is not None else None
            row.status = new_status or row.status
            row.owner = new_owner or row.owner
            row.changed_at = now
            session.add(
                CaseEventRow(
                    number=row.number,
                    at=now,
                    who=who,
                    note=mask(note),
                    status=new_status,
                    owner=new_owner,
                )
            )
            return _state(row)

        return await self._database.write(work)


async def _by_number(session: AsyncSession, number: str, *, lock: bool = False) -> CaseRow:
    query = select(CaseRow).where(CaseRow.number == reference.compact(number))
    row: CaseRow | None = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("there is no case with this number")
    return row


def _state(row: CaseRow) -> CaseState:
    return CaseState(
        number=row.number,
        agency=row.agency,
        status=row.status,
        opened_on=row.opened_at.astimezone(ATHENS).date(),
        changed_on=row.changed_at.astimezone(ATHENS).date(),
    )


def _case(row: CaseRow, history: tuple[CaseEvent, ...]) -> Case:
    return Case(
        number=row.number,
        agency=row.agency,
        topic=row.topic,
        summary=row.summary,
        captured=row.captured,
        name=row.name,
        phone=row.phone,
        level=row.level,
        owner=row.owner,
        status=row.status,
        deadline=row.deadline,
        deadline_basis=row.deadline_basis,
        call_id=row.call_id,
        opened_at=row.opened_at,
        changed_at=row.changed_at,
        history=history,
    )


def _event(row: CaseEventRow) -> CaseEvent:
    return CaseEvent(at=row.at, who=row.who, note=row.note, status=row.status, owner=row.owner)
