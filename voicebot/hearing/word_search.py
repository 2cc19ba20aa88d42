"""Free speech from the CTC head: a search over all words in a tree of sounds, with n-best.

The tree shares what words begin with; words of the same sounds end at one node, and the language
model chooses the spelling. Hot words hang in a small tree of their own.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from voicebot.hearing import word_kernels
from voicebot.hearing.greek_sounds import plain, sound_ids
from voicebot.hearing.hot_words import NONE, HotWords
from voicebot.hearing.language_model import LanguageModel
from voicebot.hearing.recogniser import FloatArray

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


@dataclass(frozen=True)
class _Tree:
    """Nodes of a tree of sounds. Words under a node are `low` to `high`, ending at it to `exit`."""

    children: IntArray  # (nodes, 2): the children of node n are those from [n, 0] to [n, 1]
    sound: IntArray
    low: IntArray
    exit: IntArray
    high: IntArray


def _tree(spelled: Sequence[Sequence[int]] | npt.NDArray[np.uint8], lengths: IntArray) -> _Tree:
    """Build the tree level by level; `spelled` is padded with zeros, its rows are sorted.

    Nodes 1 to 23 are left empty for what stands between words.
    """
    table = np.asarray(spelled)
    count = len(table)
    sounds, lows, exits, highs = [[0] * 24], [[0] * 24], [[0] * 24], [[count] + [0] * 23]
    parents_of: list[npt.NDArray[np.int64]] = []
    node_of_row, nodes = np.zeros(count, np.int64), 24
    for depth in range(table.shape[1]):
        alive = np.flatnonzero(lengths > depth)
        if not len(alive):
            break
        prefix_changes = np.ones(len(alive), bool)
        prefix_changes[1:] = (table[alive[1:], depth] != table[alive[:-1], depth]) | (
            node_of_row[alive[1:]] != node_of_row[alive[:-1]]
        )
        starts = alive[prefix_changes]
        number = np.cumsum(prefix_changes) - 1
        sizes = np.bincount(number)
        ending = np.bincount(number, weights=lengths[alive] == depth + 1).astype(int)
        parents_of.append(node_of_row[starts].copy())
        sounds.append(table[starts, depth].tolist())
        lows.append(starts.tolist())
        exits.append((starts + ending).tolist())
        highs.append((starts + sizes).tolist())
        node_of_row[alive] = nodes + number
        nodes += len(starts)
    parents = np.concatenate(parents_of)
    fan_out = np.bincount(parents, minlength=nodes)
    # nodes of a level follow their parents' order, so children lie together
    children = 24 + np.concatenate([[0], np.cumsum(fan_out)])

    def flat(parts: list[list[int]]) -> IntArray:
        return np.array([value for part in parts for value in part], np.int32)

    spans = np.stack([children[:-1], children[1:]], axis=1).astype(np.int32)
    return _Tree(spans, flat(sounds), flat(lows), flat(exits), flat(highs))


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
        self._tree = _tree(table, lengths)
        weight, bonus = self.tuning.weight, self.tuning.bonus
        self._unigram = np.asarray(model.unigram * weight + bonus, np.float32)
        self._arcs = np.asarray(model.arc_scores * weight + bonus, np.float32)
        self._backoff = np.asarray(model.backoff * weight, np.float32)
        # the end of a sentence is no word and has no bonus
        self._unigram[-1] -= bonus
        self._arcs[model.arc_words == len(model.words)] -= bonus
        self._blocks = word_kernels.block_maxima(self._arcs)
        self._best = _best_below(self._tree, self._unigram[:-1])
        self._index: dict[str, int] | None = None
        self._with_hot_words = lru_cache(maxsize=32)(self._graft)

    def search(self, scores: FloatArray, count: int = 10, hot: HotWords = NONE) -> list[Found]:
        """The best word sequences, best first; empty if no word fits.

        Args:
            scores: shape (frames, sounds), log-probabilities, silence merged.
            count: how many at most.
            hot: words or names that are likely now; they need not be in the vocabulary.
        """
        tree, best, hot_root, hot_scores, hot_targets, names = self._with_hot_words(hot)
        model, tuning = self._model, self.tuning
        ends, end_records, words, before, other, reached = word_kernels.word_search(
            np.ascontiguousarray(scores),
            tree.children,
            tree.sound,
            tree.low,
            tree.exit,
            tree.high,
            best,
            hot_root,
            len(self._words),
            self._unigram,
            hot_scores,
            hot_targets,
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
            return self._words[word] if word < known else names[word - known - 1]

        found: dict[str, float] = {}
        for path, score in _ways(ends, end_records, words, before, other, reached, count):
            found.setdefault(" ".join(spelled(word) for word in path), score)
        return [Found(text, score) for text, score in list(found.items())[:count]]

    def _graft(
        self, hot_words: HotWords
    ) -> tuple[_Tree, FloatArray, int, FloatArray, IntArray, tuple[str, ...]]:
        """The tree with a second root for hot words."""
        spelled = sorted((sound_ids(word), word) for word in hot_words.shares)
        tree, best = self._tree, self._best
        if not spelled:
            return tree, best, 0, np.zeros(0, np.float32), np.zeros(0, np.int32), ()
        if self._index is None:
            self._index = {plain(w): at for at, w in reversed(list(enumerate(self._words)))}
        lengths = np.array([len(ids) for ids, _ in spelled], np.int32)
        table = np.zeros((len(spelled), int(lengths.max())), np.uint8)
        for at, (ids, _) in enumerate(spelled):
            table[at, : len(ids)] = ids
        hot = _tree(table, lengths)
        shift, first = len(tree.sound), len(self._words) + 1
        names = tuple(word for _, word in spelled)
        shares = np.array([hot_words.shares[word] for word in names], np.float32)
        scores = np.asarray(self.tuning.weight * shares + self.tuning.bonus, np.float32)
        targets = [self._index.get(plain(word.split()[-1]), -1) for word in names]
        whole = _Tree(
            np.concatenate([tree.children, hot.children + shift]),
            np.concatenate([tree.sound, hot.sound]),
            np.concatenate([tree.low, hot.low + first]),
            np.concatenate([tree.exit, hot.exit + first]),
            np.concatenate([tree.high, hot.high + first]),
        )
        return (
            whole,
            np.concatenate([best, _best_below(hot, scores)]),
            shift,
            scores,
            np.array(targets, np.int32),
            names,
        )


def _best_below(tree: _Tree, scores: FloatArray) -> FloatArray:
    """The largest score of the words under each node (empty nodes: that of the root)."""
    out = np.full(len(tree.sound), scores.max(), np.float32)
    ends = np.append(scores, np.float32(-1e30))
    pairs = np.stack([tree.low[24:], tree.high[24:]], axis=1).ravel()
    out[24:] = np.maximum.reduceat(ends, pairs)[::2]
    return out


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
