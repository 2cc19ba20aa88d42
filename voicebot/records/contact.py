"""Telephones, e-mail addresses and ΑΦΜ in the one form in which they are stored and compared."""

from __future__ import annotations

from email.errors import MessageError
from email.headerregistry import Address

import phonenumbers
from stdnum.gr import vat

from voicebot.records.errors import InvalidRecord


def phone_key(number: str) -> str:
    """E.164 of a Greek or international number: "694 5123456" gives "+306945123456".

    Raises:
        InvalidRecord: not a telephone number.
    """
    try:
        parsed = phonenumbers.parse(number, "GR")
    except phonenumbers.NumberParseException as error:
        raise InvalidRecord("phone: not a telephone number; give it with all its digits") from error
    if not phonenumbers.is_possible_number(parsed):
        raise InvalidRecord("phone: wrong number of digits; a Greek number has ten")
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def afm_key(afm: str) -> str:
    """Nine digits.

    Raises:
        InvalidRecord: not nine digits with a right check digit.
    """
    digits = "".join(letter for letter in afm if letter.isdigit())
    if not vat.is_valid(digits) or not digits.strip("0"):
        raise InvalidRecord("afm: nine digits with a right check digit are needed")
    return digits


def email_key(address: str) -> str:
    """An address with its domain in small letters.

    Raises:
        InvalidRecord: not one plain e-mail address ("name@example.gr").
    """
    try:
        parsed = Address(addr_spec=address.strip())
    except (MessageError, ValueError, IndexError) as error:
        raise InvalidRecord("email: an address such as name@example.gr is needed") from error
    plain = f"{parsed.username}@{parsed.domain.lower()}"
    if "." not in parsed.domain.strip(".") or len(plain) > 254 or not plain.isascii():
        raise InvalidRecord("email: an address such as name@example.gr is needed")
    return plain
