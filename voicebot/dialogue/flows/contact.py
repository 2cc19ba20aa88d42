"""Asking for what identifies and reaches a caller, never more than a flow needs."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.number_questions import (
    afm_if_at_hand_question,
    afm_question,
    mobile_question,
    phone_question,
)
from voicebot.dialogue.prompts import services
from voicebot.dialogue.slots import yes_no_question
from voicebot.understanding.phones import PhoneKind, phone_kind, say_phone


async def ask_afm(call: Call) -> str:
    """Nine digits with a right checksum. Raises as `Conversation.ask`."""
    return await call.talk.ask(afm_question())


async def ask_afm_if_at_hand(call: Call) -> str | None:
    """The ΑΦΜ of somebody who has it at hand: a request can then be found without its number.
    Raises as `Conversation.ask`."""
    return await call.talk.ask(afm_if_at_hand_question()) or None


async def ask_mobile(call: Call) -> str:
    """A Greek mobile; the number that calls is offered first. Raises as `Conversation.ask`."""
    own = call.caller_phone
    if own is not None and phone_kind(own) is PhoneKind.MOBILE and await _own(call, own, "mobile"):
        return own
    return await call.talk.ask(mobile_question())


async def ask_phone(call: Call, *, slot: str) -> str:
    """Any Greek number; the one that calls is offered first. Raises as `Conversation.ask`."""
    own = call.caller_phone
    if own is not None and await _own(call, own, slot):
        return own
    return await call.talk.ask(phone_question(services.PHONE, slot))


async def _own(call: Call, number: str, slot: str) -> bool:
    question = yes_no_question(services.own_number(say_phone(number)), "caller_id_ok")
    wanted = await call.talk.ask(question)
    if wanted:
        call.state.captured[slot] = number
    return wanted
