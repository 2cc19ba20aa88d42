"""Writes the directory on record as a YAML file that can be imported again."""

from __future__ import annotations

from datetime import timedelta
from itertools import groupby
from typing import Any

import yaml
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.database import Database
from voicebot.records.models import BranchRow, CategoryRow, ClosureRow, ExceptionRow


async def export_directory(database: Database) -> str:
    """The whole directory as YAML; branches that only keep old appointments are left out.

    Raises:
        RecordsUnavailable: the database cannot be used.
    """

    async def work(session: AsyncSession) -> dict[str, Any]:
        categories = await session.scalars(
            select(CategoryRow).order_by(CategoryRow.agency, CategoryRow.position, CategoryRow.code)
        )
        branches = await session.scalars(
            select(BranchRow).where(BranchRow.active).order_by(BranchRow.agency, BranchRow.code)
        )
        exceptions = await session.scalars(
            select(ExceptionRow)
            .join(BranchRow, BranchRow.code == ExceptionRow.branch_code)
            .where(BranchRow.active)
            .order_by(ExceptionRow.branch_code, ExceptionRow.category)
        )
        closures = await session.scalars(select(ClosureRow))
        return {
            "version": 1,
            "categories": [_category(row) for row in categories],
            "branches": [_branch(row) for row in branches],
            "exceptions": [_exception(row) for row in exceptions],
            "closures": _spans(list(closures)),
        }

    document = await database.read(work)
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(document, Dumper=dumper, allow_unicode=True, sort_keys=False, width=100)
    return text


def _category(row: CategoryRow) -> dict[str, Any]:
    return _given(
        agency=str(row.agency),
        code=row.code,
        title=row.title,
        channels=[str(channel) for channel in row.channels],
        slot_minutes=row.slot_minutes,
        asks=list(row.asks),
        capacity=row.capacity,
        earliest_days=row.earliest_days,
        window_days=row.window_days,
        notice_hours=row.notice_hours,
    )


def _branch(row: BranchRow) -> dict[str, Any]:
    return _given(
        agency=str(row.agency),
        code=row.code,
        name=row.name,
        place=row.place,
        region=row.region,
        channels=[str(channel) for channel in row.channels],
        hours=row.hours,
        desks=row.desks,
        feasts=list(row.feasts) or None,
        demo=row.demo or None,
    )


def _exception(row: ExceptionRow) -> dict[str, Any]:
    return _given(
        branch=row.branch_code,
        category=row.category,
        offered=row.offered,
        channels=None if row.channels is None else [str(channel) for channel in row.channels],
        slot_minutes=row.slot_minutes,
        capacity=row.capacity,
    )


def _spans(rows: list[ClosureRow]) -> list[dict[str, Any]]:
    """Days in a row for the same reason as one entry."""

    def run(pair: tuple[int, ClosureRow]) -> tuple[str, str, object]:
        at, row = pair
        return row.branch_code or "", row.reason, row.day - timedelta(days=at)

    ordered = sorted(rows, key=lambda row: (row.branch_code or "", row.reason, row.day))
    entries = []
    for _, group in groupby(enumerate(ordered), key=run):
        days = [row for _, row in group]
        entries.append(
            _given(
                branch=days[0].branch_code,
                **{"from": days[0].day, "to": days[-1].day},
                reason=days[0].reason,
            )
        )
    return entries


def _given(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
