"""Appointments that exist: find, change, cancel."""

from __future__ import annotations

from voicebot.dialogue.call import Call
from voicebot.dialogue.commands import says_any
from voicebot.dialogue.events import Action
from voicebot.dialogue.flows.appointment import note, release
from voicebot.dialogue.flows.contact import ask_afm
from voicebot.dialogue.flows.draft import Draft
from voicebot.dialogue.flows.offers import Offering
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.prompts import booking, labels
from voicebot.dialogue.questions import Option
from voicebot.dialogue.signals import Signal
from voicebot.dialogue.slots import yes_no_question
from voicebot.dialogue.spoken import spoken_moment
from voicebot.dialogue.values import mobile_question, number_in, number_question, wish_question
from voicebot.dialogue.wishes import Wish, read_wish
from voicebot.records.errors import NotFound, RecordsError, SlotTaken
from voicebot.records.types import Appointment, AppointmentStatus, Outcome, VisitChannel
from voicebot.understanding.identifiers import say_protocol
from voicebot.understanding.knowledge_schema import Service

_MOST_TRIES = 3


async def cancel(call: Call, meaning: Meaning | None = None) -> None:
    """Cancel an appointment after a confirmation. Raises as `Conversation.ask`, and
    `RecordsUnavailable`."""
    with call.talk.form(Service.APPOINTMENT_CANCEL):
        appointment = await _find(call, meaning)
        if appointment is None:
            return
        time = spoken_moment(appointment.slot.starts_at, call.today())
        await _tell(call, appointment)
        question = yes_no_question(
            booking.confirm_cancel(time), "confirm", also_yes=booking.DO_CANCEL
        )
        if not await call.talk.ask(question):
            await call.say(booking.KEPT)
            return
        cancelled = await call.records.appointments.cancel(appointment.number)
    call.state.achieve(Outcome.APPOINTMENT, Service.APPOINTMENT_CANCEL)
    note(call, Action.CANCELLED, cancelled)
    await call.say(booking.cancelled(time))


async def change(call: Call, meaning: Meaning | None = None) -> None:
    """Move an appointment to another time. Raises as `Conversation.ask`, and
    `RecordsUnavailable`."""
    with call.talk.form(Service.APPOINTMENT_CHANGE):
        appointment = await _find(call, meaning)
        if appointment is None:
            return
        await _tell(call, appointment)
        asks_when = meaning is not None and says_any(meaning.text, booking.ASKS_WHEN)
        if asks_when and not await call.talk.confirm(booking.CHANGE_IT, slot="offer_help"):
            return
        try:
            changed = await _move(call, appointment, meaning)
        except (Signal, RecordsError):
            await release(call)
            raise
    if changed is None:
        await release(call)
        await call.say(booking.KEPT)
        return
    call.state.achieve(Outcome.APPOINTMENT, Service.APPOINTMENT_CHANGE)
    note(call, Action.CHANGED, changed)
    time = spoken_moment(changed.slot.starts_at, call.today())
    await call.say(booking.changed(say_protocol(changed.number), time))


async def _move(
    call: Call, appointment: Appointment, meaning: Meaning | None
) -> Appointment | None:
    slot = appointment.slot
    category = next(
        one
        for one in await call.records.appointments.categories(slot.branch.agency)
        if one.code == slot.category
    )
    draft = Draft(
        agency=slot.branch.agency,
        category=category,
        channel=slot.channel,
        branch=slot.branch if slot.channel is VisitChannel.IN_PERSON else None,
        wish=_from_opening(call, meaning),
    )
    for _ in range(_MOST_TRIES):
        if draft.wish is None:
            draft.wish = await call.talk.ask(
                wish_question(call.now, booking.CHANGE_WHEN, booking.DATE_AGAIN, booking.DATE_HELP)
            )
        hold = await Offering(call, draft).agree()
        time = spoken_moment(hold.slot.starts_at, call.today())
        if not await call.talk.ask(yes_no_question(booking.confirm_change(time), "confirm")):
            return None
        try:
            return await call.records.appointments.change(appointment.number, hold)
        except SlotTaken:
            await call.say(booking.HOLD_EXPIRED)
    return None


def _from_opening(call: Call, meaning: Meaning | None) -> Wish | None:
    # A day in «να αλλάξω το ραντεβού της Τρίτης» is the old one: only "for" and "to" mean the new.
    if meaning is None or not any(
        f" {word} " in f" {text} " for text, _ in meaning.readings[:1] for word in ("για", "σε")
    ):
        return None
    return read_wish(meaning.readings, call.now(), within=True)


async def _find(call: Call, meaning: Meaning | None) -> Appointment | None:
    """The caller's appointment, by its number or by ΑΦΜ and mobile; None after saying why not."""
    number = number_in(meaning.readings) if meaning is not None else None
    number = number or call.state.appointment
    if number is None:
        number = await call.talk.ask(
            number_question(booking.FIND, booking.FIND_AGAIN, booking.FIND_HELP, "number")
        )
    if number:
        try:
            found = await call.records.appointments.find(number)
        except NotFound:
            await call.say(booking.NOT_FOUND)
        else:
            if found.status is not AppointmentStatus.CANCELLED:
                return found
            await call.say(booking.ALREADY_CANCELLED)
            return None
    afm = await ask_afm(call)
    mobile = await call.talk.ask(mobile_question())
    several = await call.records.appointments.find_by_person(afm, mobile)
    if not several:
        await call.say(booking.NOT_FOUND)
        return None
    if len(several) == 1:
        return several[0]
    today = call.today()
    options = [Option(one, spoken_moment(one.slot.starts_at, today)) for one in several[:3]]
    prompt = booking.which_appointment([option.name for option in options])
    return await call.talk.choose(prompt, options, slot="offer")


async def _tell(call: Call, appointment: Appointment) -> None:
    slot = appointment.slot
    call.state.achieve(Outcome.ANSWERED)
    call.state.appointment = appointment.number
    call.state.agency = slot.branch.agency
    in_person = slot.channel is VisitChannel.IN_PERSON
    await call.say(
        booking.found(
            time=spoken_moment(slot.starts_at, call.today()),
            agency=labels.WITH_AGENCY[slot.branch.agency],
            where=booking.at_branch(slot.branch.name)
            if in_person
            else labels.CHANNELS[slot.channel].name,
        )
    )
