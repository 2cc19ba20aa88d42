"""Where a text may be cut: sentences for streaming, phrases for pauses."""

from __future__ import annotations

import re
from typing import Final

from voicebot.speaking.abbreviations import SHORTENED

# A pause of about a third of a second inside a sentence, as between the groups of a number.
PAUSE: Final = "…"

_END = re.compile(r"([.!?;\u037e…]+[»\"')\]]*)\s+")


def sentences(text: str) -> list[str]:
    """Split at sentence ends and line breaks; shortened words and numbers do not end a sentence.

    >>> sentences("Καλησπέρα σας. Πώς σας λένε; Πείτε π.χ. το ΑΦΜ.")
    ['Καλησπέρα σας.', 'Πώς σας λένε;', 'Πείτε π.χ. το ΑΦΜ.']
    >>> sentences("έξι εννέα … δύο τρία")
    ['έξι εννέα … δύο τρία']
    """
    found: list[str] = []
    for line in text.splitlines():
        start = 0
        for match in _END.finditer(line):
            piece = line[start : match.end(1)]
            if match[1].startswith(PAUSE) or _ends_in_abbreviation(piece):
                continue
            found.append(piece.strip())
            start = match.end()
        found.append(line[start:].strip())
    return [piece for piece in found if any(letter.isalnum() for letter in piece)]


def _ends_in_abbreviation(piece: str) -> bool:
    if not piece.endswith(".") or piece.endswith(".."):
        return False
    words = piece[:-1].split()
    return bool(words) and words[-1].lower().lstrip("(«") in SHORTENED


def phrases(sentence: str) -> list[str]:
    """Split a sentence at its pause marks.

    >>> phrases("έξι εννέα … ένα δύο.")
    ['έξι εννέα,', 'ένα δύο.']
    """
    pieces = [piece.strip(" ,") for piece in sentence.split(PAUSE)]
    spoken = [piece for piece in pieces if any(letter.isalnum() for letter in piece)]
    # The comma keeps the voice up: the sentence is not over.
    return [piece if piece is spoken[-1] else f"{piece}," for piece in spoken]
