from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.understanding.names import PersonName, common_first_names, parse_name, say_name

SAID = {
    "με λένε Γιώργο Παπαδόπουλο": "Γιώργος Παπαδόπουλος",
    "ονομάζομαι Μαρία Κωνσταντίνου": "Μαρία Κωνσταντίνου",
    "Παπαδόπουλος Γιώργος": "Γιώργος Παπαδόπουλος",
    "με λένε Νίκο Δημητρίου": "Νίκος Δημητρίου",
    "με λένε Γιάννη Κωνσταντινίδη": "Γιάννης Κωνσταντινίδης",
    "με λένε Κώστα Παππά": "Κώστας Παππάς",
    "στο όνομα του Γιώργου Παπαδόπουλου": "Γιώργος Παπαδόπουλος",
    "Άννα Μαρία Παππά": "Άννα Μαρία Παππά",
    "Γεωργίου Αναστασία": "Αναστασία Γεωργίου",
    "Γιώργος Παπαδόπουλος του Νικολάου": "Γιώργος Παπαδόπουλος",
    "επώνυμο Αλεξίου όνομα Δημήτρης": "Δημήτρης Αλεξίου",
    "με λένε Βασίλη Οικονόμου και μένω στην Πάτρα": "Βασίλης Οικονόμου",
    "με λένε Ιωάννα, Ιωάννα Καραμανλή": "Ιωάννα Καραμανλή",
    "για τη μητέρα μου, Ουρανία Δελή": "Ουρανία Δελή",
    "Πέτρος Παύλου, όχι συγγνώμη, Παύλος Πέτρου": "Παύλος Πέτρου",
    "Αλμπάν Χότζα": "Αλμπάν Χότζα",
}


@pytest.mark.parametrize(("text", "name"), SAID.items())
def test_names_as_said(text: str, name: str) -> None:
    assert parse_name(text)[0].value.full == name


def test_an_unknown_first_name_is_less_certain() -> None:
    known, unknown = parse_name("Μαρία Δελή")[0], parse_name("Αλμπάν Χότζα")[0]
    assert unknown.confidence < known.confidence


def test_a_single_word_leaves_half_of_the_name_open() -> None:
    assert parse_name("με λένε Χρήστο")[0].value == PersonName("Χρήστος", "")
    assert parse_name("Παπαδοπούλου")[0].value == PersonName("", "Παπαδοπούλου")


@pytest.mark.parametrize("text", ["", "ναι γεια σας", "123", "ε λοιπόν"])
def test_no_name(text: str) -> None:
    assert parse_name(text) == []


def test_say_name() -> None:
    assert say_name(PersonName("Μαρία", "Δελή")) == "Μαρία Δελή"


def test_first_names_for_listening() -> None:
    names = common_first_names()
    assert {"γιώργος", "γιώργο", "μαρία"} <= set(names)
    assert len(names) > 400


@given(st.text(max_size=60))
@settings(deadline=None)
def test_no_text_breaks_it(text: str) -> None:
    assert all(p.value.full for p in parse_name(text))
