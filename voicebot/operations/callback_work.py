"""Rings back: the handler of `dial_callback`.

The attempt is committed before anybody is rung, leave to ring the citizen right before the INVITE,
and the result after; what lies between may be cut off at any point, and the records then know how
far it came (see `voicebot.records.dialling`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from voicebot.operations.permits import MayRing, ask, surely
from voicebot.operations.scheduler import Done, Handler, Result, RetryAt
from voicebot.records import ClaimLost, Records, RecordsUnavailable, Work
from voicebot.records.dial_types import DialRules, Ring, Step, Wait
from voicebot.records.dialling import GivingUp
from voicebot.records.types import AttemptResult

log = structlog.get_logger(__name__)

_TELL_TRIES = 5
_TELL_PAUSE_S = 0.5


@dataclass(frozen=True)
class Rung:
    """How ringing ended."""

    result: AttemptResult
    message_left: bool = False


@dataclass(frozen=True)
class Steps:
    """What whoever rings asks and tells on the way.

    Attributes:
        may_ring: to be asked right before the citizen's INVITE; see `MayRing`.
        answered: to be called when the citizen's phone is answered; raises ClaimLost when somebody
            else goes on with it.
    """

    may_ring: MayRing
    answered: Callable[[], Awaitable[None]]


class RingsBack(Protocol):
    """Whoever has a telephone."""

    async def ring_back(self, ring: Ring, steps: Steps) -> Rung:
        """Ring the citizen and a person and join them.

        Returns:
            As soon as the result is known: two who are joined go on talking after that.

        Raises:
            ClaimLost: somebody else goes on with it; nobody is left ringing.
        """
        ...


def callback_dialler(phone: RingsBack, rules: DialRules, giving_up: GivingUp) -> Handler:
    """The handler that makes one attempt at a callback, or none when it is not the time."""

    async def dial(work: Work, records: Records) -> Result:
        step = await records.dialling.begin(work, rules, giving_up)
        if isinstance(step, Ring):
            rung = await _ring(phone, step, _steps(records, work, step, rules))
            log.info("callback.rung", callback=step.callback.callback_id, result=str(rung.result))
            step = await surely(_tell(records, work, step, rung, rules, giving_up))
        return RetryAt(step.until, step.reason) if isinstance(step, Wait) else Done()

    return dial


def _steps(records: Records, work: Work, ring: Ring, rules: DialRules) -> Steps:
    return Steps(
        may_ring=lambda: ask(lambda: records.dialling.may_ring(work, ring, rules), work.lease),
        answered=lambda: records.dialling.answered(ring.attempt),
    )


async def _ring(phone: RingsBack, ring: Ring, steps: Steps) -> Rung:
    try:
        return await phone.ring_back(ring, steps)
    except ClaimLost:
        raise
    except Exception:
        # Whatever broke, the attempt was made.
        log.exception("callback.broke", callback=ring.callback.callback_id)
        return Rung(AttemptResult.FAILED)


async def _tell(
    records: Records, work: Work, ring: Ring, rung: Rung, rules: DialRules, giving_up: GivingUp
) -> Step:
    """Write the result down, trying again while the database is away: without it a citizen who
    was reached would be rung again."""
    for left in reversed(range(_TELL_TRIES)):
        try:
            return await records.dialling.end(
                work, ring, rung.result, rules, giving_up, message_left=rung.message_left
            )
        except RecordsUnavailable:
            if not left:
                raise
            await asyncio.sleep(_TELL_PAUSE_S)
    raise AssertionError("unreachable")
