"""Phone numbers, tax and insurance numbers and the like: digit by digit, in groups.

Numbers that a citizen writes down are never said as one large numeral, and not in pairs either:
«τριάντα τρία» may be 33 or 30 and 3.
"""

from __future__ import annotations

import re
from typing import Final

from voicebot.speaking.acronyms import spell_greek
from voicebot.speaking.agreement import agreement, word_before
from voicebot.speaking.numerals import cardinal, digits
from voicebot.speaking.sentences import PAUSE
from voicebot.speaking.spelling import spell_latin

# Said as people say them. The line's own number and its like go in pairs; emergency and help
# lines digit by digit, because somebody in distress dials what is heard.
_PAIRS: Final = frozenset({"1555", "1500", "1521", "1535", "1540", "1564"})
_HELP_LINES: Final = frozenset(
    {"112", "10306", "1018", "15900", "1056", "1065", "1107", "116000", "11188", "1135", "116111"}
)
# Short enough to be a count: only behind a word that says it is a number to call.
_HELP_LINES_BY_CONTEXT: Final = frozenset({"100", "108", "166", "197", "199", "171", "170"})
_CALL_WORDS: Final = frozenset(
    (
        "το",
        "στο",
        "τον",
        "αριθμό",
        "αριθμός",
        "στον",
        "γραμμή",
        "καλέστε",
        "καλείτε",
        "κάλεσε",
        "καλέσετε",
        "τηλέφωνο",
        "τηλεφωνικά",
        "πάρτε",
        "πάρετε",
        "πάρε",
        "τηλεφωνήστε",
        "γραμμής",
    )
)
_JOIN: Final = f" {PAUSE} "
_NOT_BEFORE: Final = r"(?<![\d.,:/€-])(?<!\d\s)"
_NOT_BEHIND: Final = r"(?![\d/:%€]|[.,-]\d|\s*[€%]|\s+ευρώ)"

_PROTOCOL = re.compile(rf"{_NOT_BEFORE}\d\d(?:(?:-\d\d){{3}}|(?:\s\d\d){{3}})(?!\d|[\s-]\d)")
# «574731/05-12-2022»: a document's number and its day.
_DATED = re.compile(r"(?<![\d/.,-])(\d{2,9})/(\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d)(?!\d)")
_IBAN = re.compile(r"\b(GR)\s?(\d{2}(?:\s?\d{4}){5}\s?\d{3})(?!\d)")
_PHONE = re.compile(
    r"(?<![\d.,:/])(?<!\d[\s-])(?P<country>(?:\+|00)30[\s.-]?)?"
    r"(?P<number>(?:69\d|2\d\d|80\d|90\d)(?:[\s.-]?\d){7})(?![\d%€]|[.,]\d|[\s-]\d)"
)
_AMKA = re.compile(rf"{_NOT_BEFORE}(?P<birth>\d{{6}})[\s-]?(?P<rest>\d{{5}})(?!\d|[\s.,-]\d)")
_TRIPLES = re.compile(rf"{_NOT_BEFORE}\d{{3}}(?:[\s-]?\d{{3}}){{2}}(?!\d|[\s.,-]\d)")
_POSTCODE = re.compile(
    r"(?P<lead>(?:ταχυδρομικ\w+ κώδικα\w?|(?<!\w)ΤΚ)(?:\s+(?:σας|του|της|είναι))*:?\s+|,\s*)?"
    r"(?<![\d.,:/-])(?<!\d\s)(?P<area>[1-8]\d\d)(?P<gap>\s?)(?P<rest>\d\d)(?!\d|[\s.,:/-]+\d|\s*[€%])"
    r"(?P<town>\s+[Α-ΩΆΈΉΊΌΎΏ])?"
)
_IDENTITY_CARD = re.compile(r"(?<!\w)([Α-Ω]{1,2}|[A-Z]{1,2})[\s-]?(\d{6})(?![\d.,]\d|\d)")
_CODE = re.compile(
    r"(?P<lead>\b(?:πρωτ(?:οκόλλου|\.)|κωδικό\w*|κωδικού|αιτήματος|αιτήματός\s+σας|μητρώου|ψηφία"
    r"|τελειώνει\s+σε|επιβεβαίωσης|ραντεβού\s+(?:με\s+)?αριθμό|υπόθεσης)(?:\s+(?:σας|του|είναι|το|τα|ο))*\s*:?\s+)"
    rf"(?:(?P<letters>[Α-ΩA-Z]{{1,3}})[-\s]?)?(?P<code>\d{{3,12}}){_NOT_BEHIND}"
)
_LONG = re.compile(rf"{_NOT_BEFORE}\d{{7,}}{_NOT_BEHIND}")
_LEADING_ZERO = re.compile(rf"{_NOT_BEFORE}0\d+{_NOT_BEHIND}")
_SHORT = re.compile(
    r"(?<![\d.,:€-])(?<!\d\s)\d{3,6}(?![\d:%€]|[.,-]\d|/(?:19|20)\d\d|\s*[€%]|\s+ευρώ)"
)


def in_groups(number: str, *sizes: int) -> str:
    """Digits in groups with a pause between; the last size goes on to the end.

    >>> in_groups("094345678", 3)
    'μηδέν εννέα τέσσερα … τρία τέσσερα πέντε … έξι επτά οκτώ'
    """
    groups: list[str] = []
    remaining = list(sizes)
    while number:
        size = remaining.pop(0) if len(remaining) > 1 else remaining[0]
        groups.append(digits(number[:size]))
        number = number[size:]
    return _JOIN.join(groups)


def phone_in_words(number: str) -> str:
    """A Greek phone number of ten digits.

    Mobile and provincial numbers go 4-3-3, those of Athens and free-phone numbers 3-3-4.

    >>> phone_in_words("6945123456")
    'έξι εννέα τέσσερα πέντε … ένα δύο τρία … τέσσερα πέντε έξι'
    >>> phone_in_words("2105285525")
    'δύο ένα μηδέν … πέντε δύο οκτώ … πέντε πέντε δύο πέντε'
    """
    if number.startswith(("21", "8", "9")):
        return in_groups(number, 3, 3, 4)
    return in_groups(number, 4, 3, 3)


def short_number_in_words(number: str) -> str:
    """A short number to call.

    >>> short_number_in_words("1555"), short_number_in_words("112")
    ('δεκαπέντε πενήντα πέντε', 'ένα ένα δύο')
    """
    if number not in _PAIRS:
        return digits(number)
    first, second = number[:2], number[2:]
    return f"{cardinal(int(first))} {cardinal(int(second)) if second != '00' else 'μηδέν μηδέν'}"


def say_dated_numbers(text: str) -> str:
    """Split a document's number from its date, which is left for the rules of dates.

    >>> say_dated_numbers("574731/05-12-2022")
    'πέντε επτά … τέσσερα επτά … τρία ένα, με ημερομηνία 05-12-2022'
    """
    return _DATED.sub(lambda m: f"{_code_groups(m[1])}, με ημερομηνία {m[2]}", text)


def _code_groups(code: str) -> str:
    if len(code) in (4, 5):
        return digits(code)
    return in_groups(code, 2 if len(code) % 2 == 0 else 3)


def _phone(match: re.Match[str]) -> str:
    number = re.sub(r"\D", "", match["number"])
    words = phone_in_words(number)
    return f"συν τριάντα{_JOIN}{words}" if match["country"] else words


def _amka(match: re.Match[str]) -> str:
    birth = match["birth"]
    pairs = ", ".join(digits(birth[start : start + 2]) for start in (0, 2, 4))
    return pairs + _JOIN + digits(match["rest"])


def _long(match: re.Match[str]) -> str:
    if _is_count(match):
        return match[0]
    return in_groups(match[0], 2) if len(match[0]) == 8 else in_groups(match[0], 3)


def _is_count(match: re.Match[str]) -> bool:
    text = match.string
    return agreement(text[: match.start()], text[match.end() :]).counted


def _short(match: re.Match[str]) -> str:
    number = match[0]
    called = word_before(match.string[: match.start()]) in _CALL_WORDS
    if _is_count(match):
        return number
    if number in _PAIRS or number in _HELP_LINES or (number in _HELP_LINES_BY_CONTEXT and called):
        return short_number_in_words(number)
    return number


def _code(match: re.Match[str]) -> str:
    if _is_count(match):
        return match[0]
    letters = match["letters"]
    spelt = f"{spell_greek(letters) or spell_latin(letters)}{_JOIN}" if letters else ""
    return match["lead"] + spelt + _code_groups(match["code"])


def _postcode(match: re.Match[str]) -> str:
    """Sure behind its name, with its usual gap, or between a street and a town."""
    lead, town = match["lead"] or "", match["town"] or ""
    named = lead.strip(" ,") != ""
    if not (named or match["gap"] or (lead and town)) or (not named and _is_count(match)):
        return match[0]
    return f"{lead}{digits(match['area'])}{_JOIN}{digits(match['rest'])}{town}"


def _iban(match: re.Match[str]) -> str:
    return spell_latin(match[1]) + _JOIN + in_groups(re.sub(r"\s", "", match[2]), 2, 4)


def _identity_card(match: re.Match[str]) -> str:
    letters = spell_greek(match[1]) or spell_latin(match[1])
    return letters + _JOIN + in_groups(match[2], 3)


def say_identifiers(text: str) -> str:
    """Put numbers that are names, not quantities, into words.

    >>> say_identifiers("στο 210 528 5525")
    'στο δύο ένα μηδέν … πέντε δύο οκτώ … πέντε πέντε δύο πέντε'
    >>> say_identifiers("150348 01234")
    'ένα πέντε, μηδέν τρία, τέσσερα οκτώ … μηδέν ένα δύο τρία τέσσερα'
    >>> say_identifiers("12-34-56-78")
    'ένα δύο … τρία τέσσερα … πέντε έξι … επτά οκτώ'
    >>> say_identifiers("καλέστε 112, 1555 κλήσεις")
    'καλέστε ένα ένα δύο, 1555 κλήσεις'
    """
    text = _IBAN.sub(_iban, text)
    text = _PROTOCOL.sub(lambda match: in_groups(re.sub(r"\D", "", match[0]), 2), text)
    text = _PHONE.sub(_phone, text)
    text = _AMKA.sub(_amka, text)
    text = _TRIPLES.sub(lambda match: in_groups(re.sub(r"\D", "", match[0]), 3), text)
    text = _POSTCODE.sub(_postcode, text)
    text = _IDENTITY_CARD.sub(_identity_card, text)
    text = _CODE.sub(_code, text)
    text = _SHORT.sub(_short, text)
    text = _LONG.sub(_long, text)
    return _LEADING_ZERO.sub(lambda match: in_groups(match[0], 3), text)
