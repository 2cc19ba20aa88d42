"""Words by number and numbers by word."""

from __future__ import annotations

import pytest

from voicebot.hearing.vocabulary import Vocabulary

WORDS = ("θέλω", "που", "πού", "ραντεβού", "πώς", "πως")


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(" ".join(WORDS).encode())


def test_the_words_stand_in_their_order(vocabulary: Vocabulary) -> None:
    assert len(vocabulary) == len(WORDS)
    assert tuple(vocabulary) == WORDS
    assert (vocabulary[-1], vocabulary[1:3]) == ("πως", ("που", "πού"))
    with pytest.raises(IndexError, match="no word 6"):
        vocabulary[len(WORDS)]


def test_each_word_has_its_number(vocabulary: Vocabulary) -> None:
    assert [vocabulary.number(word) for word in WORDS] == list(range(len(WORDS)))


def test_a_number_is_that_of_the_very_word(vocabulary: Vocabulary) -> None:
    assert vocabulary.number("θελω") is None
    assert vocabulary.number("ραντεβ") is None


@pytest.mark.parametrize(("word", "like"), [("ποῦ", 1), ("πού", 1), ("πως", 4), ("ΘΕΛΩ", 0)])
def test_the_first_of_those_that_differ_in_accents(
    vocabulary: Vocabulary, word: str, like: int
) -> None:
    assert vocabulary.like(word) == like


def test_what_is_not_there(vocabulary: Vocabulary) -> None:
    assert vocabulary.like("έλα") is None
    assert Vocabulary(b"").like("έλα") is None


def test_words_of_one_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicebot.hearing.vocabulary.hash", lambda _: 7, raising=False)
    crowded = Vocabulary(" ".join(WORDS).encode())
    assert [crowded.number(word) for word in WORDS] == list(range(len(WORDS)))
    assert crowded.like("ραντεβου") == WORDS.index("ραντεβού")
    assert crowded.like("έλα") is None


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="utf-8"):
        Vocabulary("θέλω".encode("iso8859-7"))
