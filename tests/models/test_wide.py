"""The wide grammar of training sentences: many, none twice, none of the development set."""

from __future__ import annotations

import random
import re

import pytest

from models.greek import wide
from models.greek.numbers_text import any_grouping
from models.greek.text import plain

_DIGITS = {
    "μηδέν": 0, "ένα": 1, "δύο": 2, "τρία": 3, "τέσσερα": 4, "πέντε": 5, "έξι": 6, "επτά": 7,
    "εφτά": 7, "οκτώ": 8, "οχτώ": 8, "εννέα": 9, "εννιά": 9,
}  # fmt: skip
_TIMES = {"δύο": 2, "τρεις": 3, "τέσσερις": 4, "τρία": 3, "τέσσερα": 4}


def _read_back(said: str) -> str:
    """Digits of a string that is said by ones, with runs counted."""
    digits = ""
    words = said.replace(",", "").split()
    while words:
        word = words.pop(0)
        if words[:1] == ["μηδενικά"]:
            digits += "0" * _TIMES[word]
            del words[0]
        elif words[:1] == ["φορές"]:
            digits += str(_DIGITS[words[1]]) * _TIMES[word]
            del words[:2]
        else:
            digits += str(_DIGITS[word])
    return digits


@pytest.mark.parametrize("digits", ["2100004455", "00077", "6999999", "123456789"])
def test_counted_runs_say_the_same_digits(digits: str) -> None:
    by_ones = 0
    for seed in range(300):
        said = any_grouping(digits, random.Random(seed))
        if set(said.replace(",", "").split()) <= {*_DIGITS, *_TIMES, "φορές", "μηδενικά"}:
            by_ones += 1
            assert _read_back(said) == digits, said
    assert by_ones > 30


def test_runs_are_counted_and_groups_reach_thousands() -> None:
    said = " | ".join(any_grouping("2310000567", random.Random(seed)) for seed in range(200))
    assert "τέσσερα μηδενικά" in said or "τρία μηδενικά" in said
    assert "δύο χιλιάδες τριακόσια δέκα" in said or "δύο χιλιάδες τρακόσια δέκα" in said


def test_sentences_are_distinct_and_the_same_every_time() -> None:
    first = list(wide.sentences(3000, 5, set(), set()))
    assert len({plain(sentence) for sentence in first}) == 3000
    assert first == list(wide.sentences(3000, 5, set(), set()))
    assert first != list(wide.sentences(3000, 6, set(), set()))


def test_no_slot_or_choice_is_left_in_a_sentence() -> None:
    greek = re.compile(r"[Ͱ-Ͽἀ-῿\s,.'’-]+")
    for sentence in wide.sentences(3000, 7, set(), set()):
        assert greek.fullmatch(sentence), sentence
        assert len(sentence) <= 120


def test_development_sentences_are_left_out_also_within_longer_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    held_out = "πότε θα πάρω τη σύνταξη"
    monkeypatch.setattr(wide, "domain_sentence", lambda rng: held_out)
    around = list(wide.sentences(300, 8, set(), set()))
    assert any(held_out in sentence and sentence != held_out for sentence in around)

    kept = list(wide.sentences(300, 8, set(), {plain(held_out)}))
    assert not any("σύνταξη" in sentence for sentence in kept)


def test_what_was_seen_is_not_drawn_again() -> None:
    seen: set[str] = set()
    first = {plain(sentence) for sentence in wide.sentences(1000, 8, seen, set())}
    assert seen == first
    second = {plain(sentence) for sentence in wide.sentences(1000, 9, seen, set())}
    assert not first & second


def test_a_grammar_that_runs_dry_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wide, "sentence", lambda rng, barred: "ναι")
    with pytest.raises(RuntimeError, match="gave 1 of 10"):
        list(wide.sentences(10, 1, set(), set()))
