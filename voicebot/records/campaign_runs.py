"""The steps of running a campaign.

One process at a time holds the work of a campaign, so that its pace is one pace. Who takes it over
after a crash finds people whose attempt has no result: it counts as made when leave to ring had
been given. An outcome that was noted during the call stays.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from voicebot.records import audit, due_work, opt_outs
from voicebot.records.attempts import did_not_ring, silent_at, write_down
from voicebot.records.calling_hours import allows, next_allowed
from voicebot.records.campaign_types import CampaignStatus, PersonOutcome, RingPerson
from voicebot.records.database import Database
from voicebot.records.dial_types import Over, Wait
from voicebot.records.errors import NotFound
from voicebot.records.leave import give_leave
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

    async def recover(self, work: Work, ring: timedelta) -> int:
        """Settle what a process that died has left: attempts without a result are LOST, and count
        where the phone may have rung.

        Args:
            ring: how long a phone rings at most: nobody is rung again before it is silent.

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
                .with_for_update(of=AttemptRow)
            )
            count = 0
            for person, attempt in left:
                attempt.result = AttemptResult.LOST
                if person.outcome is PersonOutcome.DIALLING:
                    _unreached(row, person, attempt, self._clock())
                    if attempt.dialled_at is not None:
                        silent = silent_at(attempt.dialled_at, work, ring)
                        person.next_at = max(person.next_at, silent)
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
            going_on = await _going_on(session, row)
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
                    return await _write_down(session, row, work, person, now)
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

    async def may_ring(self, work: Work, ring: RingPerson) -> bool:
        """Give leave to ring a person now, once. False when they may not be rung any more: the
        hours are over, the campaign was stopped, they opted out.

        Raises:
            ClaimLost: the work is no longer this claim's; nobody may be rung.
        """

        async def asking(session: AsyncSession) -> bool:
            now = self._clock()
            row = await _by_id(session, int(work.subject))
            await due_work.still_held(session, work)
            if row.status is not CampaignStatus.RUNNING:
                return False
            if not allows(Hours.model_validate(row.hours), now):
                return False
            if await opt_outs.refuses(session, ring.number):
                return False
            await give_leave(session, work, ring.attempt_id, now)
            return True

        return await self._database.write(asking)

    async def note(self, ring: RingPerson, outcome: PersonOutcome) -> None:
        """Keep at once what is known during the call, so that a crash does not undo it: a person
        who has heard the message is not told it again, and who opted out is not rung again."""

        async def noting(session: AsyncSession) -> None:
            now = self._clock()
            person = await session.get_one(PersonRow, ring.person_id, with_for_update=True)
            person.outcome, person.changed_at = outcome, now
            if outcome is PersonOutcome.OPTED_OUT:
                await opt_outs.add_in(session, person.number, "campaign", _WHO, now)

        await self._database.write(noting)

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
            was_lost = attempt.result is AttemptResult.LOST
            attempt.result, attempt.ended_at, attempt.message_left = result, now, message_left
            person.call_id = call_id or person.call_id
            noted = person.outcome is PersonOutcome.OPTED_OUT
            if outcome is not None:
                person.outcome, person.changed_at = outcome, now
            elif person.outcome is PersonOutcome.DIALLING and not was_lost:
                campaign = await session.get_one(CampaignRow, person.campaign_id)
                _unreached(campaign, person, attempt, now)
            if outcome is PersonOutcome.OPTED_OUT and not noted:
                await opt_outs.add_in(session, person.number, "campaign", _WHO, now)

        await self._database.write(ending)


def _unreached(
    campaign: CampaignRow, person: PersonRow, attempt: AttemptRow, now: datetime
) -> None:
    if did_not_ring(attempt):
        person.attempts -= 1
        person.outcome, person.next_at, person.changed_at = PersonOutcome.WAITING, now, now
        return
    attempted_at = attempt.ended_at or attempt.started_at
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


async def _going_on(session: AsyncSession, row: CampaignRow) -> int:
    """Calls that have no result yet."""
    return (
        await session.scalar(
            select(func.count())
            .select_from(AttemptRow)
            .join(PersonRow, PersonRow.person_id == AttemptRow.person_id)
            .where(PersonRow.campaign_id == row.campaign_id, AttemptRow.result.is_(None))
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
    session: AsyncSession, row: CampaignRow, work: Work, person: PersonRow, now: datetime
) -> RingPerson:
    person.outcome, person.changed_at = PersonOutcome.DIALLING, now
    person.attempts += 1
    attempt = await write_down(session, work, now, person_id=person.person_id)
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
