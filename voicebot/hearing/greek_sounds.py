"""Greek spelling to the sounds that the CTC head of the Greek recogniser writes.

The head hears sounds, not spelling: η, ι, υ, ει, οι and υι are one sound, ω is ο, double
consonants are single. Each sound has one letter here; stress is not written.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Index in the head's output; 0 is the blank.
SOUNDS = "_αειουβγδζθκλμνπρστφχbdg"
BLANK = 0

_INDEX = {sound: index for index, sound in enumerate(SOUNDS)}
_ACCENT = "\u0301"
_DIAERESIS = "\u0308"
_VOICELESS = "θκξπσςτφχψ"

#: Pairs of letters that are one sound (or another pair), tried before single letters.
_PAIRS = {
    "αι": "ε", "ει": "ι", "οι": "ι", "υι": "ι", "ου": "υ", "μπ": "b", "ντ": "d", "γκ": "g",
    "γγ": "g", "γχ": "νχ", "γξ": "νκσ", "τζ": "dζ",
}  # fmt: skip
_SINGLES = {
    "η": "ι", "υ": "ι", "ω": "ο", "ξ": "κσ", "ψ": "πσ", "ς": "σ",
}  # fmt: skip


def plain(text: str) -> str:
    """Lower case without accents and diaereses; final ς is kept."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _letters(word: str) -> list[tuple[str, str]]:
    """Greek letters with their marks."""
    letters: list[tuple[str, str]] = []
    for char in unicodedata.normalize("NFD", word.lower()):
        if unicodedata.combining(char):
            if letters:
                letters[-1] = (letters[-1][0], letters[-1][1] + char)
        elif "α" <= char <= "ω":
            letters.append((char, ""))
    return letters


def _letters_and_sounds(letters: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Cut a word into letters that are written for a sound (or two), and what they sound like."""
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(letters):
        letter, marks = letters[at]
        following, following_marks = letters[at + 1] if at + 1 < len(letters) else ("", "")
        joined = _ACCENT not in marks and _DIAERESIS not in following_marks
        pair = letter + following
        if joined and pair in _PAIRS:
            out.append((pair + following_marks, _PAIRS[pair]))
            at += 2
        elif joined and letter in "αεη" and following == "υ":
            after = letters[at + 2][0] if at + 2 < len(letters) else "θ"
            vowel = _SINGLES.get(letter, letter)
            consonant = "φ" if after in _VOICELESS else "β"
            if after in "βφ":  # Εύβοια, ευφορία: one consonant
                consonant = ""
            out.append((pair + following_marks, vowel + consonant))
            at += 2
        else:
            out.append((letter + marks, _SINGLES.get(letter, letter)))
            at += 1
    return out


def spelling(word: str) -> list[tuple[str, str]]:
    """Cut a word into groups of letters, each with its sounds; double consonants are one group.

    >>> spelling("Πάππου")
    [('π', 'π'), ('ά', 'α'), ('ππ', 'π'), ('ου', 'υ')]
    """
    groups: list[tuple[str, str]] = []
    for letters, sound in _letters_and_sounds(_letters(word)):
        if groups and groups[-1][1] == sound and sound in "βγδζθκλμνπρστφχ":
            groups[-1] = (groups[-1][0] + letters, sound)
        else:
            groups.append((letters, sound))
    return [(unicodedata.normalize("NFC", letters), sound) for letters, sound in groups]


@lru_cache(maxsize=65536)
def word_sounds(word: str) -> str:
    """Write one word in sounds; `υ` stands for the sound of ου.

    A vowel pair is one sound only if its first vowel has no accent and its second no
    diaeresis (άι, αϊ are two).
    """
    letters = _letters(word)
    out: list[str] = [sound for _, sound in _letters_and_sounds(letters)]
    return re.sub(r"([βγδζθκλμνπρστφχ])\1", r"\1", "".join(out))


def sounds(text: str) -> str:
    """Write a text in sounds, without word boundaries; everything but Greek letters is dropped."""
    return "".join(word_sounds(word) for word in re.findall(r"[Ͱ-Ͽἀ-῿]+", text))


def sound_ids(text: str) -> list[int]:
    """Indices into `SOUNDS`, as the CTC head is trained and scored with them."""
    return [_INDEX[sound] for sound in sounds(text)]
