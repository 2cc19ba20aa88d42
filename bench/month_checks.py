"""Whether a simulated month adds up: what was done against what stands on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import CaseMark, CaseStatus, Outcome, Records, WorkState
from voicebot.records.database import Database
from voicebot.records.models import (
    AppointmentRow,
    AuditRow,
    CallbackRow,
    CallRow,
    CaseEventRow,
    CaseRow,
    DueWorkRow,
)


@dataclass
class Books:
    """What was done, counted while doing it."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    anonymous: int = 0


@dataclass
class Found:
    """What stands on record."""

    owned: int
    outcomes: dict[Outcome, int]
    owners: dict[str, int]
    callbacks: dict[str, int]
    cases: dict[str, int]
    actions: Counter[str]
    audit_rows: int
    problems: list[str]


async def check(records: Records, database: Database, books: Books, now: datetime) -> Found:
    """Look through everything."""
    outcomes = {
        outcome: number
        for outcome, number in (await records.outcomes()).items()
        if outcome is not None
    }
    verdict = await records.audit.verify()
    figures: dict[str, Any] = await database.read(lambda session: _counts(session, now))
    problems = list(_problems(books, outcomes, figures))
    if verdict.broken_at is not None:
        problems.append(f"audit: {verdict.reason} at {verdict.broken_at}")
    return Found(
        owned=figures["owned"],
        outcomes=outcomes,
        owners=figures["owners"],
        callbacks=figures["callbacks"],
        cases=figures["cases"],
        actions=figures["actions"],
        audit_rows=verdict.rows,
        problems=problems,
    )


def _problems(books: Books, outcomes: dict[Outcome, int], figures: dict[str, Any]) -> Iterator[str]:
    made = sum(books.outcomes.values())
    if figures["calls"] != made:
        yield f"{made} calls were made, {figures['calls']} are on record"
    if figures["owned"] != made:
        yield f"{made} calls were made, {figures['owned']} have one outcome and an owner"
    if sum(figures["owners"].values()) != made or "None" in figures["owners"]:
        yield f"{made} calls were made, owners answer for {figures['owners']}"
    if dict(books.outcomes) != outcomes:
        yield f"outcomes: {dict(books.outcomes)} happened, {outcomes} are on record"
    for name, outcome, kept in (
        ("appointments", Outcome.APPOINTMENT, figures["appointments_of_calls"]),
        ("callbacks", Outcome.CALLBACK, figures["callbacks_of_calls"]),
        ("cases", Outcome.CASE, figures["cases_of_calls"] + figures["anonymous_cases"]),
    ):
        if kept != books.outcomes[outcome]:
            yield f"{name}: {books.outcomes[outcome]} calls ended so, {kept} are on record"
    if figures["anonymous_cases"] != books.anonymous:
        yield f"anonymous: {books.anonymous} taken, {figures['anonymous_cases']} on record"
    for name in ("unowned_cases", "unowned_callbacks", "missed_deadlines", "work_left", "failed"):
        if figures[name]:
            yield f"{name}: {figures[name]}"
    if figures["events"] != figures["case_links"]:
        yield f"history: {figures['events']} events, {figures['case_links']} in the audit chain"


async def _counts(session: AsyncSession, now: datetime) -> dict[str, Any]:
    async def count(table: Any, *conditions: Any) -> int:
        return await session.scalar(select(func.count()).select_from(table).where(*conditions)) or 0

    async def by(column: Any) -> dict[str, int]:
        rows = await session.execute(select(column, func.count()).group_by(column))
        return {str(row[0]): row[1] for row in rows}

    open_case = CaseRow.status != CaseStatus.CLOSED
    owned = [CallRow.outcome.is_not(None), CallRow.ended_at.is_not(None), CallRow.owner != ""]
    cases = await by(CaseRow.status)
    of_level = await session.execute(
        select(CaseRow.level, func.count()).where(open_case).group_by(CaseRow.level)
    )
    return {
        "calls": await count(CallRow),
        "owned": await count(CallRow, *owned),
        "owners": await by(CallRow.owner),
        "appointments_of_calls": await _distinct(session, AppointmentRow, CallRow.outcome),
        "callbacks_of_calls": await _distinct(session, CallbackRow, CallRow.outcome),
        "cases_of_calls": await _distinct(session, CaseRow, CallRow.outcome),
        "anonymous_cases": await count(CaseRow, CaseRow.anonymous),
        "unowned_cases": await count(CaseRow, CaseRow.owner == ""),
        "unowned_callbacks": await count(CallbackRow, CallbackRow.owner == ""),
        # The scheduler has run at this very moment.
        "missed_deadlines": await count(
            CaseRow,
            open_case,
            or_(CaseRow.deadline <= now, CaseRow.late_at <= now, CaseRow.half_at <= now),
            CaseRow.mark == CaseMark.NONE,
        ),
        "work_left": await count(
            DueWorkRow, DueWorkRow.state == WorkState.WAITING, DueWorkRow.due_at <= now
        ),
        "failed": await count(DueWorkRow, DueWorkRow.state == WorkState.FAILED),
        "callbacks": await by(CallbackRow.status),
        "cases": {**cases, **{f"open_level_{row[0]}": row[1] for row in of_level}},
        "actions": Counter(await by(CaseEventRow.action)),
        "events": await count(CaseEventRow),
        "case_links": await count(AuditRow, AuditRow.what.like("case.%")),
    }


_ENDS_IN = {
    AppointmentRow: Outcome.APPOINTMENT,
    CallbackRow: Outcome.CALLBACK,
    CaseRow: Outcome.CASE,
}


async def _distinct(session: AsyncSession, table: Any, outcome: Any) -> int:
    """Calls that ended in such a promise and have one on record."""
    query = (
        select(func.count(func.distinct(table.call_id)))
        .select_from(table)
        .join(CallRow, CallRow.call_id == table.call_id)
        .where(outcome == _ENDS_IN[table])
    )
    return await session.scalar(query) or 0
