"""The words of a language model in little memory: one text, and where each word lies in it.

A tuple of 110,000 strings and dictionaries over them take 55 MB; this takes 4.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import overload

import numpy as np

from voicebot.hearing.greek_sounds import plain

_WORD = re.compile(rb"\S+")


class Vocabulary(Sequence[str]):
    """Words by their numbers, and numbers by words. Thread-safe.

    Args:
        text: the words in UTF-8, with white space between them.

    Raises:
        ValueError: it is not UTF-8.
    """

    def __init__(self, text: bytes) -> None:
        self._text = text
        places, hashes = array("i"), array("q")
        for match in _WORD.finditer(text):
            places.extend(match.span())
            hashes.append(hash(plain(match.group().decode("utf-8"))))
        self._places = places  # of each word its first byte and the byte after its last
        keys = np.frombuffer(hashes, np.int64)
        order = np.argsort(keys, kind="stable")  # of words that are alike the first comes first
        self._keys = array("q", keys[order].tobytes())
        self._numbers = array("i", order.astype(np.int32).tobytes())
        # the readings of one utterance have most words in common
        self._numbers_found = lru_cache(maxsize=2048)(self._find)

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[str, ...]: ...

    def __getitem__(self, at: int | slice) -> str | tuple[str, ...]:
        if isinstance(at, slice):
            return tuple(self[number] for number in range(*at.indices(len(self))))
        if at < 0:
            at += len(self)
        if not 0 <= at < len(self):
            raise IndexError(f"no word {at}")
        return self._text[self._places[2 * at] : self._places[2 * at + 1]].decode("utf-8")

    def number(self, word: str) -> int | None:
        """The number of a word, written with its accents."""
        return self._numbers_found(word)

    def like(self, word: str) -> int | None:
        """The lowest number of a word that is this one apart from accents."""
        bare = plain(word)
        return next((at for at in self._alike(bare) if plain(self[at]) == bare), None)

    def _find(self, word: str) -> int | None:
        return next((at for at in self._alike(plain(word)) if self[at] == word), None)

    def _alike(self, bare: str) -> Sequence[int]:
        """Numbers, ascending, of all words without accents like this (and of the same hash)."""
        key, keys = hash(bare), self._keys
        first = after = bisect_left(keys, key)
        while after < len(keys) and keys[after] == key:
            after += 1
        return self._numbers[first:after]
