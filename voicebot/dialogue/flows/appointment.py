"""Booking an appointment.

A `Draft` is filled part by part in the order of `_STEPS`; an earlier answer that is taken back
makes its part unknown, so that just that is asked again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from voicebot.dialogue.call import Call
from voicebot.dialogue.commands import says_any
from voicebot.dialogue.events import Action, AppointmentDone, Captured
from voicebot.dialogue.flows import identity, instead, where
from voicebot.dialogue.flows.draft import Draft
from voicebot.dialogue.flows.number import read_number
from voicebot.dialogue.flows.offers import NothingSuits, Offering
from voicebot.dialogue.flows.opening import prefill
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.number_questions import afm_question, mobile_question
from voicebot.dialogue.others import about_somebody_else
from voicebot.dialogue.place_questions import places_in
from voicebot.dialogue.prompts import booking, general, labels
from voicebot.dialogue.questions import Readings, Value
from voicebot.dialogue.signals import Correction, Lost, Signal
from voicebot.dialogue.slots import confirm_form_question, correction_question, yes_or_no
from voicebot.dialogue.spoken import spoken_moment
from voicebot.dialogue.time_questions import wish_question
from voicebot.dialogue.wishes import Wish, read_wish
from voicebot.records.errors import BookUnavailable, RecordsError, SlotTaken
from voicebot.records.types import Appointment, Outcome, Slot, VisitChannel
from voicebot.understanding.birthdates import say_birthdate
from voicebot.understanding.identifiers import say_afm
from voicebot.understanding.knowledge_schema import Entry, Service
from voicebot.understanding.phones import say_phone

_MOST_CORRECTIONS = 8


async def book(call: Call, meaning: Meaning | None = None, entry: Entry | None = None) -> None:
    """Book an appointment, from the first question to the number that is written down.

    Args:
        meaning: the request, in which agency, place or day may have been named already.
        entry: the question whose answer led here.

    Raises:
        As `Conversation.ask`; RecordsUnavailable.
    """
    try:
        appointment = await _book(call, meaning, entry)
    except NothingSuits:
        await release(call)
        await instead.offer(call, booking.NOTHING_SUITS)
        return
    except BookUnavailable:
        await instead.offer(call, booking.SYSTEM_AWAY)
        return
    if appointment is None:
        await release(call)
        await call.say(booking.NOT_BOOKED)
        return
    await call.say(booking.booked(spoken_moment(appointment.slot.starts_at, call.today())))
    await read_number(call, appointment.number)


async def _book(call: Call, meaning: Meaning | None, entry: Entry | None) -> Appointment | None:
    draft = await prefill(call, meaning, entry)
    draft.for_other = meaning is not None and about_somebody_else(meaning.text)
    corrects = partial(corrected, call, draft)
    with call.talk.form(
        Service.APPOINTMENT, recall=partial(_recall, call, draft), corrects=corrects
    ):
        await call.talk.aside(booking.START)
        try:
            appointment = await _agree(call, draft)
        except BookUnavailable:
            # Finishing the call gives back what it holds; the caller does not wait for that.
            raise
        except (Signal, RecordsError):
            await release(call)
            raise
    if appointment is not None:
        call.state.agency = draft.agency
        call.state.achieve(Outcome.APPOINTMENT, Service.APPOINTMENT)
        note(call, Action.BOOKED, appointment, draft.rejected_offers)
    return appointment


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


def place_of(slot: Slot) -> str:
    """Where or how an appointment takes place, in a sentence."""
    if slot.channel is VisitChannel.IN_PERSON:
        return booking.at_branch(slot.branch.name)
    return labels.CHANNELS[slot.channel].name


def _recall(call: Call, draft: Draft, text: str) -> str | None:
    """«Τι ώρα είχα πει;» in the middle of booking."""
    if draft.hold is None or not says_any(text, booking.WHAT_WAS_AGREED):
        return None
    slot = draft.hold.slot
    return booking.agreed(spoken_moment(slot.starts_at, call.today()), place_of(slot))


async def _agree(call: Call, draft: Draft) -> Appointment | None:
    """Fill the draft, read it back, correct, book; None when the caller decides against it."""
    for _ in range(_MOST_CORRECTIONS):
        try:
            await _fill(call, draft)
            verdict = await call.talk.ask(confirm_form_question(_read_back(call, draft)))
            if not verdict.right:
                named = verdict.named or corrected(call, draft, verdict.readings)
                said = verdict.readings if named else ()
                raise Correction(named or await call.talk.ask(correction_question()), said)
            assert draft.hold is not None
            return await call.records.appointments.book(draft.hold, identity.person(draft))
        except Correction as correction:
            await _correct(call, draft, correction)
        except SlotTaken:
            await call.say(booking.HOLD_EXPIRED)
            draft.hold = None
    return None


def corrected(call: Call, draft: Draft, readings: Readings) -> tuple[str, ...]:
    """The slots that are put right by naming the value again: «όχι, στον Βόλο είπα», «όχι,
    Τετάρτη»; only of those that are known already."""
    text = readings[0][0]
    if yes_or_no(readings[:1]) is not False and not says_any(text, booking.I_SAID):
        return ()
    named = []
    if draft.branch is not None and places_in(readings):
        named.append("place")
    if draft.hold is not None and read_wish(readings[:1], call.now(), within=True) is not None:
        named.append("offer")
    return tuple(named)


async def _fill(call: Call, draft: Draft) -> None:
    for slot, known, ask in _STEPS:
        if not known(draft):
            await ask(call, draft)
            draft.answered(slot)


async def _correct(call: Call, draft: Draft, correction: Correction) -> None:
    """Take back what is wrong; where the right value was said with it, take that."""
    slots = draft.correctable(correction.slots)
    before = draft.wish
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
            wish = read_wish(correction.readings, call.now(), within=True)
            if wish is not None:
                # «Όχι, Τετάρτη είπα»: the time of day that was wished still counts.
                draft.wish = before.refined(wish, on=None) if before is not None else wish
        case "place":
            draft.places = places_in(correction.readings)
        case _:
            return


def _read_back(call: Call, draft: Draft) -> str:
    assert draft.hold is not None
    assert draft.agency is not None
    assert draft.category is not None
    slot = draft.hold.slot
    return booking.read_back(
        time=spoken_moment(slot.starts_at, call.today()),
        agency=labels.WITH_AGENCY[draft.agency],
        category=where.category_name(draft.category),
        where=place_of(slot),
        person=_said_of_person(draft),
    )


def _said_of_person(draft: Draft) -> list[tuple[str, str]]:
    """What the person said of themselves; of the ΑΜΚΑ only its end, for whoever listens in."""
    said = {
        "name": draft.name if draft.name != labels.NAME_MISSING else None,
        "afm": say_afm(draft.afm) if draft.afm else None,
        "amka": draft.amka[-4:] if draft.amka else None,
        "birthdate": say_birthdate(draft.birthdate) if draft.birthdate else None,
        "mobile": say_phone(draft.mobile) if draft.mobile else None,
    }
    return [(booking.READ_BACK[part], value) for part, value in said.items() if value]


# The steps of booking: name of the slot, whether it is known, how it is asked.


async def _wish(call: Call, draft: Draft) -> None:
    # Where it will be is said before anything depends on it, so that it can be put right.
    lead = booking.where(draft.branch.name) if draft.branch is not None else ""
    prompt = f"{lead} {booking.DATE}".strip()
    question = wish_question(call.now, prompt, booking.DATE_AGAIN, booking.DATE_HELP)
    try:
        draft.wish = await call.talk.ask(question)
    except Lost as lost:
        if lost.silent or not call.talk.speech_works:
            raise
        # Choosing is easier than saying: the first free times are offered.
        await call.say(booking.FIRST_FREE)
        draft.wish = Wish()


async def _offer(call: Call, draft: Draft) -> None:
    draft.hold = await Offering(call, draft).agree()
    chosen = spoken_moment(draft.hold.slot.starts_at, call.today())
    call.observer.note(Captured("offer", chosen))
    await call.say(booking.chosen(chosen))


_Step = tuple[str, Callable[[Draft], bool], Callable[[Call, Draft], Awaitable[None]]]
_STEPS: tuple[_Step, ...] = (
    ("agency", lambda draft: draft.agency is not None, where.ask_agency),
    ("category", lambda draft: draft.category is not None, where.ask_category),
    ("channel", lambda draft: draft.channel is not None, where.ask_channel),
    ("place", where.branch_known, where.ask_branch),
    ("date", lambda draft: draft.wish is not None or draft.hold is not None, _wish),
    ("offer", lambda draft: draft.hold is not None, _offer),
    *((part.value, partial(identity.known, part=part), ask) for part, ask in identity.STEPS),
)
