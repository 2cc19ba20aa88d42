"""Greek numerals in words: cardinals, ordinals, fractions, decimals, digits.

Usable alone: nothing here knows about speech or telephones.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Gender(StrEnum):
    """Of the noun that is counted."""

    MASCULINE = "masculine"
    FEMININE = "feminine"
    NEUTER = "neuter"


class Case(StrEnum):
    """Of the noun that is counted."""

    NOMINATIVE = "nominative"
    GENITIVE = "genitive"
    ACCUSATIVE = "accusative"


MAX_CARDINAL: Final = 10**15 - 1

_UNITS: Final = (
    "μηδέν", "ένα", "δύο", "τρία", "τέσσερα", "πέντε", "έξι", "επτά", "οκτώ", "εννέα", "δέκα",
    "έντεκα", "δώδεκα", "δεκατρία", "δεκατέσσερα", "δεκαπέντε", "δεκαέξι", "δεκαεπτά",
    "δεκαοκτώ", "δεκαεννέα",
)  # fmt: skip
_TENS: Final = (
    "", "", "είκοσι", "τριάντα", "σαράντα", "πενήντα", "εξήντα", "εβδομήντα", "ογδόντα",
    "ενενήντα",
)  # fmt: skip
_HUNDRED_STEMS: Final = (
    "", "", "διακόσι", "τριακόσι", "τετρακόσι", "πεντακόσι", "εξακόσι", "επτακόσι", "οκτακόσι",
    "εννιακόσι",
)  # fmt: skip
_ONE: Final = {
    (Gender.MASCULINE, Case.NOMINATIVE): "ένας",
    (Gender.MASCULINE, Case.GENITIVE): "ενός",
    (Gender.MASCULINE, Case.ACCUSATIVE): "έναν",
    (Gender.FEMININE, Case.NOMINATIVE): "μία",
    (Gender.FEMININE, Case.GENITIVE): "μίας",
    (Gender.FEMININE, Case.ACCUSATIVE): "μία",
    (Gender.NEUTER, Case.NOMINATIVE): "ένα",
    (Gender.NEUTER, Case.GENITIVE): "ενός",
    (Gender.NEUTER, Case.ACCUSATIVE): "ένα",
}
# Three and four, alone and after δεκα-: (masculine and feminine, neuter, genitive).
_INFLECTED: Final = {
    3: ("τρεις", "τρία", "τριών"),
    4: ("τέσσερις", "τέσσερα", "τεσσάρων"),
    13: ("δεκατρείς", "δεκατρία", "δεκατριών"),
    14: ("δεκατέσσερις", "δεκατέσσερα", "δεκατεσσάρων"),
}
# Singular, plural, genitive singular, genitive plural.
_SCALES: Final = (
    (
        10**12,
        ("τρισεκατομμύριο", "τρισεκατομμύρια", "τρισεκατομμυρίου", "τρισεκατομμυρίων"),
    ),
    (10**9, ("δισεκατομμύριο", "δισεκατομμύρια", "δισεκατομμυρίου", "δισεκατομμυρίων")),
    (10**6, ("εκατομμύριο", "εκατομμύρια", "εκατομμυρίου", "εκατομμυρίων")),
)


def cardinal(number: int, gender: Gender = Gender.NEUTER, case: Case = Case.NOMINATIVE) -> str:
    """A whole number in words, agreeing with the noun it counts.

    Args:
        number: of absolute value below 10^15.
        gender: of the noun.
        case: of the noun.

    Raises:
        ValueError: the number is too large.

    >>> cardinal(883)
    'οκτακόσια ογδόντα τρία'
    >>> cardinal(1204, Gender.FEMININE)
    'χίλιες διακόσιες τέσσερις'
    >>> cardinal(23, Gender.MASCULINE, Case.GENITIVE)
    'είκοσι τριών'
    >>> cardinal(200, Gender.MASCULINE, Case.ACCUSATIVE)
    'διακόσιους'
    >>> cardinal(21_000_001)
    'είκοσι ένα εκατομμύρια ένα'
    >>> cardinal(-5)
    'μείον πέντε'
    """
    if abs(number) > MAX_CARDINAL:
        raise ValueError(f"{number} is beyond what is put into words ({MAX_CARDINAL})")
    if number == 0:
        return _UNITS[0]
    words = ["μείον"] if number < 0 else []
    rest = abs(number)
    for scale, (singular, plural, singular_genitive, plural_genitive) in _SCALES:
        count, rest = divmod(rest, scale)
        if count:
            genitive = case is Case.GENITIVE
            one = singular_genitive if genitive else singular
            many = plural_genitive if genitive else plural
            words += _below_thousand(count, Gender.NEUTER, case)
            words.append(one if count == 1 else many)
    thousands, rest = divmod(rest, 1000)
    if thousands == 1:
        words.append("χιλίων" if case is Case.GENITIVE else _with_ending("χίλι", gender, case))
    elif thousands:
        words += _below_thousand(thousands, Gender.FEMININE, case)
        words.append("χιλιάδων" if case is Case.GENITIVE else "χιλιάδες")
    words += _below_thousand(rest, gender, case)
    return " ".join(words)


def _with_ending(stem: str, gender: Gender, case: Case) -> str:
    if gender is Gender.NEUTER:
        return f"{stem}α"
    if gender is Gender.FEMININE:
        return f"{stem}ες"
    return f"{stem}ους" if case is Case.ACCUSATIVE else f"{stem}οι"


def _below_thousand(number: int, gender: Gender, case: Case) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words: list[str] = []
    if hundreds == 1:
        words.append("εκατόν" if rest else "εκατό")
    elif hundreds:
        stem = _HUNDRED_STEMS[hundreds]
        if case is Case.GENITIVE:
            words.append(stem.replace("κόσι", "κοσίων"))
        else:
            words.append(_with_ending(stem, gender, case))
    if rest >= 20:
        tens, rest = divmod(rest, 10)
        words.append(_TENS[tens])
    if rest:
        words.append(_small(rest, gender, case))
    return words


def _small(number: int, gender: Gender, case: Case) -> str:
    if number == 1:
        return _ONE[gender, case]
    if number in _INFLECTED:
        personal, neuter, genitive = _INFLECTED[number]
        if case is Case.GENITIVE:
            return genitive
        return neuter if gender is Gender.NEUTER else personal
    return _UNITS[number]


_ORDINAL_STEMS: Final = (
    "", "πρώτ", "δεύτερ", "τρίτ", "τέταρτ", "πέμπτ", "έκτ", "έβδομ", "όγδο", "ένατ", "δέκατ",
    "ενδέκατ", "δωδέκατ",
)  # fmt: skip
_ORDINAL_TENS: Final = (
    "", "δέκατ", "εικοστ", "τριακοστ", "τεσσαρακοστ", "πεντηκοστ", "εξηκοστ", "εβδομηκοστ",
    "ογδοηκοστ", "ενενηκοστ",
)  # fmt: skip
_ORDINAL_HUNDREDS: Final = (
    "", "εκατοστ", "διακοσιοστ", "τριακοσιοστ", "τετρακοσιοστ", "πεντακοσιοστ", "εξακοσιοστ",
    "επτακοσιοστ", "οκτακοσιοστ", "εννιακοσιοστ",
)  # fmt: skip
_ORDINAL_ENDINGS: Final = {
    (Gender.MASCULINE, Case.NOMINATIVE, False): "ος",
    (Gender.MASCULINE, Case.GENITIVE, False): "ου",
    (Gender.MASCULINE, Case.ACCUSATIVE, False): "ο",
    (Gender.FEMININE, Case.NOMINATIVE, False): "η",
    (Gender.FEMININE, Case.GENITIVE, False): "ης",
    (Gender.FEMININE, Case.ACCUSATIVE, False): "η",
    (Gender.NEUTER, Case.NOMINATIVE, False): "ο",
    (Gender.NEUTER, Case.GENITIVE, False): "ου",
    (Gender.NEUTER, Case.ACCUSATIVE, False): "ο",
    (Gender.MASCULINE, Case.NOMINATIVE, True): "οι",
    (Gender.MASCULINE, Case.ACCUSATIVE, True): "ους",
    (Gender.FEMININE, Case.NOMINATIVE, True): "ες",
    (Gender.FEMININE, Case.ACCUSATIVE, True): "ες",
    (Gender.NEUTER, Case.NOMINATIVE, True): "α",
    (Gender.NEUTER, Case.ACCUSATIVE, True): "α",
}
# Endings take the accent where the stem has none: εικοστός.
_ACCENTED: Final = {"ο": "ό", "η": "ή", "α": "ά", "ε": "έ"}


def ordinal(
    number: int,
    gender: Gender = Gender.NEUTER,
    case: Case = Case.NOMINATIVE,
    *,
    plural: bool = False,
) -> str:
    """An ordinal in words.

    Raises:
        ValueError: the number is not between 1 and 1999.

    >>> ordinal(1, Gender.FEMININE)
    'πρώτη'
    >>> ordinal(21, Gender.MASCULINE, Case.GENITIVE)
    'εικοστού πρώτου'
    >>> ordinal(112, Gender.NEUTER)
    'εκατοστό δωδέκατο'
    """
    if not 1 <= number <= 1999:
        raise ValueError(f"ordinal {number} is not between 1 and 1999")
    thousands, rest = divmod(number, 1000)
    stems = ["χιλιοστ"] if thousands else []
    hundreds, rest = divmod(rest, 100)
    if hundreds:
        stems.append(_ORDINAL_HUNDREDS[hundreds])
    if rest > 12:
        tens, rest = divmod(rest, 10)
        stems.append(_ORDINAL_TENS[tens])
    if rest:
        stems.append(_ORDINAL_STEMS[rest])
    ending = "ων" if plural and case is Case.GENITIVE else _ORDINAL_ENDINGS[gender, case, plural]
    return " ".join(_join_ordinal(stem, ending) for stem in stems)


def _join_ordinal(stem: str, ending: str) -> str:
    if any(letter in "άέήίόύώ" for letter in stem):
        return stem + ending
    if ending.startswith("ου"):
        return f"{stem}ού{ending[2:]}"
    if ending in ("οι", "ων"):
        return stem + {"οι": "οί", "ων": "ών"}[ending]
    return stem + _ACCENTED[ending[0]] + ending[1:]


def fraction(numerator: int, denominator: int) -> str:
    """A fraction in words.

    >>> fraction(2, 3)
    'δύο τρίτα'
    >>> fraction(1, 10)
    'ένα δέκατο'
    """
    parts = ordinal(denominator, Gender.NEUTER, plural=numerator != 1)
    return f"{cardinal(numerator)} {parts}"


def digits(text: str) -> str:
    """Digit by digit.

    >>> digits("045")
    'μηδέν τέσσερα πέντε'
    """
    return " ".join(_UNITS[int(digit)] for digit in text)


def decimal(whole: str, decimals: str) -> str:
    """A decimal number, the comma said as it is in Greek.

    The part behind the comma is said as a number when it is one or two digits without a leading
    zero, digit by digit otherwise.

    >>> decimal("418", "95")
    'τετρακόσια δεκαοκτώ κόμμα ενενήντα πέντε'
    >>> decimal("0", "05")
    'μηδέν κόμμα μηδέν πέντε'
    """
    as_number = len(decimals) <= 2 and not decimals.startswith("0")
    after = cardinal(int(decimals)) if as_number else digits(decimals)
    return f"{cardinal(int(whole))} κόμμα {after}"


_HALVES: Final = (
    "μισό", "μιάμιση", "δυόμισι", "", "", "πεντέμισι", "εξίμισι", "επτάμισι", "οκτώμισι",
    "εννιάμισι", "δεκάμισι", "εντεκάμισι", "δωδεκάμισι",
)  # fmt: skip


def and_a_half(whole: int, gender: Gender) -> str | None:
    """A number and a half in one word, up to twelve; None beyond.

    >>> and_a_half(3, Gender.FEMININE), and_a_half(3, Gender.NEUTER)
    ('τρεισήμισι', 'τριάμισι')
    >>> and_a_half(1, Gender.MASCULINE), and_a_half(2, Gender.NEUTER), and_a_half(40, Gender.NEUTER)
    ('ενάμισης', 'δυόμισι', None)
    """
    if whole == 0:
        return {Gender.MASCULINE: "μισός", Gender.FEMININE: "μισή"}.get(gender, "μισό")
    if whole == 1:
        return {Gender.MASCULINE: "ενάμισης", Gender.FEMININE: "μιάμιση"}.get(gender, "ενάμισι")
    if whole in (3, 4):
        neuter = {3: "τριάμισι", 4: "τεσσεράμισι"}[whole]
        return neuter if gender is Gender.NEUTER else {3: "τρεισήμισι", 4: "τεσσερισήμισι"}[whole]
    return _HALVES[whole] if whole < len(_HALVES) else None
