"""What callers are likely to say to a question of a kind: closed lists for the recogniser."""

from __future__ import annotations

from voicebot.understanding.data.answers import NO_PHRASES, UNCLEAR_PHRASES, YES_PHRASES
from voicebot.understanding.expectation import Kind
from voicebot.understanding.names import common_first_names
from voicebot.understanding.number_words import number_words
from voicebot.understanding.places import spoken_places

_WEEKDAYS = ("δευτέρα", "τρίτη", "τετάρτη", "πέμπτη", "παρασκευή", "σάββατο")
_MONTHS = (
    "ιανουαρίου",
    "φεβρουαρίου",
    "μαρτίου",
    "απριλίου",
    "μαΐου",
    "ιουνίου",
    "ιουλίου",
    "αυγούστου",
    "σεπτεμβρίου",
    "οκτωβρίου",
    "νοεμβρίου",
    "δεκεμβρίου",
)
_DAYS = (
    "σήμερα",
    "αύριο",
    "μεθαύριο",
    "αύριο το πρωί",
    "αύριο το απόγευμα",
    "την άλλη βδομάδα",
    "την επόμενη εβδομάδα",
    "αυτή τη βδομάδα",
    "σε μια βδομάδα",
    "σε δέκα μέρες",
    "σε δεκαπέντε μέρες",
    "όποια μέρα να 'ναι",
    "το συντομότερο",
    "όσο πιο σύντομα γίνεται",
    "η πρώτη διαθέσιμη",
    "τον άλλο μήνα",
    "μετά τις γιορτές",
)
_FEMININE_HOURS = (
    "μία",
    "δύο",
    "τρεις",
    "τέσσερις",
    "πέντε",
    "έξι",
    "εφτά",
    "οχτώ",
    "εννιά",
    "δέκα",
    "έντεκα",
    "δώδεκα",
)
_HALF_HOURS = {
    8: "οχτώμισι",
    9: "εννιάμισι",
    10: "δεκάμισι",
    11: "εντεκάμισι",
    12: "δωδεκάμισι",
    1: "μιάμιση",
    2: "δυόμισι",
}
_PARTS = (
    "το πρωί",
    "το μεσημέρι",
    "το απόγευμα",
    "το απογευματάκι",
    "το βράδυ",
    "νωρίς το πρωί",
    "αργά το πρωί",
    "πρωινές ώρες",
    "όποια ώρα να 'ναι",
    "οποιαδήποτε ώρα",
)
_OFFICE_HOURS = (8, 9, 10, 11, 12, 1, 2)


def expected_phrases(kind: Kind) -> tuple[str, ...]:
    """Lower-case spoken forms for a kind; empty where the answers form no list (numbers, FREE).

    >>> "μάλιστα" in expected_phrases(Kind.YES_NO), "στο περιστέρι" in expected_phrases(Kind.PLACE)
    (True, True)
    """
    if kind is Kind.YES_NO:
        return _unique(YES_PHRASES + NO_PHRASES + UNCLEAR_PHRASES)
    if kind is Kind.DATE:
        return _unique(_date_phrases())
    if kind is Kind.TIME:
        return _unique(_time_phrases())
    if kind is Kind.PLACE:
        return _unique(_place_phrases())
    if kind is Kind.NAME:
        return common_first_names()
    return ()


def _date_phrases() -> tuple[str, ...]:
    weekdays = tuple(
        phrase
        for day in _WEEKDAYS
        for article in ("το" if day == "σάββατο" else "την",)
        for phrase in (
            day,
            f"{article} {day}",
            f"{article} {'άλλο' if article == 'το' else 'άλλη'} {day}",
            f"{article} {'επόμενο' if article == 'το' else 'επόμενη'} {day}",
            f"{day} πρωί",
            f"{day} απόγευμα",
        )
    )
    days = {1: "πρώτη", 3: "τρεις", 4: "τέσσερις", 13: "δεκατρείς", 14: "δεκατέσσερις"}
    days |= {21: "είκοσι μία", 23: "είκοσι τρεις", 24: "είκοσι τέσσερις", 31: "τριάντα μία"}
    dated = tuple(
        f"{days.get(day, number_words(day))} {month}" for month in _MONTHS for day in range(1, 32)
    )
    return _DAYS + weekdays + dated


def _time_phrases() -> tuple[str, ...]:
    hours = tuple(
        phrase
        for hour in _OFFICE_HOURS
        for name in (_FEMININE_HOURS[hour - 1],)
        for article in ("στη" if hour == 1 else "στις",)
        for phrase in (
            name,
            f"{article} {name}",
            f"{article} {name} το πρωί",
            f"{article} {name} και τέταρτο",
            f"{article} {name} και μισή",
            f"{article} {name} παρά τέταρτο",
            f"{article} {_HALF_HOURS[hour]}",
            f"κατά {article.replace('στ', 'τ')} {name}",
            f"μετά {article.replace('στ', 'τ')} {name}",
            f"πριν {article.replace('στ', 'τ')} {name}",
        )
    )
    return _PARTS + hours


def _place_phrases() -> tuple[str, ...]:
    """Names as they are, and after the preposition in the accusative."""
    return tuple(form for name in spoken_places() for form in (name, *_after_preposition(name)))


def _after_preposition(name: str) -> tuple[str, ...]:
    """«στο περιστέρι», «στην αθήνα», «στον πειραιά», «στους αμπελόκηπους»."""
    first = name.split()[0]
    for ending, preposition, replacement in (
        ("οι", "στους", "ους"),
        ("οί", "στους", "ούς"),
        ("ες", "στις", "ες"),
        ("έρρες", "στις", "έρρες"),
        ("ας", "στον", "α"),
        ("άς", "στον", "ά"),
        ("η", "στην", "η"),
        ("ή", "στην", "ή"),
        ("ι", "στο", "ι"),
        ("ο", "στο", "ο"),
        ("ό", "στο", "ό"),
    ):
        if first.endswith(ending) and len(name.split()) == 1:
            return (f"{preposition} {first[: -len(ending)]}{replacement}",)
    if first.endswith(("ος", "ός")) and len(name.split()) == 1:
        stem = first[:-1]
        return f"στον {stem}", f"στη {stem}"
    if first.endswith(("α", "ά")) and len(name.split()) == 1:
        return f"στην {first}", f"στα {first}"
    if first in ("νέα", "αγία", "κάτω", "άνω"):
        return (f"στη {name}" if first == "νέα" else f"στην {name}",)
    if first == "νέο":
        return (f"στο {name}",)
    return ()


def _unique(phrases: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrase.lower() for phrase in phrases))
