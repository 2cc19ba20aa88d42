from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.understanding.number_words import number_words
from voicebot.understanding.numbers import parse_number, spoken_numbers
from voicebot.understanding.words import split


@given(st.integers(0, 999))
@settings(deadline=None)
def test_a_cardinal_in_words_is_read_back(value: int) -> None:
    words = split(number_words(value))
    longest = spoken_numbers(words, 0)[0]
    assert (longest.value, longest.end, longest.cost) == (value, len(words), 0.0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("εφτά", 7),
        ("οκτώ", 8),
        ("εννέα", 9),
        ("δεκαεφτά", 17),
        ("δέκα εφτά", 17),
        ("ενήντα εννιά", 99),
        ("εφδομήντα", 70),
        ("εικοσιπέντε", 25),
        ("τρακόσια τριάντα τρία", 333),
        ("χίλια διακόσια", 1200),
        ("δύο χιλιάδες είκοσι έξι", 2026),
        ("σαράντα τρεις χιλιάδες", 43000),
        ("τετρακόσιοι πέντε", 405),
        ("ογδοντα", 80),
        ("πεντακοσια", 500),
        ("δεκατεσερα", 14),
    ],
)
def test_habitual_and_misspelt_forms(text: str, value: int) -> None:
    assert parse_number(text)[0].value == value


@pytest.mark.parametrize("text", ["και", "έχω", "τηλέφωνο", "Τετάρτη", "εννοώ", "τώρα", ""])
def test_everyday_words_are_no_numbers(text: str) -> None:
    assert parse_number(text) == []


@pytest.mark.parametrize("value", [-1, 1000])
def test_number_words_refuses_what_it_can_not_say(value: int) -> None:
    with pytest.raises(ValueError, match="0 to 999"):
        number_words(value)
