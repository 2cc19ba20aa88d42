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


@lru_cache(maxsize=65536)
def word_sounds(word: str) -> str:
    """Write one word in sounds; `υ` stands for the sound of ου.

    A vowel pair is one sound only if its first vowel has no accent and its second no
    diaeresis (άι, αϊ are two).
    """
    letters: list[tuple[str, str]] = []
    for char in unicodedata.normalize("NFD", word.lower()):
        if unicodedata.combining(char):
            if letters:
                letters[-1] = (letters[-1][0], letters[-1][1] + char)
        elif "α" <= char <= "ω":
            letters.append((char, ""))
    out, at = [], 0
    while at < len(letters):
        letter, marks = letters[at]
        following, following_marks = letters[at + 1] if at + 1 < len(letters) else ("", "")
        joined = _ACCENT not in marks and _DIAERESIS not in following_marks
        pair = letter + following
        if joined and pair in _PAIRS:
            out.append(_PAIRS[pair])
            at += 2
        elif joined and letter in "αεη" and following == "υ":
            after = letters[at + 2][0] if at + 2 < len(letters) else "θ"
            vowel = _SINGLES.get(letter, letter)
            if after in "βφ":  # Εύβοια, ευφορία: one consonant
                out.append(vowel)
            else:
                out.append(vowel + ("φ" if after in _VOICELESS else "β"))
            at += 2
        else:
            out.append(_SINGLES.get(letter, letter))
            at += 1
    return re.sub(r"([βγδζθκλμνπρστφχ])\1", r"\1", "".join(out))


def sounds(text: str) -> str:
    """Write a text in sounds, without word boundaries; everything but Greek letters is dropped."""
    return "".join(word_sounds(word) for word in re.findall(r"[Ͱ-Ͽἀ-῿]+", text))


def sound_ids(text: str) -> list[int]:
    """Indices into `SOUNDS`, as the CTC head is trained and scored with them."""
    return [_INDEX[sound] for sound in sounds(text)]
