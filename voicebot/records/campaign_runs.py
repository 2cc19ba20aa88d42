"""The steps of running a campaign.

One process at a time holds the work of a campaign, so that its pace is one pace. Who takes it over
after a crash finds people whose attempt has no result: it counts as made.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit, due_work, opt_outs
from voicebot.records.calling_hours import next_allowed
from voicebot.records.campaign_types import CampaignStatus, PersonOutcome, RingPerson
from voicebot.records.database import Database
from voicebot.records.dial_types import Over, Wait
from voicebot.records.errors import NotFound
from voicebot.records.models import AttemptRow, CampaignRow, PersonRow
from voicebot.records.types import AttemptResult, Clock
from voicebot.records.work_types import Work
from voicebot.settings import Hours

_GLANCE = timedelta(milliseconds=500)
_WHO = "dialler"

Next = RingPerson | Wait | Over


class CampaignRuns:
    """Takes campaigns forward, one person at a time."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def recover(self, work: Work) -> int:
        """Settle what a process that died has left: attempts without a result are LOST and count.

        Raises:
            ClaimLost: the work is no longer this claim's.
        """

        async def settling(session: AsyncSession) -> int:
            row = await _by_id(session, int(work.subject))
            await due_work.still_held(session, work)
            left = await session.execute(
                select(PersonRow, AttemptRow)
                .join(AttemptRow, AttemptRow.person_id == PersonRow.person_id)
                .where(PersonRow.campaign_id == row.campaign_id, AttemptRow.result.is_(None))
            )
            count = 0
            for person, attempt in left:
                attempt.result = AttemptResult.LOST
                _unreached(row, person, attempt.started_at, self._clock())
                count += 1
            return count

        return await self._database.write(settling)

    async def begin_next(self, work: Work) -> Next:
        """Whom to ring now, the attempt being written down; or when to ask again; or that there
        is nothing more to do, the work being finished.

        Raises:
            ClaimLost: the work is no longer this claim's.
        """

        async def choosing(session: AsyncSession) -> Next:
            now = self._clock()
            row = await _by_id(session, int(work.subject))
            await due_work.still_held(session, work)
            going_on = await _count(session, row, PersonOutcome.DIALLING)
            if row.status is not CampaignStatus.RUNNING:
                if going_on:
                    return Wait(now + _GLANCE, "calls go on")
                await due_work.finish_in(session, work, now)
                return Over(row.status)
            if (until := next_allowed(Hours.model_validate(row.hours), now)) > now:
                return Wait(until, "outside the hours")
            if going_on >= row.concurrent:
                return Wait(now + _GLANCE, "enough at once")
            if (until := await _pace(session, row, now)) > now:
                return Wait(until, "pace")
            while (person := await _next_person(session, row, now)) is not None:
                if not await opt_outs.refuses(session, person.number):
                    return await _write_down(session, row, person, now)
                person.outcome, person.changed_at = PersonOutcome.REFUSED, now
                await session.flush()
            later = await session.scalar(
                select(func.min(PersonRow.next_at)).where(
                    PersonRow.campaign_id == row.campaign_id,
                    PersonRow.outcome == PersonOutcome.WAITING,
                )
            )
            if going_on:
                return Wait(now + _GLANCE, "calls go on")
            if later is not None:
                return Wait(later, "pauses between attempts")
            row.status, row.changed_at = CampaignStatus.DONE, now
            await due_work.finish_in(session, work, now)
            await audit.append(session, _WHO, "campaign.done", row.campaign_id, now=now)
            return Over("done")

        return await self._database.write(choosing)

    async def end_person(
        self,
        ring: RingPerson,
        result: AttemptResult,
        outcome: PersonOutcome | None = None,
        *,
        call_id: str | None = None,
        message_left: bool = False,
    ) -> None:
        """Write down how an attempt ended, whoever holds the claim by now.

        Args:
            outcome: what became of the person when they were reached; None: not reached.
        """

        async def ending(session: AsyncSession) -> None:
            now = self._clock()
            person = await session.get_one(PersonRow, ring.person_id, with_for_update=True)
            attempt = await session.get_one(AttemptRow, ring.attempt_id, with_for_update=True)
            if attempt.result not in (None, AttemptResult.LOST):
                return
            attempt.result, attempt.ended_at, attempt.message_left = result, now, message_left
            person.call_id = call_id or person.call_id
            if outcome is not None:
                person.outcome, person.changed_at = outcome, now
            else:
                campaign = await session.get_one(CampaignRow, person.campaign_id)
                _unreached(campaign, person, now, now)
            if outcome is PersonOutcome.OPTED_OUT:
                await opt_outs.add_in(session, person.number, "campaign", _WHO, now)

        await self._database.write(ending)


def _unreached(
    campaign: CampaignRow, person: PersonRow, attempted_at: datetime, now: datetime
) -> None:
    if person.attempts >= campaign.max_attempts:
        person.outcome = PersonOutcome.NOT_REACHED
    else:
        person.outcome = PersonOutcome.WAITING
        person.next_at = attempted_at + timedelta(minutes=campaign.pause_minutes)
    person.changed_at = now


async def _pace(session: AsyncSession, row: CampaignRow, now: datetime) -> datetime:
    last = await session.scalar(
        select(func.max(AttemptRow.started_at))
        .join(PersonRow, PersonRow.person_id == AttemptRow.person_id)
        .where(PersonRow.campaign_id == row.campaign_id)
    )
    return now if last is None else last + timedelta(minutes=1 / row.calls_per_minute)


async def _count(session: AsyncSession, row: CampaignRow, outcome: PersonOutcome) -> int:
    return (
        await session.scalar(
            select(func.count())
            .select_from(PersonRow)
            .where(PersonRow.campaign_id == row.campaign_id, PersonRow.outcome == outcome)
        )
        or 0
    )


async def _next_person(session: AsyncSession, row: CampaignRow, now: datetime) -> PersonRow | None:
    person: PersonRow | None = await session.scalar(
        select(PersonRow)
        .where(
            PersonRow.campaign_id == row.campaign_id,
            PersonRow.outcome == PersonOutcome.WAITING,
            PersonRow.next_at <= now,
        )
        .order_by(PersonRow.next_at, PersonRow.person_id)
        .limit(1)
        .with_for_update()
    )
    return person


async def _write_down(
    session: AsyncSession, row: CampaignRow, person: PersonRow, now: datetime
) -> RingPerson:
    person.outcome, person.changed_at = PersonOutcome.DIALLING, now
    person.attempts += 1
    attempt = AttemptRow(person_id=person.person_id, ordinal=person.attempts, started_at=now)
    session.add(attempt)
    await session.flush()
    return RingPerson(
        person_id=person.person_id,
        attempt_id=attempt.attempt_id,
        ordinal=attempt.ordinal,
        number=person.number,
        text=row.text.format_map(dict(person.values)),
    )


async def _by_id(session: AsyncSession, campaign_id: int) -> CampaignRow:
    row = await session.get(CampaignRow, campaign_id, with_for_update=True)
    if row is None:
        raise NotFound(f"there is no campaign {campaign_id}")
    return row
