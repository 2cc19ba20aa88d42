"""Names that the line listens for, and which readings of a name come first."""

from __future__ import annotations

import pytest

from voicebot.hearing.recogniser import Hypothesis, Transcript
from voicebot.line.constraints import constraint_for, is_value, weighed
from voicebot.line.names import as_names, spoken_names
from voicebot.understanding.expectation import Expectation, Kind

NAMES = {arc.text for arc in spoken_names().arcs}


@pytest.mark.parametrize(
    "name",
    ["μαρία", "γιώργος", "γιώργο", "παπαδόπουλος", "παπαδόπουλο", "παπαδοπούλου", "παπαϊωάννου",
     "παπαθανασίου", "χατζηγεωργίου", "γεωργίου", "γιωργίου", "ιωαννίδη", "κωνσταντινίδου"],
)  # fmt: skip
def test_names_are_likely_in_the_forms_that_are_said(name: str) -> None:
    assert name in NAMES


def test_a_name_is_asked_for_with_likely_words_and_no_grammar() -> None:
    constraint = constraint_for(Expectation(Kind.NAME, "name"))

    assert constraint is spoken_names()
    assert constraint.is_loose
    assert not is_value(constraint)
    assert is_value(constraint_for(Expectation(Kind.YES_NO)))


@pytest.mark.parametrize(
    ("heard", "other", "first"),
    [
        ("άννα παππάς", "άννα παππά", "άννα παππά"),
        ("σοφία παπαδόπουλος", "σοφία παπαδοπούλου", "σοφία παπαδοπούλου"),
        ("με λένε νίκο σαμαράς", "με λένε νίκο σαμαρά", "με λένε νίκο σαμαρά"),
        ("νίκος σαμαράς", "νίκος σαμαρά", "νίκος σαμαράς"),
        ("μαρία ιωάννου", "μαρία ιωάννη", "μαρία ιωάννου"),
        ("άννα ξυλάς", "άννα ξυλά", "άννα ξυλάς"),  # in no list: nothing is known of it
    ],
)
def test_names_that_agree_come_first(heard: str, other: str, first: str) -> None:
    transcript = Transcript(heard, 0.7, (Hypothesis(heard, 0.6), Hypothesis(other, 0.4)))

    assert as_names(transcript).text == first


def test_a_name_is_written_as_people_write_it() -> None:
    said = Transcript("γιωργία γιωργίου", 0.7, (Hypothesis("γιωργία γιωργίου", 1.0),))

    heard = weighed(said, spoken_names(), is_open=True)

    assert heard.text == heard.alternatives[0].text == "γεωργία γεωργίου"


def test_a_name_of_its_own_stays() -> None:
    assert as_names(Transcript("γιώργος", 0.7)).text == "γιώργος"
