"""What is kept of somebody who books: all that the category asks for, and nothing more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from voicebot.records import contact
from voicebot.records.errors import InvalidRecord
from voicebot.records.types import Identity, Person

_FIRST_BIRTH_YEAR = 1900


def checked_person(person: Person, asks: Sequence[Identity]) -> Person:
    """The person in the form in which it is stored, reduced to what is asked for.

    Raises:
        InvalidRecord: something asked for is missing or cannot be right; the text names it.
    """
    return Person(
        name=_name(person.name) if Identity.NAME in asks else "",
        afm=contact.afm_key(person.afm) if Identity.AFM in asks else "",
        mobile=contact.phone_key(person.mobile) if Identity.MOBILE in asks else "",
        amka=_amka(person.amka) if Identity.AMKA in asks else None,
        birthdate=_birthdate(person.birthdate) if Identity.BIRTHDATE in asks else None,
        email=contact.email_key(person.email) if person.email else None,
    )


def _name(name: str) -> str:
    plain = " ".join(name.split())
    if not plain or len(plain) > 128:
        raise InvalidRecord("name: 1 to 128 characters are needed")
    return plain


def _amka(amka: str | None) -> str:
    if amka is None or not (len(amka) == 11 and amka.isascii() and amka.isdigit()):
        raise InvalidRecord("amka: eleven digits are needed")
    return amka


def _birthdate(birthdate: date | None) -> date:
    if birthdate is None or birthdate.year < _FIRST_BIRTH_YEAR:
        raise InvalidRecord("birthdate: a day since 1900 is needed")
    return birthdate
