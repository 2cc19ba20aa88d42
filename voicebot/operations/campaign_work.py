"""Runs campaigns: the handler of `run_campaign`, which holds one campaign while it has something
to do and keeps its pace."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from voicebot.operations.permits import MayRing, ask, surely
from voicebot.operations.scheduler import Done, Handler, Result, RetryAt
from voicebot.records import ClaimLost, Records, Work
from voicebot.records.campaign_types import PersonOutcome, RingPerson
from voicebot.records.dial_types import Wait
from voicebot.records.types import AttemptResult, Clock, utc_now

log = structlog.get_logger(__name__)

# Longer waits give the campaign back, so that a restart or a pause is not held up by them.
_LONGEST_WAIT = timedelta(seconds=20)
_GLANCE_S = 0.5


@dataclass(frozen=True)
class Informed:
    """How one call ended.

    Attributes:
        outcome: what became of the person; None when they were not reached.
        call_id: of the conversation, if there was one.
    """

    result: AttemptResult
    outcome: PersonOutcome | None = None
    call_id: str | None = None
    message_left: bool = False


class Informs(Protocol):
    """Whoever has a telephone."""

    async def inform(self, ring: RingPerson, may_ring: MayRing) -> Informed:
        """Ring a person, tell them, and talk with them until the call is over.

        Args:
            may_ring: to be asked right before the INVITE.

        Raises:
            ClaimLost: somebody else runs the campaign; nobody is left ringing.
        """
        ...


def campaign_runner(
    phone: Informs, clock: Clock = utc_now, *, ring: timedelta = timedelta(seconds=30)
) -> Handler:
    """The handler that rings the people of a campaign.

    Args:
        ring: how long a phone rings at most.
    """

    async def run(work: Work, records: Records) -> Result:
        lost = await records.campaign_runs.recover(work, ring)
        if lost:
            log.warning("campaign.recovered", campaign=work.subject, attempts_lost=lost)
        calls: set[asyncio.Task[None]] = set()
        try:
            while True:
                step = await records.campaign_runs.begin_next(work)
                if isinstance(step, RingPerson):
                    task = asyncio.create_task(_one(phone, work, step, records))
                    calls.add(task)
                    task.add_done_callback(calls.discard)
                elif not isinstance(step, Wait):
                    return Done()
                elif not calls and step.until - clock() > _LONGEST_WAIT:
                    return RetryAt(step.until, step.reason)
                else:
                    await _wait(step.until, clock(), calls)
        finally:
            for task in calls:
                task.cancel()
            await asyncio.gather(*calls, return_exceptions=True)

    return run


async def _one(phone: Informs, work: Work, ring: RingPerson, records: Records) -> None:
    async def may_ring() -> bool:
        return await records.campaign_runs.may_ring(work, ring)

    try:
        informed = await phone.inform(ring, lambda: ask(may_ring, work.lease))
    except ClaimLost as error:
        log.info("campaign.claim_lost", person=ring.person_id, reason=str(error))
        return
    except Exception:
        log.exception("campaign.call_broke", person=ring.person_id)
        informed = Informed(AttemptResult.FAILED)
    log.info("campaign.rung", person=ring.person_id, result=str(informed.result))
    await surely(
        records.campaign_runs.end_person(
            ring,
            informed.result,
            informed.outcome,
            call_id=informed.call_id,
            message_left=informed.message_left,
        )
    )


async def _wait(until: datetime, now: datetime, calls: set[asyncio.Task[None]]) -> None:
    """Until the moment, but look up now and then, and when a call ends."""
    wait_s = min(max((until - now).total_seconds(), 0.01), _GLANCE_S)
    if calls:
        await asyncio.wait(set(calls), timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
    else:
        await asyncio.sleep(wait_s)
