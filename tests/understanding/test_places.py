from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.understanding.places import (
    all_places,
    is_ambiguous,
    parse_place,
    same_name,
    say_place,
    spoken_places,
)

SAID = {
    "στο Περιστέρι": "Περιστέρι",
    "του Περιστερίου": "Περιστέρι",
    "στο περιστερη": "Περιστέρι",
    "της Αθήνας": "Αθήνα",
    "στον Πειραιά": "Πειραιάς",
    "στα Γιάννενα": "Ιωάννινα",
    "στα Χανιά": "Χανιά",
    "Σερρών": "Σέρρες",
    "στους Αγίους Αναργύρους": "Άγιοι Ανάργυροι",
    "στου Ζωγράφου": "Ζωγράφου",
    "στο Μαρούσι": "Αμαρούσιο",
    "στη Σαντορίνη": "Θήρα",
    "στην Κω": "Κως",
    "στη θεσαλονικη": "Θεσσαλονίκη",
    "εφοσμοσ": "Εύοσμος",
    "στο χαϊδάρη": "Χαϊδάρι",
    "Ν. Σμύρνη": "Νέα Σμύρνη",
    "στο Άργος Ορεστικό": "Άργος Ορεστικό",
    "Αμπελόκηποι Θεσσαλονίκης": "Αμπελόκηποι Θεσσαλονίκης",
    "στους Αμπελόκηπους στην Αθήνα": "Αμπελόκηποι Αττικής",
    "στην Αθήνα στην Καλλιθέα": "Καλλιθέα Αττικής",
    "Νέα Ιωνία Μαγνησίας": "Νέα Ιωνία Βόλου",
    "στον Άγιο Νικόλαο στην Κρήτη": "Άγιος Νικόλαος Κρήτης",
    "στο Ηράκλειο": "Ηράκλειο Κρήτης",
    "στο Νέο Ηράκλειο": "Ηράκλειο Αττικής",
    "στη Λάρισα όχι συγγνώμη στον Βόλο": "Βόλος",
}


@pytest.mark.parametrize(("text", "label"), SAID.items())
def test_places_as_said(text: str, label: str) -> None:
    found = parse_place(text)
    assert found[0].value.label == label
    assert not is_ambiguous(found)


@pytest.mark.parametrize(
    "text", ["στους Αμπελόκηπους", "στη Νέα Ιωνία", "Άγιος Δημήτριος", "Νεάπολη", "Καλλιθέα"]
)
def test_names_that_exist_twice_are_ambiguous(text: str) -> None:
    found = parse_place(text)
    assert is_ambiguous(found)
    assert len({p.value.label for p in found}) == len(found) >= 2


@pytest.mark.parametrize("place", all_places(), ids=lambda place: place.label)
def test_every_label_is_found_again(place: object) -> None:
    found = [p.value for p in parse_place(f"στην περιοχή {place.label}")]  # type: ignore[attr-defined]
    assert place in found


def test_labels_tell_places_apart() -> None:
    labels = [place.label for place in all_places()]
    assert len(labels) == len(set(labels))


def test_choices_for_the_question_back() -> None:
    assert [say_place(p) for p in same_name("Αμπελόκηποι")] == [
        "Αμπελόκηποι Αττικής",
        "Αμπελόκηποι Θεσσαλονίκης",
    ]


@pytest.mark.parametrize(
    "text", ["", "θέλω ραντεβού για σύνταξη", "δεν ξέρω", "ναι παρακαλώ", "όχι ευχαριστώ"]
)
def test_no_place(text: str) -> None:
    assert parse_place(text) == []


def test_spoken_places_are_lower_case_and_unique() -> None:
    names = spoken_places()
    assert len(names) == len(set(names)) > 300
    assert all(name == name.lower() for name in names)


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_text_breaks_it(text: str) -> None:
    assert all(0 < p.confidence <= 1 for p in parse_place(text))
