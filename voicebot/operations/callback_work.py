"""Rings back: the handler of `dial_callback`.

The attempt is committed before anybody is rung and its result after; what lies between may be cut
off at any point, and the records then know that it was made (see `voicebot.records.dialling`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from voicebot.operations.scheduler import Done, Handler, Result, RetryAt
from voicebot.records import Records, RecordsUnavailable, Work
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


class RingsBack(Protocol):
    """Whoever has a telephone."""

    async def ring_back(self, ring: Ring, answered: Callable[[], Awaitable[None]]) -> Rung:
        """Ring the citizen and a person and join them.

        Args:
            answered: to be called when the citizen's phone is answered.

        Returns:
            As soon as the result is known: two who are joined go on talking after that.
        """
        ...


def callback_dialler(phone: RingsBack, rules: DialRules, giving_up: GivingUp) -> Handler:
    """The handler that makes one attempt at a callback, or none when it is not the time."""

    async def dial(work: Work, records: Records) -> Result:
        step = await records.dialling.begin(work, rules, giving_up)
        if isinstance(step, Ring):
            attempt = step.attempt
            rung = await _ring(phone, step, lambda: records.dialling.answered(attempt))
            log.info("callback.rung", callback=step.callback.callback_id, result=str(rung.result))
            step = await _tell(records, work, step, rung, rules, giving_up)
        return RetryAt(step.until, step.reason) if isinstance(step, Wait) else Done()

    return dial


async def _ring(phone: RingsBack, ring: Ring, answered: Callable[[], Awaitable[None]]) -> Rung:
    try:
        return await phone.ring_back(ring, answered)
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
