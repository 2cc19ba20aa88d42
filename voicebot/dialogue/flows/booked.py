"""Appointments that exist: find, tell, change, cancel."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from voicebot.dialogue.birthdate import birthdate_question
from voicebot.dialogue.call import Call
from voicebot.dialogue.commands import says_any
from voicebot.dialogue.events import Action, Safety, SafetyMet
from voicebot.dialogue.flows import instead
from voicebot.dialogue.flows.appointment import note, place_of, release
from voicebot.dialogue.flows.contact import ask_afm
from voicebot.dialogue.flows.draft import Draft
from voicebot.dialogue.flows.offers import NothingSuits, Offering
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.number_questions import mobile_question, number_in, number_question
from voicebot.dialogue.others import about_somebody_else
from voicebot.dialogue.prompts import booking, labels, services
from voicebot.dialogue.questions import Option
from voicebot.dialogue.signals import HandoffReason, PersonWanted, Signal
from voicebot.dialogue.slots import yes_no_question
from voicebot.dialogue.spoken import spoken_moment
from voicebot.dialogue.time_questions import wish_question
from voicebot.dialogue.wishes import Wish, read_wish
from voicebot.records.errors import (
    BookUnavailable,
    NotFound,
    RecordsError,
    SlotTaken,
    TooLate,
)
from voicebot.records.types import (
    Appointment,
    AppointmentStatus,
    Category,
    Outcome,
    VisitChannel,
)
from voicebot.understanding.identifiers import say_protocol
from voicebot.understanding.knowledge_schema import Service

_MOST_TRIES = 3
_USUAL_NOTICE_H = 1


async def cancel(call: Call, meaning: Meaning | None = None) -> None:
    """Cancel an appointment after a confirmation. Raises as `Conversation.ask`, and
    `RecordsUnavailable`."""
    await _serve(call, Service.APPOINTMENT_CANCEL, lambda: _cancel(call, meaning))


async def change(call: Call, meaning: Meaning | None = None) -> None:
    """Move an appointment to another time, or just tell when it is. Raises as
    `Conversation.ask`, and `RecordsUnavailable`."""
    await _serve(call, Service.APPOINTMENT_CHANGE, lambda: _change(call, meaning))


async def _serve(call: Call, service: Service, work: Callable[[], Awaitable[str | None]]) -> None:
    """Do it, and say what came of it; ways out when it cannot be done from here.

    Raises:
        PersonWanted: it is too late, and the caller wants a person.
    """
    try:
        with call.talk.form(service):
            done = await work()
    except TooLate:
        await _too_late(call, _USUAL_NOTICE_H)
    except NothingSuits:
        await release(call)
        await call.say(booking.KEPT)
        await instead.offer(call, booking.NOTHING_SUITS)
    except BookUnavailable:
        await instead.offer(call, booking.SYSTEM_AWAY)
    else:
        if done is not None:
            await call.say(done)


async def _cancel(call: Call, meaning: Meaning | None) -> str | None:
    appointment = await _find(call, meaning)
    if appointment is None:
        return None
    time = spoken_moment(appointment.slot.starts_at, call.today())
    await _tell(call, appointment)
    if await _is_too_late(call, appointment):
        return None
    question = yes_no_question(booking.confirm_cancel(time), "confirm", also_yes=booking.DO_CANCEL)
    if not await call.talk.ask(question):
        return booking.KEPT
    cancelled = await call.records.appointments.cancel(appointment.number)
    call.state.achieve(Outcome.APPOINTMENT, Service.APPOINTMENT_CANCEL)
    note(call, Action.CANCELLED, cancelled)
    return booking.cancelled(time)


async def _change(call: Call, meaning: Meaning | None) -> str | None:
    appointment = await _find(call, meaning)
    if appointment is None:
        return None
    await _tell(call, appointment)
    asks_when = meaning is not None and says_any(meaning.text, booking.ASKS_WHEN)
    if asks_when and not await call.talk.confirm(booking.CHANGE_IT, slot="offer_help"):
        return None
    if await _is_too_late(call, appointment):
        return None
    try:
        changed = await _move(call, appointment, meaning)
    except BookUnavailable:
        raise
    except (Signal, RecordsError):
        await release(call)
        raise
    if changed is None:
        await release(call)
        return booking.KEPT
    call.state.achieve(Outcome.APPOINTMENT, Service.APPOINTMENT_CHANGE)
    note(call, Action.CHANGED, changed)
    time = spoken_moment(changed.slot.starts_at, call.today())
    return booking.changed(say_protocol(changed.number), time)


async def _is_too_late(call: Call, appointment: Appointment) -> bool:
    """Say so before anything is asked in vain."""
    category = await _category(call, appointment)
    notice = category.notice_hours if category is not None else 0
    left = appointment.slot.starts_at - call.now()
    if left.total_seconds() >= notice * 3600 and left.total_seconds() > 0:
        return False
    await _too_late(call, notice if left.total_seconds() > 0 else 0)
    return True


async def _too_late(call: Call, notice_hours: int) -> None:
    why = booking.too_late(notice_hours) if notice_hours else booking.HAS_BEGUN
    prompt = f"{why} {services.PERSON_OFFER}"
    if await call.talk.confirm(prompt, slot="offer_help", short=services.PERSON_OFFER):
        raise PersonWanted(HandoffReason.USER_REQUEST)


async def _category(call: Call, appointment: Appointment) -> Category | None:
    """The category of an appointment; None when it is given no more."""
    slot = appointment.slot
    known = await call.records.appointments.categories(slot.branch.agency)
    return next((one for one in known if one.code == slot.category), None)


async def _move(
    call: Call, appointment: Appointment, meaning: Meaning | None
) -> Appointment | None:
    slot = appointment.slot
    category = await _category(call, appointment)
    if category is None:
        raise NothingSuits
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
    if meaning is not None and about_somebody_else(meaning.text):
        # Whoever has the number was given it; knowing somebody's ΑΦΜ proves nothing.
        call.observer.note(SafetyMet(Safety.THIRD_PARTY_DATA))
        call.state.achieve(Outcome.ANSWERED, Service.APPOINTMENT_CHANGE)
        await call.say(services.RELATION_REFUSED)
        return None
    return await _by_person(call)


async def _by_person(call: Call) -> Appointment | None:
    afm = await ask_afm(call)
    mobile = await call.talk.ask(mobile_question())
    several = await call.records.appointments.find_by_person(afm, mobile)
    if any(one.person.birthdate is not None for one in several):
        born = await call.talk.ask(birthdate_question(call.now))
        several = tuple(one for one in several if one.person.birthdate in (None, born))
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
    await call.say(
        booking.found(
            time=spoken_moment(slot.starts_at, call.today()),
            agency=labels.WITH_AGENCY[slot.branch.agency],
            where=place_of(slot),
        )
    )
