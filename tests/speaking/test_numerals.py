"""Numerals: doctests, tables, and properties over the whole range."""

from __future__ import annotations

import doctest
import importlib
import pkgutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

import voicebot.speaking
from voicebot.speaking.numerals import (
    MAX_CARDINAL,
    Case,
    Gender,
    cardinal,
    digits,
    fraction,
    ordinal,
)

_UNITS = [
    "μηδέν", "ένα", "δύο", "τρία", "τέσσερα", "πέντε", "έξι", "επτά", "οκτώ", "εννέα", "δέκα",
    "έντεκα", "δώδεκα",
]  # fmt: skip
_VALUES = {word: value for value, word in enumerate(_UNITS)} | {
    "μία": 1, "τρεις": 3, "τέσσερις": 4, "δεκατρία": 13, "δεκατρείς": 13, "δεκατέσσερα": 14,
    "δεκατέσσερις": 14, "δεκαπέντε": 15, "δεκαέξι": 16, "δεκαεπτά": 17, "δεκαοκτώ": 18,
    "δεκαεννέα": 19, "είκοσι": 20, "τριάντα": 30, "σαράντα": 40, "πενήντα": 50, "εξήντα": 60,
    "εβδομήντα": 70, "ογδόντα": 80, "ενενήντα": 90, "εκατό": 100, "εκατόν": 100,
}  # fmt: skip
_HUNDREDS = [
    "διακόσι", "τριακόσι", "τετρακόσι", "πεντακόσι", "εξακόσι", "επτακόσι", "οκτακόσι",
    "εννιακόσι",
]  # fmt: skip
for _index, _stem in enumerate(_HUNDREDS, start=2):
    _VALUES |= {f"{_stem}{ending}": 100 * _index for ending in ("α", "ες", "οι", "ους")}
_SCALES = {
    "χιλιάδες": 10**3, "εκατομμύριο": 10**6, "εκατομμύρια": 10**6, "δισεκατομμύριο": 10**9,
    "δισεκατομμύρια": 10**9, "τρισεκατομμύριο": 10**12, "τρισεκατομμύρια": 10**12,
}  # fmt: skip


def _value(words: str) -> int:
    """Read a cardinal back, independently of how it was made."""
    total = group = 0
    for word in words.split():
        if word in ("χίλια", "χίλιες", "χίλιοι", "χίλιους"):
            total += 1000
        elif word in _SCALES:
            total += group * _SCALES[word]
            group = 0
        else:
            group += _VALUES[word]
    return total + group


def _modules() -> list[str]:
    package = voicebot.speaking
    return [found.name for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")]


@pytest.mark.parametrize("name", _modules())
def test_doctests(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_doctests_in_every_pure_module() -> None:
    pure = "abbreviations acronyms agreement dates identifiers normaliser numerals quantities"
    for name in [*pure.split(), "pronunciation", "sentences", "spelling", "times"]:
        module = importlib.import_module(f"voicebot.speaking.{name}")
        assert doctest.testmod(module).attempted > 0, name


@given(st.integers(min_value=0, max_value=10**9))
def test_cardinals_are_read_back(number: int) -> None:
    assert _value(cardinal(number)) == number


@given(st.integers(min_value=0, max_value=MAX_CARDINAL))
def test_feminine_cardinals_are_read_back(number: int) -> None:
    assert _value(cardinal(number, Gender.FEMININE)) == number


@given(
    st.integers(min_value=-MAX_CARDINAL, max_value=MAX_CARDINAL),
    st.sampled_from(Gender),
    st.sampled_from(Case),
)
def test_every_form_is_of_greek_letters(number: int, gender: Gender, case: Case) -> None:
    words = cardinal(number, gender, case).replace(" ", "")
    assert words
    assert all("Ͱ" <= letter <= "Ͽ" for letter in words)


@pytest.mark.parametrize("number", [MAX_CARDINAL + 1, -MAX_CARDINAL - 1])
def test_too_large_a_cardinal_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="beyond"):
        cardinal(number)


@pytest.mark.parametrize(
    ("number", "gender", "case", "words"),
    [
        (1, Gender.MASCULINE, Case.NOMINATIVE, "ένας"),
        (1, Gender.MASCULINE, Case.ACCUSATIVE, "έναν"),
        (3, Gender.MASCULINE, Case.NOMINATIVE, "τρεις"),
        (4, Gender.FEMININE, Case.GENITIVE, "τεσσάρων"),
        (14, Gender.MASCULINE, Case.ACCUSATIVE, "δεκατέσσερις"),
        (100, Gender.FEMININE, Case.NOMINATIVE, "εκατό"),
        (101, Gender.FEMININE, Case.NOMINATIVE, "εκατόν μία"),
        (300, Gender.MASCULINE, Case.ACCUSATIVE, "τριακόσιους"),
        (300, Gender.NEUTER, Case.GENITIVE, "τριακοσίων"),
        (1000, Gender.NEUTER, Case.GENITIVE, "χιλίων"),
        (1999, Gender.FEMININE, Case.NOMINATIVE, "χίλιες εννιακόσιες ενενήντα εννέα"),
        (3000, Gender.NEUTER, Case.NOMINATIVE, "τρεις χιλιάδες"),
        (4000, Gender.NEUTER, Case.GENITIVE, "τεσσάρων χιλιάδων"),
        (200_000, Gender.NEUTER, Case.NOMINATIVE, "διακόσιες χιλιάδες"),
        (1_000_000, Gender.NEUTER, Case.GENITIVE, "ενός εκατομμυρίου"),
    ],
)
def test_agreement(number: int, gender: Gender, case: Case, words: str) -> None:
    assert cardinal(number, gender, case) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "πρώτος"),
        (8, "όγδοος"),
        (12, "δωδέκατος"),
        (13, "δέκατος τρίτος"),
        (21, "εικοστός πρώτος"),
        (40, "τεσσαρακοστός"),
        (100, "εκατοστός"),
        (1821, "χιλιοστός οκτακοσιοστός εικοστός πρώτος"),
    ],
)
def test_ordinals(number: int, words: str) -> None:
    assert ordinal(number, Gender.MASCULINE) == words


def test_ordinals_are_inflected_in_every_word() -> None:
    assert ordinal(35, Gender.FEMININE, Case.GENITIVE) == "τριακοστής πέμπτης"
    assert ordinal(20, Gender.MASCULINE, Case.ACCUSATIVE, plural=True) == "εικοστούς"
    assert ordinal(2, Gender.NEUTER, Case.GENITIVE, plural=True) == "δεύτερων"


@pytest.mark.parametrize("number", [0, -1, 2000])
def test_an_ordinal_out_of_range_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="not between"):
        ordinal(number)


def test_fractions() -> None:
    assert fraction(3, 4) == "τρία τέταρτα"
    assert fraction(1, 3) == "ένα τρίτο"
    assert fraction(5, 12) == "πέντε δωδέκατα"


@given(st.text(alphabet="0123456789", min_size=1, max_size=12))
def test_digits_say_each_digit(text: str) -> None:
    assert [_UNITS.index(word) for word in digits(text).split()] == [int(digit) for digit in text]
