"""The table of confusions."""

from __future__ import annotations

from collections import Counter

from models.greek.alignment import aligned, report


def test_substitutions_deletions_and_insertions_are_told_apart() -> None:
    assert list(aligned("δεκα", "βεκ")) == [("δ", "β"), ("ε", "ε"), ("κ", "κ"), ("α", "")]
    assert list(aligned("οχι", "οχτι")) == [("ο", "ο"), ("χ", "χ"), ("", "τ"), ("ι", "ι")]


def test_nothing_heard_is_all_deleted() -> None:
    assert list(aligned("να", "")) == [("ν", ""), ("α", "")]


def test_rates_are_shares_of_the_sounds_said() -> None:
    pairs = Counter(aligned("δεκα", "βεκ"))
    first, *rows = report(pairs).splitlines()
    assert first == "50.0% of 4 sounds wrong: substituted 25.0%, deleted 25.0%"
    assert "  δ → β  1 100% of δ" in rows
