"""Who an appointment is for: what the category asks, in the order in which people say it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from voicebot.dialogue.birthdate import birthdate_question
from voicebot.dialogue.call import Call
from voicebot.dialogue.flows.contact import ask_mobile
from voicebot.dialogue.flows.draft import Draft
from voicebot.dialogue.name_questions import name_question
from voicebot.dialogue.number_questions import afm_question, amka_question, mobile_question
from voicebot.dialogue.prompts import booking, labels
from voicebot.dialogue.questions import Answer, Unclear, Value
from voicebot.dialogue.signals import Lost
from voicebot.records.types import Identity, Person

Ask = Callable[[Call, Draft], Awaitable[None]]

_NAME_TRIES = 2


async def _name(call: Call, draft: Draft) -> None:
    # Asked twice only: who it is is known by the number, and a name can be written later.
    question = replace(name_question(), tries=_NAME_TRIES)
    if _is_known_by_number(draft):
        question = replace(question, keypad=booking.NAME_KEYPAD, from_keys=_left_for_later)
    if draft.for_other:
        question = replace(question, prompt=booking.NAME_OTHER)
    try:
        draft.name = await call.talk.ask(question)
    except Lost as lost:
        if lost.silent or not _is_known_by_number(draft):
            raise
        await call.say(booking.NAME_LATER)
        draft.name = labels.NAME_MISSING


def _left_for_later(keys: str) -> Answer[str]:
    return Value(labels.NAME_MISSING) if keys == "1" else Unclear()


def _is_known_by_number(draft: Draft) -> bool:
    return draft.asks(Identity.AFM) or draft.asks(Identity.AMKA)


async def _afm(call: Call, draft: Draft) -> None:
    question = afm_question()
    if draft.for_other:
        question = replace(question, prompt=booking.AFM_OTHER)
    draft.afm = await call.talk.ask(question)


async def _amka(call: Call, draft: Draft) -> None:
    question = amka_question()
    if draft.for_other:
        question = replace(question, prompt=booking.AMKA_OTHER)
    draft.amka = await call.talk.ask(question)


async def _birthdate(call: Call, draft: Draft) -> None:
    question = birthdate_question(call.now)
    if draft.for_other:
        question = replace(question, prompt=booking.BIRTHDATE_OTHER)
    draft.birthdate = await call.talk.ask(question)


async def _mobile(call: Call, draft: Draft) -> None:
    if draft.own_number_refused:
        draft.mobile = await call.talk.ask(mobile_question())
    else:
        draft.mobile = await ask_mobile(call)


STEPS: tuple[tuple[Identity, Ask], ...] = (
    (Identity.NAME, _name),
    (Identity.AFM, _afm),
    (Identity.AMKA, _amka),
    (Identity.BIRTHDATE, _birthdate),
    (Identity.MOBILE, _mobile),
)


def known(draft: Draft, part: Identity) -> bool:
    """Whether nothing has to be asked: it is known, or the category does not want it."""
    return not draft.asks(part) or getattr(draft, part.value) is not None


def person(draft: Draft) -> Person:
    """The person of a draft that has all that is asked."""
    return Person(
        name=draft.name or "",
        afm=draft.afm or "",
        mobile=draft.mobile or "",
        amka=draft.amka,
        birthdate=draft.birthdate,
    )
