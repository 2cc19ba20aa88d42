"""Rows of cases: found, shown, and their history written."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit, reference
from voicebot.records.case_types import Case, CaseAction, CaseEvent, CaseState
from voicebot.records.errors import NotFound
from voicebot.records.masking import mask
from voicebot.records.models import CaseEventRow, CaseRow
from voicebot.records.types import ATHENS, CaseStatus


async def by_number(session: AsyncSession, number: str, *, lock: bool = False) -> CaseRow:
    """The case with a number, however it is grouped.

    Raises:
        NotFound: no such case.
    """
    query = select(CaseRow).where(CaseRow.number == reference.compact(number))
    row: CaseRow | None = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound("there is no case with this number")
    return row


async def history(session: AsyncSession, number: str) -> tuple[CaseEvent, ...]:
    """What was done to a case, in order."""
    rows = await session.scalars(
        select(CaseEventRow).where(CaseEventRow.number == number).order_by(CaseEventRow.event_id)
    )
    return tuple(_event(row) for row in rows)


async def write_event(
    session: AsyncSession,
    row: CaseRow,
    action: CaseAction,
    who: str,
    now: datetime,
    note: str = "",
    *,
    status: CaseStatus | None = None,
    owner: str | None = None,
    level: int | None = None,
) -> None:
    """Write a change into the history and into the chain of changes, in the transaction of the
    change; call it last."""
    row.changed_at = now
    session.add(
        CaseEventRow(
            number=row.number,
            at=now,
            who=who,
            note=mask(note),
            status=status,
            owner=owner,
            action=action,
            level=level,
        )
    )
    changed = {"status": status, "owner": owner, "level": level, "reason": note or None}
    await audit.append(
        session,
        who,
        f"case.{action}",
        row.number,
        {name: value for name, value in changed.items() if value is not None},
        now=now,
    )


def state_of(row: CaseRow) -> CaseState:
    """What a caller may be told."""
    return CaseState(
        number=row.number,
        agency=row.agency,
        status=row.status,
        opened_on=row.opened_at.astimezone(ATHENS).date(),
        changed_on=row.changed_at.astimezone(ATHENS).date(),
    )


def case_of(row: CaseRow, events: tuple[CaseEvent, ...] = ()) -> Case:
    """What those who work on it see."""
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
        history=events,
        area=row.area,
        anonymous=row.anonymous,
        half_at=row.half_at,
        late_at=row.late_at,
        mark=row.mark,
        answer=row.answer,
        callback_id=row.answer_callback_id,
    )


def _event(row: CaseEventRow) -> CaseEvent:
    return CaseEvent(
        at=row.at,
        who=row.who,
        note=row.note,
        status=row.status,
        owner=row.owner,
        action=row.action,
        level=row.level,
    )
