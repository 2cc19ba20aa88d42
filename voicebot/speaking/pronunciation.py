"""Spellings that espeak-ng's Greek rules need to say a word right.

Piper's voices take their phonemes from the same rules.
"""

from __future__ import annotations

import re

# A letter that stands alone is named ("iota"); accented it is the sound: «ι έφκα».
_LONE_IOTA = re.compile(r"\bι\b")


def respell(text: str) -> str:
    """Change the spelling where it misleads the rules.

    >>> respell("ο ι έφκα")
    'ο ή έφκα'
    """
    return _LONE_IOTA.sub("ή", text)
