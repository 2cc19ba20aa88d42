from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.understanding.choices import match_choice

SLOTS = [
    "Τρίτη 1 Δεκεμβρίου στις 10:30",
    "Πέμπτη 3 Δεκεμβρίου στις 12:00",
    "Παρασκευή 4 Δεκεμβρίου στις 9:00",
]
AGENCIES = ["έφκα", "δύπα", "οπέκα", "επιθεώρηση εργασίας"]


@pytest.mark.parametrize(
    ("text", "index"),
    [
        ("το πρώτο", 0),
        ("τη δεύτερη", 1),
        ("το τρίτο", 2),
        ("το τελευταίο", 2),
        ("νούμερο δύο", 1),
        ("ένα", 0),
        ("την Τρίτη", 0),
        ("την Πέμπτη καλύτερα", 1),
        ("την παρασκεβή στις ενιά", 2),
        ("στις δέκα και μισή", 0),
        ("στις δώδεκα", 1),
        ("τέσσερις Δεκεμβρίου", 2),
    ],
)
def test_offered_times(text: str, index: int) -> None:
    assert match_choice(text, SLOTS)[0].value == index


@pytest.mark.parametrize(
    ("text", "index"),
    [("στον έφκα", 0), ("τη δίπα", 1), ("ο πεκα", 2), ("στην επιθεώρηση", 3), ("στο δεύτερο", 1)],
)
def test_offered_agencies(text: str, index: int) -> None:
    assert match_choice(text, AGENCIES)[0].value == index


@pytest.mark.parametrize("text", ["", "κανένα από αυτά", "κάτι άλλο", "τι λέτε", "πόσο κοστίζει"])
def test_nothing_chosen(text: str) -> None:
    assert match_choice(text, SLOTS) == []


def test_what_fits_two_choices_gives_both_with_doubt() -> None:
    found = match_choice("τον Δεκέμβριο", SLOTS)
    assert not found or found[0].confidence < 0.7


def test_no_choices() -> None:
    assert match_choice("το πρώτο", []) == []


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_text_breaks_it(text: str) -> None:
    for parsed in match_choice(text, SLOTS):
        assert 0 <= parsed.value < len(SLOTS)
        assert 0 < parsed.confidence <= 1
