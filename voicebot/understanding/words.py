"""Words of an utterance with their sound and the places where the caller paused.

What all value parsers read. The folding itself is that of `voicebot.understanding.text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from voicebot.understanding.text import fold, skeleton

_LONG = 7
_WORD = re.compile(r"\d+|[^\W\d_]+(?:[\u0300-\u036f]+[^\W\d_]*)*")


@dataclass(frozen=True)
class Word:
    """One word: `text` folded, `sound` its phonetic skeleton, `raw` as it was written.

    `pause` is True when punctuation stood before it: the caller's phrase boundary.
    """

    text: str
    sound: str
    raw: str
    pause: bool = False

    @property
    def is_number(self) -> bool:
        """Written in figures."""
        return self.text.isdigit()


@lru_cache(maxsize=50_000)
def sound(word: str) -> str:
    """Phonetic skeleton of one word, remembered.

    >>> sound("οχτώ") == sound("οχτο")
    True
    """
    return skeleton(word)


@lru_cache(maxsize=50_000)
def _folded(raw: str) -> tuple[str, str]:
    return fold(raw), skeleton(raw)


def split(text: str) -> list[Word]:
    """Words of a text in order; figures stay together as one word.

    >>> [(w.text, w.pause) for w in split("Είναι το 6945, ναι")]
    [('ειναι', False), ('το', False), ('6945', False), ('ναι', True)]
    """
    words: list[Word] = []
    end = 0
    for match in _WORD.finditer(text):
        raw = match.group()
        folded, skeleton_of_it = _folded(raw)
        if not folded:
            continue
        pause = bool(words) and any(not c.isspace() for c in text[end : match.start()])
        words.append(Word(folded, skeleton_of_it, raw, pause))
        end = match.end()
    return words


def sounds(text: str) -> frozenset[str]:
    """Skeletons of the words of a table, in no order."""
    return frozenset(sound(word) for word in text.split())


def phrase_sounds(*texts: str) -> tuple[tuple[str, ...], ...]:
    """Each phrase as the skeletons of its words, for `match_phrase`."""
    return tuple(tuple(sound(word) for word in text.split()) for text in texts)


def phrase_table(text: str) -> tuple[tuple[str, ...], ...]:
    """Like `phrase_sounds`, from phrases separated by commas."""
    return phrase_sounds(*(phrase.strip() for phrase in text.split(",")))


def match_phrase(
    words: Sequence[Word], start: int, phrases: Iterable[tuple[str, ...]], *, near: bool = False
) -> int:
    """Number of words of the longest of the phrases that stands at `start`, or 0.

    With `near` one letter may differ in words of seven sounds and more.
    """
    if start >= len(words):
        return 0
    longest = 0
    first = words[start].sound
    for phrase in phrases:
        if phrase[0] != first and not (near and len(phrase[0]) >= _LONG):
            continue
        end = start + len(phrase)
        said = tuple(word.sound for word in words[start:end])
        if len(phrase) <= longest or len(said) != len(phrase):
            continue
        if said == phrase or (near and _nearly_the_same(said, phrase)):
            longest = len(phrase)
    return longest


def _nearly_the_same(said: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return all(
        left == right or (len(right) >= _LONG and distance(left, right, 1) <= 1)
        for left, right in zip(said, phrase, strict=True)
    )


def distance(left: str, right: str, limit: int = 3) -> int:
    """Optimal string alignment distance of two skeletons, or `limit + 1` when larger.

    >>> distance("περιστερι", "περιστερ"), distance("πατρα", "παρτα"), distance("α", "κερκιρα")
    (1, 1, 4)
    """
    return OSA.distance(left, right, score_cutoff=limit)


def nearest(wanted: str, skeletons: Sequence[str], limit: int) -> list[tuple[int, int]]:
    """Which of many skeletons are within a distance: their places in the sequence, and how far.

    >>> nearest("πατρα", ["παρτα", "παροσ", "πατρα"], 1)
    [(0, 1), (2, 0)]
    """
    found = process.extract(
        wanted, skeletons, scorer=OSA.distance, score_cutoff=limit, limit=None, processor=None
    )
    return sorted((place, round(gap)) for _, gap, place in found)
