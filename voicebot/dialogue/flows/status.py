"""What became of a request: by its number, or by telephone and ΑΦΜ; status and date only."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import Action, CaseDone, Safety, SafetyMet
from voicebot.dialogue.flows import case
from voicebot.dialogue.flows.contact import ask_afm
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.number_questions import number_in, number_question, phone_question
from voicebot.dialogue.others import about_somebody_else
from voicebot.dialogue.prompts import labels, services
from voicebot.dialogue.spoken import spoken_day
from voicebot.records.case_types import CaseState
from voicebot.records.errors import NotFound
from voicebot.records.types import Outcome
from voicebot.understanding.identifiers import say_protocol
from voicebot.understanding.knowledge_schema import Service


async def refuse_for_another(call: Call, topic: str) -> None:
    """Tell nothing personal about somebody else.

    Raises:
        HungUp: the caller is gone.
    """
    call.observer.note(SafetyMet(Safety.THIRD_PARTY_DATA))
    await call.say(services.RELATION_REFUSED)
    call.state.achieve(Outcome.ANSWERED, topic)


async def tell(call: Call, meaning: Meaning | None = None) -> None:
    """Find the request and say how it stands; nothing to somebody who asks about another person.
    Raises as `Conversation.ask`, and `RecordsUnavailable`."""
    if meaning is not None and about_somebody_else(meaning.text):
        await refuse_for_another(call, Service.CASE_STATUS)
        return
    with call.talk.form(Service.CASE_STATUS):
        found = await _by_number(call, meaning)
        if found is None:
            found = await _by_person(call)
    if found is None:
        await call.say(services.NOT_FOUND)
        call.state.achieve(Outcome.ANSWERED, Service.CASE_STATUS)
        if await call.talk.confirm(services.CASE_OFFER, slot="offer_help"):
            await case.open_case(call)
        return
    call.state.agency = call.state.agency or found.agency
    call.state.achieve(Outcome.ANSWERED, Service.CASE_STATUS)
    call.observer.note(
        CaseDone(
            Action.LOOKED_UP,
            (
                ("number", found.number),
                ("agency", found.agency.value),
                ("status", found.status.value),
            ),
        )
    )
    state = labels.CASE_STATUS[found.status]
    since = spoken_day(found.changed_on, call.today())
    await call.say(services.status(say_protocol(found.number), state, since))
    await call.say(services.STATUS_NO_MORE)


async def _by_number(call: Call, meaning: Meaning | None) -> CaseState | None:
    number = number_in(meaning.readings) if meaning is not None else None
    if number is None:
        number = await call.talk.ask(
            number_question(
                services.CASE_NUMBER,
                services.CASE_NUMBER_AGAIN,
                services.CASE_NUMBER_HELP,
                "case_number",
            )
        )
    if not number:
        return None
    try:
        return await call.records.cases.find(number)
    except NotFound:
        await call.say(services.NOT_FOUND)
        await call.say(services.TRY_OTHER)
        return None


async def _by_person(call: Call) -> CaseState | None:
    phone = await call.talk.ask(phone_question(services.VERIFY_PHONE, "verify_phone"))
    afm = await ask_afm(call)
    found = await call.records.cases.find_by_person(phone, afm)
    return found[0] if found else None
