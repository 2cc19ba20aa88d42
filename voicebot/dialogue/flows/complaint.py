"""A complaint to the Labour Inspectorate: company, place, period, reason, anonymous or not."""

from __future__ import annotations

from functools import partial

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import Action, CaseDone, Veiled
from voicebot.dialogue.flows.case import keep_trying
from voicebot.dialogue.flows.contact import ask_afm_if_at_hand, ask_phone
from voicebot.dialogue.name_questions import name_or_none_question
from voicebot.dialogue.prompts import services
from voicebot.dialogue.slots import free_text_question, yes_no_question
from voicebot.records.types import Agency, Outcome
from voicebot.understanding.identifiers import say_protocol
from voicebot.understanding.places import parse_place

_SERVICE = "COMPLAINT"
_TOPIC = "W10"

TOPICS = frozenset({"W02", "W03", "W05", "W08", "W09", "W10", "W11", "W12"})
"""Questions whose answer speaks of a complaint: bonuses, overtime, forced leaving, the digital
card, the Inspectorate itself, undeclared and unpaid work."""


async def take(call: Call) -> None:
    """Take a complaint, from the company to the protocol number; says nothing on its merits.
    Raises as `Conversation.ask`, and `RecordsUnavailable`."""
    talk = call.talk

    async def ask(prompt: str, slot: str) -> str:
        return await talk.ask(free_text_question(prompt, services.SAY_IT_SHORTLY, slot))

    with talk.form(_SERVICE):
        await call.talk.aside(services.COMPLAINT_START)
        anonymous = await talk.ask(
            yes_no_question(
                services.ANONYMOUS,
                "anonymous",
                also_yes=services.STAY_ANONYMOUS,
                also_no=services.GIVE_NAME,
            )
        )
        if anonymous:
            # From here on nothing of this call is kept with it.
            call.observer.note(Veiled())
        employer = await ask(services.EMPLOYER_NAME, "employer_name")
        place = await ask(services.EMPLOYER_PLACE, "employer_place")
        period = await ask(services.PERIOD, "period")
        reason = await ask(services.REASON, "reason")
        name = phone = afm = None
        if not anonymous:
            name = await talk.ask(name_or_none_question()) or None
        if not anonymous and name is None:
            # Who will not say a name wants to stay unnamed after all.
            anonymous = True
            call.observer.note(Veiled())
        if not anonymous:
            phone = await ask_phone(call, slot="phone")
            afm = await ask_afm_if_at_hand(call)
        if not await talk.confirm(services.complaint_confirm(employer, place, period, reason)):
            await call.say(services.CASE_NOT_OPENED)
            return
        number = await keep_trying(
            call,
            partial(
                call.records.cases.open,
                Agency.LABOUR,
                _TOPIC,
                reason,
                call_id=None if anonymous else call.call_id,
                captured=(
                    ("employer_name", employer),
                    ("employer_place", place),
                    ("period", period),
                ),
                name=name,
                phone=phone,
                afm=afm,
                area=area_of(place),
                anonymous=anonymous,
            ),
        )
    call.state.agency = Agency.LABOUR
    call.state.achieve(Outcome.CASE, _TOPIC)
    call.observer.note(
        CaseDone(
            Action.OPENED,
            (
                ("agency", Agency.LABOUR.value),
                ("number", number),
                ("anonymous", "yes" if anonymous else "no"),
                ("city", city_of(place)),
                ("area", area_of(place) or ""),
            ),
        )
    )
    await call.say(services.complaint_opened(say_protocol(number), anonymous=anonymous))


def city_of(place: str) -> str:
    """The city that is meant, as it is written; what was said when it is not known."""
    return next((parsed.value.name for parsed in parse_place(place)), place)


def area_of(place: str) -> str | None:
    """The area whose inspectors are responsible; None when the place is unknown or its name
    stands for places in several areas.

    >>> area_of("στο Ναύπλιο")
    'Αργολίδας'
    """
    areas = {parsed.value.area for parsed in parse_place(place)}
    return areas.pop() if len(areas) == 1 else None
