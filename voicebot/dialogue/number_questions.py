"""Questions for numbers: identifiers, telephones, protocol and appointment numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from voicebot.dialogue.commands import SPOKEN, says_any
from voicebot.dialogue.prompts import services
from voicebot.dialogue.questions import Answer, Question, Readings, Refused, Unclear, Value
from voicebot.dialogue.slots import yes_or_no
from voicebot.understanding.capture import Outcome, capture
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.identifiers import (
    parse_protocol,
    validate_afm,
    validate_amka,
    validate_protocol,
)
from voicebot.understanding.parsed import Reason
from voicebot.understanding.phones import PhoneKind, validate_phone

# Below this the words are read back before they are believed.
_SURE = 0.75
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
