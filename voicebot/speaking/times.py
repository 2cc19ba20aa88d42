"""Times of day and opening hours in words."""

from __future__ import annotations

import re
from typing import Final

from voicebot.speaking.numerals import Gender, cardinal

_DASH: Final = r"\s*[-–—]\s*"
_CLOCK: Final = r"(?<![\d:.,/-])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?!\d|[:,/]\d)"
_ARTICLE: Final = r"(?P<article>\b(?:[Σσ]τις|[Ττ]ις|[Οο]ι)\s+)?"
_PART_FOLLOWS: Final = (
    r"(?P<part>\s*(?:π\.\s?μ\.?|μ\.\s?μ\.?|πμ\b|μμ\b)"
    r"|\s+(?:το|τα|του)\s+(?:πρωί|πρωινό|μεσημέρι|απόγευμα|βράδυ|μεσάνυχτα|ξημερώματα|μεσημεριού)"
    r"|\s+τη\s+νύχτα)?"
)
_TIME = re.compile(_ARTICLE + _CLOCK + _PART_FOLLOWS)
_SPAN = re.compile(
    r"(?<![\d:.,/-])(?P<h1>[01]?\d|2[0-4])[:.](?P<m1>[0-5]\d)"
    rf"(?P<join>{_DASH}|\s+(?:έως|ως|μέχρι|με)\s+(?:τις\s+)?)"
    r"(?P<h2>[01]?\d|2[0-4])[:.](?P<m2>[0-5]\d)(?!\d|[:.,/]\d)"
    r"(?!\s*(?:το|τα|τη)\s+(?:πρωί|μεσημέρι|απόγευμα|βράδυ|μεσάνυχτα|νύχτα))"
)
# «στις 8.30», «ώρα 9.00»: the dot means a time only behind such a word.
_DOTTED = re.compile(
    r"(?P<lead>\b(?:[Σσ]τις|[Ττ]ις|ώρα|ώρες)\s+)(?P<hour>[01]?\d|2[0-4])\.(?P<minute>[0-5]\d)(?![\d.,]\d|\d)"
)
# «10 π.μ.», «στις 5 μ.μ.»
_WHOLE_HOUR = re.compile(
    _ARTICLE + r"(?<![\d:.,/-])(?P<hour>[01]?\d|2[0-4])\s*(?P<part>(?:π|μ)\.\s?μ\.?|πμ\b|μμ\b)"
)
_DASH_AFTER_PART = re.compile(rf"(?<=[πμ]\.μ\.){_DASH}(?=\d)")
_ROUND_THE_CLOCK = re.compile(r"(?<![\d/])24/7(?![\d/])")
_SINGULAR: Final = {"στις": "στη", "τις": "τη", "οι": "η"}

# The two ways to leave out the minutes: «και …» up to the half hour, «παρά …» of the next hour.
_AFTER: Final = {15: "τέταρτο", 30: "μισή"}


def part_of_day(hour: int) -> str:
    """How a Greek places an hour in the day.

    >>> part_of_day(8), part_of_day(14), part_of_day(18), part_of_day(23), part_of_day(3)
    ('το πρωί', 'το μεσημέρι', 'το απόγευμα', 'το βράδυ', 'τα ξημερώματα')
    """
    hour %= 24
    if hour == 0:
        return "τα μεσάνυχτα"
    for before, words in (
        (5, "τα ξημερώματα"),
        (12, "το πρωί"),
        (16, "το μεσημέρι"),
        (20, "το απόγευμα"),
    ):
        if hour < before:
            return words
    return "το βράδυ"


def clock_in_words(hour: int, minute: int) -> str:
    """A time on the twelve hours of a clock, without the part of the day.

    >>> clock_in_words(10, 30), clock_in_words(11, 45), clock_in_words(14, 0)
    ('δέκα και μισή', 'δώδεκα παρά τέταρτο', 'δύο')
    >>> clock_in_words(12, 50), clock_in_words(9, 7), clock_in_words(16, 52)
    ('μία παρά δέκα', 'εννέα και επτά', 'τέσσερις και πενήντα δύο')
    """
    if minute > 30 and minute % 5 == 0:
        return f"{_hour_name(hour + 1)} παρά {_AFTER.get(60 - minute, cardinal(60 - minute))}"
    if minute == 0:
        return _hour_name(hour)
    return f"{_hour_name(hour)} και {_AFTER.get(minute, cardinal(minute))}"


def _hour_name(hour: int) -> str:
    return cardinal((hour - 1) % 12 + 1, Gender.FEMININE)


def time_in_words(hour: int, minute: int, *, always_part: bool = False) -> str:
    """A time of day.

    The part of the day is said from noon to five in the morning; office hours of the morning are
    plain without it, unless `always_part`.

    >>> time_in_words(10, 30), time_in_words(14, 0)
    ('δέκα και μισή', 'δύο το μεσημέρι')
    >>> time_in_words(8, 0, always_part=True)
    'οκτώ το πρωί'
    """
    words = clock_in_words(hour, minute)
    if always_part or not 5 <= hour < 12:
        return f"{words} {part_of_day(hour)}"
    return words


def _with_article(article: str | None, words: str) -> str:
    """«στις δύο», but «στη μία»."""
    if article is None:
        return words
    if words.split()[0] != "μία":
        return article + words
    plain = article.strip()
    singular = _SINGULAR[plain.lower()]
    return f"{singular.capitalize() if plain[0].isupper() else singular} {words}"


def _hour_with_part(hour: int, part: str) -> int:
    return hour + 12 if part.lstrip()[0] == "μ" and hour < 12 else hour


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match["hour"]), int(match["minute"])
    part = match["part"]
    if part is None:
        words = time_in_words(hour, minute)
    elif "μ." in part or part.strip() in ("πμ", "μμ"):
        words = time_in_words(_hour_with_part(hour, part), minute, always_part=True)
    else:
        words = clock_in_words(hour, minute) + part
    return _with_article(match["article"], words)


def _whole_hour(match: re.Match[str]) -> str:
    hour = _hour_with_part(int(match["hour"]), match["part"])
    return _with_article(match["article"], time_in_words(hour, 0, always_part=True))


def _span(match: re.Match[str]) -> str:
    first, last = int(match["h1"]), int(match["h2"])
    start, end = part_of_day(first), part_of_day(last)
    from_words = clock_in_words(first, int(match["m1"]))
    to_words = clock_in_words(last, int(match["m2"]))
    join = match["join"].strip()
    if join in ("-", "–", "—"):
        join = "έως"
    if join.endswith("τις") and to_words.startswith("μία"):
        join = f"{join[:-3]}τη"
    if start == end:
        return f"{from_words} {join} {to_words} {end}"
    return f"{from_words} {start} {join} {to_words} {end}"


def _agree_article(text: str) -> str:
    return re.sub(
        r"\b([Σσ]τις|[Ττ]ις)(?=\s+μία\b(?!\s+ημέρ))",
        lambda match: {"στις": "στη", "τις": "τη", "Στις": "Στη", "Τις": "Τη"}[match[1]],
        text,
    )


def say_times(text: str) -> str:
    """Put every time of a text into words.

    >>> say_times("στις 13:00, 8:00–14:00, στις 10:30 το πρωί, 5 μ.μ.")
    'στη μία το μεσημέρι, οκτώ το πρωί έως δύο το μεσημέρι, στις δέκα και μισή το πρωί, πέντε το \
απόγευμα'
    >>> say_times("από τις 12:45 έως τις 13:15, στις 8.30")
    'από τη μία παρά τέταρτο έως τη μία και τέταρτο το μεσημέρι, στις οκτώ και μισή'
    """
    text = _ROUND_THE_CLOCK.sub("εικοσιτέσσερις ώρες, επτά ημέρες την εβδομάδα", text)
    text = _DASH_AFTER_PART.sub(" έως ", text)
    text = _SPAN.sub(_span, text)
    text = _DOTTED.sub(r"\g<lead>\g<hour>:\g<minute>", text)
    text = _TIME.sub(_time, text)
    text = _WHOLE_HOUR.sub(_whole_hour, text)
    return _agree_article(text)
