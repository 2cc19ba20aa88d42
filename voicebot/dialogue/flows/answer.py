"""Answer a question from the knowledge and offer what naturally comes next."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import TopicAnswered
from voicebot.dialogue.flows import appointment, callback, case, complaint
from voicebot.dialogue.prompts import general
from voicebot.dialogue.signals import HandoffReason, PersonWanted
from voicebot.records.types import Outcome
from voicebot.understanding.knowledge_schema import Entry

_OFFERS = {
    "appointment": general.OFFER_APPOINTMENT,
    "callback": general.OFFER_CALLBACK,
    "case": general.OFFER_CASE,
    "handoff": general.OFFER_PERSON,
}


async def tell(call: Call, entry: Entry) -> None:
    """Say the answer of an entry, as it stands today.

    Raises:
        HungUp: the caller is gone.
    """
    call.state.about(entry)
    await call.say(entry.spoken_answer(call.today()) or general.NO_ANSWER_KNOWN)
    call.observer.note(TopicAnswered(entry.topic, entry.id))
    call.state.achieve(Outcome.ANSWERED, entry.topic)


def offer(entry: Entry) -> str | None:
    """The question that offers what comes next; None when there is nothing but "anything else"."""
    if _leads_to_complaint(entry):
        return general.OFFER_COMPLAINT
    return _OFFERS.get(entry.next.offer)


async def accept_offer(call: Call, entry: Entry) -> None:
    """Do what was offered. Raises as the flow that it leads to."""
    match entry.next.offer:
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
