"""What the first level cannot answer: a case with a number, for the agency's team."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import Action, CaseDone
from voicebot.dialogue.flows.captured import captured_so_far
from voicebot.dialogue.flows.contact import ask_afm_if_at_hand, ask_phone
from voicebot.dialogue.name_questions import name_question
from voicebot.dialogue.prompts import labels, services
from voicebot.dialogue.questions import Option
from voicebot.dialogue.slots import free_text_question
from voicebot.records.errors import RecordsUnavailable
from voicebot.records.types import Agency, Outcome
from voicebot.understanding.identifiers import say_protocol

# How often and after how long a database that is away is tried again.
RETRIES = 2
PAUSE_S = 1.0

_SERVICE = "CASE"
# What has a place of its own in a case.
_IN_THE_CASE = ("agency", "topic", "name", "phone", "afm")
_AGENCIES = (Agency.EFKA, Agency.DYPA, Agency.OPEKA, Agency.LABOUR, Agency.TEKA)


async def open_case(call: Call, *, level: int = 2) -> None:
    """Take a request, from agency to protocol number, for the team of a level. Raises as
    `Conversation.ask`, and `RecordsUnavailable`."""
    state = call.state
    with call.talk.form(_SERVICE):
        agency = state.agency
        if agency is None or agency not in _AGENCIES:
            agency = await ask_agency(call)
        state.agency = agency
        summary = await call.talk.ask(
            free_text_question(services.CASE_TOPIC, services.CASE_TOPIC_AGAIN, "topic")
        )
        name = await call.talk.ask(name_question())
        phone = await ask_phone(call, slot="phone")
        afm = await ask_afm_if_at_hand(call)
        if not await call.talk.confirm(services.case_confirm(summary)):
            await call.say(services.CASE_NOT_OPENED)
            return
        number = await keep_trying(
            call,
            partial(
                call.records.cases.open,
                agency,
                state.entry.topic if state.entry is not None else None,
                summary,
                call_id=call.call_id,
                captured=captured_so_far(state, without=_IN_THE_CASE),
                name=name,
                phone=phone,
                afm=afm,
                level=level,
            ),
        )
    state.achieve(Outcome.CASE)
    call.observer.note(CaseDone(Action.OPENED, (("agency", agency.value), ("number", number))))
    await call.say(services.case_opened(say_protocol(number)))


async def keep_trying(call: Call, write: Callable[[], Awaitable[str]]) -> str:
    """Write down what a caller has just told; it is not lost to a database that is away for a
    moment.

    Raises:
        HungUp: the caller is gone.
        RecordsUnavailable: it stays away.
    """
    for _ in range(RETRIES):
        try:
            return await write()
        except RecordsUnavailable:
            await call.talk.aside(services.WRITING_DOWN)
            await asyncio.sleep(PAUSE_S)
    return await write()


async def ask_agency(call: Call) -> Agency:
    """The body that a request is for. Raises as `Conversation.ask`."""
    options = [
        Option(agency, labels.AGENCIES[agency].name, labels.AGENCIES[agency].phrases)
        for agency in _AGENCIES
    ]
    return await call.talk.choose(
        services.CASE_AGENCY, options, slot="agency", again=services.CASE_AGENCY_AGAIN
    )
