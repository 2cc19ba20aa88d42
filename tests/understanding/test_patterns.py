"""The short notation for many wordings."""

from __future__ import annotations

import random

import pytest

from voicebot.understanding.patterns import Pattern, PatternError

PHRASES = {"when": "πότε|ποια μέρα"}


def all_samples(text: str) -> set[str]:
    return set(Pattern(text, PHRASES).samples(random.Random(1), 50))


@pytest.mark.parametrize(
    ("text", "samples"),
    [
        ("απλό κείμενο", {"απλό κείμενο"}),
        ("(ένα|δύο) τρία", {"ένα τρία", "δύο τρία"}),
        ("ένα [δύο] τρία", {"ένα τρία", "ένα δύο τρία"}),
        ("[ένα|δύο] τρία", {"τρία", "ένα τρία", "δύο τρία"}),
        ("<when> μπαίνει", {"πότε μπαίνει", "ποια μέρα μπαίνει"}),
        ("(<when>|(α|β) γ)", {"πότε", "ποια μέρα", "α γ", "β γ"}),
        ("σύνταξη[ς]", {"σύνταξη", "σύνταξης"}),
        ("ένα|δύο", {"ένα", "δύο"}),
    ],
)
def test_a_pattern_stands_for_its_utterances(text: str, samples: set[str]) -> None:
    assert all_samples(text) == samples


@pytest.mark.parametrize("text", ["(ένα", "ένα)", "[ένα)", "<nowhere> ένα", "<when"])
def test_a_malformed_pattern_says_so(text: str) -> None:
    with pytest.raises(PatternError):
        Pattern(text, PHRASES)


def test_sampling_is_deterministic_and_bounded() -> None:
    pattern = Pattern("(α|β|γ|δ) (ε|ζ|η|θ)", PHRASES)
    once = pattern.samples(random.Random(7), 5)
    assert once == pattern.samples(random.Random(7), 5)
    assert len(once) == len(set(once)) == 5
