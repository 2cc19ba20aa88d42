"""What one person may ask for: everything that is kept about them, or that it be forgotten.

A person is found by ΑΦΜ, telephone, or both (either is then enough). Telephones are shared: look at
the export before forgetting. Promises that are still open stay until they are kept or cancelled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import ColumnElement, inspect, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit, contact
from voicebot.records.database import Database
from voicebot.records.errors import InvalidRecord
from voicebot.records.inventory import TREATMENTS, DataClass, Whose, attempts_of, equals
from voicebot.records.masking import mask_number
from voicebot.records.models import (
    AppointmentRow,
    AttemptRow,
    Base,
    CallbackRow,
    CallRow,
    CaseEventRow,
    CaseRow,
    HandoffRow,
    MessageRow,
    NoticeRow,
    OptOutRow,
    PersonRow,
    TurnRow,
)
from voicebot.records.retention import count, treat
from voicebot.records.types import Clock

_PROMISES = (AppointmentRow, CallbackRow, CaseRow, MessageRow, PersonRow)

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Forgotten:
    """How many rows of each class were blanked or deleted, and which open promises stay: kinds
    and how many of each."""

    treated: Mapping[DataClass, int]
    kept: Mapping[str, int]


class Privacy:
    """See the module."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def export(
        self, *, who: str, phone: str | None = None, afm: str | None = None
    ) -> dict[str, Any]:
        """All that is kept about a person, ready for JSON.

        Args:
            who: who exports it, for the audit.

        Raises:
            InvalidRecord: neither is given, or one cannot be right.
        """
        now = self._clock()
        keys = _keys(phone, afm)

        async def work(session: AsyncSession) -> dict[str, Any]:
            person = await _person(session, *keys)
            found = {
                name: await _rows(session, table, condition)
                for name, (table, condition) in _kept_about(person).items()
            }
            counts = {name: len(rows) for name, rows in found.items() if rows}
            await audit.append(session, who, "person.exported", _shown(person), counts, now=now)
            return {
                "person": {"phone": person.phone, "afm": person.afm},
                "made_at": now.isoformat(),
                **found,
            }

        return await self._database.write(work)

    async def forget(
        self, *, who: str, phone: str | None = None, afm: str | None = None, dry_run: bool = False
    ) -> Forgotten:
        """Take out what is personal about a person, but for promises that are still open and the
        words of their calls.

        Args:
            who: who does so, for the audit.
            dry_run: only count.

        Raises:
            InvalidRecord: neither is given, or one cannot be right.
        """
        now = self._clock()
        keys = _keys(phone, afm)

        async def work(session: AsyncSession) -> Forgotten:
            person = await _person(session, *keys)
            kept = await _open_promises(session, person, now)
            treated = dict.fromkeys(DataClass, 0)
            step = count if dry_run else treat
            for treatment in TREATMENTS:
                treated[treatment.data] += await step(
                    session, treatment, treatment.whose(person), now
                )
            if dry_run:
                return Forgotten(treated, kept)
            counts = {str(data): number for data, number in treated.items() if number}
            await audit.append(session, who, "person.forgotten", _shown(person), counts, now=now)
            return Forgotten(treated, kept)

        return await self._database.write(work)


def _keys(phone: str | None, afm: str | None) -> tuple[str | None, str | None]:
    if not phone and not afm:
        raise InvalidRecord("a telephone or an ΑΦΜ is needed")
    return (
        contact.phone_key(phone) if phone else None,
        contact.afm_key(afm) if afm else None,
    )


def _shown(person: Whose) -> str:
    """A person in the audit: enough to recognise a request, not enough to find somebody."""
    return " ".join(mask_number(number) for number in (person.phone, person.afm) if number)


async def _person(session: AsyncSession, phone: str | None, afm: str | None) -> Whose:
    appointments = (
        await session.execute(
            select(AppointmentRow.number, AppointmentRow.email, AppointmentRow.call_id).where(
                or_(equals(AppointmentRow.mobile, phone), equals(AppointmentRow.afm, afm))
            )
        )
    ).all()
    cases = (
        await session.execute(
            select(CaseRow.number, CaseRow.call_id).where(
                or_(equals(CaseRow.phone, phone), equals(CaseRow.afm, afm))
            )
        )
    ).all()
    callbacks = await session.scalars(
        select(CallbackRow.call_id).where(equals(CallbackRow.number, phone))
    )
    rung = await session.scalars(select(PersonRow.call_id).where(equals(PersonRow.number, phone)))
    calls = [*(row.call_id for row in appointments), *(row.call_id for row in cases)]
    calls += [*callbacks, *rung]
    return Whose(
        phone,
        afm,
        emails=_distinct([row.email for row in appointments]),
        numbers=_distinct([row.number for row in (*appointments, *cases)]),
        calls=_distinct(calls),
    )


def _distinct(values: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


async def _open_promises(session: AsyncSession, person: Whose, now: datetime) -> dict[str, int]:
    """Promises to the person that are not at their end, by table."""
    kept: dict[str, int] = {}
    for treatment in TREATMENTS:
        if treatment.table not in _PROMISES:
            continue
        query = select(treatment.key).where(treatment.whose(person), ~treatment.ended)
        number = len((await session.scalars(query, {"now": now})).all())
        if number:
            kept[treatment.table.__tablename__] = number
    return kept


def _kept_about(person: Whose) -> dict[str, tuple[type[Base], ColumnElement[bool]]]:
    return {
        "appointments": (
            AppointmentRow,
            or_(
                equals(AppointmentRow.mobile, person.phone),
                equals(AppointmentRow.afm, person.afm),
            ),
        ),
        "cases": (
            CaseRow,
            or_(equals(CaseRow.phone, person.phone), equals(CaseRow.afm, person.afm)),
        ),
        "case_events": (CaseEventRow, CaseEventRow.number.in_(person.numbers)),
        "callbacks": (CallbackRow, equals(CallbackRow.number, person.phone)),
        "messages": (
            MessageRow,
            or_(
                equals(MessageRow.recipient, person.phone),
                MessageRow.recipient.in_(person.emails),
                MessageRow.about.in_(person.numbers),
            ),
        ),
        "campaigns": (PersonRow, equals(PersonRow.number, person.phone)),
        "dial_attempts": (AttemptRow, attempts_of(person)),
        "opt_outs": (OptOutRow, equals(OptOutRow.number, person.phone)),
        "calls": (CallRow, CallRow.call_id.in_(person.calls)),
        "turns": (TurnRow, TurnRow.call_id.in_(person.calls)),
        "notices": (NoticeRow, NoticeRow.call_id.in_(person.calls)),
        "handoffs": (HandoffRow, HandoffRow.call_id.in_(person.calls)),
    }


async def _rows(session: AsyncSession, table: type[Base], condition: ColumnElement[bool]) -> Rows:
    columns = [attribute.key for attribute in inspect(table).column_attrs]
    rows = (await session.scalars(select(table).where(condition))).all()
    return [{name: _plain(getattr(row, name)) for name in columns} for row in rows]


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case datetime() | date():
            return value.isoformat()
        case tuple() | list():
            return [_plain(item) for item in value]
        case _:
            return value
