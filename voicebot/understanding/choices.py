"""Which of a few offered phrases was chosen: by place in the list ("το δεύτερο") or by content."""

from __future__ import annotations

import math
from collections.abc import Sequence

from voicebot.understanding.numbers import spoken_numbers
from voicebot.understanding.parsed import Parsed, Span
from voicebot.understanding.text import fold, spell_numbers
from voicebot.understanding.times import parse_time
from voicebot.understanding.words import (
    Word,
    distance,
    match_phrase,
    phrase_table,
    sound,
    sounds,
    split,
)

_ORDINALS: tuple[tuple[str, ...], ...] = tuple(
    tuple(sound(form) for form in forms.split())
    for forms in (
        "πρώτο πρώτη πρώτος πρώτον πρώτα πρώτες πρωτο",
        "δεύτερο δεύτερη δεύτερος δεύτερον δευτερο δεύτερα",
        "τρίτο τρίτη τρίτος τρίτον τριτο",
        "τέταρτο τέταρτη τέταρτος τεταρτο",
        "πέμπτο πέμπτη πέμπτος",
        "έκτο έκτη έκτος",
    )
)
# «το τρίτο» is a place in the list, while «την Τρίτη» may be a day that was offered.
_NEUTER_ORDINALS = sounds("πρώτο δεύτερο τρίτο τέταρτο πέμπτο έκτο")
_LAST = sounds("τελευταίο τελευταία τελευταίος")
_NUMBERED = sounds("νούμερο αριθμό αριθμός επιλογή το τη την")
_NONE = phrase_table(
    "κανένα, καμία, κανέναν, τίποτα από αυτά, κανένα από αυτά, κανένα από τα δύο, ούτε το ένα, "
    "τίποτα, άλλο, κάτι άλλο, κάποιο άλλο"
)
_EMPTY = sounds(
    "το τη την τον του της των στο στη στην στον στις τις οι η ο τα στα για και θέλω θα ήθελα με "
    "σε από ναι εντάξει παρακαλώ ας πάρω προτιμώ καλύτερα μου κάνει είναι να που ένα μια μας σας "
    "αυτό αυτή εκείνο βάλτε κλείστε βολεύει διαλέγω ωραία ώρα"
)
_CHOSEN, _LEANING = 0.95, 0.6
_LEAST = 0.3


def match_choice(text: str, phrases: Sequence[str]) -> list[Parsed[int]]:
    """Indexes of the phrases that were chosen, best first; empty where none was.

    Args:
        text: the utterance.
        phrases: the choices as they were offered, in their order.

    >>> offered = ["Τρίτη 1 Δεκεμβρίου στις 10:30", "Πέμπτη 3 Δεκεμβρίου στις 12:00"]
    >>> [p.value for p in match_choice("το δεύτερο", offered)]
    [1]
    >>> [p.value for p in match_choice("την Τρίτη καλύτερα", offered)]
    [0]
    >>> match_choice("κανένα από αυτά", offered)
    []
    """
    words = split(text)
    if not words or not phrases:
        return []
    if any(match_phrase(words, i, _NONE) for i in range(len(words))) and not _ordinal(
        words, len(phrases)
    ):
        return []
    span = Span(0, len(words) - 1)
    by_content = _by_content(words, text, phrases)
    ordinal = _ordinal(words, len(phrases))
    if ordinal is not None and (not by_content or by_content[0][1] < _CHOSEN):
        index, position = ordinal
        others = [(i, s * 0.5) for i, s in by_content if i != index]
        found = [(index, _CHOSEN), *others]
        return [Parsed(i, Span(position, position), round(s, 3)) for i, s in found]
    return [Parsed(index, span, round(score, 3)) for index, score in by_content]


def _ordinal(words: Sequence[Word], count: int) -> tuple[int, int] | None:
    """(index, word) of «το πρώτο», «το τελευταίο», «νούμερο δύο», or a lone number."""
    for position, word in enumerate(words):
        for index, forms in enumerate(_ORDINALS[:count]):
            if word.sound in forms:
                return index, position
        if word.sound in _LAST:
            return count - 1, position
    for position in range(len(words)):
        numbers = spoken_numbers(words, position)
        alone = all(w.sound in _EMPTY for i, w in enumerate(words) if i != position)
        marked = position > 0 and words[position - 1].sound in _NUMBERED
        if numbers and numbers[0].cost < 1 and 1 <= numbers[0].value <= count:
            ends = numbers[0].end == len(words)
            if alone or (marked and ends):
                return numbers[0].value - 1, position
    return None


def _by_content(
    words: Sequence[Word], text: str, phrases: Sequence[str]
) -> list[tuple[int, float]]:
    """(index, score 0..1) of the phrases whose own words were said, best first."""
    offered = [
        {sound(w) for w in spell_numbers(fold(phrase)).split()} - _EMPTY for phrase in phrases
    ]
    spelled = split(spell_numbers(fold(text)))
    said = [w.sound for w in spelled if w.sound not in _EMPTY | _NEUTER_ORDINALS]
    rarity = {
        token: math.log(1 + len(phrases) / sum(token in tokens for tokens in offered))
        for token in set().union(*offered)
    }
    clock = next(iter(parse_time(text)), None)
    scores = []
    for index, (phrase, tokens) in enumerate(zip(phrases, offered, strict=True)):
        whole = sum(rarity[token] for token in tokens) or 1.0
        matched = {t: max((_likeness(t, s) for s in said), default=0.0) for t in tokens}
        covered = sum(rarity[token] * likeness for token, likeness in matched.items())
        heard = sum(max((_likeness(t, s) for t in tokens), default=0.0) for s in said)
        precision = heard / len(said) if said else 0.0
        score = 0.55 * precision + 0.45 * min(1.0, covered / whole)
        if clock is not None and clock.value.exact:
            offer = next(iter(parse_time(phrase)), None)
            if offer is not None and offer.value == clock.value:
                score = max(score, 0.9)
        scores.append((index, score))
    best = max(score for _, score in scores)
    ranked = sorted(scores, key=lambda item: -item[1])
    if best < _LEAST:
        return []
    second = ranked[1][1] if len(ranked) > 1 else 0.0
    certainty = min(1.0, 0.5 + best - second) if second else min(1.0, 0.4 + best)
    result = []
    for index, score in ranked:
        if score >= max(_LEAST, 0.55 * best):
            result.append((index, score / best * certainty))
    return result


def _likeness(left: str, right: str) -> float:
    """1 for the same sound, less for one or two letters' difference or another ending."""
    if left == right:
        return 1.0
    shorter = min(len(left), len(right))
    if shorter < 4:
        return 0.0
    gap = distance(left, right, 2)
    if gap == 1:
        return 0.85
    if shorter >= 5 and left[: shorter - 1] == right[: shorter - 1]:
        return 0.8
    return 0.6 if gap == 2 and shorter >= 7 else 0.0
