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

    words: tuple[str, ...]
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
        words = tuple(bytes(parts["words"]).decode("utf-8").split())
        if len(words) != len(parts["lengths"]) or len(words) + 1 != len(parts["unigram"]):
            raise ValueError(f"{file}: its parts do not fit")
        return _automaton(words, parts)


def _scores(stored: npt.NDArray[np.generic]) -> FloatArray:
    return np.asarray((1 - stored.astype(np.float32)) * STEP, np.float32)


def _automaton(words: tuple[str, ...], parts: dict[str, npt.NDArray[np.generic]]) -> LanguageModel:
    """Lay pairs and triples out as states and arcs."""
    count = len(words)
    pair_counts = parts["pair_counts"].astype(np.int64)
    triple_counts = parts["triple_counts"].astype(np.int64)
    pair_words = parts["pair_words"].astype(np.int64)
    triple_words = parts["triple_words"].astype(np.int64)
    before = np.repeat(np.arange(count + 1), pair_counts)
    # the states of two words: pairs that something of its own follows
    deep = np.flatnonzero(triple_counts)
    state_of_pair = np.full(len(pair_words), -1, np.int64)
    state_of_pair[deep] = np.arange(len(deep)) + count + 2
    word_state = np.append(np.arange(count) + 1, 0)  # after the end nothing comes
    pair_targets = np.where(state_of_pair >= 0, state_of_pair, word_state[pair_words])
    # after a triple: the state of its last two words
    second = np.repeat(pair_words, triple_counts)
    key = before * (count + 1) + pair_words
    wanted = second * (count + 1) + triple_words
    at = np.minimum(np.searchsorted(key, wanted), max(len(key) - 1, 0))
    found = (key[at] == wanted) & (state_of_pair[at] >= 0) if len(key) else np.zeros(0, bool)
    triple_targets = np.where(found, state_of_pair[at], word_state[triple_words])
    offsets = np.concatenate(
        [[0, 0], np.cumsum(pair_counts), len(pair_words) + np.cumsum(triple_counts[deep])]
    )
    return LanguageModel(
        words,
        parts["sounds"].astype(np.uint8),
        parts["lengths"].astype(np.uint8),
        _scores(parts["unigram"]),
        offsets.astype(np.int32),
        np.concatenate([pair_words, triple_words]).astype(np.int32),
        np.concatenate([_scores(parts["pair_scores"]), _scores(parts["triple_scores"])]),
        np.concatenate([pair_targets, triple_targets]).astype(np.int32),
        np.concatenate(
            [[np.float32(0)], _scores(parts["backoff"]), _scores(parts["pair_backoff"][deep])]
        ).astype(np.float32),
        np.concatenate([np.zeros(count + 2), word_state[pair_words[deep]]]).astype(np.int32),
    )


class Scorer:
    """Scores texts with the language model. Thread-safe."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._index = {word: at for at, word in enumerate(model.words)}
        self._plain = {plain(word): at for at, word in reversed(list(enumerate(model.words)))}

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
        at = self._index.get(word.lower())
        return _UNKNOWN_WORD if at is None else float(self._model.unigram[at])

    def _run(self, state: int, words: Sequence[str]) -> tuple[float, int]:
        total = 0.0
        for word in words:
            at = self._index.get(word, self._plain.get(plain(word)))
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
