from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.understanding.spoken import dictated, digit_strings
from voicebot.understanding.digits import parse_digits


@given(data=st.data(), length=st.sampled_from([5, 8, 9, 10, 11]))
@settings(max_examples=300, deadline=None)
def test_any_grouping_with_pauses_is_read_back(data: st.DataObject, length: int) -> None:
    digits = data.draw(digit_strings(length))
    text = data.draw(dictated(digits))
    assert parse_digits(text, (length,))[0].value == digits


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_without_pauses_the_digits_are_among_the_readings(data: st.DataObject) -> None:
    digits = data.draw(digit_strings(9))
    text = data.draw(dictated(digits, separator=" "))
    readings = [p.value for p in parse_digits(text, (9,), lambda d: d == digits)]
    assert readings[0] == digits


@given(st.text(max_size=80))
@settings(deadline=None)
def test_no_text_breaks_the_parser(text: str) -> None:
    for parsed in parse_digits(text):
        assert parsed.value.isdecimal()
        assert 0 < parsed.confidence <= 1


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("δύο μηδενικά", "00"),
        ("τρία τριάρια", "333"),
        ("διπλό τέσσερα", "44"),
        ("τριπλό το εννιά", "999"),
        ("τρεις φορές το πέντε", "555"),
        ("δύο εξάρια και ένα εφτάρι", "6617"),
        ("συν τριάντα", "30"),
        ("μηδέν μηδέν τριάντα", "0030"),
        ("έξι χιλιάδες εννιακόσια σαράντα πέντε", "6945"),
        ("εξηνταεννιά σαρανταπέντε", "6945"),
        ("δέκα παύλα δύο τελεία τρία", "1023"),
        ("210 52 85 525", "2105285525"),
        ("εφτά έξι 4", "764"),
    ],
)
def test_habitual_forms(text: str, digits: str) -> None:
    lengths = (len(digits),)
    assert parse_digits(text, lengths)[0].value == digits


def test_thirty_three_may_be_two_or_three_digits() -> None:
    assert parse_digits("τριάντα τρία", (2,))[0].value == "33"
    assert parse_digits("τριάντα τρία", (3,))[0].value == "303"
    assert parse_digits("τριάντα, τρία")[0].value == "303"
    assert parse_digits("τριάντα τρία")[0].value == "33"


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("ένα δύο τρία, όχι, τέσσερα", "124"),
        ("ένα δύο τρία, όχι, συγγνώμη, τέσσερα, πέντε", "1245"),
        ("ένα δύο, λάθος, πάμε από την αρχή, εφτά έξι τέσσερα", "764"),
        ("ένα δύο τρία τέσσερα, το τελευταίο είναι εννιά", "1239"),
        ("εφτά έξι τέσσερα οχτώ, συγγνώμη, εφτά όχι οχτώ", "7647"),
        ("ένα δύο τρία τέσσερα, τα δύο τελευταία είναι πέντε έξι", "1256"),
        ("όχι, είναι ένα δύο τρία", "123"),
        ("ένα λεπτό να βρω τα γυαλιά μου… ένα δύο τρία", "123"),
    ],
)
def test_self_corrections(text: str, digits: str) -> None:
    assert parse_digits(text, (len(digits),))[0].value == digits


def test_restart_forgets_even_a_whole_number() -> None:
    text = "ένα δύο τρία τέσσερα, να το ξαναπώ, πέντε έξι εφτά οχτώ"
    assert parse_digits(text, (4,))[0].value == "5678"


@pytest.mark.parametrize("text", ["", "δεν το θυμάμαι", "περιμένετε μισό λεπτό"])
def test_nothing_said(text: str) -> None:
    assert parse_digits(text) == []


def test_misheard_words_cost_confidence() -> None:
    plain = parse_digits("πέντε έξι οχτώ", (3,))[0]
    bent = parse_digits("πεντα εξι οχτω", (3,)) or parse_digits("πεντι έξι οχτώ", (3,))
    assert bent[0].value == plain.value
    assert bent[0].confidence < plain.confidence


def test_a_long_dictation_stays_bounded() -> None:
    text = " ".join(["εικοσι τρια"] * 40)
    assert parse_digits(text, (9,)) == []
    assert len(parse_digits(text)) <= 12
