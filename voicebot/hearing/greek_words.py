"""Free speech from the CTC head alone: a search over known words with a bigram language model.

The attention decoder writes any word but invents on weak acoustics; this search knows few words
but hears each of their sounds. The recogniser takes readings of both and weighs them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voicebot.hearing import ctc_kernels
from voicebot.hearing.greek_sounds import SOUNDS, plain, sound_ids
from voicebot.hearing.recogniser import FloatArray

#: Readings this much worse than the best so far (natural logarithm) are given up.
_BEAM = 14.0
#: The same for a word that would begin, which has its first sound still to prove.
_ENTRY_BEAM = 14.0
_UNKNOWN_WORD = -16.0

IntArray = npt.NDArray[np.int32]


@dataclass(frozen=True)
class WordModel:
    """Words with unigram and bigram log-probabilities (natural logarithm, Katz-style back-off).

    Attributes:
        words: the vocabulary; the same sounds may stand for several words.
        unigram: shape (words,).
        backoff: shape (words + 1,); the last is the start of a sentence.
        successors, bigram: words that have a probability of their own after a word, by word:
            those of word w lie at `offsets[w]` to `offsets[w + 1]`; the last word is the start.
        end: shape (words,), of the sentence ending after a word.
    """

    words: tuple[str, ...]
    unigram: FloatArray
    backoff: FloatArray
    offsets: IntArray
    successors: IntArray
    bigram: FloatArray
    end: FloatArray

    @staticmethod
    def load(file: Path) -> WordModel:
        """Read what `models.greek.words` wrote.

        Raises:
            KeyError, ValueError, OSError: it is not such a file.
        """
        with np.load(file) as stored:
            return WordModel(
                tuple(bytes(stored["words"]).decode("utf-8").split()),
                stored["unigram"].astype(np.float32),
                stored["backoff"].astype(np.float32),
                stored["offsets"].astype(np.int32),
                stored["successors"].astype(np.int32),
                stored["bigram"].astype(np.float32),
                stored["end"].astype(np.float32),
            )


class WordScorer:
    """Scores texts with the language model. Thread-safe."""

    def __init__(self, model: WordModel) -> None:
        self._model = model
        self._index = {plain(word): at for at, word in reversed(list(enumerate(model.words)))}

    def score(self, text: str) -> float:
        """Natural log-probability of a text, its end included; unknown words cost a constant."""
        before, total = len(self._model.words), 0.0
        for word in plain(text).split():
            now = self._index.get(word)
            if now is None:
                total += _UNKNOWN_WORD
                before = len(self._model.words)
                continue
            first, last = self._model.offsets[before], self._model.offsets[before + 1]
            at = first + int(np.searchsorted(self._model.successors[first:last], now))
            if at < last and self._model.successors[at] == now:
                total += float(self._model.bigram[at])
            else:
                total += float(self._model.backoff[before] + self._model.unigram[now])
            before = now
        if before < len(self._model.words):
            total += float(self._model.end[before])
        return total


class WordSearch:
    """Finds the best word sequence for the head's output. Thread-safe.

    Args:
        model: vocabulary and language model.
        weight: of the language model against the sounds.
        word_bonus: added for each word, against a liking for few long words.
    """

    def __init__(self, model: WordModel, weight: float = 0.7, word_bonus: float = 0.25) -> None:
        self._model = model
        spelled = [sound_ids(word) for word in model.words]
        lengths = np.array([len(ids) for ids in spelled])
        if not len(lengths) or lengths.min() < 1:
            raise ValueError("a word of the language model has no sounds")
        self._symbols = np.array([i for ids in spelled for i in ids], np.int32)
        self._exit = (np.cumsum(lengths) - 1).astype(np.int32)
        self._entry = (self._exit - lengths + 1).astype(np.int32)
        self._unigram = np.asarray(model.unigram * weight + word_bonus, np.float32)
        self._bigram = np.asarray(model.bigram * weight + word_bonus, np.float32)
        self._backoff = np.asarray(model.backoff * weight, np.float32)
        self._end = np.asarray(model.end * weight, np.float32)
        first = self._symbols[self._entry]
        self._by_sound = np.lexsort((-self._unigram, first)).astype(np.int32)
        self._sound_starts = np.searchsorted(
            first[self._by_sound], np.arange(len(SOUNDS) + 1)
        ).astype(np.int32)

    def search(self, scores: FloatArray) -> str:
        """The best word sequence; empty if no word fits.

        Args:
            scores: shape (frames, sounds), log-probabilities, silence merged.
        """
        path = ctc_kernels.word_search(
            scores,
            self._symbols,
            self._entry,
            self._exit,
            self._by_sound,
            self._sound_starts,
            self._unigram,
            self._backoff,
            self._model.offsets,
            self._model.successors,
            self._bigram,
            self._end,
            np.float32(_BEAM),
            np.float32(_ENTRY_BEAM),
        )
        return " ".join(self._model.words[word] for word in reversed(path))
