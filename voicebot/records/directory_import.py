"""Puts an imported directory in the place of the one on record, all or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit
from voicebot.records.branches import place_key
from voicebot.records.database import Database, lock_setup
from voicebot.records.directory_file import DirectoryData, DirectoryError, Placed, Problem
from voicebot.records.directory_schema import BranchEntry, CategoryEntry
from voicebot.records.models import (
    AppointmentRow,
    BranchRow,
    CategoryRow,
    ClosureRow,
    ExceptionRow,
    ReservationRow,
)
from voicebot.records.types import Agency


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do.

    Attributes:
        retired: codes of branches that are in no file any more but have appointments: those stand,
            new ones are not given.
        demo_removed: how many demonstration branches went.
    """

    categories: int
    branches: int
    exceptions: int
    closures: int
    removed: int
    demo_removed: int
    retired: tuple[str, ...]


class _DryRun(Exception):
    def __init__(self, done: Imported) -> None:
        super().__init__("dry run")
        self.done = done


async def import_directory(
    database: Database, data: DirectoryData, *, dry_run: bool = False, who: str = "import"
) -> Imported:
    """Import.

    Branches of the agencies that the files name are replaced by those in the files, categories
    likewise, closures if there are any. Demonstration branches go altogether as soon as there are
    others. Appointments that are booked stay as they are.

    Raises:
        DirectoryError: entries do not fit each other or what is on record.
        RecordsUnavailable: the database cannot be used.
    """

    async def work(session: AsyncSession) -> Imported:
        await (await session.connection()).run_sync(lock_setup)
        done = await _Import(session, data).run()
        if dry_run:
            raise _DryRun(done)
        counts = {"categories": done.categories, "branches": done.branches}
        await audit.append(session, who, "directory.imported", "directory", counts)
        return done

    try:
        return await database.write(work)
    except _DryRun as dry:
        return dry.done


class _Import:
    """One import in one transaction."""

    def __init__(self, session: AsyncSession, data: DirectoryData) -> None:
        self._session = session
        self._data = data

    async def run(self) -> Imported:
        """Write everything; see `import_directory`."""
        session, data = self._session, self._data
        await self._replace_categories()
        removed, demo_removed, retired = await self._remove_branches()
        known = {row.code: row for row in await session.scalars(select(BranchRow))}
        for entry, _ in data.branches:
            self._put_branch(entry, known.get(entry.code))
        await session.flush()
        await self._put_exceptions()
        await self._put_closures()
        await session.flush()
        if problems := await self._misfits():
            raise DirectoryError(problems)
        await self._drop_idle_demo_categories()
        return Imported(
            categories=len(data.categories),
            branches=len(data.branches),
            exceptions=len(data.exceptions),
            closures=len(data.closures),
            removed=removed,
            demo_removed=demo_removed,
            retired=tuple(sorted(retired)),
        )

    async def _replace_categories(self) -> None:
        agencies = {entry.agency for entry, _ in self._data.categories}
        if not agencies:
            return
        await self._session.execute(delete(CategoryRow).where(CategoryRow.agency.in_(agencies)))
        self._session.add_all(
            _category(entry, position) for position, (entry, _) in enumerate(self._data.categories)
        )
        await self._session.flush()

    async def _remove_branches(self) -> tuple[int, int, set[str]]:
        """Take out what the files replace: how many went, how many of them demonstration ones,
        and which only retired."""
        if not self._data.branches:
            return 0, 0, set()
        session = self._session
        kept = {entry.code for entry, _ in self._data.branches}
        agencies = {entry.agency for entry, _ in self._data.branches}
        rows = [
            row
            for row in await session.scalars(select(BranchRow))
            if row.code not in kept and (row.demo or row.agency in agencies)
        ]
        codes = [row.code for row in rows]
        in_use = set(
            await session.scalars(
                select(AppointmentRow.branch_code)
                .where(AppointmentRow.branch_code.in_(codes))
                .distinct()
            )
        )
        gone = [row for row in rows if row.code not in in_use]
        gone_codes = [row.code for row in gone]
        # Holds of calls that are going on; their callers are offered other times.
        await session.execute(
            delete(ReservationRow).where(
                ReservationRow.branch_code.in_(codes), ReservationRow.appointment.is_(None)
            )
        )
        for table in (ExceptionRow, ClosureRow):
            await session.execute(delete(table).where(table.branch_code.in_(gone_codes)))
        await session.execute(delete(BranchRow).where(BranchRow.code.in_(gone_codes)))
        retired = {row.code for row in rows if row.code in in_use and row.active}
        for row in rows:
            if row.code in in_use:
                row.active = False
        return len(gone), sum(row.demo for row in gone), retired

    def _put_branch(self, entry: BranchEntry, row: BranchRow | None) -> None:
        if row is None:
            row = BranchRow(code=entry.code)
            self._session.add(row)
        row.agency = entry.agency
        row.name = entry.name
        row.place = entry.place
        row.place_key = place_key(entry.place) if entry.place is not None else None
        row.region = entry.region
        row.channels = entry.channels
        row.hours = entry.hours
        row.desks = entry.desks
        row.feasts = list(entry.feasts)
        row.active = True
        row.demo = entry.demo

    async def _put_exceptions(self) -> None:
        codes = {entry.code for entry, _ in self._data.branches}
        codes |= {entry.branch for entry, _ in self._data.exceptions}
        await self._session.execute(delete(ExceptionRow).where(ExceptionRow.branch_code.in_(codes)))
        known = set(await self._session.scalars(select(BranchRow.code)))
        self._session.add_all(
            ExceptionRow(
                branch_code=entry.branch,
                category=entry.category,
                offered=entry.offered,
                channels=entry.channels,
                slot_minutes=entry.slot_minutes,
                capacity=entry.capacity,
            )
            for entry, _ in self._data.exceptions
            if entry.branch in known
        )

    async def _put_closures(self) -> None:
        if not self._data.closures:
            return
        await self._session.execute(delete(ClosureRow))
        known = set(await self._session.scalars(select(BranchRow.code)))
        days = {
            (entry.branch, entry.first + timedelta(days=at)): entry.reason
            for entry, _ in self._data.closures
            for at in range(((entry.last or entry.first) - entry.first).days + 1)
            if entry.branch is None or entry.branch in known
        }
        self._session.add_all(
            ClosureRow(branch_code=branch, day=day, reason=reason)
            for (branch, day), reason in days.items()
        )

    async def _misfits(self) -> list[Problem]:
        """Entries that name a branch or category that there is none of."""
        branches = {row.code: row for row in await self._session.scalars(select(BranchRow))}
        categories = {
            (row.agency, row.code) for row in await self._session.scalars(select(CategoryRow))
        }
        served = {agency for agency, _ in categories}
        problems = []
        for entry, placed in self._data.branches:
            if entry.agency not in served:
                message = f"{entry.agency} has no categories"
                problems.append(placed.problem("agency", message, "import its categories as well"))
        for exception, placed in self._data.exceptions:
            branch = branches.get(exception.branch)
            if branch is None:
                problems.append(_no_branch(placed, exception.branch))
            elif (branch.agency, exception.category) not in categories:
                message = f"{branch.agency} has no category {exception.category!r}"
                known = sorted(code for agency, code in categories if agency is branch.agency)
                problems.append(placed.problem("category", message, f"one of {', '.join(known)}"))
        for closure, placed in self._data.closures:
            if closure.branch is not None and closure.branch not in branches:
                problems.append(_no_branch(placed, closure.branch))
        return problems

    async def _drop_idle_demo_categories(self) -> None:
        """A demonstration service that no branch gives any more is none."""
        if not self._data.branches:
            return
        active = set(await self._session.scalars(select(BranchRow.agency).where(BranchRow.active)))
        idle: Sequence[Agency] = [agency for agency in Agency if agency not in active]
        await self._session.execute(
            delete(CategoryRow).where(CategoryRow.demo, CategoryRow.agency.in_(idle))
        )


def _no_branch(placed: Placed, code: str) -> Problem:
    return placed.problem("branch", f"there is no branch {code!r}", "use the code of a branch")


def _category(entry: CategoryEntry, position: int) -> CategoryRow:
    return CategoryRow(
        agency=entry.agency,
        code=entry.code,
        title=entry.title,
        channels=entry.channels,
        slot_minutes=entry.slot_minutes,
        position=position,
        asks=[str(part) for part in entry.asks],
        capacity=entry.capacity,
        earliest_days=entry.earliest_days,
        window_days=entry.window_days,
        notice_hours=entry.notice_hours,
        demo=False,
    )
