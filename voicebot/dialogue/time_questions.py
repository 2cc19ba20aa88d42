"""Questions for days and times: a wish, a window for a callback, one of the offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from voicebot.dialogue.commands import SPOKEN, says_any
from voicebot.dialogue.matching import ordinals, position_of
from voicebot.dialogue.prompts import booking, services
from voicebot.dialogue.questions import Answer, Question, Readings, Refused, Unclear, Value
from voicebot.dialogue.slots import yes_or_no
from voicebot.dialogue.wishes import CHANGES, Change, Wish, read_change, read_wish
from voicebot.records.schedule import DateRange
from voicebot.records.types import ATHENS, Slot, Window
from voicebot.understanding.dates import say_date
from voicebot.understanding.expectation import Expectation, Kind

_SOONEST_KEY = "1"
_DAY_AND_MONTH = 4
_ANY = (
    "όποτε",
    "όποτε έχει",
    "όποτε έχετε",
    "όποτε υπάρχει",
    "όποτε να είναι",
    "όποτε θέλετε",
    "όποτε γίνεται",
    "όποτε βρείτε",
    "όποια μέρα έχετε",
    "οποιαδήποτε μέρα",
    "όποτε έχετε κενό",
    "το πιο σύντομο",
    "το πιο γρήγορο",
    "ό,τι έχετε",
    "ό,τι υπάρχει",
    "δεν με νοιάζει",
    "το πρώτο διαθέσιμο",
    "το συντομότερο",
    "όσο πιο γρήγορα",
    "οτιδήποτε",
    "οποιαδήποτε",
    "το πιο κοντινό",
    "τώρα",
    "αμέσως",
)


def wish_question(
    now: Callable[[], datetime], prompt: str, again: str, help: str = ""
) -> Question[Wish]:
    """When an appointment would suit; anything will do when the caller does not mind."""

    def read(readings: Readings) -> Answer[Wish]:
        wish = read_wish(readings, now())
        if wish is None:
            return Value(Wish()) if says_any(readings[0][0], _ANY) else Unclear()
        if wish.days is not None and wish.days.last < now().date():
            return Refused(booking.DATE_PAST)
        return Value(wish)

    def from_keys(keys: str) -> Answer[Wish]:
        if keys == _SOONEST_KEY:
            return Value(Wish())
        day = _typed_day(keys, now().date())
        return Unclear() if day is None else Value(Wish(DateRange(day, day)))

    return Question(
        prompt=prompt,
        again=again,
        capture=read,
        help=help,
        expectation=Expectation(Kind.DATE, "date", _ANY + SPOKEN),
        keypad=booking.DATE_KEYPAD,
        from_keys=from_keys,
        written=written_wish,
    )


def _typed_day(keys: str, today: date) -> date | None:
    """The coming day of day and month, two digits each; None when there is none."""
    if len(keys) != _DAY_AND_MONTH or not keys.isdigit():
        return None
    for year in (today.year, today.year + 1):
        try:
            day = date(year, int(keys[2:]), int(keys[:2]))
        except ValueError:
            continue
        if day >= today:
            return day
    return None


def written_wish(wish: Wish) -> str:
    """A wish as the desk shows it: «2026-11-26–2026-11-26 08:00–12:00»."""
    days = f"{wish.days.first}–{wish.days.last}" if wish.days is not None else ""
    times = f"{wish.times.earliest:%H:%M}–{wish.times.latest:%H:%M}" if wish.times else ""
    return f"{days} {times}".strip()


def window_question(
    now: Callable[[], datetime],
    window: Callable[[Wish], Value[Window] | Refused],
    written: Callable[[Window], str],
) -> Question[Window]:
    """When a callback suits; `window` makes a window of the wish or says why not."""

    def read(readings: Readings) -> Answer[Window]:
        wish = read_wish(readings, now())
        if wish is not None:
            return window(wish)
        return window(Wish()) if says_any(readings[0][0], _ANY) else Unclear()

    return Question(
        prompt=services.WINDOW,
        again=services.WINDOW_AGAIN,
        capture=read,
        help=services.WINDOW_HELP,
        expectation=Expectation(Kind.DATE, "window", _ANY + SPOKEN),
        written=written,
    )


def offer_question(
    offers: Sequence[Slot], said: Sequence[str], lead: str, now: Callable[[], datetime]
) -> Question[Slot | Wish | Change]:
    """Which of the offered times; or how the next offers should differ."""

    def read(readings: Readings) -> Answer[Slot | Wish | Change]:
        for text, _ in readings:
            answer = _reply(text, offers, said, now())
            if answer is not None:
                return Value(answer)
        return Unclear()

    def from_keys(keys: str) -> Answer[Slot | Wish | Change]:
        if len(keys) == 1 and keys.isdigit() and 1 <= int(keys) <= len(offers):
            return Value(offers[int(keys) - 1])
        return Unclear()

    return Question(
        prompt=f"{lead} {booking.offer(said)}".strip(),
        again=f"{booking.offer(said)} {booking.OFFER_AGAIN}",
        capture=read,
        help=booking.OFFER_AGAIN,
        expectation=Expectation(
            Kind.TIME, "offer", ordinals(len(offers)) + _days_said(offers) + CHANGES + SPOKEN
        ),
        keypad=booking.keypad_offer(said),
        from_keys=from_keys,
        written=_written_reply,
    )


def _days_said(offers: Sequence[Slot]) -> tuple[str, ...]:
    """How the days of the offers are named: «την Τρίτη», «την Τρίτη στις δέκα» is read freely."""
    days = dict.fromkeys(say_date(slot.day).split()[0].lower() for slot in offers)
    return tuple(phrase for day in days for phrase in (day, f"την {day}"))


def _reply(
    text: str, offers: Sequence[Slot], said: Sequence[str], now: datetime
) -> Slot | Wish | Change | None:
    wish = read_wish([(text, 1.0)], now)
    named = _offered(wish, offers) if wish is not None else None
    if named is not None:
        return named
    change = read_change([(text, 1.0)])
    position = position_of(text, said)
    if change is None and position is not None:
        return offers[position]
    if change is not None and (wish is None or wish.empty or change is Change.NEXT_WEEK):
        if change is Change.NEXT_WEEK and wish is not None:
            return wish
        return change
    if wish is not None and not wish.empty:
        return wish
    answer = yes_or_no([(text, 1.0)])
    if answer is True and len(offers) == 1:
        return offers[0]
    return Change.NONE if answer is False else None


def _offered(wish: Wish, offers: Sequence[Slot]) -> Slot | None:
    """The one offer that a day or time picks out."""
    matching = [
        slot
        for slot in offers
        if (wish.days is None or wish.days.first <= slot.day <= wish.days.last)
        and (wish.times is None or slot.starts_at.astimezone(ATHENS).time() in wish.times)
    ]
    return matching[0] if len(matching) == 1 else None


def _written_reply(reply: Slot | Wish | Change) -> str:
    match reply:
        case Slot():
            return f"{reply.starts_at:%Y-%m-%d %H:%M}"
        case Wish():
            return written_wish(reply)
        case _:
            return reply.value
