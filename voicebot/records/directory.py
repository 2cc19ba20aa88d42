"""What the operator decides about branches: how many desks, which days closed."""

from __future__ import annotations

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import branches
from voicebot.records.database import Database
from voicebot.records.errors import InvalidRecord
from voicebot.records.models import ClosureRow


class Directory:
    """Changes to the directory of branches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def set_desks(self, branch: str, desks: int) -> None:
        """How many appointments of one category can take place at once. What is booked stays.

        Raises:
            NotFound: no branch of that code.
            InvalidRecord: fewer than one.
        """
        if desks < 1:
            raise InvalidRecord(f"desks: at least one is needed, not {desks}")

        async def work(session: AsyncSession) -> None:
            (await branches.branch(session, branch)).desks = desks

        await self._database.write(work)

    async def close_on(self, day: date, reason: str, *, branch: str | None = None) -> None:
        """No new appointments on a day, at one branch or everywhere.

        Raises:
            NotFound: no branch of that code.
        """

        async def work(session: AsyncSession) -> None:
            if branch is not None:
                await branches.branch(session, branch)
            session.add(ClosureRow(branch_code=branch, day=day, reason=reason))

        await self._database.write(work)
