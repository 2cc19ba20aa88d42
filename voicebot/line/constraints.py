"""From what the dialogue expects to what the recogniser listens for, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from voicebot.hearing.constraint import (
    Constraint,
    any_of,
    digits,
    optional,
    phrases,
    sequence,
)
from voicebot.hearing.recogniser import Hypothesis, Transcript
from voicebot.line.grammars import AFTER_YES, LEAD_INS, spoken_date, spoken_time
from voicebot.line.names import as_names, spoken_names
from voicebot.understanding.data.answers import NO_PHRASES, UNCLEAR_PHRASES, YES_PHRASES
from voicebot.understanding.expectation import Expectation, Kind
from voicebot.understanding.text import fold

_MAX_HOTWORDS = 60
_DIGIT_LENGTHS: dict[Kind, tuple[int, ...]] = {
    Kind.AFM: (9,),
    Kind.AMKA: (11,),
    Kind.PHONE: (10,),
    Kind.PROTOCOL: (8,),
    Kind.DIGITS: (),
}
_MAX_DIGITS = 30
# The least that a reading has beside a likelier one of free speech.
_WORTH_A_GUESS = 0.1
# Plain answers are far commoner than their hundred variants.
_PLAIN = ("ναι", "όχι")
_PLAIN_WEIGHT = 10.0
# Said alone they answer nothing, but without them they are heard as «ναι, ευχαριστώ».
_NEITHER = ("ευχαριστώ", "ευχαριστώ πολύ", "σας ευχαριστώ")


@lru_cache(maxsize=256)
def constraint_for(expectation: Expectation) -> Constraint | None:
    """The grammar of the expected answer, a loose one for names; None where anything may be said.

    The same expectation always gives the same object.
    """
    lengths = lengths_of(expectation)
    match expectation.kind:
        case Kind.YES_NO:
            return _yes_or_no()
        case Kind.CHOICE | Kind.PLACE if expectation.phrases:
            lead = optional(phrases(LEAD_INS))
            return sequence(lead, phrases(expectation.phrases), name=expectation.kind.value)
        case Kind.DATE:
            return _with_phrases(spoken_date(), expectation)
        case Kind.TIME:
            return _with_phrases(spoken_time(), expectation)
        case kind if kind in _DIGIT_LENGTHS and lengths:
            number = digits(length for length in lengths if 0 < length <= _MAX_DIGITS)
            return _with_phrases(number, expectation)
        case Kind.NAME:
            return spoken_names()
        case _:
            return None


def _yes_or_no() -> Constraint:
    """Yes, no and neither; each also behind its own plain word. A sentence that is missing here is
    heard as the nearest one that is there, and «ναι, είναι σωστό» is near «δεν είναι σωστό»."""
    yes, no = _PLAIN
    agreed = (f"{yes} {more}" for more in (*YES_PHRASES, *AFTER_YES) if more != yes)
    denied = (f"{no} {more}" for more in NO_PHRASES if more != no)
    answers = (*YES_PHRASES, *NO_PHRASES, *UNCLEAR_PHRASES, *_NEITHER, *agreed, *denied)
    weights = dict.fromkeys(answers, 1.0)
    return phrases({**weights, **dict.fromkeys(_PLAIN, _PLAIN_WEIGHT)}, name="yes_no")


def is_value(constraint: Constraint | None) -> bool:
    """Whether a value was asked for that the grammar has; a loose one only makes words likelier."""
    return constraint is not None and not constraint.is_loose


def lengths_of(expectation: Expectation) -> tuple[int, ...]:
    """How many digits the number asked for may have; empty when it is none, or any number."""
    return expectation.lengths or _DIGIT_LENGTHS.get(expectation.kind, ())


def hotwords_for(expectation: Expectation) -> tuple[str, ...]:
    """Words that make the expected answers likelier where speech is free."""
    return expectation.phrases[:_MAX_HOTWORDS]


def weighed(transcript: Transcript, constraint: Constraint | None, *, is_open: bool) -> Transcript:
    """Where the caller may say something else and the free reading is likelier than the best one
    of the grammar, the free reading comes first. Of names, those that agree come first.

    The grammar's readings have shares of what the grammar has; beside the free one each counts
    only as far as the grammar fits at all.
    """
    if constraint is not None and constraint.is_loose:
        return as_names(transcript)
    if not transcript.constrained or constraint is None or not is_open:
        return transcript
    free = [one for one in transcript.alternatives if not accepts(constraint, one.text)]
    best = max(free, key=_probability, default=None)
    if best is None or best.probability <= transcript.confidence:
        return transcript
    others = (
        one if one in free else replace(one, probability=one.probability * transcript.confidence)
        for one in transcript.alternatives
        if one is not best
    )
    # What hardly fits is no second guess: it would be taken for an answer that nobody gave.
    likely = [one for one in others if one.probability >= _WORTH_A_GUESS * best.probability]
    return replace(
        transcript,
        text=best.text,
        confidence=best.probability,
        alternatives=(best, *sorted(likely, key=_probability, reverse=True)),
        constrained=False,
    )


def accepts(constraint: Constraint, text: str) -> bool:
    """Whether a text is one that the grammar has, apart from accents."""
    return standing(constraint, text).is_whole


@dataclass(frozen=True)
class Standing:
    """Where a text stands in a grammar: it is one of its sentences, and it begins longer ones."""

    is_whole: bool
    goes_on: bool


def standing(constraint: Constraint, text: str) -> Standing:
    """Where a text stands in a grammar, apart from accents; neither for one that has no place.

    >>> from voicebot.hearing.constraint import digits
    >>> standing(digits([3]), "τριάντα τρία")  # 33 and more to come, or 30 3
    Standing(is_whole=True, goes_on=True)
    """
    words = tuple(fold(text).split())
    leaving = _arcs_by_source(constraint)
    reached, waiting = {(0, 0)}, [(0, 0)]
    goes_on = False
    while waiting:
        state, done = waiting.pop()
        for said, target in leaving.get(state, ()):
            left = words[done : done + len(said)]
            if len(left) < len(said):
                goes_on |= said[: len(left)] == left
            elif left == said and (target, done + len(said)) not in reached:
                reached.add((target, done + len(said)))
                waiting.append((target, done + len(said)))
    return Standing(any((final, len(words)) in reached for final in constraint.finals), goes_on)


@lru_cache(maxsize=256)
def _arcs_by_source(constraint: Constraint) -> dict[int, list[tuple[tuple[str, ...], int]]]:
    leaving: dict[int, list[tuple[tuple[str, ...], int]]] = {}
    for arc in constraint.arcs:
        leaving.setdefault(arc.source, []).append((tuple(fold(arc.text).split()), arc.target))
    return leaving


def _with_phrases(constraint: Constraint, expectation: Expectation) -> Constraint:
    if not expectation.phrases:
        return constraint
    return any_of(constraint, phrases(expectation.phrases), name=constraint.name)


def _probability(hypothesis: Hypothesis) -> float:
    return hypothesis.probability
