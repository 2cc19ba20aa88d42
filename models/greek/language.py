"""Count text into a trigram model: one model a kind of text, mixed with fixed shares, pruned.

Each kind has absolute discounting with the shorter context as back-off; all share one unigram
model of general frequencies. The mixture is written as one back-off model.
"""

from __future__ import annotations

import collections
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Pair = tuple[int, int]
Triple = tuple[int, int, int]

_DISCOUNT = 0.7


class Counts:
    """One kind of text: its counts and the probabilities that follow from them.

    Words are numbers below `words`; that number itself is the start as a context and the end as
    what follows. Unknown words (negative) break the chain.
    """

    def __init__(self, sentences: Iterable[Sequence[int]], words: int) -> None:
        self.unigrams: dict[int, float] = collections.defaultdict(float)
        self.pairs: dict[Pair, float] = collections.defaultdict(float)
        self.triples: dict[Triple, float] = collections.defaultdict(float)
        for sentence in sentences:
            chain = [words, *sentence, words]
            for at in range(1, len(chain)):
                now, before = chain[at], chain[at - 1]
                if now < 0:
                    continue
                self.unigrams[now] += 1
                if before < 0:
                    continue
                self.pairs[before, now] += 1
                if at > 1 and chain[at - 2] >= 0:
                    self.triples[chain[at - 2], before, now] += 1
        self.total = max(sum(self.unigrams.values()), 1.0)
        self._after: dict[int, list[float]] = collections.defaultdict(lambda: [0.0, 0.0])
        for (before, _), count in self.pairs.items():
            self._after[before][0] += count
            self._after[before][1] += 1
        self._after_two: dict[Pair, list[float]] = collections.defaultdict(lambda: [0.0, 0.0])
        for (first, second, _), count in self.triples.items():
            self._after_two[first, second][0] += count
            self._after_two[first, second][1] += 1
        self._own = 1 - _DISCOUNT * len(self.unigrams) / self.total

    def one(self, word: int, general: float) -> float:
        """Probability of a word, given what it has in general."""
        own = max(self.unigrams.get(word, 0.0) - _DISCOUNT, 0) / self.total
        return own + (1 - self._own) * general

    def two(self, before: int, word: int, general: float) -> float:
        """Probability of a word after another."""
        shorter = self.one(word, general)
        total, kinds = self._after.get(before, (0.0, 0.0))
        if not total:
            return shorter
        own = max(self.pairs.get((before, word), 0.0) - _DISCOUNT, 0) / total
        return own + _DISCOUNT * kinds / total * shorter

    def three(self, first: int, second: int, word: int, general: float) -> float:
        """Probability of a word after two others."""
        shorter = self.two(second, word, general)
        total, kinds = self._after_two.get((first, second), (0.0, 0.0))
        if not total:
            return shorter
        own = max(self.triples.get((first, second, word), 0.0) - _DISCOUNT, 0) / total
        return own + _DISCOUNT * kinds / total * shorter


@dataclass
class Mixture:
    """Several kinds of text with their shares, over one vocabulary.

    Attributes:
        general: shape (words + 1,), probabilities; the last is the end of a sentence.
    """

    kinds: list[Counts]
    shares: list[float]
    general: npt.NDArray[np.float64]

    def one(self, word: int) -> float:
        general = float(self.general[word])
        return sum(s * k.one(word, general) for s, k in zip(self.shares, self.kinds, strict=True))

    def two(self, before: int, word: int) -> float:
        general = float(self.general[word])
        return sum(
            s * k.two(before, word, general) for s, k in zip(self.shares, self.kinds, strict=True)
        )

    def three(self, first: int, second: int, word: int) -> float:
        general = float(self.general[word])
        return sum(
            s * k.three(first, second, word, general)
            for s, k in zip(self.shares, self.kinds, strict=True)
        )

    def log_probability(self, sentence: Sequence[int]) -> tuple[float, int]:
        """Natural log-probability of a sentence without pruning, and of how many words."""
        words = len(self.general) - 1
        chain, total, count = [words, *sentence, words], 0.0, 0
        for at in range(1, len(chain)):
            if chain[at] < 0:
                continue
            before = chain[at - 1]
            first = chain[at - 2] if at > 1 else -1
            if before < 0:
                share = self.one(chain[at])
            elif first < 0:
                share = self.two(before, chain[at])
            else:
                share = self.three(first, before, chain[at])
            total, count = total + math.log(share), count + 1
        return total, count

    def fit(self, sentences: Sequence[Sequence[int]], rounds: int = 12) -> None:
        """Fit the shares to text by expectation maximisation."""
        words = len(self.general) - 1
        rows = []
        for sentence in sentences:
            chain = [words, *sentence, words]
            for at in range(1, len(chain)):
                now, before, first = chain[at], chain[at - 1], chain[at - 2] if at > 1 else -1
                if now < 0 or before < 0:
                    continue
                general = float(self.general[now])
                rows.append(
                    [
                        k.three(first, before, now, general)
                        if first >= 0
                        else k.two(before, now, general)
                        for k in self.kinds
                    ]
                )
        table, shares = np.array(rows), np.array(self.shares)
        for _ in range(rounds):
            weighed = table * shares
            shares = (weighed / weighed.sum(1, keepdims=True)).mean(0)
        self.shares = [float(s) for s in shares]


@dataclass
class Pruned:
    """A back-off model: natural log-probabilities by what came before."""

    pairs: dict[int, dict[int, float]]
    triples: dict[Pair, dict[int, float]]
    unigram: npt.NDArray[np.float64]
    pair_backoff: dict[int, float]
    triple_backoff: dict[Pair, float]


def prune(mixture: Mixture, pair_gain: float, triple_gain: float) -> Pruned:
    """Keep the word sequences whose own probability matters, weighed by how often they occur.

    A sequence stays if its share of all text times the logarithm of what it gains over the
    shorter context is above the limit.
    """
    words = len(mixture.general) - 1
    unigram = np.array([mixture.one(word) for word in range(words + 1)])
    unigram /= unigram.sum()
    often: dict[Pair, float] = collections.defaultdict(float)
    often_three: dict[Triple, float] = collections.defaultdict(float)
    for share, kind in zip(mixture.shares, mixture.kinds, strict=True):
        for pair, count in kind.pairs.items():
            often[pair] += share * count / kind.total
        for triple, count in kind.triples.items():
            often_three[triple] += share * count / kind.total
    triples: dict[Pair, dict[int, float]] = collections.defaultdict(dict)
    needed: set[Pair] = set()
    for (first, second, word), share in often_three.items():
        own, shorter = mixture.three(first, second, word), mixture.two(second, word)
        if share * abs(math.log(own / shorter)) > triple_gain:
            triples[first, second][word] = own
            needed.add((first, second))
            needed.add((second, word))
    pairs: dict[int, dict[int, float]] = collections.defaultdict(dict)
    for (before, word), share in often.items():
        own = mixture.two(before, word)
        if (before, word) in needed or share * abs(math.log(own / unigram[word])) > pair_gain:
            pairs[before][word] = own
    backoff = {}
    for before, after in pairs.items():
        left = 1 - sum(after.values())
        backoff[before] = max(left, 1e-4) / max(1 - sum(unigram[w] for w in after), 1e-4)

    def backed_off(before: int, word: int) -> float:
        own = pairs.get(before, {}).get(word)
        return own if own is not None else backoff.get(before, 1.0) * float(unigram[word])

    backoff_two = {}
    for (first, second), after in triples.items():
        left = 1 - sum(after.values())
        shorter = sum(backed_off(second, word) for word in after)
        backoff_two[first, second] = max(left, 1e-4) / max(1 - shorter, 1e-4)
    return Pruned(
        {b: {w: math.log(p) for w, p in after.items()} for b, after in pairs.items()},
        {b: {w: math.log(p) for w, p in after.items()} for b, after in triples.items()},
        np.log(unigram),
        {b: math.log(p) for b, p in backoff.items()},
        {b: math.log(p) for b, p in backoff_two.items()},
    )
