"""Variants of examples keep their meaning and do not depend on chance."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from voicebot.understanding.augmentation import misheard, wordy
from voicebot.understanding.text import skeleton, words

EXAMPLE = "πότε πληρώνεται το επίδομα παιδιού αυτόν τον μήνα"


@given(st.integers())
def test_a_wordy_variant_contains_the_words_of_the_example_in_order(seed: int) -> None:
    variant = iter(words(wordy(EXAMPLE, random.Random(seed))))
    assert all(word in variant for word in words(EXAMPLE))


@given(st.integers(), st.text(max_size=30))
def test_any_text_can_be_misheard(seed: int, text: str) -> None:
    once = misheard(text, random.Random(seed))
    assert once == misheard(text, random.Random(seed))


def test_most_misheard_words_still_sound_like_the_example() -> None:
    meant = set(skeleton(EXAMPLE).split())
    kept = total = 0
    for seed in range(200):
        heard = skeleton(misheard(EXAMPLE, random.Random(seed))).split()
        kept += sum(word in meant for word in heard)
        total += len(heard)
    assert 0.5 < kept / total < 0.95
