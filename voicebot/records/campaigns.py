"""Information campaigns: who is rung, at what pace, and what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit, due_work, opt_outs
from voicebot.records.campaign_types import (
    Campaign,
    CampaignStatus,
    Created,
    NewCampaign,
    NewPerson,
    PersonOutcome,
    PersonState,
    Progress,
)
from voicebot.records.database import Database
from voicebot.records.errors import InvalidRecord, NotFound
from voicebot.records.inserting import insert_if_free
from voicebot.records.models import AttemptRow, CampaignRow, DueWorkRow, PersonRow
from voicebot.records.types import Clock
from voicebot.records.work_types import WorkState
from voicebot.settings import Hours

RUN = "run_campaign"
_KEY = "run"
_MOST_CLAIMS = 1000


class Campaigns:
    """All campaigns."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def create(
        self, new: NewCampaign, people: Sequence[NewPerson], *, who: str, paused: bool = False
    ) -> Created:
        """Keep a campaign with its people, each number once, and make it due.

        Raises:
            InvalidRecord: there is one of that name, or nobody to ring.
        """
        if not people:
            raise InvalidRecord("campaign: there is nobody to ring")

        async def work(session: AsyncSession) -> Created:
            now = self._clock()
            campaign_id = await insert_if_free(
                session,
                CampaignRow,
                name=new.name,
                message_key=new.message_key,
                text=new.text,
                hours=new.hours.model_dump(mode="json"),
                calls_per_minute=new.calls_per_minute,
                concurrent=new.concurrent,
                max_attempts=new.max_attempts,
                pause_minutes=new.pause_minutes,
                status=CampaignStatus.PAUSED if paused else CampaignStatus.RUNNING,
                owner=new.owner,
                created_at=now,
                changed_at=now,
            )
            if campaign_id is None:
                raise InvalidRecord(f"campaign: there is one of the name {new.name!r} already")
            numbers: set[str] = set()
            refused = 0
            for person in people:
                if person.number in numbers:
                    continue
                numbers.add(person.number)
                unwilling = await opt_outs.refuses(session, person.number)
                refused += unwilling
                session.add(
                    PersonRow(
                        campaign_id=campaign_id,
                        number=person.number,
                        values=person.values,
                        attempts=0,
                        next_at=now,
                        outcome=PersonOutcome.REFUSED if unwilling else PersonOutcome.WAITING,
                        changed_at=now,
                    )
                )
            if not paused:
                await _make_due(session, campaign_id, now)
            await audit.append(
                session, who, "campaign.created", campaign_id, {"people": len(numbers)}, now=now
            )
            row = await session.get_one(CampaignRow, campaign_id)
            return Created(_campaign(row), len(numbers), len(people) - len(numbers), refused)

        return await self._database.write(work)

    async def pause(self, name: str, *, who: str) -> Campaign:
        """Begin no more calls; those that go on may end.

        Raises:
            NotFound: no such campaign.
        """
        return await self._set(name, CampaignStatus.PAUSED, who)

    async def resume(self, name: str, *, who: str) -> Campaign:
        """Go on.

        Raises:
            NotFound: no such campaign.
        """
        return await self._set(name, CampaignStatus.RUNNING, who)

    async def _set(self, name: str, status: CampaignStatus, who: str) -> Campaign:
        async def work(session: AsyncSession) -> Campaign:
            now = self._clock()
            row = await _by_name(session, name, lock=True)
            if row.status is CampaignStatus.DONE or row.status is status:
                return _campaign(row)
            row.status, row.changed_at = status, now
            if status is CampaignStatus.RUNNING:
                await _make_due(session, row.campaign_id, now)
            await audit.append(session, who, f"campaign.{status}", row.campaign_id, now=now)
            return _campaign(row)

        return await self._database.write(work)

    async def names(self) -> tuple[str, ...]:
        """All campaigns, latest first."""

        async def work(session: AsyncSession) -> tuple[str, ...]:
            rows = await session.scalars(
                select(CampaignRow.name).order_by(CampaignRow.campaign_id.desc())
            )
            return tuple(rows)

        return await self._database.read(work)

    async def progress(self, name: str) -> Progress:
        """How far a campaign is.

        Raises:
            NotFound: no such campaign.
        """

        async def work(session: AsyncSession) -> Progress:
            row = await _by_name(session, name)
            outcomes = await session.execute(
                select(PersonRow.outcome, func.count())
                .where(PersonRow.campaign_id == row.campaign_id)
                .group_by(PersonRow.outcome)
            )
            counted = {row[0]: row[1] for row in outcomes}
            results = Counter(
                str(result) if result is not None else "going_on"
                for result in await session.scalars(
                    select(AttemptRow.result)
                    .join(PersonRow, PersonRow.person_id == AttemptRow.person_id)
                    .where(PersonRow.campaign_id == row.campaign_id)
                )
            )
            return Progress(
                _campaign(row), sum(counted.values()), counted, results.total(), dict(results)
            )

        return await self._database.read(work)

    async def people(self, name: str) -> tuple[PersonState, ...]:
        """Everybody with what became of them, in the order of the file.

        Raises:
            NotFound: no such campaign.
        """

        async def work(session: AsyncSession) -> tuple[PersonState, ...]:
            row = await _by_name(session, name)
            last = (
                select(AttemptRow.person_id, func.max(AttemptRow.started_at).label("at"))
                .group_by(AttemptRow.person_id)
                .subquery()
            )
            found = await session.execute(
                select(PersonRow, last.c.at)
                .outerjoin(last, last.c.person_id == PersonRow.person_id)
                .where(PersonRow.campaign_id == row.campaign_id)
                .order_by(PersonRow.person_id)
            )
            return tuple(
                PersonState(
                    person_id=person.person_id,
                    number=person.number,
                    values=person.values,
                    outcome=person.outcome,
                    attempts=person.attempts,
                    last_attempt_at=at,
                    call_id=person.call_id,
                )
                for person, at in found
            )

        return await self._database.read(work)


async def _make_due(session: AsyncSession, campaign_id: int, now: datetime) -> None:
    """Unless somebody is at it already: their claim must not be taken away, with calls going on."""
    claimed = await session.scalar(
        select(DueWorkRow.work_id).where(
            DueWorkRow.kind == RUN,
            DueWorkRow.subject == str(campaign_id),
            DueWorkRow.state == WorkState.CLAIMED,
        )
    )
    if claimed is None:
        await due_work.reschedule(
            session, RUN, campaign_id, now, key=_KEY, max_attempts=_MOST_CLAIMS, now=now
        )


async def _by_name(session: AsyncSession, name: str, *, lock: bool = False) -> CampaignRow:
    query = select(CampaignRow).where(CampaignRow.name == name)
    row: CampaignRow | None = await session.scalar(query.with_for_update() if lock else query)
    if row is None:
        raise NotFound(f"there is no campaign {name!r}")
    return row


def _campaign(row: CampaignRow) -> Campaign:
    return Campaign(
        campaign_id=row.campaign_id,
        name=row.name,
        message_key=row.message_key,
        text=row.text,
        hours=Hours.model_validate(row.hours),
        calls_per_minute=row.calls_per_minute,
        concurrent=row.concurrent,
        max_attempts=row.max_attempts,
        pause_minutes=row.pause_minutes,
        status=row.status,
        owner=row.owner,
        created_at=row.created_at,
    )
