"""Ringing somebody: dial, find out who answered, leave a message on a machine."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, replace
from typing import Any

import structlog

from voicebot.dialogue.channel import Channel
from voicebot.dialogue.converse import Course
from voicebot.line.prompts import LinePrompt
from voicebot.line.service import Line
from voicebot.line.timing import CallObserver
from voicebot.operations.permits import MayRing
from voicebot.records import Records
from voicebot.records.types import AttemptResult, Outcome
from voicebot.settings import Settings
from voicebot.telephony.call import Call, CallFailed, Phone, TransferOutcome
from voicebot.telephony.machine import AnswerEar, Verdict

log = structlog.get_logger(__name__)

_RESULTS = {
    TransferOutcome.BUSY: AttemptResult.BUSY,
    TransferOutcome.NO_ANSWER: AttemptResult.NO_ANSWER,
    TransferOutcome.REJECTED: AttemptResult.DECLINED,
}
# Without any audio from the other side nothing can be found out.
_LISTEN_S = 8.0
_GREETING_S = 32.0
_GREECE = "+30"

Converse = Callable[[Channel, Course], Coroutine[Any, Any, Outcome]]
"""Holds a conversation about something, recorded as outbound."""


@dataclass(frozen=True)
class Outbound:
    """What ringing needs.

    Attributes:
        converse: see `Converse`.
        show: lets the desk show, in the live call of the second id, what was said in the first.
    """

    line: Line
    phone: Phone
    records: Records
    observer: CallObserver
    settings: Settings
    converse: Converse
    show: Callable[[str, str], Awaitable[None]]

    async def dial(self, number: str, may_ring: MayRing) -> Call | AttemptResult:
        """Ring a number (E.164), with leave; the call once it is answered, or why it was not.

        Raises:
            ClaimLost: somebody else goes on with it; nobody was rung.
        """
        target = self.settings.dialler.target
        if target is None or not number.startswith(self.settings.dialler.prefixes):
            log.error("not_dialled", reason="dialler.target or dialler.prefixes do not allow it")
            return AttemptResult.FAILED
        uri = target.format(number=number, national=number.removeprefix(_GREECE))
        ring_s = self.settings.dialler.ring_s
        # Where this process dies or stands still while it rings, the far side stops by itself.
        headers = {"Expires": str(math.ceil(ring_s))}
        permit = await may_ring()
        if permit is None or not permit.is_good:
            log.info("not_dialled", reason="too late" if permit is None else "leave has run out")
            return AttemptResult.TOO_LATE
        try:
            # Nothing is awaited between the look at the permit and the INVITE.
            call = await self.phone.dial(uri, headers=headers, timeout_s=ring_s)
        except CallFailed as error:
            log.info("not_reached", outcome=error.outcome.value, sip_code=error.sip_code)
            return _RESULTS.get(error.outcome, AttemptResult.FAILED)
        call.info = replace(call.info, number=number)
        return call

    async def listen(self, call: Call) -> AnswerEar:
        """Find out who answered; see `is_machine`. Not at all where the settings say so."""
        ear = AnswerEar()
        if self.settings.dialler.detect_machines:
            await self._feed(call, ear, lambda: ear.verdict is not None, _LISTEN_S)
            log.info("answered", by=ear.verdict, reason=ear.reason, after_ms=ear.heard_ms)
        return ear

    async def leave_message(self, call: Call, ear: AnswerEar) -> bool:
        """Wait for the machine's turn, say a few words and hang up; whether they were said."""
        said = False
        if self.settings.dialler.leave_message:
            await self._feed(call, ear, lambda: ear.may_leave_message, _GREETING_S)
            said = await self.play(call, LinePrompt.MACHINE_MESSAGE)
        await call.hang_up()
        return said

    @staticmethod
    async def _feed(
        call: Call, ear: AnswerEar, enough: Callable[[], bool], longest_s: float
    ) -> None:
        try:
            async with asyncio.timeout(longest_s):
                while call.is_up and not enough():
                    await call.wait_audio()
                    ear.feed(call.read())
        except TimeoutError:
            # No audio comes at all: who is there cannot be found out.
            return

    async def play(self, call: Call, prompt: LinePrompt) -> bool:
        """Play a prompt to its end; whether the call was still up then."""
        if call.is_up:
            call.write(self.line.phrases[prompt])
        while call.is_up and call.pending_ms:  # noqa: ASYNC110 - the media has no event for it
            await asyncio.sleep(call.pending_ms / 1000)
        return call.is_up


def is_machine(ear: AnswerEar) -> bool:
    """What was found out; where nothing was, a person answered."""
    return ear.verdict is Verdict.MACHINE
