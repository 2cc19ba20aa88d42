"""The directory of branches and categories."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.errors import NotFound
from voicebot.records.models import BranchRow, CategoryRow
from voicebot.records.types import Agency, Branch, Category, VisitChannel


def place_key(name: str) -> str:
    """A name of a place without case, accents and doubled spaces, to compare by."""
    plain = unicodedata.normalize("NFD", name.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(plain.replace("ς", "σ").split())


async def categories(session: AsyncSession, agency: Agency) -> tuple[Category, ...]:
    """All categories of an agency in the order in which they were entered."""
    rows = await session.scalars(
        select(CategoryRow)
        .where(CategoryRow.agency == agency)
        .order_by(CategoryRow.position, CategoryRow.code)
    )
    return tuple(to_category(row) for row in rows)


async def category(session: AsyncSession, agency: Agency, code: str) -> Category:
    """One category.

    Raises:
        NotFound: there is none.
    """
    row = await session.get(CategoryRow, (agency, code))
    if row is None:
        raise NotFound(f"{agency} gives no appointments for {code!r}")
    return to_category(row)


async def branch(session: AsyncSession, code: str) -> BranchRow:
    """One branch.

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
    rows = list(
        await session.scalars(
            select(BranchRow).where(BranchRow.agency == agency).order_by(BranchRow.code)
        )
    )
    if channel is not None:
        rows = [row for row in rows if channel in row.channels]
    if region is not None:
        rows = [row for row in rows if place_key(row.region or "") == place_key(region)]
    if place is None:
        return rows
    key = place_key(place)
    there = [row for row in rows if row.place_key == key]
    return there or [row for row in rows if place_key(row.region or "") == key]


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
        needs_amka=row.needs_amka,
    )
