"""The directory of branches and categories, and what one branch gives of one category."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.errors import NotFound
from voicebot.records.models import BranchRow, CategoryRow, ExceptionRow
from voicebot.records.types import Agency, Branch, Category, Identity, VisitChannel


def place_key(name: str) -> str:
    """A name of a place without case, accents and doubled spaces, to compare by."""
    plain = unicodedata.normalize("NFD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(plain.replace("ς", "σ").split())


@dataclass(frozen=True)
class Terms:
    """What a branch gives of a category: through which channels, how long, how many at once."""

    channels: tuple[VisitChannel, ...]
    slot_minutes: int
    capacity: int


async def categories(session: AsyncSession, agency: Agency) -> tuple[Category, ...]:
    """All categories of an agency in the order in which they were entered."""
    rows = await session.scalars(
        select(CategoryRow)
        .where(CategoryRow.agency == agency)
        .order_by(CategoryRow.position, CategoryRow.code)
    )
    return tuple(to_category(row) for row in rows)


async def category(session: AsyncSession, agency: Agency, code: str) -> CategoryRow:
    """One category.

    Raises:
        NotFound: there is none.
    """
    row = await session.get(CategoryRow, (agency, code))
    if row is None:
        raise NotFound(f"{agency} gives no appointments for {code!r}")
    return row


async def branch(session: AsyncSession, code: str) -> BranchRow:
    """One branch, also one that has left the directory.

    Raises:
        NotFound: there is none.
    """
    row = await session.get(BranchRow, code)
    if row is None:
        raise NotFound(f"there is no branch {code!r}")
    return row


async def find(
    session: AsyncSession,
    agency: Agency,
    place: str | None,
    region: str | None,
    channel: VisitChannel | None,
) -> Sequence[BranchRow]:
    """Branches by place: those of that name, or else those of the region of that name."""
    query = (
        select(BranchRow)
        .where(BranchRow.agency == agency, BranchRow.active)
        .order_by(BranchRow.code)
    )
    if place is None:
        return _fitting(await session.scalars(query), region, channel)
    there = query.where(BranchRow.place_key == place_key(place))
    found = _fitting(await session.scalars(there), region, channel)
    if found or region is not None:
        return found
    return _fitting(await session.scalars(query), place, channel)


def _fitting(
    rows: Iterable[BranchRow], region: str | None, channel: VisitChannel | None
) -> list[BranchRow]:
    return [
        row
        for row in rows
        if (region is None or place_key(row.region or "") == place_key(region))
        and (channel is None or channel in row.channels)
    ]


async def terms(
    session: AsyncSession, rows: Sequence[BranchRow], category: CategoryRow
) -> Mapping[str, Terms]:
    """What each branch gives of a category, by code; those that give none are left out."""
    found = await session.scalars(
        select(ExceptionRow).where(
            ExceptionRow.category == category.code,
            ExceptionRow.branch_code.in_([row.code for row in rows]),
        )
    )
    exceptions = {row.branch_code: row for row in found}
    given = ((row, _terms(row, category, exceptions.get(row.code))) for row in rows if row.active)
    return {row.code: terms for row, terms in given if terms is not None}


def _terms(row: BranchRow, category: CategoryRow, own: ExceptionRow | None) -> Terms | None:
    if row.agency is not category.agency or (own is not None and not own.offered):
        return None
    channels = category.channels if own is None or own.channels is None else own.channels
    capacity = (own and own.capacity) or category.capacity or row.desks
    return Terms(
        channels=tuple(channel for channel in channels if channel in row.channels),
        slot_minutes=(own and own.slot_minutes) or category.slot_minutes,
        capacity=capacity,
    )


def to_branch(row: BranchRow) -> Branch:
    """The value that crosses the border."""
    return Branch(
        code=row.code,
        agency=row.agency,
        name=row.name,
        place=row.place,
        region=row.region,
        channels=row.channels,
        demo=row.demo,
    )


def to_category(row: CategoryRow) -> Category:
    """The value that crosses the border."""
    return Category(
        code=row.code,
        agency=row.agency,
        title=row.title,
        channels=row.channels,
        slot_minutes=row.slot_minutes,
        asks=tuple(Identity(part) for part in row.asks),
        earliest_days=row.earliest_days,
        window_days=row.window_days,
        notice_hours=row.notice_hours,
    )
