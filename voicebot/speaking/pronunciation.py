"""Spellings that espeak-ng's Greek rules need to say a word right.

Piper's voices take their phonemes from the same rules.
"""

from __future__ import annotations

import re
from typing import Final

# A letter that stands alone is named when the rules see no word behind it ("ita tonos"); these
# spellings have the sound only. «ι» is the e- of e-ΕΦΚΑ and stressed, the others are small words.
_LONE: Final = {"ι": "ει", "η": "οι", "ή": "οι", "Ή": "οι", "Η": "οι"}
_LONE_LETTER = re.compile(r"\b[ιηήΗΉ]\b")
# «πέντε» comes out as "pede" (espeak-ng issue 855): careful speech has the nasal, and the numbers
# from five to ninety depend on it. An apostrophe parts the letters without parting the word.
_PLAIN_STOPS = re.compile(r"(?<=[αεηιουωάέήίόύώϊΐ])(?:(?P<n>ντ)(?=[ραεηιουωάέήίόύώ])|(?P<m>μπ))")
# Loan words that have the plain stop in every mouth.
_LOANS = re.compile(r"\b(?:βίντεο|βιντεο|ρομπότ|βάιμπερ|τάμπλετ|έντιου)\w*")


def respell(text: str) -> str:
    """Change the spelling where it misleads the rules, whichever voice speaks.

    >>> respell("ο ι έφκα ή, η δίπα")
    'ο ει έφκα οι, οι δίπα'
    """
    return _LONE_LETTER.sub(lambda match: _LONE[match[0]], text)


def nasalise(text: str) -> str:
    """Give «ντ» and «μπ» inside a word their nasal. For espeak-ng's own voice.

    A Piper voice has learned the sound of the plain rule from a speaker who had the nasal.

    >>> nasalise("πέντε, εμπορικός, μπορώ, βιντεοκλήση")
    "πέν'ντε, εμ'μπορικός, μπορώ, βιντεοκλήση"
    """
    loans = [match.span() for match in _LOANS.finditer(text)]

    def part(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in loans):
            return match[0]
        return f"ν'{match['n']}" if match["n"] else f"μ'{match['m']}"

    return _PLAIN_STOPS.sub(part, text)
