"""Appointments: book, change, cancel.

Booking fills a `Draft` part by part in the order of `_STEPS`; an earlier answer that is taken back
makes its part unknown, so that just that is asked again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import Action, AppointmentDone, Captured
from voicebot.dialogue.flows import where
from voicebot.dialogue.flows.contact import ask_afm, ask_mobile
from voicebot.dialogue.flows.draft import Draft
from voicebot.dialogue.flows.offers import Offering
from voicebot.dialogue.flows.opening import prefill
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.prompts import booking, general, labels
from voicebot.dialogue.questions import Value
from voicebot.dialogue.signals import Correction, Signal
from voicebot.dialogue.slots import confirm_form_question, correction_question
from voicebot.dialogue.spoken import spoken_moment
from voicebot.dialogue.values import (
    afm_question,
    amka_question,
    mobile_question,
    name_question,
    wish_question,
)
from voicebot.records.errors import RecordsError, SlotTaken
from voicebot.records.types import Appointment, Identity, Outcome, Person, VisitChannel
from voicebot.understanding.identifiers import say_afm, say_protocol
from voicebot.understanding.knowledge_schema import Entry, Service
from voicebot.understanding.phones import say_phone

_MOST_CORRECTIONS = 8


async def book(call: Call, meaning: Meaning | None = None, entry: Entry | None = None) -> None:
    """Book an appointment, from the first question to the number that is said twice.

    Args:
        meaning: the request, in which agency, place or day may have been named already.
        entry: the question whose answer led here.

    Raises:
        As `Conversation.ask`; RecordsUnavailable.
    """
    draft = await prefill(call, meaning, entry)
    with call.talk.form(Service.APPOINTMENT):
        await call.talk.aside(booking.START)
        try:
            appointment = await _agree(call, draft)
        except (Signal, RecordsError):
            await release(call)
            raise
    if appointment is None:
        await release(call)
        await call.say(booking.NOT_BOOKED)
        return
    call.state.agency = draft.agency
    call.state.achieve(Outcome.APPOINTMENT, Service.APPOINTMENT)
    note(call, Action.BOOKED, appointment, draft.rejected_offers)
    time = spoken_moment(appointment.slot.starts_at, call.today())
    await call.say(booking.booked(say_protocol(appointment.number), time))


async def release(call: Call) -> None:
    """Give back what the call holds; finishing the call does it anyhow."""
    try:
        await call.records.appointments.release(call.call_id)
    except RecordsError:
        return


def note(call: Call, action: Action, appointment: Appointment, rejected: int = 0) -> None:
    """Tell the observers what was done, and remember the appointment."""
    call.state.appointment = None if action is Action.CANCELLED else appointment.number
    slot = appointment.slot
    call.observer.note(
        AppointmentDone(
            action,
            (
                ("number", appointment.number),
                ("agency", slot.branch.agency.value),
                ("category", slot.category),
                ("channel", slot.channel.value),
                ("city", slot.branch.place or ""),
                ("date", slot.day.isoformat()),
                ("time", f"{slot.starts_at:%H:%M}"),
                ("name", appointment.person.name),
                ("afm", appointment.person.afm),
                ("mobile", appointment.person.mobile.removeprefix("+30")),
                ("rejected_offers", str(rejected)),
            ),
        )
    )


async def _agree(call: Call, draft: Draft) -> Appointment | None:
    """Fill the draft, read it back, correct, book; None when the caller decides against it."""
    for _ in range(_MOST_CORRECTIONS):
        try:
            await _fill(call, draft)
            verdict = await call.talk.ask(confirm_form_question(_read_back(call, draft)))
            if not verdict.right:
                named = verdict.named or await call.talk.ask(correction_question())
                raise Correction(named, verdict.readings if verdict.named else ())
            return await _book(call, draft)
        except Correction as correction:
            await _correct(call, draft, correction)
        except SlotTaken:
            await call.say(booking.HOLD_EXPIRED)
            draft.hold = None
    return None


async def _book(call: Call, draft: Draft) -> Appointment:
    assert draft.hold is not None
    assert draft.name is not None
    assert draft.afm is not None
    assert draft.mobile is not None
    person = Person(draft.name, draft.afm, draft.mobile, amka=draft.amka)
    return await call.records.appointments.book(draft.hold, person)


async def _fill(call: Call, draft: Draft) -> None:
    for slot, known, ask in _STEPS:
        if not known(draft):
            await ask(call, draft)
            draft.answered(slot)


async def _correct(call: Call, draft: Draft, correction: Correction) -> None:
    """Take back what is wrong; where the right value was said with it, take that."""
    slots = draft.correctable(correction.slots)
    await call.say(general.CORRECTING)
    for slot in slots:
        draft.take_back(slot)
    if len(slots) != 1 or not correction.readings:
        return
    match slots[0]:
        case "mobile":
            mobile = mobile_question().capture(correction.readings)
            if isinstance(mobile, Value) and mobile.read_back is None:
                draft.mobile = mobile.value
        case "afm":
            afm = afm_question().capture(correction.readings)
            if isinstance(afm, Value) and afm.read_back is None:
                draft.afm = afm.value
        case "offer":
            wish = wish_question(call.now, "", "").capture(correction.readings)
            if isinstance(wish, Value):
                draft.wish = wish.value
        case "place":
            draft.places = where.places_in(correction.readings)
        case _:
            return


def _read_back(call: Call, draft: Draft) -> str:
    assert draft.hold is not None
    assert draft.agency is not None
    assert draft.category is not None
    assert draft.channel is not None
    slot = draft.hold.slot
    in_person = draft.channel is VisitChannel.IN_PERSON
    return booking.read_back(
        time=spoken_moment(slot.starts_at, call.today()),
        agency=labels.WITH_AGENCY[draft.agency],
        category=where.category_name(draft.category),
        where=booking.at_branch(slot.branch.name)
        if in_person
        else labels.CHANNELS[draft.channel].name,
        name=draft.name or "",
        afm=say_afm(draft.afm or ""),
        mobile=say_phone(draft.mobile or ""),
    )


# The steps of booking: name of the slot, whether it is known, how it is asked.


async def _wish(call: Call, draft: Draft) -> None:
    question = wish_question(call.now, booking.DATE, booking.DATE_AGAIN, booking.DATE_HELP)
    draft.wish = await call.talk.ask(question)


async def _offer(call: Call, draft: Draft) -> None:
    draft.hold = await Offering(call, draft).agree()
    slot = draft.hold.slot
    call.observer.note(Captured("offer", spoken_moment(slot.starts_at, call.today())))


async def _name(call: Call, draft: Draft) -> None:
    draft.name = await call.talk.ask(name_question())


async def _afm(call: Call, draft: Draft) -> None:
    draft.afm = await ask_afm(call)


async def _amka(call: Call, draft: Draft) -> None:
    draft.amka = await call.talk.ask(amka_question())


async def _mobile(call: Call, draft: Draft) -> None:
    if draft.own_number_refused:
        draft.mobile = await call.talk.ask(mobile_question())
    else:
        draft.mobile = await ask_mobile(call)


def _needs_no_amka(draft: Draft) -> bool:
    return draft.amka is not None or not draft.asks(Identity.AMKA)


_Step = tuple[str, Callable[[Draft], bool], Callable[[Call, Draft], Awaitable[None]]]
_STEPS: tuple[_Step, ...] = (
    ("agency", lambda draft: draft.agency is not None, where.ask_agency),
    ("category", lambda draft: draft.category is not None, where.ask_category),
    ("channel", lambda draft: draft.channel is not None, where.ask_channel),
    ("place", where.branch_known, where.ask_branch),
    ("date", lambda draft: draft.wish is not None or draft.hold is not None, _wish),
    ("offer", lambda draft: draft.hold is not None, _offer),
    ("name", lambda draft: draft.name is not None, _name),
    ("afm", lambda draft: draft.afm is not None, _afm),
    ("amka", _needs_no_amka, _amka),
    ("mobile", lambda draft: draft.mobile is not None, _mobile),
)
