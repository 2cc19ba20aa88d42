"""How long an SMS is, and how to make Greek shorter.

Greek small letters and accents are not in the GSM 7-bit alphabet: one of them makes the whole
message UCS-2, 70 characters instead of 160 (67 and 153 in a message of several segments). Greek
capitals without accents fit into 7 bits, those that look like Latin letters as these.
Source: 3GPP TS 23.038, TS 23.040.
"""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Literal

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ ÆæßÉ!\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€\f")
_LATIN_LOOKALIKES = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")
_GREEK_LOOKALIKES = str.maketrans("ABEZHIKMNOPTYX", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")


@dataclass(frozen=True)
class Size:
    """`units` are septets or UTF-16 code units; `segments` is what is paid for."""

    encoding: Literal["gsm7", "ucs2"]
    units: int
    segments: int


def measure(text: str) -> Size:
    """How a text travels as an SMS."""
    if all(letter in _BASIC or letter in _EXTENDED for letter in text):
        units = sum(2 if letter in _EXTENDED else 1 for letter in text)
        return Size("gsm7", units, _segments(units, 160, 153))
    units = len(text.encode("utf-16-be")) // 2
    return Size("ucs2", units, _segments(units, 70, 67))


def capitals(text: str) -> str:
    """The text in capitals that fit into the 7-bit alphabet wherever it is Greek."""
    plain = "".join(
        letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter)
    )
    return unicodedata.normalize("NFC", plain).upper().translate(_LATIN_LOOKALIKES)


def comparable(text: str) -> str:
    """Greek capitals without accents, whichever alphabet the phone wrote them in."""
    return capitals(text).translate(_GREEK_LOOKALIKES)


def _segments(units: int, alone: int, joined: int) -> int:
    return 1 if units <= alone else math.ceil(units / joined)
