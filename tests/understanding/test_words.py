from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicebot.understanding.corrections import cut_at_corrections
from voicebot.understanding.numbers import split_joined
from voicebot.understanding.words import (
    distance,
    match_phrase,
    phrase_sounds,
    phrase_table,
    sound,
    split,
)


@pytest.mark.parametrize(
    ("left", "right"),
    [("οχτώ", "οχτο"), ("Παρασκευή", "παρασκεβι"), ("Εύοσμος", "έφοσμος"), ("ναι", "νε")],
)
def test_homophones_sound_alike(left: str, right: str) -> None:
    assert distance(sound(left), sound(right)) <= (1 if left == "Εύοσμος" else 0)


def test_pauses_are_where_punctuation_stands() -> None:
    words = split("τριάντα, τρία… και 210-52")
    assert [(word.text, word.pause) for word in words] == [
        ("τριαντα", False),
        ("τρια", True),
        ("και", True),
        ("210", False),
        ("52", True),
    ]


@given(st.text(max_size=80))
@settings(deadline=None)
def test_any_text_can_be_split(text: str) -> None:
    words = split(text)
    assert all(word.text and word.raw in text for word in words)
    assert not words or not words[0].pause


def test_longest_phrase_wins() -> None:
    words = split("όχι ευχαριστώ πολύ")
    phrases = phrase_sounds("όχι", "όχι ευχαριστώ")
    assert match_phrase(words, 0, phrases) == 2
    assert match_phrase(words, 1, phrases) == 0
    assert phrase_table("όχι, όχι ευχαριστώ") == phrases


def test_near_phrases_allow_a_letter_in_long_words() -> None:
    words = split("του αγίου σπυρίδονου")
    phrases = phrase_sounds("αγίου σπυρίδωνος")
    assert match_phrase(words, 1, phrases, near=True) == 0
    assert match_phrase(split("αγίου σπιρίδωνο"), 0, phrases, near=True) == 2


@given(st.text("αβγδει", max_size=8), st.text("αβγδει", max_size=8))
@settings(deadline=None)
def test_distance_is_symmetric_and_bounded(left: str, right: str) -> None:
    gap = distance(left, right, 3)
    assert gap == distance(right, left, 3)
    assert (gap == 0) == (left == right)
    assert gap <= 4


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("εικοσιπέντε", "εικοσι πεντε"),
        ("στοδέκα", "στο δεκα"),
        ("δυοκαι δέκα", "δυο και δεκα"),
        ("δεκατριαχίλια", "δεκατρια χιλια"),
        ("δεκαεφτά", "δεκαεφτα"),
        ("Τετάρτη", "τεταρτη"),
        ("σύνταξη", "συνταξη"),
    ],
)
def test_joined_words_are_taken_apart(text: str, apart: str) -> None:
    assert " ".join(word.text for word in split_joined(split(text))) == apart


def test_utterances_are_cut_at_corrections() -> None:
    segments = cut_at_corrections(split("ένα δύο, όχι, τρία, πάμε από την αρχή, τέσσερα"))
    said = [" ".join(word.text for word in segment.words) for segment in segments]
    assert said == ["ενα δυο", "τρια", "τεσσερα"]
    assert [segment.bare_no for segment in segments] == [False, True, False]
    assert [segment.restarts for segment in segments] == [False, False, True]


def test_a_leading_no_corrects_nothing() -> None:
    (segment,) = cut_at_corrections(split("όχι, τρία"))
    assert [word.text for word in segment.words] == ["τρια"]


def test_waiting_is_no_number() -> None:
    (segment,) = cut_at_corrections(split("ένα λεπτό τρία"))
    assert [word.text for word in segment.words] == ["τρια"]
