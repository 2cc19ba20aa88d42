"""Capture of one expected value from all readings of an utterance, and how far to trust it.

The recogniser's alternatives vote: a value gets the weight of every reading that says it. An
identifier whose checksum fails is never accepted; at most it is repaired in one digit and then
needs a read-back.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from voicebot.understanding import identifiers
from voicebot.understanding.birthdates import parse_birthdate, say_birthdate, validate_birthdate
from voicebot.understanding.choices import match_choice
from voicebot.understanding.dates import DateSpan, parse_date, say_date_span, validate_date
from voicebot.understanding.digits import parse_digits
from voicebot.understanding.expectation import Kind
from voicebot.understanding.names import PersonName, parse_name, say_name
from voicebot.understanding.parsed import Parsed, Reason
from voicebot.understanding.phones import PhoneKind, parse_phone, say_phone, validate_phone
from voicebot.understanding.places import Place, parse_place, say_place
from voicebot.understanding.repair import repair_one_digit
from voicebot.understanding.sensitive import detect_sensitive
from voicebot.understanding.times import TimeSpan, parse_time, say_time
from voicebot.understanding.yesno import Answer, parse_yes_no

Value = str | int | Answer | DateSpan | TimeSpan | Place | PersonName | date
"""AFM, AMKA, PHONE, PROTOCOL, DIGITS: str; CHOICE: int; YES_NO: Answer; birthdate: date."""


class Outcome(StrEnum):
    """What to do with a capture."""

    ACCEPTED = "accepted"
    NEEDS_READ_BACK = "needs_read_back"
    INVALID = "invalid"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class CaptureResult:
    """The outcome of a capture.

    Attributes:
        outcome: what to do.
        value: the value, None for INVALID and UNCLEAR.
        said: the value as the line would say it back ("" without a value).
        reason: why INVALID, or AMBIGUOUS for a read-back that must be a choice.
        alternatives: other values that were about as likely, best first.
        confidence: 0..1.
        repaired: one digit was changed to satisfy the checksum.
    """

    outcome: Outcome
    value: Value | None = None
    said: str = ""
    reason: Reason | None = None
    alternatives: tuple[Value, ...] = ()
    confidence: float = 0.0
    repaired: bool = False


@dataclass(frozen=True)
class _Grammar:
    """How one kind of value is read, checked and said."""

    parse: Callable[[str], Sequence[Parsed[Value]]]
    say: Callable[[Value], str]
    validate: Callable[[Value], Reason | None] = lambda value: None
    lengths: Collection[int] = ()
    checksum: bool = False


_ACCEPT, _ACCEPT_IDENTIFIER, _READ_BACK, _RIVAL = 0.7, 0.85, 0.25, 0.75
_NATURAL = 0.85
_GUESS_BELOW = 0.8


def capture(
    kind: Kind,
    readings: Sequence[tuple[str, float]],
    *,
    today: date | None = None,
    now: datetime | None = None,
    slot: str = "",
    phrases: Sequence[str] = (),
    lengths: Collection[int] = (),
) -> CaptureResult:
    """Capture a value of a kind.

    Args:
        kind: the kind that was asked for; FREE is not a value.
        readings: texts with their relative probabilities, e.g. the recogniser's alternatives.
        today: the day of the call (DATE); the system's own day if left out.
        now: the time of the call, for "σε μία ώρα" (TIME).
        slot: the question; "mobile" narrows PHONE, "birthdate" DATE, "postcode" DIGITS.
        phrases: the choices offered (CHOICE); the value is the index.
        lengths: the numbers of digits wanted (DIGITS).

    Raises:
        ValueError: `kind` is FREE, or CHOICE without phrases.

    >>> capture(Kind.AFM, [("μηδέν ενενήντα τέσσερα μηδενικά σαράντα πέντε", 1.0)]).said
    '090 000 045'
    >>> capture(Kind.AFM, [("ένα δύο τρία τέσσερα πέντε έξι εφτά οχτώ εννιά", 1.0)]).outcome.value
    'invalid'
    """
    grammar = _grammar(kind, slot, today or date.today(), now, phrases, lengths)
    weights = _weights(readings)
    scores: dict[Value, float] = {}
    heard: dict[str, float] = {}
    silent = 0.0
    for text, weight in weights:
        found = _natural(grammar.parse(text)) if grammar.checksum else grammar.parse(text)
        silent += 0.0 if found else weight
        if found and grammar.checksum:
            plainest = max(found, key=lambda parsed: parsed.confidence)
            heard[str(plainest.value)] = heard.get(str(plainest.value), 0.0) + weight
        for parsed in found:
            scores[parsed.value] = scores.get(parsed.value, 0.0) + weight * parsed.confidence
    # A reading that says nothing of the kind speaks only by half against those that do.
    scores = {value: score / (1 - silent / 2) for value, score in scores.items()}
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    right = [(value, score) for value, score in ranked if grammar.validate(value) is None]
    if right:
        return _judged(kind, right, grammar)
    if grammar.checksum:
        repaired = _repaired(heard, grammar, certain=max(w for _, w in weights) >= _GUESS_BELOW)
        if repaired is not None:
            return repaired
    return _refused(ranked, weights, grammar)


def _natural(found: Sequence[Parsed[Value]]) -> Sequence[Parsed[Value]]:
    """Without groupings far less natural than the likeliest one of the same words.

    Otherwise a wrong number would too easily turn into a right one by another grouping.
    """
    best = max((parsed.confidence for parsed in found), default=0.0)
    return [parsed for parsed in found if parsed.confidence >= _NATURAL * best]


def _judged(kind: Kind, right: Sequence[tuple[Value, float]], grammar: _Grammar) -> CaptureResult:
    (value, score), *others = right
    if value is Answer.UNCLEAR or score < _READ_BACK:
        return CaptureResult(Outcome.UNCLEAR, confidence=score)
    rivals = tuple(other for other, points in others if points >= _RIVAL * score)
    likely = tuple(other for other, points in others if points >= 0.4 * score)
    alternatives = rivals or likely
    if kind is Kind.YES_NO:
        if rivals:
            return CaptureResult(Outcome.UNCLEAR, alternatives=(value, *rivals), confidence=score)
        outcome = Outcome.ACCEPTED if score >= 0.5 else Outcome.NEEDS_READ_BACK
        return CaptureResult(outcome, value, grammar.say(value), confidence=score)
    trusted = score >= (_ACCEPT_IDENTIFIER if grammar.checksum else _ACCEPT) and not rivals
    return CaptureResult(
        Outcome.ACCEPTED if trusted else Outcome.NEEDS_READ_BACK,
        value,
        grammar.say(value),
        Reason.AMBIGUOUS if rivals else None,
        alternatives,
        round(min(score, 1.0), 3),
    )


def _repaired(heard: dict[str, float], grammar: _Grammar, *, certain: bool) -> CaptureResult | None:
    """A read-back of the one right number that is a digit away from what was heard, or None."""
    heard = {digits: weight for digits, weight in heard.items() if len(digits) in grammar.lengths}
    candidates = repair_one_digit(
        heard, lambda digits: grammar.validate(digits) is None, guess=not certain
    )
    if len(candidates) != 1:
        return None
    value = candidates[0]
    return CaptureResult(
        Outcome.NEEDS_READ_BACK, value, grammar.say(value), confidence=0.4, repaired=True
    )


def _refused(
    ranked: Sequence[tuple[Value, float]],
    weights: Sequence[tuple[str, float]],
    grammar: _Grammar,
) -> CaptureResult:
    if grammar.lengths and any(detect_sensitive(text) for text, _ in weights):
        return CaptureResult(Outcome.INVALID, reason=Reason.SENSITIVE)
    if ranked:
        return CaptureResult(Outcome.INVALID, reason=grammar.validate(ranked[0][0]))
    if grammar.lengths and any(
        len(parsed.value) >= 3 for text, _ in weights for parsed in parse_digits(text)
    ):
        return CaptureResult(Outcome.INVALID, reason=Reason.LENGTH)
    return CaptureResult(Outcome.UNCLEAR)


def _weights(readings: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """The readings with weights that sum to 1; all alike where none has a probability."""
    total = sum(max(0.0, probability) for _, probability in readings)
    if total <= 0:
        return [(text, 1 / len(readings)) for text, _ in readings] or [("", 1.0)]
    return [(text, max(0.0, probability) / total) for text, probability in readings]


def _grammar(
    kind: Kind,
    slot: str,
    today: date,
    now: datetime | None,
    phrases: Sequence[str],
    lengths: Collection[int],
) -> _Grammar:
    if kind is Kind.DATE and slot == "birthdate":
        return _Grammar(
            lambda text: parse_birthdate(text, today),
            lambda value: say_birthdate(value) if isinstance(value, date) else str(value),
            lambda value: validate_birthdate(value, today) if isinstance(value, date) else None,
        )
    if kind is Kind.DATE:
        return _Grammar(
            lambda text: parse_date(text, today),
            lambda value: say_date_span(value, today) if isinstance(value, DateSpan) else "",
            lambda value: validate_date(value, today) if isinstance(value, DateSpan) else None,
        )
    if kind is Kind.TIME:
        return _Grammar(lambda text: parse_time(text, now), _say_time_span)
    if kind is Kind.CHOICE:
        if not phrases:
            raise ValueError("capture of a CHOICE needs the phrases that were offered")
        return _Grammar(
            lambda text: match_choice(text, phrases),
            lambda value: phrases[value] if isinstance(value, int) else "",
        )
    if kind is Kind.YES_NO:
        return _Grammar(parse_yes_no, str)
    if kind is Kind.PLACE:
        return _Grammar(
            parse_place, lambda value: say_place(value) if isinstance(value, Place) else ""
        )
    if kind is Kind.NAME:
        return _Grammar(
            parse_name, lambda value: say_name(value) if isinstance(value, PersonName) else ""
        )
    return _digit_grammar(kind, slot, lengths)


def _digit_grammar(kind: Kind, slot: str, lengths: Collection[int]) -> _Grammar:
    if kind is Kind.AFM:
        return _identifier(identifiers.parse_afm, identifiers.say_afm, identifiers.validate_afm, 9)
    if kind is Kind.AMKA:
        return _identifier(
            identifiers.parse_amka, identifiers.say_amka, identifiers.validate_amka, 11
        )
    if kind is Kind.PROTOCOL:
        return _identifier(
            identifiers.parse_protocol, identifiers.say_protocol, identifiers.validate_protocol, 8
        )
    if kind is Kind.PHONE:
        phone_kind = PhoneKind.MOBILE if slot == "mobile" else None
        return _Grammar(
            lambda text: parse_phone(text, phone_kind),
            lambda value: say_phone(str(value)),
            lambda value: validate_phone(str(value), phone_kind),
            (10,),
        )
    if kind is Kind.DIGITS and slot == "postcode":
        return _Grammar(
            identifiers.parse_postcode,
            lambda value: identifiers.say_postcode(str(value)),
            lambda value: identifiers.validate_postcode(str(value)),
            (5,),
        )
    if kind is Kind.DIGITS:
        return _Grammar(lambda text: parse_digits(text, lengths), str, lengths=lengths or (1,))
    raise ValueError(f"{kind.value!r} is no kind of value to capture")


def _identifier(
    parse: Callable[[str], Sequence[Parsed[Value]]],
    say: Callable[[str], str],
    validate: Callable[[str], Reason | None],
    length: int,
) -> _Grammar:
    return _Grammar(
        parse,
        lambda value: say(str(value)),
        lambda value: validate(str(value)),
        (length,),
        checksum=True,
    )


def _say_time_span(value: Value) -> str:
    if not isinstance(value, TimeSpan):
        return ""
    if value.exact:
        return say_time(value.earliest)
    return f"από {say_time(value.earliest)} έως {say_time(value.latest)}"
