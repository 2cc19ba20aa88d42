"""Giving a number to write down: said twice, then slowly for whoever did not get it."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.commands import says_any
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.prompts import booking
from voicebot.dialogue.signals import Lost, Switch
from voicebot.dialogue.slots import says_no, says_yes
from voicebot.understanding.identifiers import say_protocol
from voicebot.understanding.knowledge_schema import Service

_MOST_TIMES = 3


async def read_number(call: Call, number: str) -> None:
    """Say a number until it is written down. Whoever says nothing is writing, or done.

    Raises:
        Switch: something else was asked for.
        HungUp and the signals of `Conversation.request`.
    """
    prompt = booking.number_twice(say_protocol(number))
    for _ in range(_MOST_TIMES):
        try:
            meaning = await call.talk.request(prompt, slot="code_read", closing=True, once=True)
        except Lost:
            return
        if _again(meaning):
            prompt = booking.number_slowly(number)
        elif _noted(meaning):
            return
        else:
            raise Switch(meaning)


def _again(meaning: Meaning) -> bool:
    return says_any(meaning.text, booking.SAY_NUMBER_AGAIN) or says_no(meaning)


def _noted(meaning: Meaning) -> bool:
    if says_yes(meaning) or says_any(meaning.text, booking.HEARD_NUMBER):
        return True
    return meaning.sure and meaning.topic in (Service.YES, Service.THANKS)
