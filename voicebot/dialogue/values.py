"""Questions for values: identifiers, telephones, places, names, days and times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from voicebot.dialogue.commands import SPOKEN, says_any
from voicebot.dialogue.matching import ordinals, position_of
from voicebot.dialogue.prompts import booking, services
from voicebot.dialogue.questions import Answer, Option, Question, Readings, Refused, Unclear, Value
from voicebot.dialogue.slots import choice_question, yes_or_no
from voicebot.dialogue.wishes import CHANGES, Change, Wish, read_change, read_wish
from voicebot.records.types import ATHENS, Slot, Window
from voicebot.understanding.capture import Outcome, capture
from voicebot.understanding.dates import say_date
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.identifiers import (
    parse_protocol,
    validate_afm,
    validate_amka,
    validate_protocol,
)
from voicebot.understanding.names import parse_name, say_name
from voicebot.understanding.parsed import Reason
from voicebot.understanding.phones import PhoneKind, validate_phone
from voicebot.understanding.places import Place, is_ambiguous, parse_place, spoken_places

T = TypeVar("T")

# Below this the words are read back before they are believed.
_SURE = 0.75
_SURE_NAME = 0.85
_SURE_PLACE = 0.85
_FEW_DIGITS = 3

_HAS_NONE = (
    "δεν τον έχω",
    "δεν το έχω",
    "δεν έχω αριθμό",
    "δεν έχω",
    "δεν τον θυμάμαι",
    "δεν θυμάμαι",
    "δεν το θυμάμαι",
    "τον έχασα",
    "το έχασα",
    "δεν τον ξέρω",
    "δεν ξέρω",
    "δεν τον βρίσκω",
    "δεν κράτησα",
    "χωρίς αριθμό",
    "όχι δεν",
)


def _number(kind: Kind, slot: str, wrong: str) -> Callable[[Readings], Answer[str]]:
    """Reads a number of a kind; `wrong` is said of one that cannot be right."""

    def read(readings: Readings) -> Answer[str]:
        result = capture(kind, readings, slot=slot)
        number = str(result.value)
        match result.outcome:
            case Outcome.ACCEPTED:
                # Without a checksum, only being heard well speaks for a number.
                faint = kind is Kind.PHONE and readings[0][1] < _SURE
                return Value(number, services.read_back(result.said) if faint else None)
            case Outcome.NEEDS_READ_BACK:
                return Value(number, services.read_back(result.said))
            case Outcome.INVALID if result.reason is Reason.LENGTH:
                return Refused(services.LENGTH_WRONG)
            case Outcome.INVALID:
                return Refused(wrong)
            case _:
                return Unclear()

    return read


def _keys(validate: Callable[[str], Reason | None], wrong: str) -> Callable[[str], Answer[str]]:
    def from_keys(keys: str) -> Answer[str]:
        reason = validate(keys)
        if reason is None:
            return Value(keys)
        if len(keys) < _FEW_DIGITS:
            return Unclear()
        return Refused(services.LENGTH_WRONG if reason is Reason.LENGTH else wrong)

    return from_keys


def _or_none(read: Callable[[Readings], Answer[str]]) -> Callable[[Readings], Answer[str]]:
    """Also takes «δεν το έχω» for an answer: an empty one."""

    def number_or_none(readings: Readings) -> Answer[str]:
        answer = read(readings)
        if isinstance(answer, Value):
            return answer
        if says_any(readings[0][0], _HAS_NONE) or yes_or_no(readings[:1]) is False:
            return Value("")
        return answer

    return number_or_none


def afm_question(slot: str = "afm") -> Question[str]:
    """The ΑΦΜ, nine digits with a right checksum."""
    return Question(
        prompt=services.AFM,
        again=services.AFM_AGAIN,
        capture=_number(Kind.AFM, slot, services.AFM_WRONG),
        help=services.AFM_HELP,
        expectation=Expectation(Kind.AFM, slot, lengths=(9,)),
        keypad=services.AFM_KEYPAD,
        from_keys=_keys(validate_afm, services.AFM_WRONG),
    )


def afm_if_at_hand_question() -> Question[str]:
    """The ΑΦΜ, where it helps but is not indispensable; empty when the caller has it not."""
    question = afm_question()
    return replace(
        question,
        prompt=services.AFM_IF_AT_HAND,
        capture=_or_none(question.capture),
        expectation=replace(question.expectation, phrases=_HAS_NONE[:8] + SPOKEN),
    )


def amka_question() -> Question[str]:
    """The ΑΜΚΑ, eleven digits with a possible date and a right check digit."""
    return Question(
        prompt=services.AMKA,
        again=services.AMKA_AGAIN,
        capture=_number(Kind.AMKA, "amka", services.AMKA_WRONG),
        help=services.AMKA_HELP,
        expectation=Expectation(Kind.AMKA, "amka", lengths=(11,)),
        keypad=services.AMKA_KEYPAD,
        from_keys=_keys(validate_amka, services.AMKA_WRONG),
    )


def mobile_question() -> Question[str]:
    """A Greek mobile."""

    def validate(number: str) -> Reason | None:
        return validate_phone(number, PhoneKind.MOBILE)

    return Question(
        prompt=services.MOBILE,
        again=services.MOBILE_AGAIN,
        capture=_number(Kind.PHONE, "mobile", services.MOBILE_WRONG),
        help=services.MOBILE_HELP,
        expectation=Expectation(Kind.PHONE, "mobile", lengths=(10,)),
        keypad=services.MOBILE_KEYPAD,
        from_keys=_keys(validate, services.MOBILE_WRONG),
    )


def phone_question(prompt: str, slot: str) -> Question[str]:
    """Any Greek telephone."""
    return Question(
        prompt=prompt,
        again=services.PHONE_AGAIN,
        capture=_number(Kind.PHONE, slot, services.PHONE_WRONG),
        help=services.PHONE_HELP,
        expectation=Expectation(Kind.PHONE, slot, lengths=(10,)),
        keypad=services.PHONE_KEYPAD,
        from_keys=_keys(validate_phone, services.PHONE_WRONG),
    )


def number_in(readings: Readings) -> str | None:
    """A protocol or appointment number named within something else; None when none is."""
    for text, _ in readings[:1]:
        for parsed in parse_protocol(text):
            if validate_protocol(parsed.value) is None:
                return parsed.value
    return None


def number_question(prompt: str, again: str, help: str, slot: str) -> Question[str]:
    """A protocol or appointment number; an empty answer when the caller has none."""
    return Question(
        prompt=prompt,
        again=again,
        capture=_or_none(_number(Kind.PROTOCOL, slot, services.NUMBER_WRONG)),
        help=help,
        expectation=Expectation(Kind.PROTOCOL, slot, _HAS_NONE[:8] + SPOKEN, lengths=(8,)),
        keypad=services.NUMBER_KEYPAD,
        from_keys=_keys(validate_protocol, services.NUMBER_WRONG),
    )


def place_question(prompt: str) -> Question[tuple[Place, ...]]:
    """A city or municipality; several values where the name exists in several areas."""

    def read(readings: Readings) -> Answer[tuple[Place, ...]]:
        for index, (text, _) in enumerate(readings):
            found = parse_place(text)
            if not found:
                continue
            best = found[0]
            if is_ambiguous(found):
                likely = [one for one in found if one.confidence > 0.9 * best.confidence]
                return Value(tuple(one.value for one in likely))
            unsure = index > 0 or best.confidence < _SURE_PLACE
            return Value((best.value,), services.read_back(best.value.label) if unsure else None)
        return Unclear()

    return Question(
        prompt=prompt,
        again=booking.PLACE_AGAIN,
        capture=read,
        help=booking.PLACE_HELP,
        expectation=Expectation(Kind.PLACE, "place", spoken_places() + SPOKEN),
        written=lambda places: places[0].label if len(places) == 1 else places[0].name,
    )


def namesake_question(places: Sequence[Place]) -> Question[Place]:
    """Which of several places of one name is meant."""
    options = [Option(place, place.label) for place in places]
    plain = choice_question(
        booking.which_place([option.name for option in options]), options, slot="place"
    )

    def read(readings: Readings) -> Answer[Place]:
        for text, _ in readings:
            # «της Αθήνας», «στη Θεσσαλονίκη»: the area completes the name.
            found = parse_place(f"{places[0].name} {text}")
            if found and not is_ambiguous(found) and found[0].value in places:
                return Value(found[0].value)
        return plain.capture(readings)

    return replace(plain, capture=read)


def name_question() -> Question[str]:
    """First name and surname."""

    def read(readings: Readings) -> Answer[str]:
        for text, _ in readings[:2]:
            for parsed in parse_name(text)[:1]:
                name = parsed.value
                if name.first and name.last:
                    return Value(say_name(name), weak=parsed.confidence < _SURE_NAME)
                if name.first:
                    return Refused(booking.SURNAME_TOO)
        return Unclear()

    return Question(
        prompt=booking.NAME,
        again=booking.NAME_AGAIN,
        capture=read,
        help=booking.NAME_HELP,
        expectation=Expectation(Kind.NAME, "name"),
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

    return Question(
        prompt=prompt,
        again=again,
        capture=read,
        help=help,
        expectation=Expectation(Kind.DATE, "date", _ANY + SPOKEN),
        written=_written_wish,
    )


_ANY = (
    "όποτε",
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


def _written_wish(wish: Wish) -> str:
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
            return _written_wish(reply)
        case _:
            return reply.value
