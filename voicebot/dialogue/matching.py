"""Which option of a closed list an utterance names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from voicebot.dialogue.questions import Option, Readings
from voicebot.understanding.choices import match_choice
from voicebot.understanding.text import skeleton

T = TypeVar("T")

_LEAST = 0.6
_ORDINALS = ("το πρώτο", "το δεύτερο", "το τρίτο", "το τέταρτο", "το πέμπτο", "το έκτο")


def ordinals(count: int) -> tuple[str, ...]:
    """How callers say the position of one of `count` options."""
    return _ORDINALS[:count]


def best_option(
    readings: Readings, options: Sequence[Option[T]], *, within: bool = False
) -> Option[T] | None:
    """The option whose name or phrase is said; the longest phrase wins, a draw is nobody's.

    Args:
        within: the utterance is about something larger, so that only what it names in full counts,
            and neither likeness nor "the first one".
    """
    for text, _ in readings:
        padded = f" {skeleton(text)} "
        scored = [(_longest(padded, (o.name, *o.phrases)), o) for o in options]
        best = max((score for score, _ in scored), default=0)
        winners = [option for score, option in scored if score == best]
        if best and len(winners) == 1:
            return winners[0]
        if best or within:
            continue
        named = position_of(text, [option.name for option in options])
        if named is not None:
            return options[named]
    return None


def position_of(text: str, names: Sequence[str]) -> int | None:
    """Which of the names an utterance means, by content or by position, counted from 0.

    >>> position_of("το δεύτερο παρακαλώ", ["με βίντεο", "στο κατάστημα"])
    1
    """
    found = match_choice(text, names)
    if not found or found[0].confidence < _LEAST:
        return None
    if len(found) > 1 and found[1].confidence > 0.9 * found[0].confidence:
        return None
    return found[0].value


def _longest(padded: str, phrases: Sequence[str]) -> int:
    sounds = (skeleton(phrase) for phrase in phrases)
    return max((len(s) for s in sounds if s and f" {s} " in padded), default=0)
