"""Amounts, percentages, counts, ranges, fractions, ordinals in words."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from voicebot.speaking.agreement import Agreement, agreement, word_before
from voicebot.speaking.numerals import (
    MAX_CARDINAL,
    Case,
    Gender,
    and_a_half,
    cardinal,
    decimal,
    digits,
    fraction,
    ordinal,
)

_NUMBER: Final = r"(?:\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d+(?:[.,]\d+)?)"
_DASH: Final = r"\s*[-–—]\s*"
_SCALE: Final = r"χιλιάδες|εκατομμύρι\w+|δισεκατομμύρι\w+"

_MONEY = re.compile(
    rf"(?:(?P<low>{_NUMBER})\s*€?{_DASH})?"
    rf"(?<![\d.,])(?:€\s?(?P<number1>{_NUMBER})|(?P<number2>{_NUMBER})(?:\s+(?P<scale>{_SCALE}))?"
    r"\s*(?:€|ευρώ(?!\w)|EUR\b))"
    r"(?:\s*/\s*(?P<per>[^\W\d_]+))?"
)
_PER: Final = {
    "μήνα": "τον μήνα", "μην": "τον μήνα", "μήνας": "τον μήνα", "ημέρα": "την ημέρα",
    "μέρα": "τη μέρα", "ώρα": "την ώρα", "έτος": "το έτος", "χρόνο": "τον χρόνο",
    "εβδομάδα": "την εβδομάδα",
}  # fmt: skip
_PERCENT = re.compile(
    rf"(?:(?P<low>{_NUMBER})\s*%?{_DASH})?(?<![\d.,])(?P<number>{_NUMBER})\s*(?P<sign>%|‰)"
)
_RANGE = re.compile(rf"(?<![\w.,/-])(?P<low>{_NUMBER})(?:{_DASH})(?P<high>{_NUMBER})(?!\d|[.,-]\d)")
_SPELT_RANGE = re.compile(
    rf"(?<![\w.,/-])(?P<low>{_NUMBER})(?P<join>\s+(?:έως|ως|ή|με|και)\s+)"
    rf"(?P<high>{_NUMBER})(?=\s+[^\W\d_])(?!\s+(?:χιλ|εκατομμ|δισ))"
)
_SINGLE = re.compile(rf"(?P<minus>(?<![\w)])[-−](?=\d))?(?P<number>{_NUMBER})")
_ORDINAL = re.compile(
    r"(?<![\w.,/-])(?P<number>\d{1,4})(?P<suffix>ος|ου|ον|ο|οι|ους|ων|ης|ην|η|ες|α|ας|ός|ού|ό|ή|ής)"
    r"(?!\w)"
)
_ORDINAL_FORMS: Final = {
    "ος": (Gender.MASCULINE, Case.NOMINATIVE, False),
    "ου": (Gender.NEUTER, Case.GENITIVE, False),
    "ον": (Gender.MASCULINE, Case.ACCUSATIVE, False),
    "ο": (Gender.NEUTER, Case.NOMINATIVE, False),
    "η": (Gender.FEMININE, Case.NOMINATIVE, False),
    "ην": (Gender.FEMININE, Case.NOMINATIVE, False),
    "ης": (Gender.FEMININE, Case.GENITIVE, False),
    "ας": (Gender.FEMININE, Case.GENITIVE, False),
    "οι": (Gender.MASCULINE, Case.NOMINATIVE, True),
    "ους": (Gender.MASCULINE, Case.ACCUSATIVE, True),
    "ων": (Gender.NEUTER, Case.GENITIVE, True),
    "ες": (Gender.FEMININE, Case.NOMINATIVE, True),
    "α": (Gender.NEUTER, Case.NOMINATIVE, True),
}
_PLAIN: Final = str.maketrans("όήύ", "οηυ")
_LETTER_ORDINAL = re.compile(
    r"(?<!\w)(?P<letter>[Α-Θ]|[αβγδεζη]|ΣΤ|στ)['΄ʹ′’](?=\s+(?P<noun>[^\W\d_]+))"
)
_LETTER_VALUES: Final = {
    "Α": 1, "Β": 2, "Γ": 3, "Δ": 4, "Ε": 5, "ΣΤ": 6, "Ζ": 7, "Η": 8, "Θ": 9,
}  # fmt: skip
_FRACTION = re.compile(r"(?<![\w.,/-])(?P<top>\d{1,2})/(?P<bottom>\d{1,2})(?![\d/]|[.,]\d)")
_ORDINAL_RANGE = re.compile(rf"(?<=\d)(ος|η|ο|ης|ου){_DASH}(?=\d+(?:ος|η|ο|ης|ου)(?!\w))")
_RATIO = re.compile(r"(?<![\d:.,])(\d{1,2}):(\d)(?![\d:])")
_AND_UP = re.compile(r"(?<=\d)\+(?!\s*\d)")
_PER_TIME = re.compile(
    r"(?P<count>\d\s+[^\W\d_]+)\s*/\s*(?P<per>ημέρα|μέρα|μήνα|ώρα|έτος|χρόνο|εβδομάδα)(?!\w)"
)
_PART_OF_WHOLE = re.compile(r"\s+(?:του|της|των)\b")
_NUMBERED = re.compile(r"(?<![\d.,/])(?P<number>\d{1,6})/(?P<year>(?:19|20)\d\d)(?![\d/])")
_COMPOUND = re.compile(
    r"(?<![\w.,/-])(?P<number>\d{1,2})(?:νθ)?-?(?P<end>(?:μην|μήν|ωρ|ώρ|ήμερ|ημέρ|ετ|ετί|μηνί|μελ|πλ)[α-ωά-ώ]+)(?!\w)"
)
_PREFIXES: Final = {
    2: "δι", 3: "τρι", 4: "τετρα", 5: "πεντα", 6: "εξα", 7: "επτα", 8: "οκτα", 9: "εννεα",
    10: "δεκα", 11: "ενδεκα", 12: "δωδεκα", 13: "δεκατρια", 14: "δεκατετρα", 15: "δεκαπεντα",
    16: "δεκαεξα", 18: "δεκαοκτα", 20: "εικοσα", 24: "εικοσιτετρα", 25: "εικοσιπεντα",
    30: "τριαντα", 36: "τριανταεξα", 40: "σαραντα", 48: "σαρανταοκτα", 60: "εξηντα",
}  # fmt: skip
_ACUTE: Final = str.maketrans("αεηιουω", "άέήίόύώ")


def parse_number(text: str) -> tuple[str, str]:
    """Whole part and decimals of a number as it is written in Greece.

    >>> parse_number("1.234,56"), parse_number("883.9"), parse_number("4.700")
    (('1234', '56'), ('883', '9'), ('4700', ''))
    """
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        text = text.replace(".", "")
    whole, _, decimals = text.replace(".", ",").partition(",")
    return whole, decimals


def number_in_words(text: str, how: Agreement) -> str:
    """A number as written, agreeing with what it counts."""
    whole, decimals = parse_number(text)
    if int(whole) > MAX_CARDINAL:
        return digits(whole + decimals)
    if not decimals:
        return cardinal(int(whole), how.gender, how.case)
    half = and_a_half(int(whole), how.gender) if decimals == "5" and how.counted else None
    return half or decimal(whole, decimals)


def money_in_words(text: str, case: Case = Case.NOMINATIVE) -> str:
    """An amount of euros.

    >>> money_in_words("883,92")
    'οκτακόσια ογδόντα τρία ευρώ και ενενήντα δύο λεπτά'
    >>> money_in_words("0,50"), money_in_words("1,01"), money_in_words("1.100")
    ('πενήντα λεπτά', 'ένα ευρώ και ένα λεπτό', 'χίλια εκατό ευρώ')
    """
    whole, decimals = parse_number(text)
    if len(decimals) > 2 or int(whole) > MAX_CARDINAL:
        return f"{number_in_words(text, Agreement(case=case))} ευρώ"
    cents = int(decimals.ljust(2, "0")) if decimals else 0
    coin = "λεπτό" if cents == 1 else "λεπτά"
    if case is Case.GENITIVE:
        coin = "λεπτού" if cents == 1 else "λεπτών"
    small = f"{cardinal(cents, Gender.NEUTER, case)} {coin}"
    if cents and int(whole) == 0:
        return small
    euros = f"{cardinal(int(whole), Gender.NEUTER, case)} ευρώ"
    return f"{euros} και {small}" if cents else euros


def _context(match: re.Match[str]) -> Agreement:
    return agreement(match.string[: match.start()], match.string[match.end() :])


def _money(match: re.Match[str]) -> str:
    before = match.string[: match.start()]
    case = agreement(before, " ευρώ").case
    number = match["number1"] or match["number2"]
    if match["scale"]:
        whole, decimals = parse_number(number)
        thousands = match["scale"].startswith("χιλ")
        gender = Gender.FEMININE if thousands else Gender.NEUTER
        words = decimal(whole, decimals) if decimals else cardinal(int(whole), gender, case)
        scale = match["scale"]
        if not decimals and int(whole) == 1:
            scale = {"εκατομμύρια": "εκατομμύριο", "δισεκατομμύρια": "δισεκατομμύριο"}.get(
                scale, scale
            )
        words = f"{words} {scale} ευρώ"
    else:
        words = money_in_words(number, case)
    if match["low"]:
        low = number_in_words(match["low"], Agreement(case=case))
        words = f"{low} έως {words}"
    if match["per"]:
        words = f"{words} {_PER.get(match['per'].lower(), 'ανά ' + match['per'])}"
    return words


def _percent(match: re.Match[str]) -> str:
    words = number_in_words(match["number"], Agreement())
    if match["low"]:
        words = f"{number_in_words(match['low'], Agreement())} έως {words}"
    return f"{words} τοις {'εκατό' if match['sign'] == '%' else 'χιλίοις'}"


def _range(match: re.Match[str]) -> str:
    how = _context(match)
    low, high = (number_in_words(match[name], how) for name in ("low", "high"))
    return f"{low} έως {high}"


def _spelt_range(match: re.Match[str]) -> str:
    how = _context(match)
    if not how.counted:
        return match[0]
    return number_in_words(match["low"], how) + match["join"] + number_in_words(match["high"], how)


def _single(match: re.Match[str]) -> str:
    words = number_in_words(match["number"], _context(match))
    text = match.string
    # A number glued to letters must not become one word with them.
    left = " " if match.start() and text[match.start() - 1].isalpha() else ""
    right = " " if text[match.end() : match.end() + 1].isalpha() else ""
    return f"{left}{'μείον ' if match['minus'] else ''}{words}{right}"


def _ordinal(match: re.Match[str]) -> str:
    number = int(match["number"])
    form = _ORDINAL_FORMS.get(match["suffix"].translate(_PLAIN))
    if form is None or not 1 <= number <= 1999:
        return match[0]
    gender, case, plural = form
    return ordinal(number, gender, case, plural=plural)


def _letter_ordinal(match: re.Match[str]) -> str:
    """«α΄ επίπεδο», «Διεύθυνση Α΄ Θεσσαλονίκης»: agrees with the noun, which may stand before."""
    number = _LETTER_VALUES[match["letter"].upper()]
    noun = match["noun"]
    if noun.isupper():
        return ordinal(number)
    if noun[0].isupper():
        noun = word_before(match.string[: match.start()])
    gender, case = _singular_noun(noun.lower())
    return ordinal(number, gender, case)


def _singular_noun(noun: str) -> tuple[Gender, Case]:
    listed = agreement("", f" {noun}")
    if listed.counted:
        gender = listed.gender
    elif noun.endswith(("η", "α", "ή", "ά", "ης", "ής", "ας")):
        gender = Gender.FEMININE
    elif noun.endswith(("ος", "ός", "ες")):
        gender = Gender.MASCULINE
    else:
        gender = Gender.NEUTER
    genitive = noun.endswith(("ου", "ού", "ης", "ής")) or (
        gender is Gender.FEMININE and noun.endswith("ας")
    )
    return gender, Case.GENITIVE if genitive else Case.NOMINATIVE


def _fraction(match: re.Match[str]) -> str:
    top, bottom = int(match["top"]), int(match["bottom"])
    if top == 0 or bottom < 2:
        return match[0]
    if bottom > 12 and top > 1 and not _PART_OF_WHOLE.match(match.string[match.end() :]):
        # «22/26 ημέρες»: two cases, not a part.
        return f"{match['top']} ή {match['bottom']}"
    return fraction(top, bottom)


def _numbered(match: re.Match[str]) -> str:
    return f"{cardinal(int(match['number']))} του {cardinal(int(match['year']))}"


def _compound(match: re.Match[str]) -> str:
    """«3μηνο», «8ωρο», «5νθήμερο»: one word with the stress of its ending."""
    number, end = int(match["number"]), match["end"]
    prefix = _PREFIXES.get(number)
    if prefix is None:
        return match[0]
    if number in (5, 15) and end.startswith(("ήμερ", "ημέρ")):
        return f"{'δεκα' if number == 15 else ''}πενθ{end}"
    if not any(letter in "άέήίόύώ" for letter in end):
        prefix = prefix[:-1] + prefix[-1].translate(_ACUTE)
    return prefix + end


_RULES: Final[tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]] = (
    (_PER_TIME, lambda match: f"{match['count']} {_PER[match['per']]}"),
    (_RATIO, lambda match: f"{match[1]} προς {match[2]}"),
    (_AND_UP, lambda match: " και άνω"),
    (_ORDINAL_RANGE, lambda match: f"{match[1]} έως "),
    (_MONEY, _money),
    (_PERCENT, _percent),
    (_COMPOUND, _compound),
    (_ORDINAL, _ordinal),
    (_NUMBERED, _numbered),
    (_FRACTION, _fraction),
    (_RANGE, _range),
    (_SPELT_RANGE, _spelt_range),
    (_SINGLE, _single),
)


def say_letter_ordinals(text: str) -> str:
    """Put ordinals written as letters into words; before acronyms, whose case tells them.

    >>> say_letter_ordinals("α΄ επίπεδο, Γ' ΚΠΑ2")
    'πρώτο επίπεδο, τρίτο ΚΠΑ2'
    """
    return _LETTER_ORDINAL.sub(_letter_ordinal, text)


def say_quantities(text: str) -> str:
    """Put every number that is a quantity into words.

    >>> say_quantities("2–4 μήνες, σε 3 ημέρες, 250 €, 67%, 3ης δόσης")
    'δύο έως τέσσερις μήνες, σε τρεις ημέρες, διακόσια πενήντα ευρώ, εξήντα επτά τοις εκατό, \
τρίτης δόσης'
    >>> say_quantities("τα 2/3 του μισθού, νόμος 3471/2006, 12μηνο, 3,5 ώρες")
    'τα δύο τρίτα του μισθού, νόμος τρεις χιλιάδες τετρακόσια εβδομήντα ένα του δύο χιλιάδες έξι, \
δωδεκάμηνο, τρεισήμισι ώρες'
    """
    for pattern, say in _RULES:
        text = pattern.sub(say, text)
    return text
