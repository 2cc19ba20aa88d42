"""Numbers that identify a person or a request: ΑΦΜ, ΑΜΚΑ, postcode, protocol number.

Checks: python-stdnum (gr.vat, gr.amka, luhn). The protocol number is this project's own format:
eight digits whose last is the Luhn check digit of the others.
"""

from __future__ import annotations

from collections.abc import Callable

from stdnum import luhn
from stdnum.exceptions import InvalidChecksum, InvalidLength, ValidationError
from stdnum.gr import amka, vat

from voicebot.understanding.birthdates import birth_prefixes
from voicebot.understanding.digits import parse_digits
from voicebot.understanding.parsed import Parsed, Reason

AFM_DIGITS = 9
AMKA_DIGITS = 11
POSTCODE_DIGITS = 5
PROTOCOL_DIGITS = 8

Validator = Callable[[str], Reason | None]


def _parse(text: str, length: int, validate: Validator) -> list[Parsed[str]]:
    def valid(digits: str) -> bool:
        return validate(digits) is None

    return parse_digits(text, (length,), valid)


def parse_afm(text: str) -> list[Parsed[str]]:
    """Nine-digit strings in a text, those with a right checksum first.

    >>> [p.value for p in parse_afm("μηδέν ενενήντα, τέσσερα μηδενικά, σαράντα πέντε")][:1]
    ['090000045']
    """
    return _parse(text, AFM_DIGITS, validate_afm)


def validate_afm(number: str) -> Reason | None:
    """None for a right ΑΦΜ (Ministry of Finance number, mod 11), otherwise the reason.

    >>> validate_afm("090000045"), validate_afm("123456789").value
    (None, 'checksum')
    """
    if len(number) != AFM_DIGITS or not number.isdigit():
        return Reason.LENGTH
    if number == "0" * AFM_DIGITS or not vat.is_valid(number):
        return Reason.CHECKSUM
    return None


def say_afm(number: str) -> str:
    """Three groups of three.

    >>> say_afm("090000045")
    '090 000 045'
    """
    return _groups(number, 3, 3, 3)


def parse_amka(text: str) -> list[Parsed[str]]:
    """Eleven-digit strings in a text, right ones first; the birth date may be said as a date.

    >>> [p.value for p in parse_amka("μία Ιανουαρίου του τριάντα, εννιά ενενήντα εννιά εφτά")][:0]
    []
    """
    found = _parse(text, AMKA_DIGITS, validate_amka)
    for prefix, rest in birth_prefixes(text):
        for tail in parse_digits(rest, (AMKA_DIGITS - len(prefix),)):
            number = prefix + tail.value
            found.append(Parsed(number, tail.span, tail.confidence * 0.98))
    unique: dict[str, Parsed[str]] = {}
    for parsed in found:
        known = unique.get(parsed.value)
        if known is None or known.confidence < parsed.confidence:
            unique[parsed.value] = parsed
    return sorted(
        unique.values(), key=lambda p: (validate_amka(p.value) is not None, -p.confidence)
    )


def validate_amka(number: str) -> Reason | None:
    """None for a right ΑΜΚΑ (date and Luhn digit), otherwise the reason.

    >>> validate_amka("01013099997"), validate_amka("31025000121").value
    (None, 'impossible_date')
    """
    try:
        amka.validate(number)
    except InvalidLength:
        return Reason.LENGTH
    except InvalidChecksum:
        return Reason.CHECKSUM
    except ValidationError:
        return Reason.IMPOSSIBLE_DATE if number.isdigit() else Reason.LENGTH
    return None


def say_amka(number: str) -> str:
    """The six digits of the birth date, then five.

    >>> say_amka("01013099997")
    '010130 99997'
    """
    return _groups(number, 6, 5)


def parse_postcode(text: str) -> list[Parsed[str]]:
    """Greek postcodes (five digits, the first 1 to 8) in a text.

    >>> [p.value for p in parse_postcode("εκατόν τέσσερα τριάντα ένα")][:1]
    ['10431']
    """
    return _parse(text, POSTCODE_DIGITS, validate_postcode)


def validate_postcode(number: str) -> Reason | None:
    """None for a well-formed postcode, otherwise the reason."""
    if len(number) != POSTCODE_DIGITS or not number.isdigit():
        return Reason.LENGTH
    if number[0] in "09":
        return Reason.PREFIX
    return None


def say_postcode(number: str) -> str:
    """Three digits, then two.

    >>> say_postcode("10431")
    '104 31'
    """
    return _groups(number, 3, 2)


def make_protocol(serial: int) -> str:
    """The protocol number of the n-th request: seven digits and their Luhn check digit.

    >>> make_protocol(1234567), make_protocol(42)
    ('12345674', '00000422')

    Raises:
        ValueError: the serial is outside 0..9,999,999.
    """
    if not 0 <= serial <= 9_999_999:
        raise ValueError(f"a protocol serial is 0 to 9999999, not {serial}")
    digits = f"{serial:07d}"
    return digits + str(luhn.calc_check_digit(digits))


def parse_protocol(text: str) -> list[Parsed[str]]:
    """Eight-digit protocol numbers in a text, those with a right check digit first.

    >>> [p.value for p in parse_protocol("δώδεκα τριάντα τέσσερα πενήντα έξι εβδομήντα τέσσερα")][0]
    '12345674'
    """
    return _parse(text, PROTOCOL_DIGITS, validate_protocol)


def validate_protocol(number: str) -> Reason | None:
    """None for a right protocol number, otherwise the reason."""
    if len(number) != PROTOCOL_DIGITS or not number.isdigit():
        return Reason.LENGTH
    return None if luhn.is_valid(number) else Reason.CHECKSUM


def say_protocol(number: str) -> str:
    """Four pairs.

    >>> say_protocol("12345674")
    '12-34-56-74'
    """
    return _groups(number, 2, 2, 2, 2, separator="-")


def _groups(number: str, *sizes: int, separator: str = " ") -> str:
    groups, start = [], 0
    for size in sizes:
        groups.append(number[start : start + size])
        start += size
    groups.append(number[start:])
    return separator.join(group for group in groups if group)
