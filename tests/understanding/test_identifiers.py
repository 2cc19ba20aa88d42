from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.gr import amka, vat

from tests.understanding.spoken import dictated, digit_strings, spoken_group
from voicebot.understanding import identifiers
from voicebot.understanding.capture import Outcome, capture
from voicebot.understanding.expectation import Kind
from voicebot.understanding.parsed import Reason

afms = digit_strings(8).map(lambda d: d + vat.calc_check_digit(d)).filter(vat.is_valid)


@given(data=st.data(), afm=afms.filter(lambda n: n != "0" * 9))
@settings(deadline=None)
def test_afm_in_any_grouping(data: st.DataObject, afm: str) -> None:
    assert identifiers.parse_afm(data.draw(dictated(afm)))[0].value == afm


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("090000045", None),
        ("731385437", None),
        ("123456789", Reason.CHECKSUM),
        ("000000000", Reason.CHECKSUM),
        ("12345678", Reason.LENGTH),
        ("12345678a", Reason.LENGTH),
    ],
)
def test_validate_afm(number: str, reason: Reason | None) -> None:
    assert identifiers.validate_afm(number) is reason


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("01013099997", None),
        ("21068302674", None),
        ("99019900002", Reason.IMPOSSIBLE_DATE),
        ("31025000121", Reason.IMPOSSIBLE_DATE),
        ("01013099999", Reason.CHECKSUM),
        ("0101309999", Reason.LENGTH),
    ],
)
def test_validate_amka(number: str, reason: Reason | None) -> None:
    assert identifiers.validate_amka(number) is reason


@pytest.mark.parametrize(
    "text",
    [
        "μηδέν ένα μηδέν ένα τριάντα ενενήντα εννιά ενενήντα εννιά εφτά",
        "πρώτη Ιανουαρίου του τριάντα, τέσσερα εννιάρια, εφτά",
        "μία του πρώτου του τριάντα εννιά εννιά εννιά εννιά εφτά",
        "μηδέν ένα, μηδέν ένα, τριάντα, εννιακόσια ενενήντα εννιά, ενενήντα εφτά",
    ],
)
def test_amka_with_its_birth_date_in_any_form(text: str) -> None:
    assert identifiers.parse_amka(text)[0].value == "01013099997"


@given(st.integers(0, 9_999_999))
@settings(deadline=None)
def test_protocol_numbers_are_valid_and_read_back(serial: int) -> None:
    number = identifiers.make_protocol(serial)
    assert identifiers.validate_protocol(number) is None
    said = identifiers.say_protocol(number)
    assert identifiers.parse_protocol(said)[0].value == number
    pairs = ", ".join(spoken_group(pair) for pair in said.split("-"))
    assert identifiers.parse_protocol(pairs)[0].value == number


def test_protocol_serial_out_of_range() -> None:
    with pytest.raises(ValueError, match="0 to 9999999"):
        identifiers.make_protocol(10_000_000)


def test_one_wrong_digit_breaks_a_protocol_number() -> None:
    number = identifiers.make_protocol(1234567)
    for place, digit in enumerate(number):
        wrong = number[:place] + str((int(digit) + 1) % 10) + number[place + 1 :]
        assert identifiers.validate_protocol(wrong) is Reason.CHECKSUM


@pytest.mark.parametrize(
    ("text", "postcode"),
    [("εκατόν τέσσερα τριάντα ένα", "10431"), ("πέντε τέσσερα έξι δύο δύο", "54622")],
)
def test_postcodes(text: str, postcode: str) -> None:
    assert identifiers.parse_postcode(text)[0].value == postcode


def test_postcode_prefix() -> None:
    assert identifiers.validate_postcode("90431") is Reason.PREFIX


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("kind", [Kind.AFM, Kind.AMKA])
def test_no_wrong_checksum_is_accepted_in_10_000_cases(kind: Kind) -> None:
    """Random numbers with a wrong check digit, dictated in random groups."""
    chance = random.Random(f"wrong {kind}")
    right = vat.is_valid if kind is Kind.AFM else amka.is_valid
    length = 9 if kind is Kind.AFM else 11
    taken = []
    for _ in range(10_000):
        number = "".join(chance.choice("0123456789") for _ in range(length))
        if right(number):
            continue
        groups, start = [], 0
        while start < length:
            size = chance.randint(1, 3)
            groups.append(spoken_group(number[start : start + size]))
            start += size
        text = chance.choice((" ", ", ")).join(groups)
        result = capture(kind, [(text, 1.0)])
        if result.value is not None:
            assert right(str(result.value))
        if result.outcome is Outcome.ACCEPTED:
            taken.append((text, number, result.value))
    # Another grouping of the same words can be a right number; it must stay rare.
    assert len(taken) <= 10


def test_luhn_of_an_amka_alone_is_not_enough() -> None:
    number = "3202500012"
    number += luhn.calc_check_digit(number)
    assert luhn.is_valid(number)
    assert identifiers.validate_amka(number) is Reason.IMPOSSIBLE_DATE
