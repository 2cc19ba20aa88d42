"""The normal forms of Greek text."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicebot.understanding import text
from voicebot.understanding.text import fold, skeleton, spell_numbers, words


def test_documented_examples_hold() -> None:
    assert doctest.testmod(text).failed == 0


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Άδεια, μισθός· ΔΏΡΟ;", "αδεια μισθοσ δωρο"),
        ("ΜΑΪΟΣ", "μαιοσ"),
        ("e-ΕΦΚΑ", "e εφκα"),
        ("", ""),
        ("…;!", ""),
    ],
)
def test_folding_removes_what_is_only_writing(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("πληρώνομαι", "πλιρόνομε"),
        ("ασφαλιστική ενημερότητα", "ασφαλιστηκή ενιμερώτιτα"),
        ("ευχαριστώ", "εφχαριστό"),
        ("αύριο", "άβριο"),
        ("άλλη", "άλη"),
        ("taxisnet", "ΤΆΞΙΣΝΕΤ"),
        ("συνταξη", "syntaxi"),
        ("οικογένεια", "ικογένια"),
        ("υγεία", "υγία"),
        ("κόσμος", "κόζμος"),
    ],
)
def test_homophones_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"), [("άδεια", "άδουα"), ("ΟΠΕΚΑ", "ΟΠΕΚΕΠΕ"), ("ΚΕΠ", "ΚΕΠΑ"), ("που", "πι")]
)
def test_different_sounds_stay_different(one: str, other: str) -> None:
    assert skeleton(one) != skeleton(other)


@given(st.text(max_size=60))
def test_folding_any_text_is_idempotent_and_clean(anything: str) -> None:
    folded = fold(anything)
    assert fold(folded) == folded
    assert folded.split() == words(anything)


@given(st.text(alphabet="αβγδεζηθικλμνξοπρστυφχψως άέήίόύώabc1", max_size=40))
def test_the_skeleton_ignores_accents(anything: str) -> None:
    assert skeleton(anything) == skeleton(fold(anything))


@pytest.mark.parametrize(
    ("digits", "spelled"),
    [
        ("1555", "χιλια πεντακοσια πενηντα πεντε"),
        ("100", "εκατο"),
        ("118", "εκατον δεκαοχτω"),
        ("3000", "τρεισ χιλιαδεσ"),
        ("67", "εξηντα εφτα"),
        ("007", "007"),
        ("6945123456", "6945123456"),
    ],
)
def test_numbers_are_spelled(digits: str, spelled: str) -> None:
    assert spell_numbers(digits) == spelled
