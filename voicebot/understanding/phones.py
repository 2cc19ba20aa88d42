"""Greek telephone numbers: ten digits, with or without +30. Validity is that of phonenumbers."""

from __future__ import annotations

from enum import StrEnum

import phonenumbers

from voicebot.understanding.digits import parse_digits
from voicebot.understanding.parsed import Parsed, Reason

PHONE_DIGITS = 10
_LENGTHS = (10, 12, 14)
_COUNTRY_PREFIXES = {12: "30", 14: "0030"}


class PhoneKind(StrEnum):
    """What can be reached under a number."""

    MOBILE = "mobile"
    LANDLINE = "landline"


def parse_phone(text: str, kind: PhoneKind | None = None) -> list[Parsed[str]]:
    """National ten-digit numbers in a text, valid ones first.

    Args:
        text: the utterance.
        kind: only numbers of this kind count as valid.

    >>> [p.value for p in parse_phone("εξήντα εννιά σαράντα πέντε ένα δύο τρία τέσσερα πέντε έξι")]
    ['6945123456']
    """

    def valid(digits: str) -> bool:
        national = _national(digits)
        return national is not None and validate_phone(national, kind) is None

    found: dict[str, Parsed[str]] = {}
    for parsed in parse_digits(text, _LENGTHS, valid):
        national = _national(parsed.value)
        if national is not None and national not in found:
            found[national] = Parsed(national, parsed.span, parsed.confidence)
    return list(found.values())


def validate_phone(number: str, kind: PhoneKind | None = None) -> Reason | None:
    """None for a Greek number in use (of that kind), otherwise the reason.

    >>> validate_phone("2105285525"), validate_phone("2105285525", PhoneKind.MOBILE).value
    (None, 'prefix')
    """
    if len(number) != PHONE_DIGITS or not number.isdigit():
        return Reason.LENGTH
    actual = phone_kind(number)
    if actual is None or (kind is not None and actual is not kind):
        return Reason.PREFIX
    return None


def phone_kind(number: str) -> PhoneKind | None:
    """Mobile or landline; None where no such number can exist.

    >>> phone_kind("6945123456").value, phone_kind("1945123456")
    ('mobile', None)
    """
    try:
        parsed = phonenumbers.parse(number, "GR")
    except phonenumbers.NumberParseException:
        return None
    kind = phonenumbers.number_type(parsed)
    if kind == phonenumbers.PhoneNumberType.MOBILE:
        return PhoneKind.MOBILE
    if kind == phonenumbers.PhoneNumberType.FIXED_LINE:
        return PhoneKind.LANDLINE
    return None


def say_phone(number: str) -> str:
    """Mobiles in 4-3-3, others in 3-3-4.

    >>> say_phone("6945123456"), say_phone("2105285525")
    ('6945 123 456', '210 528 5525')
    """
    first = 4 if number.startswith("69") else 3
    return f"{number[:first]} {number[first : first + 3]} {number[first + 3 :]}"


def _national(digits: str) -> str | None:
    prefix = _COUNTRY_PREFIXES.get(len(digits), "")
    return digits.removeprefix(prefix) if digits.startswith(prefix) else None
