"""Rings the people of a campaign, tells them, and talks with them."""

from __future__ import annotations

import asyncio

import structlog

from voicebot.dialogue.call import Call as Conversation
from voicebot.dialogue.flows import campaign
from voicebot.line.channel import PhoneChannel
from voicebot.line.outbound import Outbound, is_machine
from voicebot.operations.campaign_work import Informed
from voicebot.operations.permits import MayRing
from voicebot.records import Records, RecordsUnavailable
from voicebot.records.campaign_types import PersonOutcome, RingPerson
from voicebot.records.types import AttemptResult, Outcome
from voicebot.telephony.call import Call
from voicebot.understanding.reached import Reached

log = structlog.get_logger(__name__)

_OUTCOMES = {
    Outcome.HANDED_OVER: PersonOutcome.HANDED_OVER,
    Outcome.CALLBACK: PersonOutcome.CALLBACK,
}


class Told:
    """What came of one conversation. What must not be lost is written down at once."""

    def __init__(self, records: Records, ring: RingPerson) -> None:
        self._records = records
        self._ring = ring
        self.message = False
        self.opted_out = False
        self.reached = Reached.HERE
        self.outcome: Outcome | None = None

    async def heard_it(self) -> None:
        """The message was heard to its end."""
        self.message = True
        await self._note(PersonOutcome.INFORMED)

    async def refuses(self) -> None:
        """The person does not want to be rung again."""
        self.opted_out = True
        await self._note(PersonOutcome.OPTED_OUT)

    def answered_by(self, reached: Reached) -> None:
        """Somebody else, or nobody who would say."""
        self.reached = reached

    def informed(self, call_id: str) -> Informed:
        """What that is for the campaign."""
        if self.opted_out:
            return Informed(AttemptResult.OPTED_OUT, PersonOutcome.OPTED_OUT, call_id)
        if self.reached is Reached.WRONG:
            return Informed(AttemptResult.WRONG_PERSON, PersonOutcome.WRONG_PERSON, call_id)
        if self.reached is Reached.AWAY:
            return Informed(AttemptResult.AWAY, None, call_id)
        if self.outcome in _OUTCOMES:
            return Informed(AttemptResult.CONNECTED, _OUTCOMES[self.outcome], call_id)
        outcome = PersonOutcome.INFORMED if self.message else PersonOutcome.PARTLY
        return Informed(AttemptResult.CONNECTED, outcome, call_id)

    async def _note(self, outcome: PersonOutcome) -> None:
        try:
            await self._records.campaign_runs.note(self._ring, outcome)
        except RecordsUnavailable as error:
            # It is written down at the end of the call too.
            log.warning("campaign.not_noted", outcome=str(outcome), error=str(error))


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
        return told.informed(call.info.call_id)

    async def _talk(self, call: Call, ring: RingPerson) -> Told:
        told = Told(self._out.records, ring)
        telling = campaign.Told(lambda: told.message, told.refuses, told.answered_by)

        async def course(conversation: Conversation) -> None:
            await campaign.inform(conversation, ring.text, telling)

        async def dialogue(channel: PhoneChannel) -> None:
            listening = campaign.CampaignChannel(channel, ring.text, told.heard_it)
            told.outcome = await self._out.converse(listening, course)

        talk = asyncio.ensure_future(self._out.line.talk(call, dialogue))
        try:
            await talk
        finally:
            talk.cancel()
        return told
