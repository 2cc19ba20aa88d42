"""Free speech from the CTC head: a search over all words in a tree of sounds, with n-best.

The tree shares what words begin with; words of the same sounds end at one node, and the language
model chooses the spelling. Hot words hang in a small tree of their own.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from voicebot.hearing import word_kernels
from voicebot.hearing.greek_sounds import sound_ids
from voicebot.hearing.hot_words import NONE, HotWords
from voicebot.hearing.language_model import LanguageModel
from voicebot.hearing.recogniser import FloatArray
from voicebot.hearing.word_kernels import ROOTS, Tree

IntArray = npt.NDArray[np.int32]

_MOST_STEPS = 600


@dataclass(frozen=True)
class Tuning:
    """How the search weighs and prunes; natural logarithms.

    Attributes:
        weight: of the language model against the sounds.
        bonus: added for each word, against a liking for few long words.
        beam: readings this much worse than the best are given up.
        most: readings followed at a time.
        joined: what it costs that one sound ends a word and begins the next.
    """

    weight: float = 0.9
    bonus: float = 0.25
    beam: float = 12.0
    most: int = 1000
    joined: float = 2.0


@dataclass(frozen=True)
class Found:
    """A word sequence and its score in the search (sounds and weighed language model)."""

    text: str
    score: float


def _tree(table: npt.NDArray[np.uint8], lengths: IntArray, scores: FloatArray) -> Tree:
    """Build the tree level by level.

    Nodes 1 to 23 are left empty for what stands between words.

    Args:
        table: shape (words, sounds): the sounds of each word, padded with zeros; sorted.
        lengths: shape (words,), how many sounds each has.
        scores: shape (words,), of each word.
    """
    count = len(table)
    high = np.zeros(ROOTS, np.int32)
    high[0] = count
    empty = np.zeros(ROOTS, np.int32)
    sounds, lows, exits, highs = [empty], [empty], [empty], [high]
    parents_of: list[IntArray] = []
    node_of_row, nodes = np.zeros(count, np.int32), ROOTS
    for depth in range(table.shape[1]):
        alive = np.flatnonzero(lengths > depth)
        if not len(alive):
            break
        prefix_changes = np.ones(len(alive), bool)
        prefix_changes[1:] = (table[alive[1:], depth] != table[alive[:-1], depth]) | (
            node_of_row[alive[1:]] != node_of_row[alive[:-1]]
        )
        starts = alive[prefix_changes].astype(np.int32)
        number = np.cumsum(prefix_changes) - 1
        sizes = np.bincount(number)
        ending = np.bincount(number, weights=lengths[alive] == depth + 1)
        parents_of.append(node_of_row[starts])
        sounds.append(table[starts, depth].astype(np.int32))
        lows.append(starts)
        exits.append((starts + ending).astype(np.int32))
        highs.append((starts + sizes).astype(np.int32))
        node_of_row[alive] = nodes + number
        nodes += len(starts)
    fan_out = np.bincount(np.concatenate(parents_of), minlength=nodes)
    # nodes of a level follow their parents' order, so children lie together
    children = ROOTS + np.concatenate([[0], np.cumsum(fan_out)])
    spans = np.stack([children[:-1], children[1:]], axis=1).astype(np.int32)
    low, high = np.concatenate(lows), np.concatenate(highs)
    best = _best_below(low, high, scores)
    return Tree(spans, np.concatenate(sounds), low, np.concatenate(exits), high, best)


def _best_below(low: IntArray, high: IntArray, scores: FloatArray) -> FloatArray:
    """The largest score of the words under each node (empty nodes: that of the root)."""
    out = np.full(len(low), scores.max(), np.float32)
    ends = np.append(scores, np.float32(-1e30))
    pairs = np.stack([low[ROOTS:], high[ROOTS:]], axis=1).ravel()
    out[ROOTS:] = np.maximum.reduceat(ends, pairs)[::2]
    return out


_NONE = np.zeros(0, np.int32)
_NO_TREE = Tree(_NONE.reshape(0, 2), _NONE, _NONE, _NONE, _NONE, np.zeros(0, np.float32))


@dataclass(frozen=True)
class _Hot:
    """Hot words hung up in a tree that goes on where that of all words ends.

    Attributes:
        tree: its nodes and words have numbers after those of all words; empty without hot words.
        scores: shape (hot words,), weighed.
        targets: shape (hot words,), the word that the language model knows after each, or −1.
        names: the hot words.
    """

    tree: Tree
    scores: FloatArray
    targets: IntArray
    names: tuple[str, ...]


class WordSearch:
    """Finds the best word sequences for the head's output. Thread-safe.

    Args:
        model: vocabulary and language model.
        tuning: weights and limits.

    Raises:
        ValueError: a word has no sounds, or words are not in the order of their sounds.
    """

    def __init__(self, model: LanguageModel, tuning: Tuning | None = None) -> None:
        self.tuning = tuning or Tuning()
        self._model = model
        self._words = model.words
        lengths = model.lengths.astype(np.int32)
        if not len(lengths) or lengths.min() < 1:
            raise ValueError("a word of the language model has no sounds")
        table = np.zeros((len(lengths), int(lengths.max())), np.uint8)
        table[np.arange(table.shape[1]) < lengths[:, None]] = model.sounds
        weight, bonus = self.tuning.weight, self.tuning.bonus
        self._unigram = np.asarray(model.unigram * weight + bonus, np.float32)
        self._arcs = np.asarray(model.arc_scores * weight + bonus, np.float32)
        self._backoff = np.asarray(model.backoff * weight, np.float32)
        # the end of a sentence is no word and has no bonus
        self._unigram[-1] -= bonus
        self._arcs[model.arc_words == len(model.words)] -= bonus
        self._blocks = word_kernels.block_maxima(self._arcs)
        self._tree = _tree(table, lengths, self._unigram[:-1])
        self._with_hot_words = lru_cache(maxsize=32)(self._hung_up)

    def search(self, scores: FloatArray, count: int = 10, hot: HotWords = NONE) -> list[Found]:
        """The best word sequences, best first; empty if no word fits.

        Args:
            scores: shape (frames, sounds), log-probabilities, silence merged.
            count: how many at most.
            hot: words or names that are likely now; they need not be in the vocabulary.
        """
        hung_up = self._with_hot_words(hot)
        model, tuning = self._model, self.tuning
        ends, end_records, words, before, other, reached = word_kernels.word_search(
            np.ascontiguousarray(scores),
            self._tree,
            hung_up.tree,
            len(self._words),
            self._unigram,
            hung_up.scores,
            hung_up.targets,
            model.offsets,
            model.arc_words,
            self._arcs,
            self._blocks,
            model.arc_targets,
            self._backoff,
            model.backoff_state,
            np.float32(1.0),
            np.float32(tuning.beam),
            tuning.most,
            np.float32(tuning.joined),
        )

        def spelled(word: int) -> str:
            known = len(self._words)
            return self._words[word] if word < known else hung_up.names[word - known - 1]

        found: dict[str, float] = {}
        for path, score in _ways(ends, end_records, words, before, other, reached, count):
            found.setdefault(" ".join(spelled(word) for word in path), score)
        return [Found(text, score) for text, score in list(found.items())[:count]]

    def _hung_up(self, hot_words: HotWords) -> _Hot:
        spelled = sorted((sound_ids(word), word) for word in hot_words.shares)
        if not spelled:
            return _Hot(_NO_TREE, np.zeros(0, np.float32), _NONE, ())
        lengths = np.array([len(ids) for ids, _ in spelled], np.int32)
        table = np.zeros((len(spelled), int(lengths.max())), np.uint8)
        for at, (ids, _) in enumerate(spelled):
            table[at, : len(ids)] = ids
        names = tuple(word for _, word in spelled)
        shares = np.array([hot_words.shares[word] for word in names], np.float32)
        scores = np.asarray(self.tuning.weight * shares + self.tuning.bonus, np.float32)
        targets = [self._words.like(word.split()[-1]) for word in names]
        tree = _tree(table, lengths, scores)
        nodes, words = len(self._tree.sound), len(self._words) + 1
        return _Hot(
            tree._replace(
                children=tree.children + nodes,
                low=tree.low + words,
                exit=tree.exit + words,
                high=tree.high + words,
            ),
            scores,
            np.array([-1 if word is None else word for word in targets], np.int32),
            names,
        )


def _ways(
    ends: FloatArray,
    end_records: IntArray,
    words: IntArray,
    before: IntArray,
    other: IntArray,
    reached: FloatArray,
    count: int,
) -> list[tuple[list[int], float]]:
    """Read the best sequences backwards from all ends, best first."""
    order = np.argsort(-ends, kind="stable")[: count * 3]
    # (minus score, serial, record whose word is not read yet, words after it)
    heap: list[tuple[float, int, int, tuple[int, ...]]] = [
        (-float(ends[i]), serial, int(end_records[i]), ()) for serial, i in enumerate(order)
    ]
    serial, seen = len(heap), set[tuple[int, ...]]()
    found: list[tuple[list[int], float]] = []
    for _ in range(_MOST_STEPS):
        if not heap or len(found) >= count:
            break
        cost, _, head, after = heapq.heappop(heap)
        if head < 0:
            if after not in seen:
                seen.add(after)
                found.append((list(after), -cost))
            continue
        record = head
        while record >= 0:
            serial += 1
            loss = float(reached[head] - reached[record])
            heapq.heappush(
                heap,
                (cost + loss, serial, int(before[record]), (int(words[record]), *after)),
            )
            record = int(other[record])
    return found
