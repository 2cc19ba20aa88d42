"""The people of a simulated month: agents who work on cases, citizens who are rung back, and a
gateway that takes every message."""

from __future__ import annotations

import asyncio
import contextlib
import random
from datetime import datetime, timedelta

from voicebot.operations.callback_work import Rung, Steps
from voicebot.operations.gateways import MessageGateway
from voicebot.records import (
    AlreadyFinished,
    Answer,
    Case,
    CaseMark,
    CaseStatus,
    Message,
    Records,
    Window,
)
from voicebot.records.dial_types import Ring
from voicebot.records.schedule import is_working_day
from voicebot.records.types import ATHENS, AttemptResult, Clock

# They look through at most so many cases for each that they take on.
_LISTED = 12
_AGENTS = 40
# Of a hundred cases so many are left lying at the first two levels, and so many for ever.
_LEFT, _FORGOTTEN = 15, 2
_REASON = "έλεγχος φακέλου"


class TakesAll(MessageGateway):
    """Counts what it is handed."""

    repeats_safely = True

    def __init__(self) -> None:
        self.taken = 0

    async def send(self, message: Message) -> str | None:
        """Take it."""
        self.taken += 1
        return f"month-{message.message_id}"


class Citizens:
    """Whoever is rung back: most are there, some are not."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    async def ring_back(self, ring: Ring, steps: Steps) -> Rung:
        """Ring and see."""
        permit = await steps.may_ring()
        if permit is None:
            return Rung(AttemptResult.FAILED)
        result = self._chance.choices(
            [AttemptResult.CONNECTED, AttemptResult.NO_ANSWER, AttemptResult.BUSY],
            [70, 22, 8],
        )[0]
        if result is AttemptResult.CONNECTED:
            await steps.answered()
        return Rung(result)


class Staff:
    """Agents at work on cases, each hour of a working day.

    Args:
        an_hour: how many cases they take on in one hour.
    """

    def __init__(self, records: Records, clock: Clock, chance: random.Random, an_hour: int) -> None:
        self._records = records
        self._clock = clock
        self._chance = chance
        self._an_hour = an_hour
        self.done = 0

    async def work(self) -> None:
        """One hour, if it is one of work."""
        now = self._clock().astimezone(ATHENS)
        if not is_working_day(now.date()) or not 8 <= now.hour < 16:
            return
        listed = await self._records.cases.open_ones(limit=max(400, _LISTED * self._an_hour))
        waiting = [case for case in listed if self._will_be_done(case, now)][: self._an_hour]
        for at in range(0, len(waiting), _AGENTS):
            await asyncio.gather(*(self._try(case, now) for case in waiting[at : at + _AGENTS]))

    async def _try(self, case: Case, now: datetime) -> None:
        with contextlib.suppress(AlreadyFinished):
            await self._one(case, now)
            self.done += 1

    def _will_be_done(self, case: Case, now: datetime) -> bool:
        if case.callback_id is not None:
            return False
        if case.status is CaseStatus.WAITING_CITIZEN:
            return now - case.changed_at > timedelta(days=3)
        fate = int(case.number) % 100
        if fate < _FORGOTTEN:
            return False
        if fate < _LEFT and case.level < 3:
            return False
        # Not before somebody had the time to look at it.
        return case.mark is not CaseMark.NONE or self._chance.random() < 0.25

    async def _one(self, case: Case, now: datetime) -> None:
        cases, who = self._records.cases, f"person:agent{self._chance.randrange(_AGENTS)}"
        if case.status is CaseStatus.WAITING_CITIZEN:
            await cases.resume(case.number, who)
        if case.status is CaseStatus.OPEN:
            await cases.take(case.number, who)
        draw = self._chance.random()
        if draw < 0.10:
            await cases.pause(case.number, who, _REASON)
        elif draw < 0.18 and case.level < 3:
            await cases.escalate(case.number, who, _REASON)
        elif draw < 0.24:
            await cases.reassign(case.number, who, "person:agent1", _REASON)
        elif case.phone is None or draw < 0.50:
            await cases.answer(case.number, who, Answer("Το αίτημά σας εξετάστηκε.", "told"))
        elif draw < 0.80:
            await cases.answer(case.number, who, Answer("Το αίτημά σας εξετάστηκε.", "sms"))
        else:
            window = Window(now, now + timedelta(hours=3))
            answer = Answer("Το αίτημά σας εξετάστηκε.", "callback")
            await cases.answer(case.number, who, answer, window=window)
