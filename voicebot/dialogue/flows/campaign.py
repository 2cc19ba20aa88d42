"""An information call: who calls, the message, then whatever the person wants to ask.

«Μη με ξαναπάρετε» and key 9 end the call, and all later ones, at any moment of it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from voicebot.dialogue.call import Call
from voicebot.dialogue.channel import Briefing, Channel, HandoffResult, Heard, Keys, Utterance
from voicebot.dialogue.notices import play_notice
from voicebot.dialogue.policy import Policy, Step
from voicebot.dialogue.prompts import callbacks as prompts
from voicebot.dialogue.prompts import general
from voicebot.dialogue.signals import Signal
from voicebot.records.types import Notice, Outcome
from voicebot.understanding.expectation import FREE, Expectation
from voicebot.understanding.opt_out import wants_no_calls

OPT_OUT_KEY = "9"
TOPIC = "CAMPAIGN"


class OptOut(Signal):
    """The person does not want to be rung again."""


class OptOutChannel(Channel):
    """A channel that listens for the wish not to be rung again, whatever was asked."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self.call_id = channel.call_id
        self.caller_number = channel.caller_number

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """See `Channel.say`."""
        await self._channel.say(text, interruptible=interruptible)

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """See `Channel.listen`.

        Raises:
            OptOut: key 9, or words to that effect.
        """
        heard = await self._channel.listen(expectation, timeout=timeout)
        if isinstance(heard, Keys) and heard.digits.rstrip("#") == OPT_OUT_KEY:
            raise OptOut
        if isinstance(heard, Utterance) and wants_no_calls(heard.text):
            raise OptOut
        return heard

    async def hand_off(self, briefing: Briefing, *, queue: str) -> HandoffResult:
        """See `Channel.hand_off`."""
        return await self._channel.hand_off(briefing, queue=queue)

    async def hang_up(self) -> None:
        """See `Channel.hang_up`."""
        await self._channel.hang_up()

    def set_rate(self, rate: float) -> None:
        """See `Channel.set_rate`."""
        self._channel.set_rate(rate)

    def set_gain(self, decibels: float) -> None:
        """See `Channel.set_gain`."""
        self._channel.set_gain(decibels)


async def inform(
    call: Call, message: str, told: Callable[[], None], opted_out: Callable[[], None]
) -> None:
    """The whole call; `call.channel` listens through an `OptOutChannel`. The message is not
    interrupted, so that who has been informed is certain; keys pressed into it count after it.

    Args:
        told: called when the message has been heard to its end.
        opted_out: called when the person does not want to be rung again.

    Raises:
        HungUp: the person is gone.
    """
    policy = Policy(call)

    async def opening() -> Step | None:
        await play_notice(call, Notice.AI, general.notice(call.settings.line_name))
        await call.say(prompts.CAMPAIGN_START)
        await call.talk.say(message, interruptible=False)
        told()
        call.state.achieve(Outcome.ANSWERED, TOPIC)
        return partial(policy.ask_what_else, prompts.CAMPAIGN_QUESTION)

    try:
        await policy.run(opening)
    except OptOut:
        opted_out()
        await call.say(prompts.OPTED_OUT)
        await call.channel.hang_up()
