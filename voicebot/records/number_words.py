"""Greek number words, only as far as masking needs: how many digits a word stands for.

Words are compared by sound (η, υ, ει, οι as ι; ω as ο; no accents; single consonants), since a
recogniser spells them in many ways.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum, auto


class Size(Enum):
    """What a number word is made of, which tells what it may take in after itself."""

    ZERO = auto()
    UNIT = auto()
    TEEN = auto()
    TENS = auto()
    HUNDREDS = auto()
    THOUSANDS = auto()
    REPEAT = auto()


DIGITS_OF = {
    Size.ZERO: 1,
    Size.UNIT: 1,
    Size.TEEN: 2,
    Size.TENS: 2,
    Size.HUNDREDS: 3,
    Size.THOUSANDS: 3,
    Size.REPEAT: 2,
}

_SOUNDS = (("αι", "ε"), ("ει", "ι"), ("οι", "ι"), ("υι", "ι"), ("γγ", "γκ"))
_LETTERS = str.maketrans({"η": "ι", "υ": "ι", "ω": "ο", "ς": "σ", "χ": "κ", "φ": "π"})
_DOUBLED = re.compile(r"(.)\1+")


def sound(word: str) -> str:
    """The word as it sounds, roughly. χ/κ and φ/π are one: οκτώ is οχτώ and επτά is εφτά."""
    plain = unicodedata.normalize("NFD", word.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for written, heard in _SOUNDS:
        plain = plain.replace(written, heard)
    return _DOUBLED.sub(r"\1", plain.translate(_LETTERS))


def _sounds(words: str) -> frozenset[str]:
    return frozenset(sound(word) for word in words.split())


def _table(words: dict[Size, str]) -> dict[str, Size]:
    return {sound(word): size for size, line in words.items() for word in line.split()}


_HUNDREDS = "διακόσι τριακόσι τετρακόσι πεντακόσι εξακόσι επτακόσι οκτακόσι εννιακόσι"

NUMBER_WORDS = _table(
    {
        Size.ZERO: "μηδέν μηδενικό",
        Size.UNIT: "ένα έναν ένας μία μια δύο δυο δυό τρία τρεις τρις τέσσερα "
        "τέσσερις τέσσερεις πέντε έξι επτά εφτά οκτώ οχτώ εννέα εννιά "
        "ενός μιας τριών τεσσάρων",
        Size.TEEN: "δέκα έντεκα ένδεκα δώδεκα δεκατρία δεκατρείς δεκατέσσερα δεκατέσσερις "
        "δεκαπέντε δεκαέξι δεκάξι δεκαεπτά δεκαεφτά δεκαοκτώ δεκαοχτώ δεκαεννέα δεκαεννιά",
        Size.TENS: "είκοσι τριάντα σαράντα πενήντα εξήντα εβδομήντα ογδόντα ενενήντα",
        Size.HUNDREDS: "εκατό εκατόν "
        + " ".join(stem + end for stem in _HUNDREDS.split() for end in ("α", "ες", "ους", "ων")),
        Size.THOUSANDS: "χίλια χίλιες χίλιοι χιλιάδες χιλιάδα",
        Size.REPEAT: "μηδενικά διπλό διπλά διπλός τριπλό τριπλά άσσοι άσοι δυάρια τριάρια "
        "τεσσάρια πεντάρια εξάρια επτάρια εφτάρια οκτάρια οχτάρια εννιάρια",
    }
)

FILLERS = _sounds(
    "και κι ε εε εεε μετά παύλα κόμμα τελεία συν όχι ναι λάθος συγγνώμη μμ "
    "περιμένετε περίμενε μισό λεπτό λοιπόν ξανά κάθετος"
)
"""Words that people say between the digits of one number."""

BREAKS = _sounds(
    "ιανουαρίου φεβρουαρίου μαρτίου απριλίου μαΐου ιουνίου ιουλίου αυγούστου "
    "σεπτεμβρίου οκτωβρίου νοεμβρίου δεκεμβρίου γενάρη φλεβάρη μάρτη απρίλη μάη ιούνη ιούλη "
    "σεπτέμβρη οκτώβρη νοέμβρη δεκέμβρη δευτέρα τρίτη τετάρτη πέμπτη παρασκευή σάββατο κυριακή "
    "χρόνια χρονών ετών έτη μήνες μέρες ημέρες ένσημα ευρώ λεπτά τοις"
)
"""Words that say what a number counts: what follows is another number."""

AMOUNT_UNITS = _sounds("ευρώ ευρά λεπτά ένσημα κλήσεις")


@dataclass
class DigitCount:
    """Counts the digits of a run of number words, at the least that it can stand for: «εξήντα
    εννιά» is two digits, «εξήντα δέκα» four."""

    digits: int = 0
    last: Size | None = None

    def add(self, size: Size) -> None:
        """Take one more word."""
        self.digits += DIGITS_OF[size] if not self._inside(size) else 0
        self.last = size

    def add_digits(self, count: int) -> None:
        """Take digits that were written as digits."""
        self.digits += count
        self.last = None

    def _inside(self, size: Size) -> bool:
        """Whether the word completes the number before it instead of beginning a new one."""
        match self.last:
            case Size.TENS:
                return size is Size.UNIT
            case Size.HUNDREDS:
                return size in (Size.UNIT, Size.TEEN, Size.TENS)
            case Size.THOUSANDS:
                return size not in (Size.ZERO, Size.THOUSANDS)
            case _:
                return False
