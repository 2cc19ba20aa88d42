"""Hot words put together: what is made of them is kept by identity."""

from __future__ import annotations

import gc

from voicebot.hearing.constraint import phrases
from voicebot.hearing.hot_words import NONE, HotWords, equally_likely, of_constraint

TOWNS = of_constraint(phrases(["Πάτρα", "Πάρος"]))
OFFERED = equally_likely(("ραντεβού", "Πάτρα"))


def test_nothing_added_changes_nothing() -> None:
    assert TOWNS + NONE is TOWNS
    assert NONE + OFFERED is OFFERED
    assert not NONE + NONE


def test_the_same_two_give_the_same_object() -> None:
    assert TOWNS + OFFERED is TOWNS + OFFERED


def test_the_second_ones_shares_count() -> None:
    both = TOWNS + OFFERED
    assert set(both.shares) == {"Πάτρα", "Πάρος", "ραντεβού"}
    assert both.shares["Πάτρα"] == OFFERED.shares["Πάτρα"]


def test_asking_again_leaves_no_more_objects_behind() -> None:
    def alive() -> int:
        gc.collect()
        return sum(isinstance(one, HotWords) for one in gc.get_objects())

    sums = [TOWNS + OFFERED + NONE]
    before = alive()
    sums += [TOWNS + OFFERED + NONE for _ in range(20)]
    assert alive() == before
