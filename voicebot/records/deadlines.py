"""By when a case must be answered: a table of rules by agency, topic and level.

They are for those who work on cases. They are never told to callers: a limit in a law is not a
promise to one person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit
from voicebot.records.case_clock import CaseClock, Counting
from voicebot.records.database import Database, lock_setup
from voicebot.records.models import DeadlineRuleRow
from voicebot.records.types import ATHENS, Agency, Clock

ANY = "*"
LEVELS = (1, 2, 3)


class Unit(StrEnum):
    """What an amount counts."""

    WORKING_DAYS = "working_days"
    DAYS = "days"
    MONTHS = "months"


@dataclass(frozen=True)
class DeadlineRule:
    """How long a level may take.

    Attributes:
        agency, topic: "*" for all of them.
        from_opening: counted from the opening of the case, with the time that earlier levels
            took, and not from its coming to this level.
        basis: where the limit comes from.
        is_default: came with the program and waits to be confirmed.
    """

    agency: str
    topic: str
    level: int
    amount: int
    unit: Unit
    from_opening: bool
    basis: str
    is_default: bool = False

    @property
    def counting(self) -> Counting:
        """Which days count."""
        return Counting.WORKING if self.unit is Unit.WORKING_DAYS else Counting.CALENDAR

    def clock(self, now: datetime, opened_at: datetime, ran_days: float) -> CaseClock:
        """The clock of a case that comes to the level now.

        Args:
            ran_days: calendar days for which its clocks ran before.
        """
        used = ran_days if self.from_opening else 0.0
        begins = opened_at if self.from_opening else now
        return CaseClock(self.counting, float(self._days(begins)), used, now)

    def _days(self, begins: datetime) -> int:
        if self.unit is not Unit.MONTHS:
            return self.amount
        first = begins.astimezone(ATHENS).date()
        return (first + relativedelta(months=self.amount) - first) // timedelta(days=1)


async def rule_for(
    session: AsyncSession, agency: Agency, topic: str | None, level: int
) -> DeadlineRule:
    """The rule that fits best: one for the topic before one for the agency before the general."""
    rows = await session.scalars(
        select(DeadlineRuleRow).where(
            DeadlineRuleRow.agency.in_((agency.value, ANY)),
            DeadlineRuleRow.topic.in_((topic or ANY, ANY)),
            DeadlineRuleRow.level == level,
        )
    )
    best = max(rows, key=lambda row: (row.topic != ANY, row.agency != ANY), default=None)
    if best is None:
        raise AssertionError("a table without a general rule for every level is refused")
    return _rule(best)


class Deadlines:
    """The table as a whole."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def rules(self) -> tuple[DeadlineRule, ...]:
        """All rules, the general ones first."""

        async def work(session: AsyncSession) -> tuple[DeadlineRule, ...]:
            rows = await session.scalars(
                select(DeadlineRuleRow).order_by(
                    DeadlineRuleRow.agency, DeadlineRuleRow.topic, DeadlineRuleRow.level
                )
            )
            return tuple(_rule(row) for row in rows)

        return await self._database.read(work)

    async def replace(self, rules: Sequence[DeadlineRule], who: str) -> None:
        """Put other rules in the place of all. Cases keep the deadline that they have; the new
        rules hold for what is opened, escalated or reopened from now on."""

        async def work(session: AsyncSession) -> None:
            await session.execute(delete(DeadlineRuleRow))
            await _insert(session, rules)
            await audit.append(
                session,
                who,
                "deadlines.replaced",
                "deadline_rules",
                {"rules": len(rules), "defaults": sum(rule.is_default for rule in rules)},
                now=self._clock(),
            )

        await self._database.write(work)


async def load_default_rules(database: Database, rules: Sequence[DeadlineRule]) -> None:
    """Fill the table when there is none at all."""

    async def count(session: AsyncSession) -> int:
        return await session.scalar(select(func.count()).select_from(DeadlineRuleRow)) or 0

    async def work(session: AsyncSession) -> None:
        connection = await session.connection()
        await connection.run_sync(lock_setup)
        if not await count(session):
            await _insert(session, rules)

    if not await database.read(count):
        await database.write(work)


async def _insert(session: AsyncSession, rules: Sequence[DeadlineRule]) -> None:
    await session.execute(insert(DeadlineRuleRow), [{**vars(rule)} for rule in rules])


def _rule(row: DeadlineRuleRow) -> DeadlineRule:
    return DeadlineRule(
        agency=row.agency,
        topic=row.topic,
        level=row.level,
        amount=row.amount,
        unit=Unit(row.unit),
        from_opening=row.from_opening,
        basis=row.basis,
        is_default=row.is_default,
    )
