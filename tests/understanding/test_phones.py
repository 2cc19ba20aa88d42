from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.understanding.spoken import dictated, digit_strings
from voicebot.understanding.parsed import Reason
from voicebot.understanding.phones import (
    PhoneKind,
    parse_phone,
    phone_kind,
    say_phone,
    validate_phone,
)

mobiles = digit_strings(7).map(lambda d: "694" + d)


@given(data=st.data(), number=mobiles)
@settings(deadline=None)
def test_mobiles_in_any_grouping(data: st.DataObject, number: str) -> None:
    assert parse_phone(data.draw(dictated(number)))[0].value == number


@given(mobiles)
@settings(deadline=None)
def test_say_back_is_read_as_the_same_number(number: str) -> None:
    assert parse_phone(say_phone(number))[0].value == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("διακόσια δέκα, πενήντα δύο, ογδόντα πέντε, πεντακόσια είκοσι πέντε", "2105285525"),
        ("δύο δέκα πενήντα δύο ογδόντα πέντε πέντε δύο πέντε", "2105285525"),
        ("συν τριάντα εξήντα εννιά σαράντα πέντε δώδεκα τριάντα τέσσερα πενήντα έξι", "6945123456"),
        ("+30 694 512 3456", "6945123456"),
        ("00306945123456", "6945123456"),
        ("είκοσι τρία δέκα διακόσια τριάντα τέσσερα πεντακόσια εξήντα εφτά", "2310234567"),
    ],
)
def test_habitual_forms(text: str, number: str) -> None:
    assert parse_phone(text)[0].value == number


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("6945123456", PhoneKind.MOBILE),
        ("2105285525", PhoneKind.LANDLINE),
        ("1945123456", None),
        ("abc", None),
    ],
)
def test_kinds(number: str, kind: PhoneKind | None) -> None:
    assert phone_kind(number) is kind


@pytest.mark.parametrize(
    ("number", "reason"),
    [("694512345", Reason.LENGTH), ("1945123456", Reason.PREFIX), ("6945123456", None)],
)
def test_validation(number: str, reason: Reason | None) -> None:
    assert validate_phone(number) is reason


def test_a_landline_is_no_mobile() -> None:
    assert validate_phone("2105285525", PhoneKind.MOBILE) is Reason.PREFIX
