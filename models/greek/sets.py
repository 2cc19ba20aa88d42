"""Helpers of measuring: clips at the rate of the recogniser, and what digit strings stand for."""

from __future__ import annotations

import numpy as np
from scipy.signal import resample_poly

from voicebot.hearing.evaluation import scored_words
from voicebot.hearing.recogniser import FloatArray
from voicebot.understanding.digits import parse_digits

#: 8 kHz audio and what is said in it.
Clip = tuple[FloatArray, str]


def wide(audio_8k: FloatArray) -> FloatArray:
    return np.asarray(resample_poly(audio_8k, 2, 1), np.float32)


def spoken_digits(text: str) -> list[str]:
    """Number words without lead-ins, to compare what was dictated with what was found."""
    return [word for word in scored_words(text) if word not in {"ναι", "ειναι", "το"}]


def length_of(said: str) -> int:
    """How many digits the words stand for (pauses are commas; the longest reading)."""
    total, words = 0, scored_words(said)
    at = 0
    while at < len(words):
        word, following = words[at], words[at + 1] if at + 1 < len(words) else ""
        if word.startswith("εκατο") or word.endswith("κοσια"):
            total += 3
            at += 1
            if _tens(following):
                at += 1
                following = words[at] if at < len(words) else ""
                at += _unit(following)
            elif _unit(following) or _teen(following):
                at += 1
        elif _tens(word):
            total += 2
            at += 1 + _unit(following)
        elif _teen(word):
            total, at = total + 2, at + 1
        else:
            total, at = total + 1, at + 1
    return total


def digit_string(text: str, length: int | None = None) -> str:
    """The digits that number words stand for: «διακόσια δέκα» is 210; empty for none."""
    readings = parse_digits(text, {length or length_of(text)})
    return readings[0].value if readings else ""


def _tens(word: str) -> bool:
    return word == "εικοσι" or word.endswith("ντα")


def _teen(word: str) -> bool:
    return word.startswith("δεκα") or word in {"εντεκα", "δωδεκα"}


def _unit(word: str) -> bool:
    return word in {"ενα", "δυο", "τρια", "τεσσερα", "πεντε", "εξι", "επτα", "οκτω", "εννεα"}
