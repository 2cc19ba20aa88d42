"""Answer a question from the knowledge and offer what naturally comes next."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import TopicAnswered
from voicebot.dialogue.flows import appointment, callback, case, complaint
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.prompts import general
from voicebot.dialogue.signals import HandoffReason, PersonWanted
from voicebot.records.types import Outcome
from voicebot.understanding.aspects import Aspect, about
from voicebot.understanding.knowledge_schema import Entry

_OFFERS = {
    "appointment": general.OFFER_APPOINTMENT,
    "callback": general.OFFER_CALLBACK,
    "case": general.OFFER_CASE,
    "handoff": general.OFFER_PERSON,
}


async def tell(call: Call, entry: Entry) -> None:
    """Say the answer of an entry, as it stands today, or that there is none.

    Raises:
        HungUp: the caller is gone.
    """
    call.state.about(entry)
    said = entry.spoken_answer(call.today())
    await call.say(said or general.NO_ANSWER_KNOWN)
    if said:
        call.observer.note(TopicAnswered(entry.topic, entry.id))
        call.state.achieve(Outcome.ANSWERED, entry.topic)


def in_context(call: Call, entry: Entry, meaning: Meaning) -> Entry | None:
    """Another question of the same agency that is surely meant when the topic of before is added:
    «πόσο αργεί;» after the pension application. None when it is about the same one."""
    together = call.talk.read(f"{entry.title} {meaning.text}")
    found = together.entry
    same_agency = found.id.partition(".")[0] == entry.id.partition(".")[0]
    if not together.sure or not found.is_question or not same_agency or found.id == entry.id:
        return None
    return found


async def tell_more(call: Call, entry: Entry, aspect: Aspect) -> None:
    """Say what is known about one side of an entry, or that it is not known.

    Raises:
        HungUp: the caller is gone.
    """
    await call.say(about(entry, aspect, call.today()) or general.NOT_KNOWN_ABOUT_IT)


def offer(call: Call, entry: Entry) -> str | None:
    """The question that offers what comes next; None when there is nothing but "anything else".
    What could not be answered is offered to be written down, for somebody who can."""
    if not entry.spoken_answer(call.today()):
        return general.OFFER_CASE
    if _leads_to_complaint(entry):
        return general.OFFER_COMPLAINT
    return _OFFERS.get(entry.next.offer)


async def accept_offer(call: Call, entry: Entry) -> None:
    """Do what was offered. Raises as the flow that it leads to."""
    match entry.next.offer:
        case _ if not entry.spoken_answer(call.today()):
            await case.open_case(call)
        case "appointment":
            await appointment.book(call, entry=entry)
        case "callback":
            await callback.request(call)
        case "case" if _leads_to_complaint(entry):
            await complaint.take(call)
        case "case":
            await case.open_case(call)
        case "handoff":
            raise PersonWanted(HandoffReason.USER_REQUEST)
        case _:
            return


def _leads_to_complaint(entry: Entry) -> bool:
    return entry.next.offer == "case" and entry.topic in complaint.TOPICS
