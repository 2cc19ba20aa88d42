"""Of a sentence that goes on, what may be shown: all but a number that may still grow."""

from __future__ import annotations

import re

from voicebot.records.masking import mask
from voicebot.records.number_words import BREAKS, FILLERS, NUMBER_WORDS, sound

MORE = "…"
"""Stands for what is being said and not shown yet."""

_WORD = re.compile(r"\[[^\]\s]+\]|\d+|[^\W\d_]+")
# `mask` bridges so much between the digits of one number.
_FILLERS_IN_A_ROW = 4
_GAPS_IN_A_ROW = 1
_EMAIL_JOINT = frozenset(map(sound, ("τελεία", "παύλα", "παπάκι", "dot")))


def mask_unfinished(text: str) -> str:
    """The text masked as `mask` does, cut before a number or an address that is not complete:
    while an ΑΦΜ is dictated, its first five digits are no harmless number.

    «το αφμ μου είναι μηδέν εννιά τέσσερα» gives «το αφμ μου είναι …»
    """
    masked = mask(text)
    words = list(_WORD.finditer(masked))
    start = _open_from(words)
    return masked if start is None else masked[:start] + MORE


def _open_from(words: list[re.Match[str]]) -> int | None:
    """Where the number or address begins that the next words may go on with."""
    start = None
    fillers = gaps = 0
    for index in range(len(words) - 1, -1, -1):
        word = sound(words[index].group())
        if words[index].group().isdigit() or word in NUMBER_WORDS:
            start = words[index].start()
            fillers = gaps = 0
        elif word.startswith("["):
            # Masked already; what was said before it may turn out to belong to it.
            fillers = gaps = 0
        elif word in _EMAIL_JOINT and index:
            start = words[index - 1].start()
            fillers = gaps = 0
        elif word in FILLERS and fillers < _FILLERS_IN_A_ROW:
            fillers += 1
        elif word not in BREAKS and gaps < _GAPS_IN_A_ROW:
            gaps += 1
        else:
            break
    return start
