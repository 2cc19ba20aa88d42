"""Words and phrases that are likely at this moment, each with its share of what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from voicebot.hearing.constraint import Constraint
from voicebot.hearing.greek_sounds import plain, sound_ids

#: What all hot words together have of the next word.
HOT_SHARE = 0.3


@dataclass(frozen=True, eq=False)
class HotWords:
    """Phrases with natural logarithms of their shares; compared by identity.

    Attributes:
        shares: of each phrase.
        by_words: the same by the phrases' words without accents.
        longest: the most words that a phrase has.
    """

    shares: Mapping[str, float]
    by_words: Mapping[tuple[str, ...], float] = field(init=False)
    longest: int = field(init=False)

    def __post_init__(self) -> None:
        by_words: dict[tuple[str, ...], float] = {}
        for phrase, share in self.shares.items():
            key = tuple(plain(phrase).split())
            by_words[key] = max(share, by_words.get(key, share))
        object.__setattr__(self, "by_words", by_words)
        object.__setattr__(self, "longest", max(map(len, by_words), default=0))

    def __bool__(self) -> bool:
        return bool(self.shares)

    def __add__(self, other: HotWords) -> HotWords:
        """Both together. The same two always give the same object, for what is made of hot words
        is kept by identity: a new object each time would be work and memory each time."""
        if not other:
            return self
        return _together(self, other) if self else other


@lru_cache(maxsize=32)
def _together(first: HotWords, second: HotWords) -> HotWords:
    return HotWords({**first.shares, **second.shares})


NONE = HotWords({})


@lru_cache(maxsize=64)
def equally_likely(phrases: tuple[str, ...], share: float = HOT_SHARE) -> HotWords:
    """Phrases that divide a share evenly; what has no Greek letters is left out."""
    spelled = [phrase for phrase in dict.fromkeys(phrases) if sound_ids(phrase)]
    if not spelled:
        return NONE
    return HotWords(dict.fromkeys(spelled, float(np.log(share / len(spelled)))))


@lru_cache(maxsize=64)
def of_constraint(constraint: Constraint) -> HotWords:
    """The phrases of a constraint: of a loose one with their own shares; those of a grammar divide
    a share by its weights, for what is said beside it."""
    weights = {arc.text: arc.weight for arc in constraint.arcs if sound_ids(arc.text)}
    if constraint.is_loose or not weights:
        return HotWords(weights)
    logs = np.array(list(weights.values()))
    offset = float(np.log(HOT_SHARE) - np.log(np.exp(logs).sum()))
    return HotWords({text: weight + offset for text, weight in weights.items()})
