"""An information call: who calls, whether the right person answers, the message, then whatever the
person wants to ask.

«Μη με ξαναπάρετε» and key 9 end the call, and all later ones, at any moment of it. Nothing of the
message is said before somebody has said that they are the one it is for. The message may be spoken
into: a question is answered, then the message offered again. Who counts as told has heard it whole.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from functools import partial

from voicebot.dialogue.call import Call
from voicebot.dialogue.channel import Briefing, Channel, HandoffResult, Heard, Keys, Utterance
from voicebot.dialogue.commands import Command, recognise
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.notices import play_notice
from voicebot.dialogue.policy import Policy, Step
from voicebot.dialogue.prompts import callbacks as prompts
from voicebot.dialogue.prompts import general
from voicebot.dialogue.questions import Answer, Question, Readings, Unclear, Value
from voicebot.dialogue.signals import Lost, Signal
from voicebot.dialogue.slots import yes_no_question, yes_or_no
from voicebot.records.types import Notice, Outcome
from voicebot.understanding.expectation import FREE, Expectation, Kind
from voicebot.understanding.opt_out import wants_no_calls
from voicebot.understanding.reached import Reached, read_reached

OPT_OUT_KEY = "9"
TOPIC = "CAMPAIGN"
_WHO_SLOT, _MESSAGE_SLOT = "reached", "message"
# Another reading counts for the wish not to be rung when it is about as likely as not.
_LIKELY = 0.4
# After so many interruptions by nothing that could be understood, the message is said through.
_MOST_CUTS = 2


class OptOut(Signal):
    """The person does not want to be rung again. `by_key`: they pressed the key for it."""

    def __init__(self, by_key: bool) -> None:
        self.by_key = by_key
        super().__init__()


@dataclass(frozen=True)
class Told:
    """What came of the call so far, and who is told at once.

    Attributes:
        message_heard: whether the message was heard to its end.
        opted_out: they do not want to be rung again.
        reached: somebody else answered, or nobody who would say.
    """

    message_heard: Callable[[], bool]
    opted_out: Callable[[], Awaitable[None]]
    reached: Callable[[Reached], None]


class CampaignChannel(Channel):
    """A channel that listens for the wish not to be rung again, whatever was asked, and notes when
    a message was played whole, on whatever way it came to be said."""

    def __init__(
        self, channel: Channel, message: str, heard_whole: Callable[[], Awaitable[None]]
    ) -> None:
        self._channel = channel
        self._message = message
        self._heard_whole = heard_whole
        self.call_id = channel.call_id
        self.caller_number = channel.caller_number
        self._is_heard = False

    async def say(self, text: str, *, interruptible: bool = True) -> None:
        """See `Channel.say`."""
        await self._channel.say(text, interruptible=interruptible)
        self.said_whole = self._channel.said_whole
        if text == self._message and self.said_whole and not self._is_heard:
            self._is_heard = True
            await self._heard_whole()

    async def listen(self, expectation: Expectation = FREE, *, timeout: timedelta) -> Heard:
        """See `Channel.listen`.

        Raises:
            OptOut: key 9, or words to that effect.
        """
        heard = await self._channel.listen(expectation, timeout=timeout)
        if isinstance(heard, Keys) and heard.digits.rstrip("#") == OPT_OUT_KEY:
            raise OptOut(by_key=True)
        if isinstance(heard, Utterance) and _refuses(heard):
            raise OptOut(by_key=False)
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


def _refuses(heard: Utterance) -> bool:
    likely = [one.text for one in heard.alternatives if one.probability >= _LIKELY]
    return any(wants_no_calls(text) for text in (heard.text, *likely))


class _Into(Enum):
    """What may be said into the message that is no request."""

    AGAIN = auto()
    NOT_WANTED = auto()
    AWAY = auto()
    WRONG = auto()


_STRANGERS = {_Into.AWAY: Reached.AWAY, _Into.WRONG: Reached.WRONG}


class _Informing(Policy):
    """Leads an information call: greets, finds out who answers, tells, and serves."""

    def __init__(self, call: Call, message: str, told: Told) -> None:
        super().__init__(call)
        self._call = call
        self._message = message
        self._told = told
        self._is_told = told.message_heard
        self._cuts = 0
        self._left_off = False

    async def greet(self) -> Step | None:
        """A step: who calls, and who answers?"""
        call = self._call
        await play_notice(call, Notice.AI, general.notice(call.settings.line_name))
        await call.say(prompts.CAMPAIGN_START)
        try:
            reached = await call.talk.ask(_who())
        except Lost:
            reached = Reached.AWAY
        return self._tell if reached is Reached.HERE else partial(self._leave, reached)

    async def _leave(self, reached: Reached) -> Step | None:
        """Not the right person: a word of apology, and nothing of what it was about."""
        self._told.reached(reached)
        wrong = reached is Reached.WRONG
        await self._call.say(prompts.CAMPAIGN_WRONG if wrong else prompts.CAMPAIGN_AWAY)
        await self._call.channel.hang_up()
        return None

    async def _tell(self) -> Step | None:
        self._left_off = False
        call = self._call
        await call.talk.say(self._message, interruptible=self._cuts < _MOST_CUTS)
        return self._asked if self._is_told() else self._interrupted

    async def _asked(self) -> Step | None:
        self._call.state.achieve(Outcome.ANSWERED, TOPIC)
        return await self.ask_what_else(prompts.CAMPAIGN_QUESTION)

    async def _interrupted(self) -> Step | None:
        """What was said, or pressed, into the message."""
        self._cuts += 1
        said = await self._call.talk.reply(_into())
        if isinstance(said, Meaning):
            self._left_off = True
            return partial(self._serve, said)
        if said in _STRANGERS:
            return partial(self._leave, _STRANGERS[said])
        if said is _Into.NOT_WANTED:
            return partial(super()._anything_else, prompts.CAMPAIGN_NOT_WANTED)
        # «Ναι;», «επαναλάβετε», a cough: from the beginning, unless it was repeated already.
        return self._asked if self._is_told() else self._tell

    async def _anything_else(self, lead: str = "") -> Step | None:
        if self._pending or not self._left_off or self._is_told():
            return await super()._anything_else(lead)
        self._left_off = False
        prompt = f"{lead} {prompts.CAMPAIGN_GO_ON}".strip()
        if await self._call.talk.confirm(prompt, slot=_MESSAGE_SLOT):
            return self._tell
        return await super()._anything_else()


async def inform(call: Call, message: str, told: Told) -> None:
    """The whole call, over a `CampaignChannel` (or what shows one to people).

    Raises:
        HungUp: the person is gone.
    """
    leading = _Informing(call, message, told)
    try:
        await leading.run(leading.greet)
    except OptOut:
        await told.opted_out()
        await call.say(prompts.OPTED_OUT)
        await call.channel.hang_up()


def _who() -> Question[Reached]:
    """Whether the one who answers is the one called; also by key 1 or 2."""
    plain = yes_no_question(prompts.CAMPAIGN_WHO, _WHO_SLOT, short=prompts.CAMPAIGN_WHO_AGAIN)

    def capture(readings: Readings) -> Answer[Reached]:
        if readings and (reached := read_reached(readings[0][0])) is not None:
            return Value(reached)
        return _as_reached(yes_or_no(readings))

    def from_keys(keys: str) -> Answer[Reached]:
        return _as_reached({"1": True, "2": False}.get(keys))

    return Question(
        prompt=plain.prompt,
        again=plain.again,
        capture=capture,
        help=prompts.CAMPAIGN_WHO_HELP,
        expectation=Expectation(Kind.YES_NO, _WHO_SLOT),
        keypad=plain.keypad,
        from_keys=from_keys,
        written=str,
    )


def _as_reached(yes: bool | None) -> Answer[Reached]:
    if yes is None:
        return Unclear()
    return Value(Reached.HERE if yes else Reached.WRONG)


def _into() -> Question[_Into]:
    """Listens to what was said into the message; asks nothing."""

    def capture(readings: Readings) -> Answer[_Into]:
        text = readings[0][0]
        match read_reached(text):
            case Reached.WRONG:
                return Value(_Into.WRONG)
            case Reached.AWAY:
                return Value(_Into.AWAY)
            case Reached.HERE:
                return Value(_Into.AGAIN)
        if recognise(text) is Command.REPEAT:
            return Value(_Into.AGAIN)
        yes = yes_or_no(readings)
        if yes is None:
            return Unclear()
        return Value(_Into.AGAIN if yes else _Into.NOT_WANTED)

    return Question(
        prompt="", again="", capture=capture, expectation=Expectation(slot=_MESSAGE_SLOT)
    )
