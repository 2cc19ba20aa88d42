"""Demonstration branches and categories, loaded when the directory is empty.

The official lists of branches are not public in a form that can be loaded; names are of places
only, every branch is marked as a demonstration, and no address is given.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records.branches import place_key
from voicebot.records.database import Database, lock_setup
from voicebot.records.models import BranchRow, CategoryRow
from voicebot.records.types import Agency, Identity, VisitChannel

DEMO_FILE = Path(__file__).parent / "demo.yaml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DemoCategory(_Part):
    """One category; see `Category`."""

    code: str
    title: str
    channels: tuple[VisitChannel, ...]
    slot_minutes: int = Field(gt=0, le=120)
    asks: tuple[Identity, ...] = (Identity.NAME, Identity.AFM, Identity.MOBILE)


class DemoAgency(_Part):
    """The branches of one agency: one in each named region's places (all regions when none is
    named), and one without a place for each remote channel."""

    agency: Agency
    branch: str = Field(description="name of a branch; {place} is filled in")
    regions: tuple[str, ...] | None = None
    remote: dict[VisitChannel, str] = {}
    categories: tuple[DemoCategory, ...]


class DemoData(_Part):
    """The whole file."""

    hours: str
    desks: int = Field(gt=0)
    regions: dict[str, tuple[str, ...]]
    agencies: tuple[DemoAgency, ...]


def read_demo_data(path: Path = DEMO_FILE) -> DemoData:
    """Read and check the file.

    Raises:
        pydantic.ValidationError: a field is missing or wrong.
    """
    return DemoData.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


async def load_demo_data(database: Database) -> bool:
    """Fill the directory, unless it holds anything; gives whether it did."""

    async def work(session: AsyncSession) -> bool:
        await (await session.connection()).run_sync(lock_setup)
        for table in (BranchRow, CategoryRow):
            if await session.scalar(select(func.count()).select_from(table)):
                return False
        data = read_demo_data()
        for agency in data.agencies:
            session.add_all(_categories(agency))
            session.add_all(_branches(agency, data))
        return True

    return await database.write(work)


def _categories(agency: DemoAgency) -> list[CategoryRow]:
    return [
        CategoryRow(
            agency=agency.agency,
            position=position,
            demo=True,
            **category.model_dump(mode="json", exclude={"channels"}),
            channels=category.channels,
        )
        for position, category in enumerate(agency.categories)
    ]


def _branches(agency: DemoAgency, data: DemoData) -> list[BranchRow]:
    shared: dict[str, Any] = {
        "agency": agency.agency,
        "hours": data.hours,
        "desks": data.desks,
        "demo": True,
    }
    rows = [
        BranchRow(
            code=f"{agency.agency}-{region_at:03}-{place_at:02}",
            name=agency.branch.format(place=place),
            place=place,
            place_key=place_key(place),
            region=region,
            channels=(VisitChannel.IN_PERSON,),
            **shared,
        )
        for region_at, (region, places) in enumerate(data.regions.items())
        if agency.regions is None or region in agency.regions
        for place_at, place in enumerate(places)
    ]
    rows += [
        BranchRow(code=f"{agency.agency}-{channel}", name=name, channels=(channel,), **shared)
        for channel, name in agency.remote.items()
    ]
    return rows
