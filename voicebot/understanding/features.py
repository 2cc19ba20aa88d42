"""From an utterance to the counted features that the classifier weighs.

Four views of the same words: character n-grams of the spelling, character n-grams of the phonetic
skeleton (which recognition errors hardly change), single words and neighbouring pairs cut to their
stems, and the groups of synonyms that the words belong to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise

from voicebot.understanding.text import fold, skeleton, spell_numbers

# Part of the fingerprint of a trained model: raise it when features change.
FEATURES_VERSION = 5

_SPELLING_LENGTHS = (4,)
_SOUND_LENGTHS = (3, 4)
# Greek endings carry little meaning and are what recognisers lose first.
_STEM_LETTERS = 5


class FeatureExtractor:
    """Counts the features of utterances. Holds the synonyms; safe to share between threads."""

    def __init__(self, synonyms: Mapping[str, tuple[str, ...]]) -> None:
        self._exact: dict[str, str] = {}
        self._stems: list[tuple[str, str]] = []
        for name, group in synonyms.items():
            for word in group:
                sounded = skeleton(word)
                if word.endswith("*"):
                    self._stems.append((sounded, name))
                else:
                    self._exact[sounded] = name

    def count(self, utterance: str) -> Counter[str]:
        """The features of an utterance with their numbers; empty for a text without letters."""
        folded = spell_numbers(fold(utterance))
        sounded = skeleton(folded)
        features: Counter[str] = Counter()
        features.update(_grams("s", folded, _SPELLING_LENGTHS))
        features.update(_grams("k", sounded, _SOUND_LENGTHS))
        heard = sounded.split()
        stems = [word[:_STEM_LETTERS] for word in heard]
        features.update(f"w:{stem}" for stem in stems)
        features.update(f"v:{one} {two}" for one, two in pairwise(stems))
        groups = [name for word in heard if (name := self._group(word))]
        features.update(f"g:{name}" for name in groups)
        for index, one in enumerate(groups):
            features.update(f"h:{min(one, two)} {max(one, two)}" for two in groups[index + 1 :])
        return features

    def _group(self, word: str) -> str | None:
        if name := self._exact.get(word):
            return name
        return next((name for stem, name in self._stems if word.startswith(stem)), None)


def _grams(view: str, text: str, lengths: tuple[int, ...]) -> Iterator[str]:
    for word in text.split():
        padded = f" {word} "
        for length in lengths:
            if length >= len(padded):
                yield f"{view}:{padded}"
                break
            for start in range(len(padded) - length + 1):
                yield f"{view}:{padded[start : start + length]}"
