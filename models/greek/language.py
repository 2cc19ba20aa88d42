"""Count text into a trigram model: one model a kind of text, mixed with fixed shares, pruned.

Each kind has absolute discounting with the shorter context as back-off; all share one unigram
model of general frequencies. The mixture is written as one back-off model.

Sequences of words are whole numbers, 21 bits a word, kept in sorted arrays: tens of millions of
words are counted in a minute.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_DISCOUNT = 0.7
#: Bits a word; three words fit one number.
_BITS = 21
#: What stands between two sentences; negative words are unknown ones.
_GAP = -2


def packed(before: Ints, word: Ints) -> Ints:
    """One number for a word after a word (or after two, already packed)."""
    return np.asarray((before << _BITS) | word, np.int64)


def last(sequence: Ints) -> Ints:
    """The last word of packed words."""
    return sequence & ((1 << _BITS) - 1)


def context(sequence: Ints) -> Ints:
    """What comes before the last word of packed words."""
    return sequence >> _BITS


def looked_up(keys: Ints, values: Floats, wanted: Ints, missing: float = 0.0) -> Floats:
    """Values by key; `keys` ascend."""
    if not len(keys):
        return np.full(len(wanted), missing)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[at] == wanted, values[at], missing)


def chains(sentences: Iterable[Sequence[int]], words: int) -> Ints:
    """All sentences end to end, each with `words` before and after it, and a gap behind."""
    flat: list[int] = []
    parts: list[Ints] = []
    for sentence in sentences:
        flat.append(words)
        flat.extend(sentence)
        flat.extend((words, _GAP))
        if len(flat) > 1 << 20:  # plain numbers take ten times the room
            parts.append(np.array(flat, np.int64))
            flat = []
    return np.concatenate([*parts, np.array(flat, np.int64)])


@dataclass(frozen=True)
class Events:
    """Each word that follows something known: as much of what came before as is known.

    Attributes:
        ones, twos, threes: packed sequences of one, two and three words.
    """

    ones: Ints
    twos: Ints
    threes: Ints

    @staticmethod
    def of(chain: Ints) -> Events:
        """Take the events out of sentences end to end (`chains`)."""
        first, second, now = chain[:-2], chain[1:-1], chain[2:]
        one, two = chain[1:], packed(chain[:-1], chain[1:])
        begins = chain[:-1] == _GAP
        return Events(
            one[(one >= 0) & ~begins],
            two[(one >= 0) & (chain[:-1] >= 0)],
            packed(packed(first, second), now)[(now >= 0) & (second >= 0) & (first >= 0)],
        )


class Counts:
    """One kind of text: its counts and the probabilities that follow from them.

    Words are numbers below `words`; that number itself is the start as a context and the end as
    what follows. Unknown words (negative) break the chain.
    """

    def __init__(self, sentences: Iterable[Sequence[int]], words: int) -> None:
        events = Events.of(chains(sentences, words))
        self.unigrams = np.bincount(events.ones, minlength=words + 1).astype(np.float64)
        self.pairs, self.pair_counts = _counted(events.twos)
        self.triples, self.triple_counts = _counted(events.threes)
        self.total = max(float(self.unigrams.sum()), 1.0)
        self._own = 1 - _DISCOUNT * np.count_nonzero(self.unigrams) / self.total
        before = context(self.pairs)
        self._after = np.bincount(before, self.pair_counts, words + 1)
        self._kinds_after = np.bincount(before, minlength=words + 1)
        two, starts = np.unique(context(self.triples), return_index=True)
        self._twos = np.asarray(two, np.int64)
        self._after_two = (
            np.add.reduceat(self.triple_counts, starts) if len(starts) else np.empty(0)
        )
        self._kinds_after_two = np.diff(np.append(starts, len(self.triples))).astype(np.float64)

    def one(self, word: Ints, general: Floats) -> Floats:
        """Probabilities of words, given what they have in general."""
        own = np.maximum(self.unigrams[word] - _DISCOUNT, 0) / self.total
        return np.asarray(own + (1 - self._own) * general)

    def two(self, pair: Ints, general: Floats) -> Floats:
        """Probabilities of the last words of pairs."""
        shorter = self.one(last(pair), general)
        total = self._after[context(pair)]
        kinds = self._kinds_after[context(pair)]
        own = np.maximum(looked_up(self.pairs, self.pair_counts, pair) - _DISCOUNT, 0)
        some = np.maximum(total, 1)
        return np.where(total > 0, own / some + _DISCOUNT * kinds / some * shorter, shorter)

    def three(self, triple: Ints, general: Floats) -> Floats:
        """Probabilities of the last words of triples."""
        shorter = self.two(packed(last(context(triple)), last(triple)), general)
        total = looked_up(self._twos, self._after_two, context(triple))
        kinds = looked_up(self._twos, self._kinds_after_two, context(triple))
        own = np.maximum(looked_up(self.triples, self.triple_counts, triple) - _DISCOUNT, 0)
        some = np.maximum(total, 1)
        return np.where(total > 0, own / some + _DISCOUNT * kinds / some * shorter, shorter)


def _counted(sequences: Ints) -> tuple[Ints, Floats]:
    keys, counts = np.unique(sequences, return_counts=True)
    return np.asarray(keys, np.int64), counts.astype(np.float64)


@dataclass
class Mixture:
    """Several kinds of text with their shares, over one vocabulary.

    Attributes:
        general: shape (words + 1,), probabilities; the last is the end of a sentence.
    """

    kinds: list[Counts]
    shares: list[float]
    general: Floats

    def one(self, word: Ints) -> Floats:
        """Probabilities of words."""
        return self._mixed([kind.one(word, self.general[word]) for kind in self.kinds])

    def two(self, pair: Ints) -> Floats:
        """Probabilities of the last words of pairs."""
        return self._mixed([kind.two(pair, self.general[last(pair)]) for kind in self.kinds])

    def three(self, triple: Ints) -> Floats:
        """Probabilities of the last words of triples."""
        return self._mixed([kind.three(triple, self.general[last(triple)]) for kind in self.kinds])

    def _mixed(self, columns: list[Floats]) -> Floats:
        return np.asarray(sum(s * c for s, c in zip(self.shares, columns, strict=True)))

    def _table(self, sentences: Iterable[Sequence[int]]) -> Floats:
        """What each kind gives to each word, shape (words, kinds)."""
        words = len(self.general) - 1
        chain = chains(sentences, words)
        known = np.flatnonzero((chain >= 0) & (np.append(_GAP, chain[:-1]) != _GAP))
        one, before = chain[known], chain[known - 1]
        first = np.where(known > 1, chain[known - 2], -1)
        two, three = before >= 0, (before >= 0) & (first >= 0)
        columns = []
        for kind in self.kinds:
            column = kind.one(one, self.general[one])
            pair = packed(before[two], one[two])
            column[two] = kind.two(pair, self.general[one[two]])
            triple = packed(packed(first[three], before[three]), one[three])
            column[three] = kind.three(triple, self.general[one[three]])
            columns.append(column)
        return np.array(columns).T

    def perplexity(self, sentences: Iterable[Sequence[int]]) -> float:
        """Perplexity of sentences before pruning, their unknown words left out."""
        shares = self._table(sentences) @ np.array(self.shares)
        return float(np.exp(-np.log(shares).mean()))

    def fit(self, sentences: Iterable[Sequence[int]], rounds: int = 30) -> None:
        """Fit the shares to text by expectation maximisation."""
        table, shares = self._table(sentences), np.array(self.shares)
        for _ in range(rounds):
            weighed = table * shares
            shares = (weighed / weighed.sum(1, keepdims=True)).mean(0)
        self.shares = [float(s) for s in shares]


@dataclass
class Pruned:
    """A back-off model: natural log-probabilities of sequences, which ascend.

    Attributes:
        pairs, pair_scores, pair_backoff: words after words; what it costs to forget the first
            word of a pair that triples go on from (else 0).
        triples, triple_scores: words after two.
        unigram, backoff: shape (words + 1,).
    """

    pairs: Ints
    pair_scores: Floats
    pair_backoff: Floats
    triples: Ints
    triple_scores: Floats
    unigram: Floats
    backoff: Floats


def _often(mixture: Mixture, which: str) -> tuple[Ints, Floats]:
    """The sequences of all kinds, and what share of all text each is."""
    weighed = [
        (getattr(kind, f"{which}s"), getattr(kind, f"{which}_counts") * share / kind.total)
        for share, kind in zip(mixture.shares, mixture.kinds, strict=True)
    ]
    keys, inverse = np.unique(np.concatenate([k for k, _ in weighed]), return_inverse=True)
    shares = np.bincount(inverse, np.concatenate([v for _, v in weighed]))
    return np.asarray(keys, np.int64), shares.astype(np.float64)


def _left(before: Ints, contexts: Ints, own: Floats, shorter: Floats) -> Floats:
    """What is left to unseen words after contexts, over what the shorter context gives them."""
    at = np.searchsorted(contexts, before)
    left = 1 - np.bincount(at, own, len(contexts))
    return np.asarray(
        np.maximum(left, 1e-4) / np.maximum(1 - np.bincount(at, shorter, len(contexts)), 1e-4)
    )


def prune(mixture: Mixture, pair_gain: float, triple_gain: float) -> Pruned:
    """Keep the word sequences whose own probability matters, weighed by how often they occur.

    A sequence stays if its share of all text times the logarithm of what it gains over the
    shorter context is above the limit.
    """
    words = len(mixture.general) - 1
    unigram = mixture.one(np.arange(words + 1))
    unigram /= unigram.sum()
    triples, share = _often(mixture, "triple")
    # no gain is above e^12, so what is rarer than this cannot matter
    kept = share > triple_gain / 12
    triples, share = triples[kept], share[kept]
    own_three = mixture.three(triples)
    ends = packed(last(context(triples)), last(triples))
    kept = share * np.abs(np.log(own_three / mixture.two(ends))) > triple_gain
    triples, own_three, ends = triples[kept], own_three[kept], ends[kept]

    pairs, share = _often(mixture, "pair")
    needed = np.isin(pairs, np.concatenate([context(triples), ends]))
    kept = needed | (share > pair_gain / 12)
    pairs, share, needed = pairs[kept], share[kept], needed[kept]
    own_two = mixture.two(pairs)
    gain = share * np.abs(np.log(own_two / unigram[last(pairs)]))
    kept = needed | (gain > pair_gain)
    pairs, own_two = pairs[kept], own_two[kept]

    everyone = np.arange(words + 1)
    backoff = _left(context(pairs), everyone, own_two, unigram[last(pairs)])
    backed_off = looked_up(pairs, own_two, ends, -1.0)
    backed_off = np.where(backed_off >= 0, backed_off, backoff[context(ends)] * unigram[last(ends)])
    pair_backoff = np.log(_left(context(triples), pairs, own_three, backed_off))
    goes_on = np.isin(pairs, context(triples))
    return Pruned(
        pairs,
        np.log(own_two),
        np.where(goes_on, pair_backoff, 0.0),
        triples,
        np.log(own_three),
        np.log(unigram),
        np.where(np.isin(everyone, context(pairs)), np.log(backoff), 0.0),
    )
