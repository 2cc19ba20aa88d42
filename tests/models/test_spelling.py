"""Other languages' sounds in Greek letters."""

from __future__ import annotations

import pytest

from models.greek.spelling import greek_letters
from voicebot.hearing.greek_sounds import sounds


@pytest.mark.parametrize(
    ("ipa", "language", "letters"),
    [
        ("ˈuna kˈasa βˈeɾðe", "es", "ουνα κασα βερδε"),  # Spanish has the Greek β, δ, γ
        ("ˈaɣwa", "es", "αγουα"),
        ("mˈaɡdʒo", "it", "μαγκτζο"),
        ("ˈuna kˈasa vˈerde", "ro", "ουνα κασα βερντε"),
        ("pˈətrə", "ro", "πατρα"),  # ă is nearer to α there
        ("lə", "fr-fr", "λε"),
        ("bɔ̃", "fr-fr", "μπον"),
        ("t͡ʃas", "ru", "τσας".replace("ς", "σ")),
        ("(en)ˈɛks(bg)", "bg", "εκσ"),  # marks of another voice are no sounds
    ],
)
def test_ipa_is_written_as_a_greek_ear_takes_it(ipa: str, language: str, letters: str) -> None:
    assert greek_letters(ipa, language) == letters


def test_what_is_written_has_the_sounds_that_the_head_knows() -> None:
    assert sounds(greek_letters("ˈbweno", "es")) == "bυενο"
    assert sounds(greek_letters("dˈanke", "de")) == "dανκε"


def test_unknown_signs_are_left_out_and_words_kept_apart() -> None:
    assert greek_letters("a ʔ ʘ  b", "") == "α μπ"
