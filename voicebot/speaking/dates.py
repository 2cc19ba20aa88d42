"""Dates, years and spans of days in words."""

from __future__ import annotations

import re
from typing import Final

from voicebot.speaking.numerals import Case, Gender, cardinal, ordinal

MONTHS_GENITIVE: Final = (
    "Ιανουαρίου", "Φεβρουαρίου", "Μαρτίου", "Απριλίου", "Μαΐου", "Ιουνίου", "Ιουλίου",
    "Αυγούστου", "Σεπτεμβρίου", "Οκτωβρίου", "Νοεμβρίου", "Δεκεμβρίου",
)  # fmt: skip
_MONTHS_SPOKEN: Final = (
    "Γενάρη", "Φλεβάρη", "Μάρτη", "Απρίλη", "Μάη", "Ιούνη", "Ιούλη", "Αυγούστου", "Σεπτέμβρη",
    "Οκτώβρη", "Νοέμβρη", "Δεκέμβρη", "Ιαν.", "Φεβ.", "Φεβρ.", "Μαρ.", "Μαρτ.", "Απρ.", "Ιουν.",
    "Ιουλ.", "Αυγ.", "Σεπ.", "Σεπτ.", "Οκτ.", "Νοε.", "Νοεμ.", "Δεκ.", "Μαίου",
)  # fmt: skip
_LONG_FORM: Final = {
    "Ιαν.": 1, "Φεβ.": 2, "Φεβρ.": 2, "Μαρ.": 3, "Μαρτ.": 3, "Απρ.": 4, "Μαίου": 5, "Ιουν.": 6,
    "Ιουλ.": 7, "Αυγ.": 8, "Σεπ.": 9, "Σεπτ.": 9, "Οκτ.": 10, "Νοε.": 11, "Νοεμ.": 11, "Δεκ.": 12,
}  # fmt: skip
_MONTH_LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DASH: Final = r"\s*[-–—]\s*"
_DAYS: Final = "Δευτέρα|Τρίτη|Τετάρτη|Πέμπτη|Παρασκευή|Σάββατο|Κυριακή"
_MONTH: Final = "|".join(re.escape(name) for name in (*MONTHS_GENITIVE, *_MONTHS_SPOKEN))
_YEAR: Final = r"(?:19|20)\d\d"

# In front of the first of a month the article is singular: «την πρώτη», not «στις πρώτη».
_PLURAL_ARTICLE: Final = r"(?P<article>\b(?:[Σσ]τις|[Ττ]ις|[Οο]ι|[Ττ]ων)\s+)?"
_SINGULAR: Final = {"στις": "την", "τις": "την", "οι": "η", "των": "της"}

_ISO_DATE = re.compile(rf"(?<![\d-])(?P<year>{_YEAR})-(?P<month>\d\d)-(?P<day>\d\d)(?![\d-])")
_NUMERIC_DATE = re.compile(
    rf"{_PLURAL_ARTICLE}(?<![\d/.,-])(?P<day>\d\d?)(?P<mark>[/.-])(?P<month>\d\d?)"
    rf"(?:(?P=mark)(?P<year>{_YEAR}|\d\d))?(?![\d/]|[.,-]\d)(?!\s*(?:%|€|ευρώ))"
)
_SAME_MONTH_SPAN = re.compile(
    rf"(?<![\d/.,-])(?P<first>\d\d?){_DASH}(?P<last>\d\d?)/(?P<month>\d\d?)(?:/(?P<year>{_YEAR}))?"
    r"(?![\d/])"
)
_NAMED_DATE = re.compile(
    rf"{_PLURAL_ARTICLE}(?<![\d/.,:-])(?:(?P<first>\d\d?)(?:η|ης)?(?P<dash>{_DASH}|\s+έως\s+))?"
    rf"(?P<day>\d\d?)(?P<suffix>ης|η)?\s+(?P<month>{_MONTH})(?!\w)"
    rf"(?:\s+(?:του\s+)?(?P<year>{_YEAR}))?"
)
# A fraction that looks like a day: behind «τα», before «του μισθού», or one of the common ones
# where no word in front says that a date comes.
_FRACTION_FOLLOWS = re.compile(r"\s+(?:του|της|των)\s+(?!μηνός|μήνα|έτους|\d)")
_COMMON_FRACTIONS: Final = frozenset({"1/2", "1/3", "1/4", "2/3", "3/4"})
_DATE_BEFORE = re.compile(
    r"(?:\b(?:στις|τις|από|έως|ως|μέχρι|την|της|και|ή|Δευτέρα|Τρίτη|Τετάρτη|Πέμπτη|Παρασκευή|Σάββατο"
    r"|Κυριακή|ημερομηνία|πριν|μετά),?|έως)\s+$",
    re.IGNORECASE,
)
_DATE_LEADS = re.compile(rf"\b(?:έως|ως|μέχρι|{_DAYS}),?\s+$", re.IGNORECASE)
_NEUTER_BEFORE = re.compile(r"\b(?:τα|το|στα|στο)\s+$", re.IGNORECASE)
_BARE_BEFORE = re.compile(r"\b(?:από|έως|μέχρι|ως)\s+$", re.IGNORECASE)
_MONTH_AND_YEAR = re.compile(
    rf"(?<!\d)(?<!\d\s)(?<!\w)(?P<month>{'|'.join(re.escape(m) for m in _LONG_FORM)})(?=\s*{_YEAR})"
)
MONTHS_NOMINATIVE: Final = (
    "Ιανουάριος", "Φεβρουάριος", "Μάρτιος", "Απρίλιος", "Μάιος", "Ιούνιος", "Ιούλιος",
    "Αύγουστος", "Σεπτέμβριος", "Οκτώβριος", "Νοέμβριος", "Δεκέμβριος",
)  # fmt: skip
_MONTH_OF_YEAR = re.compile(
    rf"(?P<lead>\b(?:από|έως|μέχρι|ως|για)\s+)(?:τον\s+)?(?<![\d/])(?P<month>\d\d?)/(?P<year>{_YEAR})"
    r"(?![\d/])",
    re.IGNORECASE,
)
_SPAN_OF_NAMES = re.compile(
    rf"(?P<first>\b(?:{_DAYS}|{'|'.join(MONTHS_NOMINATIVE)})){_DASH}"
    rf"(?=(?:{_DAYS}|{'|'.join(MONTHS_NOMINATIVE)})\b)"
)
_NUMERIC_SPAN_DASH = re.compile(rf"(?<=\d)(?P<dash>{_DASH})(?=\d\d?/\d\d?(?:/\d+)?(?!\d))")


def valid_day(day: int, month: int) -> bool:
    """Whether a year can have such a day."""
    return 1 <= month <= 12 and 1 <= day <= _MONTH_LENGTHS[month - 1]


def year_in_words(year: int) -> str:
    """A year as it is read.

    >>> year_in_words(1948)
    'χίλια εννιακόσια σαράντα οκτώ'
    """
    return cardinal(year)


def day_in_words(day: int, *, genitive: bool = False) -> str:
    """The day of a month; the first is an ordinal, the others agree with «ημέρες».

    >>> day_in_words(1), day_in_words(3), day_in_words(21), day_in_words(4, genitive=True)
    ('πρώτη', 'τρεις', 'είκοσι μία', 'τεσσάρων')
    """
    case = Case.GENITIVE if genitive else Case.NOMINATIVE
    if day == 1:
        return ordinal(1, Gender.FEMININE, case)
    return cardinal(day, Gender.FEMININE, case)


def date_in_words(day: int, month: int, year: int | None = None) -> str:
    """A date.

    >>> date_in_words(29, 11)
    'είκοσι εννέα Νοεμβρίου'
    >>> date_in_words(1, 12, 2026)
    'πρώτη Δεκεμβρίου δύο χιλιάδες είκοσι έξι'
    """
    words = f"{day_in_words(day)} {MONTHS_GENITIVE[month - 1]}"
    return words if year is None else f"{words} {year_in_words(year)}"


def _full_year(text: str | None) -> int | None:
    if text is None:
        return None
    if len(text) == 4:
        return int(text)
    return 1900 + int(text) if int(text) > 50 else 2000 + int(text)


def _with_article(match: re.Match[str], day: int, words: str) -> str:
    article = match["article"]
    if article is None:
        bare_first = day == 1 and _BARE_BEFORE.search(_before(match))
        return f"την {words}" if bare_first else words
    if day == 1:
        plain = article.strip()
        singular = _SINGULAR[plain.lower()]
        article = f"{singular.capitalize() if plain[0].isupper() else singular} "
    return article + words


def _before(match: re.Match[str]) -> str:
    return match.string[: match.start()]


def _is_fraction(match: re.Match[str]) -> bool:
    if match["mark"] != "/" or match["year"] or match["article"] or "0" in match[0]:
        return False
    before, after = _before(match), match.string[match.end() :]
    if _DATE_BEFORE.search(before):
        return False
    return bool(
        match[0] in _COMMON_FRACTIONS
        or _NEUTER_BEFORE.search(before)
        or _FRACTION_FOLLOWS.match(after)
    )


def _month_of_year(match: re.Match[str]) -> str:
    month = int(match["month"])
    if not 1 <= month <= 12:
        return match[0]
    name = MONTHS_NOMINATIVE[month - 1].removesuffix("ς")
    return f"{match['lead']}τον {name} του {year_in_words(int(match['year']))}"


def _iso(match: re.Match[str]) -> str:
    day, month = int(match["day"]), int(match["month"])
    if not valid_day(day, month):
        return match[0]
    return date_in_words(day, month, int(match["year"]))


def _numeric(match: re.Match[str]) -> str:
    day, month, year = int(match["day"]), int(match["month"]), _full_year(match["year"])
    if not valid_day(day, month):
        return match[0]
    # With dots or dashes only a whole date is sure: «8.5» is a decimal, «3-4» a span.
    sure = match["mark"] == "/" or match["year"] is not None
    dotted = match["mark"] == "." and (match["article"] or _DATE_LEADS.search(_before(match)))
    if not sure and not (dotted and len(match["month"]) == 2):
        return match[0]
    if (match["mark"] == "-" and len(match["year"]) == 2) or _is_fraction(match):
        return match[0]
    return _with_article(match, day, date_in_words(day, month, year))


def _span(match: re.Match[str]) -> str:
    first, last, month = int(match["first"]), int(match["last"]), int(match["month"])
    if not (valid_day(first, month) and valid_day(last, month) and first < last):
        return match[0]
    return f"{day_in_words(first)} έως {date_in_words(last, month, _full_year(match['year']))}"


def _named(match: re.Match[str]) -> str:
    day, name = int(match["day"]), match["month"]
    if not 1 <= day <= 31:
        return match[0]
    month = MONTHS_GENITIVE[_LONG_FORM[name] - 1] if name in _LONG_FORM else name
    article = match["article"]
    genitive = match["suffix"] == "ης" or bool(article and article.strip().lower() == "των")
    words = f"{day_in_words(day, genitive=genitive)} {month}"
    if match["suffix"] is not None:
        case = Case.GENITIVE if genitive else Case.NOMINATIVE
        words = f"{ordinal(day, Gender.FEMININE, case)} {month}"
    leading = day
    if match["first"]:
        leading = int(match["first"])
        words = f"{day_in_words(leading, genitive=genitive)} έως {words}"
    if match["year"]:
        words = f"{words} {year_in_words(int(match['year']))}"
    return _with_article(match, leading, words)


def say_dates(text: str) -> str:
    """Put every date of a text into words.

    >>> say_dates("Τρίτη 1 Δεκεμβρίου 2026, στις 1/12 ή 25–27/11")
    'Τρίτη πρώτη Δεκεμβρίου δύο χιλιάδες είκοσι έξι, την πρώτη Δεκεμβρίου ή είκοσι πέντε έως \
είκοσι επτά Νοεμβρίου'
    >>> say_dates("έως 05/12/2022, την 3η Μαρτίου, 10–12 Δεκεμβρίου")
    'έως πέντε Δεκεμβρίου δύο χιλιάδες είκοσι δύο, την τρίτη Μαρτίου, δέκα έως δώδεκα Δεκεμβρίου'
    """
    text = _MONTH_AND_YEAR.sub(lambda m: MONTHS_NOMINATIVE[_LONG_FORM[m["month"]] - 1], text)
    text = _SPAN_OF_NAMES.sub(r"\g<first> έως ", text)
    text = _MONTH_OF_YEAR.sub(_month_of_year, text)
    text = _ISO_DATE.sub(_iso, text)
    text = _SAME_MONTH_SPAN.sub(_span, text)
    text = _NUMERIC_SPAN_DASH.sub(" έως ", text)
    text = _NUMERIC_DATE.sub(_numeric, text)
    return _NAMED_DATE.sub(_named, text)
