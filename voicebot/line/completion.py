"""Whether a caller who has fallen silent has said all of what was asked for."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from voicebot.hearing.constraint import Constraint
from voicebot.hearing.recogniser import Transcript
from voicebot.line.constraints import lengths_of, standing
from voicebot.line.grammars import OPENINGS, UNFINISHED
from voicebot.understanding.digits import parse_digits
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.identifiers import parse_afm, parse_amka, validate_afm, validate_amka
from voicebot.understanding.parsed import Parsed
from voicebot.understanding.phones import parse_phone, validate_phone
from voicebot.understanding.text import fold

# A reading under the grammar is believed to be all that was said from this confidence on.
_SURE = 0.8
# From here on it is likelier than not a number, if perhaps not just this one.
_LIKELY = 0.4
# Natural log-probability by which the beginning of an answer must fit better than a whole one.
_PLAINLY_MISSING = 3.0
_NOTHING_MISSING = 0.5

_Parse = Callable[[str], list[Parsed[str]]]
_Validate = Callable[[str], object]
# A number with a checksum or a form of its own is taken for whole only when it is right: a wrong
# one may be a misheard part of it.
_CHECKED: dict[Kind, tuple[_Parse, _Validate]] = {
    Kind.AFM: (parse_afm, validate_afm),
    Kind.AMKA: (parse_amka, validate_amka),
    Kind.PHONE: (parse_phone, validate_phone),
}
_UNFINISHED = frozenset(fold(word) for word in UNFINISHED)
_OPENINGS = frozenset(fold(text) for text in OPENINGS)


class Completion(StrEnum):
    """How much of an answer has been said."""

    COMPLETE = "complete"
    OPEN = "open"
    UNFINISHED = "unfinished"


def completion(
    transcript: Transcript, constraint: Constraint | None, expectation: Expectation
) -> Completion:
    """Judge what was said up to a pause.

    Args:
        transcript: as recognised under the constraint.
        constraint: the grammar of the expected answer, if there is one.
        expectation: what the dialogue waits for.
    """
    if constraint is None or not transcript.constrained:
        return _of_free_text(transcript.text)
    if transcript.confidence >= _SURE and transcript.missing <= _NOTHING_MISSING:
        if expectation.kind is Kind.YES_NO:
            return Completion.COMPLETE
        if _is_short(transcript.text, expectation):
            return Completion.UNFINISHED
        if standing(constraint, transcript.text).goes_on:
            return Completion.OPEN
        return Completion.COMPLETE if _is_valid(transcript.text, expectation) else Completion.OPEN
    if transcript.confidence >= _LIKELY and _is_short(transcript.text, expectation):
        return Completion.UNFINISHED
    readings = [one.text for one in transcript.alternatives]
    places = {text: standing(constraint, text) for text in readings}
    if transcript.missing >= _PLAINLY_MISSING:
        begun = [text for text, place in places.items() if place.goes_on and not place.is_whole]
        if begun:
            return Completion.UNFINISHED
    said_freely = [text for text, place in places.items() if not place.is_whole]
    if transcript.confidence < _SURE and said_freely:
        return _of_free_text(said_freely[0])
    return Completion.OPEN


def _of_free_text(text: str) -> Completion:
    words = fold(text).split()
    if words and (words[-1] in _UNFINISHED or " ".join(words) in _OPENINGS):
        return Completion.UNFINISHED
    return Completion.OPEN


def _is_short(text: str, expectation: Expectation) -> bool:
    """Whether a number, read as people mean it, has too few digits: «τριάντα τρία» may be 30 3
    for the grammar, but it is nearly always 33."""
    lengths = lengths_of(expectation)
    natural = parse_digits(text, limit=1) if lengths else []
    return bool(natural) and len(natural[0].value) < min(lengths)


def _is_valid(text: str, expectation: Expectation) -> bool:
    if expectation.kind not in _CHECKED:
        return True
    parse, validate = _CHECKED[expectation.kind]
    found = parse(text)
    return bool(found) and validate(found[0].value) is None
