"""Promise to ring back: number, window, topic; change the promise, or cancel it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from voicebot.dialogue.call import Call
from voicebot.dialogue.commands import says_any
from voicebot.dialogue.events import CallbackDone
from voicebot.dialogue.flows.contact import ask_phone
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.number_questions import phone_question
from voicebot.dialogue.prompts import callbacks as prompts
from voicebot.dialogue.prompts import services
from voicebot.dialogue.questions import Question, Refused, Value
from voicebot.dialogue.signals import Correction, Lost
from voicebot.dialogue.slots import confirm_form_question, free_text_question, yes_no_question
from voicebot.dialogue.spoken import spoken_window
from voicebot.dialogue.time_questions import window_question
from voicebot.dialogue.wishes import Wish, read_wish
from voicebot.records.calling_hours import is_open_day, next_allowed
from voicebot.records.types import ATHENS, CallbackOrigin, Outcome, Window
from voicebot.settings import Dialogue, Hours
from voicebot.understanding.knowledge_schema import Service
from voicebot.understanding.phones import say_phone

_EXACT_LENGTH = timedelta(hours=1)
_SOON = timedelta(hours=2)
# A window that ends sooner than this cannot be kept.
_LEAST_AHEAD = timedelta(minutes=15)
_MOST_CORRECTIONS = 5
_TOPIC_TRIES = 2
_DEFAULT_HOURS = Dialogue().callback_hours
_TIME_SLOTS = frozenset({"offer", "date", "time", "window"})
_PHONE_SLOTS = frozenset({"mobile", "phone", "verify_phone"})

_CANCELS = (
    "ακυρώσετε την κλήση",
    "ακυρώσω την κλήση",
    "ακύρωσε την κλήση",
    "ακυρώστε την κλήση",
    "ακυρώσετε το τηλεφώνημα",
    "ακυρώσω το τηλεφώνημα",
    "ακυρώσω το τηλέφωνο",
    "ακυρώσετε την επανάκληση",
    "ακυρώσω την επανάκληση",
    "ακύρωση κλήσης",
    "ακύρωση της κλήσης",
    "ακύρωση της επανάκλησης",
    "μη με πάρετε τελικά",
    "μην με πάρετε τελικά",
    "μη με καλέσετε τελικά",
    "μην με καλέσετε τελικά",
    "δεν χρειάζεται να με καλέσετε",
    "δεν χρειάζεται να με πάρετε",
    "δε χρειάζεται να με πάρετε",
)


@dataclass
class _Wanted:
    """What is known of a callback so far."""

    number: str | None = None
    window: Window | None = None
    topic: str | None = None
    topic_asked: bool = False


def is_cancelling(text: str) -> bool:
    """Whether somebody wants not to be rung back after all."""
    return says_any(text, _CANCELS)


async def request(
    call: Call,
    meaning: Meaning | None = None,
    *,
    origin: CallbackOrigin = CallbackOrigin.ASKED,
    topic: str | None = None,
) -> None:
    """Take a callback, from number to promise; the topic is asked for unless it is given. Raises
    as `Conversation.ask`, and `RecordsUnavailable`."""
    with call.talk.form(Service.CALLBACK):
        await call.talk.aside(services.CALLBACK_START)
        wanted = _Wanted(window=_from_opening(call, meaning), topic=topic)
        for _ in range(_MOST_CORRECTIONS):
            try:
                number, window = await _fill(call, wanted)
                said = spoken_window(window, call.today())
                asked = services.callback_confirm(say_phone(number), said)
                verdict = await call.talk.ask(confirm_form_question(asked))
                if verdict.right:
                    await _promise(call, number, window, wanted.topic, origin)
                    return
                if not verdict.named:
                    break
                raise Correction(verdict.named, verdict.readings)
            except Correction as correction:
                await _correct(call, wanted, correction)
        await call.say(services.CALLBACK_NOT_MADE)


async def _fill(call: Call, wanted: _Wanted) -> tuple[str, Window]:
    if wanted.number is None:
        wanted.number = await ask_phone(call, slot="phone")
        await _look_for_earlier(call, wanted)
    if call.talk.speech_works:
        if wanted.window is None:
            wanted.window = await call.talk.ask(_window_question(call))
        if wanted.topic is None and not wanted.topic_asked:
            wanted.topic_asked = True
            wanted.topic = await _topic(call)
    wanted.window = wanted.window or first_window(call.now(), call.settings.callback_hours)
    return wanted.number, wanted.window


async def _look_for_earlier(call: Call, wanted: _Wanted) -> None:
    """A wish that is open already is changed, not doubled."""
    own = call.state.entry.topic if call.state.entry is not None else None
    if wanted.topic is None:
        wanted.topic = own or (None if call.talk.speech_works else call.state.topic)
    for earlier in await call.records.callbacks.for_number(wanted.number or ""):
        if own is None or earlier.topic == own:
            wanted.topic = earlier.topic or wanted.topic
            await call.say(prompts.exists(spoken_window(earlier.window, call.today())))
            return


async def _correct(call: Call, wanted: _Wanted, correction: Correction) -> None:
    """Take back what is wrong; where the right value was said with it, take that."""
    await call.say(prompts.CORRECTING)
    named = frozenset(correction.slots)
    readings = correction.readings
    phone = phone_question("", "phone").capture(readings) if readings else None
    heard = phone.value if isinstance(phone, Value) and phone.read_back is None else None
    wish = read_wish(readings, call.now(), within=True) if readings else None
    if named & _PHONE_SLOTS or (not named and heard is not None):
        wanted.number = heard
    elif named & _TIME_SLOTS or (not named and wish is not None):
        window = window_for(wish, call.now(), call.settings.callback_hours) if wish else None
        wanted.window = window if isinstance(window, Window) else None
    elif "category" in named:
        wanted.topic = None
    else:
        wanted.number = wanted.window = None


async def offer_by_key(
    call: Call,
    *,
    prompt: str = services.CALLBACK_KEYPAD,
    origin: CallbackOrigin = CallbackOrigin.KEYPAD,
) -> bool:
    """Offer to ring back the number that calls, with one key; whether it was taken.

    Raises:
        HungUp: the caller is gone.
        Lost: no key was pressed.
    """
    number = call.caller_phone
    if number is None:
        return False
    if not await call.talk.ask(yes_no_question(prompt, "offer_help")):
        return False
    window = first_window(call.now(), call.settings.callback_hours)
    await _promise(call, number, window, call.state.topic, origin)
    return True


async def cancel(call: Call) -> None:
    """Cancel what was asked for earlier. Raises as `Conversation.ask`, and `RecordsUnavailable`."""
    with call.talk.form(Service.CALLBACK):
        number = await ask_phone(call, slot="phone")
        # Only who rings from the number, or knows it and the wish, gets this far: nothing
        # personal is said but when the call was due.
        found = await call.records.callbacks.for_number(number)
        if not found:
            await call.say(prompts.CANCEL_NONE)
            return
        said = spoken_window(found[0].window, call.today())
        if not await call.talk.ask(yes_no_question(prompts.cancel_confirm(said), "confirm")):
            await call.say(prompts.CANCEL_KEPT)
            return
        count = await call.records.callbacks.cancel(number)
    call.state.achieve(Outcome.ANSWERED, Service.CALLBACK)
    await call.say(prompts.cancelled(count > 1))


def first_window(now: datetime, hours: Hours = _DEFAULT_HOURS) -> Window:
    """The nearest window: the rest of today while there is some, else the next open day."""
    local = now.astimezone(ATHENS)
    closes = datetime.combine(local.date(), hours.closes, ATHENS)
    if is_open_day(hours, local) and local + _SOON <= closes:
        opens = datetime.combine(local.date(), hours.opens, ATHENS)
        start = max(local.replace(second=0, microsecond=0), opens)
        return Window(start, min(closes, start + _SOON))
    tomorrow = datetime.combine(local.date() + timedelta(days=1), time(), ATHENS)
    return window_on(
        next_allowed(hours, tomorrow).astimezone(ATHENS).date(), hours.opens, hours.closes
    )


def window_on(day: date, earliest: time, latest: time) -> Window:
    """A window of one day."""
    return Window(datetime.combine(day, earliest, ATHENS), datetime.combine(day, latest, ATHENS))


def window_for(wish: Wish, now: datetime, hours: Hours = _DEFAULT_HOURS) -> Window | str:
    """The window that a wish asks for, or the reason why not, to be said."""
    local = now.astimezone(ATHENS)
    if wish.days is None and wish.times is None:
        return first_window(now, hours)
    first = wish.days.first if wish.days is not None else local.date()
    if first < local.date():
        return services.WINDOW_PAST
    earliest, latest = wish.hours(hours.opens, hours.closes, exact=_EXACT_LENGTH)
    if earliest >= latest:
        return services.WINDOW_CLOSED
    last = wish.days.last if wish.days is not None else first + timedelta(days=7)
    day = first
    while day <= last:
        window = window_on(day, earliest, latest)
        if is_open_day(hours, window.starts_at) and window.ends_at > local + _LEAST_AHEAD:
            return Window(max(window.starts_at, local), window.ends_at)
        day += timedelta(days=1)
    return services.WINDOW_CLOSED if last > local.date() else services.WINDOW_PAST


def _window_question(call: Call) -> Question[Window]:
    def read(wish: Wish) -> Value[Window] | Refused:
        window = window_for(wish, call.now(), call.settings.callback_hours)
        return Refused(window) if isinstance(window, str) else Value(window)

    return window_question(call.now, read, lambda window: spoken_window(window, call.today()))


def _from_opening(call: Call, meaning: Meaning | None) -> Window | None:
    """The window, when the caller has named it with the request itself."""
    wish = read_wish(meaning.readings, call.now(), within=True) if meaning is not None else None
    if wish is None or (wish.days is None and wish.times is None):
        return None
    window = window_for(wish, call.now(), call.settings.callback_hours)
    return window if isinstance(window, Window) else None


async def _topic(call: Call) -> str | None:
    """What it is about; None when that cannot be heard: whoever rings back will ask."""
    if call.state.entry is not None:
        return call.state.entry.topic
    question = free_text_question(services.CALLBACK_TOPIC, services.SAY_IT_SHORTLY, "topic")
    try:
        return await call.talk.ask(replace(question, tries=_TOPIC_TRIES))
    except Lost as lost:
        if lost.silent:
            raise
        await call.say(prompts.TOPIC_LATER)
        return None


async def _promise(
    call: Call, number: str, window: Window, topic: str | None, origin: CallbackOrigin
) -> None:
    await call.records.callbacks.request(
        number,
        window,
        topic=topic,
        call_id=call.call_id,
        agency=call.state.agency,
        origin=origin,
    )
    call.state.achieve(Outcome.CALLBACK, topic)
    call.observer.note(
        CallbackDone(
            (
                ("phone", number),
                ("date", window.starts_at.date().isoformat()),
                ("window", f"{window.starts_at:%H:%M}-{window.ends_at:%H:%M}"),
                ("topic", topic or ""),
                ("agency", call.state.agency or ""),
            )
        )
    )
    said = services.callback_promised(say_phone(number), spoken_window(window, call.today()))
    waits = origin in (CallbackOrigin.NOBODY_FREE, CallbackOrigin.OVERLOAD)
    await call.say(f"{said} {prompts.KEEPS_PLACE}" if waits else said)
