"""Giving a number to write down: said twice, then slowly for whoever did not get it."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.commands import says_any
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.prompts import booking
from voicebot.dialogue.questions import Answer, Question, Readings, Unclear, Value
from voicebot.dialogue.signals import Switch
from voicebot.dialogue.slots import yes_or_no
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.identifiers import say_protocol
from voicebot.understanding.text import words

_MOST_TIMES = 3
_PLAIN_WORDS = 6


async def read_number(call: Call, number: str) -> None:
    """Say a number until it is written down. Whoever says nothing is writing, or done.

    Raises:
        Switch: something else was asked for.
        HungUp and the signals of `Conversation.reply`.
    """
    prompt = booking.number_twice(say_protocol(number))
    for _ in range(_MOST_TIMES):
        noted = await call.talk.reply(_noted_question(prompt))
        if isinstance(noted, Meaning):
            raise Switch(noted)
        if noted is not False:
            return
        prompt = booking.number_slowly(number)


def _noted_question(prompt: str) -> Question[bool]:
    """Whether the number is written down; False when it is to be said again."""

    def read(readings: Readings) -> Answer[bool]:
        text = readings[0][0]
        if says_any(text, booking.SAY_NUMBER_AGAIN):
            return Value(False)
        if says_any(text, booking.HEARD_NUMBER):
            return Value(True)
        answer = yes_or_no(readings) if len(words(text)) <= _PLAIN_WORDS else None
        return Unclear() if answer is None else Value(answer)

    return Question(
        prompt=prompt,
        again=prompt,
        capture=read,
        expectation=Expectation(Kind.YES_NO, "code_read", open=True),
    )
