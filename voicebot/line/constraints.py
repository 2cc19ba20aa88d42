"""From what the dialogue expects to what the recogniser listens for, and back."""

from __future__ import annotations

from dataclasses import replace
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
from voicebot.line.grammars import LEAD_INS, spoken_date, spoken_time
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
# Plain answers are far commoner than their hundred variants.
_PLAIN = ("ναι", "όχι")
_PLAIN_WEIGHT = 10.0


@lru_cache(maxsize=256)
def constraint_for(expectation: Expectation) -> Constraint | None:
    """The grammar of the expected answer; None where anything may be said.

    The same expectation always gives the same object.
    """
    lengths = expectation.lengths or _DIGIT_LENGTHS.get(expectation.kind, ())
    match expectation.kind:
        case Kind.YES_NO:
            weights = dict.fromkeys((*YES_PHRASES, *NO_PHRASES, *UNCLEAR_PHRASES), 1.0)
            return phrases({**weights, **dict.fromkeys(_PLAIN, _PLAIN_WEIGHT)}, name="yes_no")
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
        case _:
            return None


def hotwords_for(expectation: Expectation) -> tuple[str, ...]:
    """Words that make the expected answers likelier where speech is free."""
    return expectation.phrases[:_MAX_HOTWORDS]


def weighed(transcript: Transcript, constraint: Constraint | None, *, is_open: bool) -> Transcript:
    """Where the caller may say something else and the free reading is likelier than the best one
    of the grammar, the free reading comes first."""
    if not transcript.constrained or constraint is None or not is_open:
        return transcript
    free = [one for one in transcript.alternatives if not accepts(constraint, one.text)]
    best = max(free, key=_probability, default=None)
    if best is None or best.probability <= transcript.confidence:
        return transcript
    others = tuple(one for one in transcript.alternatives if one is not best)
    return replace(
        transcript,
        text=best.text,
        confidence=best.probability,
        alternatives=(best, *others),
        constrained=False,
    )


def accepts(constraint: Constraint, text: str) -> bool:
    """Whether a text is one that the grammar has, apart from accents."""
    words = fold(text).split()
    reached = {(0, 0)}
    for arc in sorted(constraint.arcs, key=lambda arc: arc.source):
        said = fold(arc.text).split()
        reached |= {
            (arc.target, done + len(said))
            for state, done in reached
            if state == arc.source and words[done : done + len(said)] == said
        }
    return any((final, len(words)) in reached for final in constraint.finals)


def _with_phrases(constraint: Constraint, expectation: Expectation) -> Constraint:
    if not expectation.phrases:
        return constraint
    return any_of(constraint, phrases(expectation.phrases), name=constraint.name)


def _probability(hypothesis: Hypothesis) -> float:
    return hypothesis.probability
