"""A trigram language model over words that are sorted by their sounds, as an automaton.

States are what was said before: nothing, a word, or two words where a third has a probability of
its own after them. Words of the same sounds are neighbours, so a prefix of sounds is a range of
words, and what a state knows of a prefix is a range of its arcs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voicebot.hearing.greek_sounds import plain
from voicebot.hearing.hot_words import NONE, HotWords
from voicebot.hearing.recogniser import FloatArray
from voicebot.hearing.vocabulary import Vocabulary

IntArray = npt.NDArray[np.int32]
ByteArray = npt.NDArray[np.uint8]

#: Log-probabilities are stored as whole multiples of this, one more than the number stored.
STEP = 0.075
_UNKNOWN_WORD = -19.0
#: How far the everyday use of a hot word counts beside its share: it tells spellings apart.
_EVERYDAY = 0.1


@dataclass(frozen=True)
class LanguageModel:
    """Words with uni-, bi- and trigram log-probabilities (natural logarithm, with back-off).

    State 0 knows nothing, state 1 + w that word w was said, 1 + words that a sentence begins;
    higher states stand for two words. The word number `len(words)` is the end of a sentence.

    Attributes:
        words: the vocabulary in the order of its sounds; words of the same sounds lie together.
        sounds, lengths: the sounds of all words end to end, and how many each has.
        unigram: shape (words + 1,).
        offsets: shape (states + 1,): the arcs of a state (none for state 0, which has all words).
        arc_words, arc_scores, arc_targets: word (ascending in a state), score and next state.
        backoff, backoff_state: shape (states,), what it costs to forget the oldest word.
    """

    words: Vocabulary
    sounds: ByteArray
    lengths: ByteArray
    unigram: FloatArray
    offsets: IntArray
    arc_words: IntArray
    arc_scores: FloatArray
    arc_targets: IntArray
    backoff: FloatArray
    backoff_state: IntArray

    @property
    def start(self) -> int:
        """The state before the first word."""
        return len(self.words) + 1

    @staticmethod
    def load(file: Path) -> LanguageModel:
        """Read what `models.greek.words` wrote.

        Raises:
            KeyError, ValueError, OSError: it is not such a file.
        """
        with np.load(file) as stored:
            parts = {name: stored[name] for name in stored.files}
        words = Vocabulary(bytes(parts.pop("words")))
        if len(words) != len(parts["lengths"]) or len(words) + 1 != len(parts["unigram"]):
            raise ValueError(f"{file}: its parts do not fit")
        return _automaton(words, parts)


def _scores(stored: npt.NDArray[np.generic]) -> FloatArray:
    return np.asarray((1 - stored.astype(np.float32)) * STEP, np.float32)


def _automaton(words: Vocabulary, parts: dict[str, npt.NDArray[np.generic]]) -> LanguageModel:
    """Lay pairs and triples out as states and arcs."""
    count = len(words)
    pair_words, triple_words = (
        parts[name].astype(np.int32) for name in ("pair_words", "triple_words")
    )
    pair_counts, triple_counts = (
        parts[name].astype(np.int32) for name in ("pair_counts", "triple_counts")
    )
    # the states of two words: pairs that something of its own follows
    deep = np.flatnonzero(triple_counts)
    word_state = np.append(np.arange(count, dtype=np.int32) + 1, np.int32(0))  # none after the end
    backoffs = parts["backoff"], parts["pair_backoff"][deep]
    return LanguageModel(
        words,
        parts["sounds"].astype(np.uint8),
        parts["lengths"].astype(np.uint8),
        _scores(parts["unigram"]),
        np.cumsum(np.concatenate([[0, 0], pair_counts, triple_counts[deep]]), dtype=np.int32),
        np.concatenate([pair_words, triple_words]),
        np.concatenate([_scores(parts["pair_scores"]), _scores(parts["triple_scores"])]),
        _targets(pair_counts, pair_words, triple_counts, triple_words, word_state),
        np.concatenate([np.zeros(1, np.float32), *map(_scores, backoffs)]),
        np.concatenate([np.zeros(count + 2, np.int32), word_state[pair_words[deep]]]),
    )


def _targets(
    pair_counts: IntArray,
    pair_words: IntArray,
    triple_counts: IntArray,
    triple_words: IntArray,
    word_state: IntArray,
) -> IntArray:
    """The state after each pair and after each triple, shape (pairs + triples,)."""
    ends = len(word_state)
    deep = np.flatnonzero(triple_counts)
    state_of_pair = np.full(len(pair_words), -1, np.int32)
    state_of_pair[deep] = np.arange(len(deep), dtype=np.int32) + ends + 1
    pair_targets = np.where(state_of_pair >= 0, state_of_pair, word_state[pair_words])
    # after a triple: the state of its last two words
    key = np.repeat(np.arange(ends), pair_counts) * ends + pair_words
    wanted = np.repeat(pair_words, triple_counts).astype(np.int64) * ends + triple_words
    at = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
    found = (key[at] == wanted) & (state_of_pair[at] >= 0) if len(key) else np.zeros(0, bool)
    triple_targets = np.where(found, state_of_pair[at], word_state[triple_words])
    return np.concatenate([pair_targets, triple_targets]).astype(np.int32)


class Scorer:
    """Scores texts with the language model. Thread-safe."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model

    def score(
        self, text: str, hot: HotWords = NONE, given: Mapping[str, float] | None = None
    ) -> float:
        """Natural log-probability of a text, its end included; unknown words cost a constant.

        Args:
            text: words.
            hot: words or names that are likely now.
            given: log-probabilities of words whatever stands before them, and nothing is known
                of what follows them.
        """
        state, total, at = self._model.start, 0.0, 0
        words = text.lower().split()
        bare = [plain(word) for word in words]
        while at < len(words):
            if given and words[at] in given:
                total, state, at = total + given[words[at]], 0, at + 1
                continue
            for size in range(min(hot.longest, len(words) - at), 0, -1):
                share = hot.by_words.get(tuple(bare[at : at + size]))
                if share is not None:
                    cost, state = self._run(state, words[at : at + size])
                    share += _EVERYDAY * self.everyday(words[at + size - 1])
                    total, at = total + max(cost, share), at + size
                    break
            else:
                cost, state = self._run(state, words[at : at + 1])
                total, at = total + cost, at + 1
        return total + self.step(state, len(self._model.words))[0]

    def everyday(self, word: str) -> float:
        """Log-probability of a word whatever stands before it."""
        at = self._model.words.number(word.lower())
        return _UNKNOWN_WORD if at is None else float(self._model.unigram[at])

    def _run(self, state: int, words: Sequence[str]) -> tuple[float, int]:
        total = 0.0
        for word in words:
            at = self._model.words.number(word)
            if at is None:
                at = self._model.words.like(word)
            if at is None:
                cost, state = _UNKNOWN_WORD, 0
            else:
                cost, state = self.step(state, at)
            total += cost
        return total, state

    def step(self, state: int, word: int) -> tuple[float, int]:
        """The score of a word after a state, and the state then."""
        model, total = self._model, 0.0
        while state:
            first, last = model.offsets[state], model.offsets[state + 1]
            at = first + int(np.searchsorted(model.arc_words[first:last], word))
            if at < last and model.arc_words[at] == word:
                return total + float(model.arc_scores[at]), int(model.arc_targets[at])
            total, state = total + float(model.backoff[state]), int(model.backoff_state[state])
        after = word + 1 if word < len(model.words) else 0
        return total + float(model.unigram[word]), after
