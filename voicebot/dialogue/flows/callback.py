"""Promise to ring back: number, window, topic."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from voicebot.dialogue.call import Call
from voicebot.dialogue.events import CallbackDone
from voicebot.dialogue.flows.contact import ask_phone
from voicebot.dialogue.meaning import Meaning
from voicebot.dialogue.prompts import services
from voicebot.dialogue.questions import Question, Refused, Value
from voicebot.dialogue.slots import free_text_question, yes_no_question
from voicebot.dialogue.spoken import spoken_window
from voicebot.dialogue.values import window_question
from voicebot.dialogue.wishes import Wish, read_wish
from voicebot.records.schedule import is_working_day, next_working_day
from voicebot.records.types import ATHENS, Outcome, Window
from voicebot.understanding.knowledge_schema import Service
from voicebot.understanding.phones import say_phone

# When citizens are rung.
OPENS, CLOSES = time(8), time(20)
_EXACT_LENGTH = timedelta(hours=1)
_SOON = timedelta(hours=2)


async def request(call: Call, meaning: Meaning | None = None) -> None:
    """Take a callback, from number to promise. Raises as `Conversation.ask`, and
    `RecordsUnavailable`."""
    with call.talk.form(Service.CALLBACK):
        await call.talk.aside(services.CALLBACK_START)
        number = await ask_phone(call, slot="phone")
        window = _from_opening(call, meaning)
        topic = call.state.topic
        if call.talk.speech_works:
            if window is None:
                window = await call.talk.ask(_window_question(call))
            topic = await _topic(call)
        window = window or first_window(call.now())
        said = spoken_window(window, call.today())
        asked = services.callback_confirm(say_phone(number), said)
        if not await call.talk.ask(yes_no_question(asked, "confirm")):
            await call.say(services.CALLBACK_NOT_MADE)
            return
        await _promise(call, number, window, topic)


async def offer_by_key(call: Call) -> bool:
    """Offer to ring back the number that calls, with one key; whether it was taken.

    Raises:
        HungUp: the caller is gone.
        Lost: no key was pressed.
    """
    number = call.caller_phone
    if number is None:
        return False
    if not await call.talk.ask(yes_no_question(services.CALLBACK_KEYPAD, "offer_help")):
        return False
    await _promise(call, number, first_window(call.now()), call.state.topic)
    return True


def first_window(now: datetime) -> Window:
    """The nearest window: the rest of today while there is some, else the next working day."""
    local = now.astimezone(ATHENS)
    closes = datetime.combine(local.date(), CLOSES, ATHENS)
    if is_working_day(local.date()) and local + _SOON <= closes:
        opens = datetime.combine(local.date(), OPENS, ATHENS)
        start = max(local.replace(second=0, microsecond=0), opens)
        return Window(start, min(closes, start + _SOON))
    return window_on(next_working_day(local.date()), OPENS, CLOSES)


def window_on(day: date, earliest: time, latest: time) -> Window:
    """A window of one day."""
    return Window(datetime.combine(day, earliest, ATHENS), datetime.combine(day, latest, ATHENS))


def window_for(wish: Wish, now: datetime) -> Window | str:
    """The window that a wish asks for, or the reason why not, to be said."""
    local = now.astimezone(ATHENS)
    if wish.days is None and wish.times is None:
        return first_window(now)
    first = wish.days.first if wish.days is not None else local.date()
    if first < local.date():
        return services.WINDOW_PAST
    opens, closes = wish.hours(OPENS, CLOSES, exact=_EXACT_LENGTH)
    if opens >= closes:
        return services.WINDOW_CLOSED
    last = wish.days.last if wish.days is not None else first + timedelta(days=7)
    day = first
    while day <= last:
        window = window_on(day, opens, closes)
        if is_working_day(day) and window.ends_at > local + timedelta(minutes=15):
            return Window(max(window.starts_at, local), window.ends_at)
        day += timedelta(days=1)
    return services.WINDOW_CLOSED if last > local.date() else services.WINDOW_PAST


def _window_question(call: Call) -> Question[Window]:
    def read(wish: Wish) -> Value[Window] | Refused:
        window = window_for(wish, call.now())
        return Refused(window) if isinstance(window, str) else Value(window)

    return window_question(call.now, read, lambda window: spoken_window(window, call.today()))


def _from_opening(call: Call, meaning: Meaning | None) -> Window | None:
    """The window, when the caller has named it with the request itself."""
    wish = read_wish(meaning.readings, call.now(), within=True) if meaning is not None else None
    if wish is None or (wish.days is None and wish.times is None):
        return None
    window = window_for(wish, call.now())
    return window if isinstance(window, Window) else None


async def _topic(call: Call) -> str:
    if call.state.entry is not None:
        return call.state.entry.topic
    return await call.talk.ask(
        free_text_question(services.CALLBACK_TOPIC, services.SAY_IT_SHORTLY, "topic")
    )


async def _promise(call: Call, number: str, window: Window, topic: str | None) -> None:
    await call.records.callbacks.request(
        number, window, topic=topic, call_id=call.call_id, agency=call.state.agency
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
    said = spoken_window(window, call.today())
    await call.say(services.callback_promised(say_phone(number), said))
