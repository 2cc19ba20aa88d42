"""Rings the people of a campaign, tells them, and talks with them."""

from __future__ import annotations

import asyncio

from voicebot.dialogue.call import Call as Conversation
from voicebot.dialogue.flows.campaign import OptOutChannel, inform
from voicebot.line.channel import PhoneChannel
from voicebot.line.outbound import Outbound, is_machine
from voicebot.operations.campaign_work import Informed
from voicebot.operations.permits import MayRing
from voicebot.records.campaign_types import PersonOutcome, RingPerson
from voicebot.records.types import AttemptResult, Outcome
from voicebot.telephony.call import Call

_OUTCOMES = {
    Outcome.HANDED_OVER: PersonOutcome.HANDED_OVER,
    Outcome.CALLBACK: PersonOutcome.CALLBACK,
}


class Told:
    """What came of one conversation."""

    def __init__(self) -> None:
        self.message = False
        self.opted_out = False
        self.outcome: Outcome | None = None

    def heard_it(self) -> None:
        """The message was heard to its end."""
        self.message = True

    def refuses(self) -> None:
        """The person does not want to be rung again."""
        self.opted_out = True


class Inform:
    """The dialler of campaigns (`Informs`)."""

    def __init__(self, outbound: Outbound) -> None:
        self._out = outbound

    async def inform(self, ring: RingPerson, may_ring: MayRing) -> Informed:
        """See `Informs`."""
        call = await self._out.dial(ring.number, may_ring)
        if not isinstance(call, Call):
            return Informed(call)
        try:
            if is_machine(ear := await self._out.listen(call)):
                left = await self._out.leave_message(call, ear)
                outcome = PersonOutcome.LEFT_MESSAGE if left else None
                return Informed(AttemptResult.MACHINE, outcome, message_left=left)
            if not call.is_up:
                return Informed(AttemptResult.HUNG_UP)
            told = await self._talk(call, ring)
        finally:
            await call.hang_up()
        call_id = call.info.call_id
        if told.opted_out:
            return Informed(AttemptResult.OPTED_OUT, PersonOutcome.OPTED_OUT, call_id)
        if told.outcome in _OUTCOMES:
            return Informed(AttemptResult.CONNECTED, _OUTCOMES[told.outcome], call_id)
        outcome = PersonOutcome.INFORMED if told.message else PersonOutcome.PARTLY
        return Informed(AttemptResult.CONNECTED, outcome, call_id)

    async def _talk(self, call: Call, ring: RingPerson) -> Told:
        told = Told()

        async def course(conversation: Conversation) -> None:
            await inform(conversation, ring.text, told.heard_it, told.refuses)

        async def dialogue(channel: PhoneChannel) -> None:
            told.outcome = await self._out.converse(OptOutChannel(channel), course)

        talk = asyncio.ensure_future(self._out.line.talk(call, dialogue))
        try:
            await talk
        finally:
            talk.cancel()
        return told
