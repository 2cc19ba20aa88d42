"""Ringing back without a telephone: rules, telephones that do as told, and time that passes."""

from __future__ import annotations

from datetime import time, timedelta

from tests.records.conftest import StoppedClock
from voicebot.operations.callback_work import Rung, Steps, callback_dialler
from voicebot.operations.callbacks_el import giving_up
from voicebot.operations.scheduler import Scheduler
from voicebot.records import (
    Agency,
    Records,
    Window,
)
from voicebot.records.callbacks import DIAL
from voicebot.records.dial_types import DialRules, Ring
from voicebot.records.types import AttemptResult
from voicebot.settings import Hours

NUMBER = "6945123456"
WORKING = Hours(opens=time(8), closes=time(20), weekends=False, holidays=False)
RULES = DialRules(WORKING, max_attempts=3)
GIVING_UP = giving_up(Agency.EFKA, "1555", {"E02": "Σύνταξη"}, message=True)


class Phones:
    """Telephones that do as told: results in order, then CONNECTED."""

    def __init__(self, *results: AttemptResult) -> None:
        self.results = list(results)
        self.rung: list[int] = []

    async def ring_back(self, ring: Ring, steps: Steps) -> Rung:
        self.rung.append(ring.callback.callback_id)
        result = self.results.pop(0) if self.results else AttemptResult.CONNECTED
        if result is not AttemptResult.NO_AGENT and await steps.may_ring() is None:
            return Rung(AttemptResult.TOO_LATE)
        if result is AttemptResult.CONNECTED:
            await steps.answered()
        return Rung(result)


def scheduler(
    records: Records, clock: StoppedClock, phones: Phones, rules: DialRules = RULES
) -> Scheduler:
    handler = callback_dialler(phones, rules, GIVING_UP)
    return Scheduler(records, {DIAL: handler}, clock, concurrency=1)


def hours(clock: StoppedClock, count: float) -> Window:
    return Window(clock.now, clock.now + timedelta(hours=count))


def an_hour(clock: StoppedClock) -> Window:
    return hours(clock, 1)


async def to_its_time(records: Records, clock: StoppedClock, callback_id: int) -> None:
    """Let time pass until it is due."""
    (work,) = await records.work.about(DIAL, callback_id)
    clock.now = work.due_at
