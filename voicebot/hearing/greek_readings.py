"""What the Greek recogniser made of an utterance, how its readings are ordered, and how sure it is.

The numbers are fitted by `models.greek.evaluate --calibrate` and lie beside the model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from voicebot.hearing.greek_numbers import core
from voicebot.hearing.greek_sounds import plain, sounds
from voicebot.hearing.recogniser import FloatArray
from voicebot.hearing.word_search import Tuning

# What is shorter is measured as if it had so many sounds.
_FEWEST_SOUNDS = 4
_YES_OR_NO = frozenset(("ναι", "οχι", "μαλιστα", "βεβαιως"))


@dataclass(frozen=True)
class Calibration:
    """How scores order readings and become a confidence.

    Attributes:
        free: weights of the decoder's log-probability a token, of the head's shortfall a sound
            (how much worse the reading is than the head's own best path), of the language
            model's log-probability a word, of the reading's share among all readings, and a
            constant.
        constrained: weight of the head's shortfall a sound, and a constant.
        order: by what readings are ordered: weights of decoder and language model against the
            head, and a bonus a word.
        search: weights and limits of the word search.
        blank: what is taken from the head's liking for silence (natural logarithm): on people it
            leaves out more sounds than it puts in.
        beam: how many readings the decoder follows and gives; 0 leaves it out, which saves half
            of the time while it knows no better than the word search.
    """

    free: tuple[float, float, float, float, float]
    constrained: tuple[float, float]
    order: tuple[float, float, float]
    search: Tuning
    blank: float
    beam: int

    @staticmethod
    def read(fitted: Mapping[str, Any]) -> Calibration:
        """Read what `models.greek.evaluate --calibrate` wrote.

        Raises:
            KeyError, TypeError, ValueError: it is something else.
        """
        decoder, shortfall, words, share, constant = fitted["free"]
        slope, offset = fitted["constrained"]
        by_decoder, by_words, bonus = fitted["order"]
        return Calibration(
            (decoder, shortfall, words, share, constant),
            (slope, offset),
            (by_decoder, by_words, bonus),
            Tuning(**fitted["search"]),
            float(fitted["blank"]),
            int(fitted["beam"]),
        )


@dataclass(frozen=True)
class Heard:
    """What the encoder made of one utterance."""

    encoded: Any
    scores: FloatArray  # (frames, sounds), silence merged
    free_path: str
    free_score: float
    seconds: float


@dataclass(frozen=True)
class Reading:
    """One way to understand free speech, with what each part thinks of it (log-probabilities)."""

    text: str
    decoder: float
    head: float
    words: float
    tokens: int

    def features(self, heard: Heard, share: float) -> tuple[float, float, float, float]:
        """Decoder score a token, the head's shortfall a sound, language model score a word, share.

        Args:
            heard: the utterance that this is a reading of.
            share: of this reading among all of them (0..1).
        """
        count = max(len(self.text.split()), 1)
        return (
            self.decoder / max(self.tokens, 1),
            shortfall(self.head, heard, self.text),
            self.words / (count + 1),
            share,
        )


def ranking(reading: Reading, calibration: Calibration) -> float:
    """By what readings are ordered, the best highest."""
    decoder, words, bonus = calibration.order
    return (
        reading.head
        + decoder * reading.decoder
        + words * reading.words
        + bonus * len(reading.text.split())
    )


def ordered(readings: Sequence[Reading], calibration: Calibration) -> list[tuple[Reading, float]]:
    """The readings, best first, with their shares (together 1)."""
    total = np.array([ranking(reading, calibration) for reading in readings])
    order = np.argsort(-total, kind="stable")
    shares = np.exp(total[order] - total[order[0]])
    shares /= shares.sum()
    return [(readings[i], float(share)) for i, share in zip(order, shares, strict=True)]


def confidence(reading: Reading, share: float, heard: Heard, calibration: Calibration) -> float:
    """How likely a free reading is right for the most part (0..1)."""
    *weights, constant = calibration.free
    return logistic(float(np.dot(weights, reading.features(heard, share))) + constant)


def shortfall(score: float, heard: Heard, text: str) -> float:
    """How much worse a text is than the head's best path, a sound of the longer one (≤ 0)."""
    return _a_sound(score, heard, max(len(sounds(text)), len(heard.free_path)))


def answer_shortfall(score: float, heard: Heard, text: str) -> float:
    """The same, a sound of the answer itself: what leads in («για», «είναι το») is in every
    answer, so that it fits is no sign of this one (≤ 0). A yes or a no is never a lead-in here."""
    words = text.split()
    before = words[: len(words) - len(core(text).split())]
    lead = sounds(" ".join(word for word in before if plain(word) not in _YES_OR_NO))
    return _a_sound(score, heard, max(len(sounds(text)), len(heard.free_path)) - len(lead))


def _a_sound(score: float, heard: Heard, count: int) -> float:
    return max(min((score - heard.free_score) / max(count, _FEWEST_SOUNDS), 0.0), -30.0)


def logistic(x: float) -> float:
    """1 / (1 + e^−x)."""
    return float(1 / (1 + np.exp(-np.clip(x, -30, 30))))
