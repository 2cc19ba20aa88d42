"""The grammar that the dialogue asks with."""

from __future__ import annotations

import pytest

from voicebot.hearing.constraint import (
    Arc,
    Constraint,
    any_of,
    digits,
    likely,
    optional,
    phrases,
    sequence,
)


def accepted(constraint: Constraint) -> set[str]:
    return set(constraint.sentences())


def test_a_closed_list_is_recognised_as_one() -> None:
    assert phrases(["ναι", "όχι"]).is_list
    assert not sequence(phrases(["για"]), phrases(["αύριο"])).is_list
    assert any_of(phrases(["ναι"]), phrases(["όχι", "μπα"])).is_list


def test_sequence_choice_and_option_combine() -> None:
    part = sequence(optional(phrases(["α"])), any_of(phrases(["β"]), phrases(["γ"])), name="x")
    assert accepted(part) == {"β", "γ", "α β", "α γ"}
    assert part.name == "x"
    tail = sequence(phrases(["α"]), optional(phrases(["β"])), optional(phrases(["γ"])))
    assert accepted(tail) == {"α", "α β", "α γ", "α β γ"}


def test_two_digits_in_every_grouping() -> None:
    said = accepted(digits({2}, lead_ins=()))
    assert {"τρία τρία", "τριάντα τρία", "τριάντα", "δεκαεφτά", "δύο μηδενικά"} <= said
    assert "τρία" not in said
    assert "εκατό" not in said


def test_three_digits_by_hundreds() -> None:
    said = accepted(digits({3}, lead_ins=()))
    assert {"εκατόν είκοσι τρία", "διακόσια δέκα", "εκατό", "μηδέν εξήντα εννιά"} <= said
    assert "διακόσια δέκα ένα" not in said
    assert "εκατόν μηδέν" not in said


def test_digits_of_identifiers_stay_small_enough_to_search() -> None:
    for length in (9, 10, 11):
        assert len(digits({length}).arcs) < 2000


def test_lead_ins_may_come_first() -> None:
    said = accepted(digits({1}, lead_ins=("είναι το",)))
    assert {"είναι το πέντε", "πέντε"} <= said


def test_equal_constraints_are_equal_and_hashable() -> None:
    assert hash(digits({9})) == hash(digits({9}))
    assert phrases(["ναι"]) == phrases(["ναι"])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: phrases([]), "empty list"),
        (lambda: phrases({"ναι": 0.0}), "positive"),
        (lambda: phrases([" "]), "without words"),
        (lambda: digits({0}), "1 to 30"),
        (lambda: digits(()), "1 to 30"),
        (lambda: sequence(), "nothing"),
        (lambda: any_of(), "nothing"),
        (lambda: Constraint(2, (Arc(1, 0, "α"),), frozenset({1})), "forward"),
        (lambda: Constraint(2, (Arc(0, 1, "α"),), frozenset()), "no final"),
    ],
)
def test_wrong_grammars_are_refused(wrong: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        wrong()  # type: ignore[operator]


def test_likely_words_are_no_grammar() -> None:
    names = likely({"μαρία": 0.3, "παπαδάκη": 0.1}, name="name")
    assert names.is_loose
    assert not phrases(["μαρία", "παπαδάκη"]).is_loose
    assert names == likely({"μαρία": 0.3, "παπαδάκη": 0.1}, name="name")


@pytest.mark.parametrize("shares", [{}, {"α": 0.0}, {"α": 0.7, "β": 0.4}])
def test_shares_must_be_shares(shares: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="x"):
        likely(shares, name="x")
