"""Words that are in no list, written by their sounds."""

from __future__ import annotations

import numpy as np
import pytest

from voicebot.hearing import ctc
from voicebot.hearing.greek_sounds import BLANK, SOUNDS, sound_ids, spelling, word_sounds
from voicebot.hearing.recogniser import FloatArray
from voicebot.hearing.spelled import Speller

SURNAMES = (
    "παπαδάκης", "μανωλάκης", "σταθάκης", "παυλάκης", "γεωργάκης", "μακρόπουλος", "σταυρόπουλος",
    "παυλόπουλος", "σταθόπουλος", "μακρίδης", "παυλίδης", "σταυρίδης", "μαυρίδης", "μαύρος",
)  # fmt: skip


@pytest.fixture(scope="module")
def speller() -> Speller:
    return Speller(SURNAMES)


def spoken(word: str, sure: float = 6.0) -> FloatArray:
    """Two frames for every sound, with silence around and between."""
    rows = [BLANK]
    for sound in sound_ids(word):
        rows += [sound, sound, BLANK]
    logits = np.zeros((len(rows), len(SOUNDS)), np.float32)
    logits[np.arange(len(rows)), rows] = sure
    return ctc.log_softmax(logits)


@pytest.mark.parametrize("word", ["παπαδάκης", "κραουνάκης", "μαυρόπουλος", "δρανδάκης"])
def test_a_word_is_heard_by_its_sounds(speller: Speller, word: str) -> None:
    assert speller.hear(spoken(word), 1, 0.9) == [word_sounds(word)]


def test_what_follows_what_decides_where_the_sounds_do_not(speller: Speller) -> None:
    scores = spoken("παυλάκης")
    sounds = sound_ids("παυλάκης")
    other = SOUNDS.index("δ")
    # the λ could as well be a δ
    scores[(scores.argmax(axis=1) == sounds[3]), other] = scores.max()
    assert speller.hear(scores, 1, 0.9) == [word_sounds("παυλάκης")]


def test_silence_is_no_word(speller: Speller) -> None:
    assert speller.hear(spoken(""), 2, 0.9) == []


def test_words_like_the_listed_ones_are_likelier(speller: Speller) -> None:
    assert speller.score(word_sounds("μαυράκης")) > speller.score(word_sounds("ξτβιγκρ"))


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("κραουνάκης", "κραουνάκης"),  # an ending as in the list
        ("μανωλόπουλος", "μανωλόπουλος"),  # the ω of another word
        ("μαυράκης", "μαυράκης"),  # αυ, not αβ
        ("μπέδης", "μπέδης"),  # letters that the list does not have
    ],
)
def test_it_is_spelled_as_others_are(speller: Speller, word: str, written: str) -> None:
    spelled = speller.spell(word_sounds(word))
    assert word_sounds(spelled) == word_sounds(word)
    assert spelled[-2:] == written[-2:]
    if word != "μπέδης":
        assert spelled == written


def test_groups_of_letters_sound_as_the_word() -> None:
    for word in (*SURNAMES, "Αγγελής", "Ευαγγέλου", "Παππάς", "Ψαρράς", "Χατζηϊωάννου"):
        together = "".join(sound for _, sound in spelling(word))
        assert together == word_sounds(word)
        letters = "".join(group for group, _ in spelling(word))
        assert letters.replace("σ", "ς") == word.lower().replace("σ", "ς")
