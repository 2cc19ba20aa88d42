"""What the operator decides about branches: which there are, how many desks, which days closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import branches
from voicebot.records.database import Database
from voicebot.records.directory_export import export_directory
from voicebot.records.directory_file import read_directory
from voicebot.records.directory_import import Imported, import_directory
from voicebot.records.errors import InvalidRecord, NotFound
from voicebot.records.models import BranchRow, ClosureRow
from voicebot.records.schedule import DateRange


class Directory:
    """Changes to the directory of branches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def replace(self, files: Sequence[Path], *, dry_run: bool = False) -> Imported:
        """Put the directory of files (see `directory_file`) in the place of that on record.

        Args:
            dry_run: check everything and say what would be done, but change nothing.

        Raises:
            DirectoryError: a file cannot be read, or entries have mistakes.
        """
        return await import_directory(self._database, read_directory(files), dry_run=dry_run)

    async def export(self) -> str:
        """The directory on record as YAML, ready to be imported."""
        return await export_directory(self._database)

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

    async def close_branches(self, codes: Sequence[str], days: DateRange, reason: str) -> None:
        """No new appointments at several branches on all of the days. All of it in one transaction,
        with the same two statements however many there are.

        Raises:
            NotFound: there is no branch of one of the codes; nothing was closed.
            InvalidRecord: one of them is closed on one of the days already; nothing was changed.
        """
        wanted = set(codes)
        rows = [
            {"branch_code": code, "day": day, "reason": reason}
            for code in sorted(wanted)
            for day in days
        ]
        if not rows:
            return

        async def work(session: AsyncSession) -> None:
            known = await session.scalars(select(BranchRow.code).where(BranchRow.code.in_(wanted)))
            if unknown := wanted - set(known):
                raise NotFound(f"there is no branch {min(unknown)!r}")
            await session.execute(insert(ClosureRow), rows)

        await self._database.write(work)
