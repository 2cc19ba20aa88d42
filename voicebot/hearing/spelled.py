"""Words that are in no list, such as most surnames: heard by their sounds, spelled as others are.

What follows what, in sounds and in letters, is counted in a list of words of the kind.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from voicebot.hearing.greek_sounds import BLANK, SOUNDS, sound_ids, spelling, word_sounds
from voicebot.hearing.recogniser import FloatArray
from voicebot.hearing.sound_kernels import sound_search

_ACCENT = "\u0301"
_VOWELS = frozenset("αειου")
_PLAIN = {"υ": "ου", "b": "μπ", "d": "ντ", "g": "γκ"}
_BEAM = 12.0
_SPELLINGS = 12
#: The fewest and the most sounds of such a word.
SHORTEST, LONGEST = 3, 18
_NO_ACCENT = -6.0


class Speller:
    """Knows how words of a kind sound and how they are written.

    Args:
        words: of the kind; the more, the better.
    """

    def __init__(self, words: Iterable[str]) -> None:
        listed = list(dict.fromkeys(word for word in words if len(sound_ids(word)) >= SHORTEST))
        self._following = _following([sound_ids(word) for word in listed])
        groups: dict[tuple[str, str], int] = {}
        spelled = [[groups.setdefault(g, len(groups)) for g in spelling(w)] for w in listed]
        for sound in SOUNDS[1:]:
            groups.setdefault((_PLAIN.get(sound, sound), sound), len(groups))
        self._letters = _Letters(spelled, len(groups))
        self._groups: dict[str, list[tuple[int, str, bool]]] = defaultdict(list)
        for (letters, sound), number in groups.items():
            accented = _ACCENT in unicodedata.normalize("NFD", letters)
            self._groups[sound].append((number, letters, accented))
        self._longest = max(map(len, self._groups))
        self.spell = lru_cache(maxsize=1024)(self._spell)

    def hear(self, scores: FloatArray, count: int, weight: float) -> list[str]:
        """The likeliest sounds of a word, best first.

        Args:
            scores: shape (frames, sounds), log-probabilities of the frames of the word.
            count: how many at most.
            weight: of what follows what against the scores.
        """
        ends, records, sounds, before = sound_search(
            np.ascontiguousarray(scores), self._following, np.float32(weight), np.float32(_BEAM)
        )
        found: list[str] = []
        for end in np.argsort(-ends, kind="stable"):
            heard, record = "", int(records[end])
            while record >= 0:
                heard, record = SOUNDS[sounds[record]] + heard, int(before[record])
            if SHORTEST <= len(heard) <= LONGEST and _VOWELS.intersection(heard):
                found.append(heard)
            if len(found) == count:
                break
        return found

    def score(self, sounds: str) -> float:
        """Natural log-probability of the sounds of a word of the kind."""
        state, total = 0, 0.0
        for sound in sounds:
            label = SOUNDS.index(sound)
            total += float(self._following[state, label])
            state = state % _CONTEXT * len(SOUNDS) + label
        return total + float(self._following[state, BLANK])

    def _spell(self, sounds: str) -> str:
        """Write sounds in letters, lower case, with an accent."""
        reached: list[list[_Spelled]] = [[] for _ in range(len(sounds) + 1)]
        reached[0] = [_Spelled(0.0, (), "", False)]
        for at in range(len(sounds)):
            best = sorted(reached[at], key=lambda one: -one.score)[:_SPELLINGS]
            for one in best:
                for size in range(1, min(self._longest, len(sounds) - at) + 1):
                    for number, letters, accented in self._groups.get(sounds[at : at + size], ()):
                        if accented and one.is_accented:
                            continue
                        score = one.score + self._letters.log(one.context, number)
                        reached[at + size].append(
                            _Spelled(
                                score,
                                (*one.context, number)[-2:],
                                one.text + letters,
                                one.is_accented or accented,
                            )
                        )
        long = sum(sound in _VOWELS for sound in sounds) > 1
        whole = [
            (
                one.score
                + self._letters.log(one.context, None)
                + (_NO_ACCENT if long and not one.is_accented else 0.0),
                _with_final_sigma(one.text),
            )
            for one in sorted(reached[-1], key=lambda one: -one.score)[: 4 * _SPELLINGS]
        ]
        right = [one for one in whole if word_sounds(one[1]) == sounds]
        return max(right or whole)[1]


@dataclass(frozen=True)
class _Spelled:
    score: float
    context: tuple[int, ...]
    text: str
    is_accented: bool


class _Letters:
    """A trigram model over groups of letters; None ends a word."""

    def __init__(self, words: Sequence[Sequence[int]], groups: int) -> None:
        self._groups = groups
        self._counts: dict[tuple[int, ...], dict[int | None, int]] = defaultdict(dict)
        for word in words:
            whole = [*word, None]
            for at, group in enumerate(whole):
                for size in range(min(at, 2) + 1):
                    seen = self._counts[tuple(word[at - size : at])]
                    seen[group] = seen.get(group, 0) + 1
        self.log = lru_cache(maxsize=65536)(self._log)

    def _log(self, context: tuple[int, ...], group: int | None) -> float:
        return math.log(self._share(context, group))

    def _share(self, context: tuple[int, ...], group: int | None) -> float:
        shorter = self._share(context[1:], group) if context else 1 / (self._groups + 1)
        seen = self._counts.get(context)
        if not seen:
            return shorter
        return (seen.get(group, 0) + len(seen) * shorter) / (sum(seen.values()) + len(seen))


_CONTEXT = len(SOUNDS) ** 2


def _following(words: Sequence[Sequence[int]]) -> FloatArray:
    """Log-probability of each sound (0: the end) after three (0: none); shape (24³, 24)."""
    size = len(SOUNDS)
    rows: list[tuple[int, int]] = []
    for word in words:
        state = 0
        for sound in (*word, BLANK):
            rows.append((state, sound))
            state = state % _CONTEXT * size + sound
    states, sounds = np.array(rows, np.int64).T
    share: npt.NDArray[np.float64] = np.full((1, size), 1 / size)
    for kept in (1, size, _CONTEXT, _CONTEXT * size):  # contexts of none to three sounds
        counts = np.zeros((kept, size))
        np.add.at(counts, (states % kept, sounds), 1)
        kinds = np.count_nonzero(counts, axis=1, keepdims=True)
        # the context without its oldest sound
        shorter = share[np.arange(kept) % len(share)]
        mass = np.maximum(counts.sum(axis=1, keepdims=True) + kinds, 1)
        share = np.where(kinds > 0, (counts + kinds * shorter) / mass, shorter)
    return np.asarray(np.log(share), np.float32)


def _with_final_sigma(text: str) -> str:
    return text[:-1] + "ς" if text.endswith("σ") else text
