"""«Λάθος κάνετε», «δεν είναι εδώ», «ναι, εγώ είμαι»: whether the one who answers is the one called.

A language table with its matcher, on folded text (small letters, no accents).
"""

from __future__ import annotations

import re
from enum import StrEnum

from voicebot.understanding.text import fold


class Reached(StrEnum):
    """Who answered a call: the person themselves, somebody else while the person is away or has no
    time, or somebody at a number that is not the person's."""

    HERE = "here"
    AWAY = "away"
    WRONG = "wrong"


_AWAY = (
    r"\b(?:δεν|δε) (?:ειναι|βρισκεται) (?:\w+ ){0,2}(?:εδω|σπιτι|στο σπιτι|μεσα|διαθεσιμ\w+)\b",
    r"\b(?:λειπει|απουσιαζει|κοιμαται|δουλευει|ελειπε)\b",
    r"\b(?:ειναι|πηγε|βγηκε) (?:στη δουλεια|για δουλεια|εξω|στο χωριο|νοσοκομειο|στο νοσοκομειο)\b",
    r"\b(?:δεν|δε) μπορω (?:τωρα|αυτη τη στιγμη)\b",
    r"\b(?:τωρα|αυτη τη στιγμη) (?:δεν|δε) (?:μπορω|εχω χρονο|ευκαιρω)\b",
    r"\b(?:ειμαι|οδηγω|εχω) (?:σε δουλεια|στη δουλεια|δουλεια|απασχολημεν\w+|τωρα)\b",
    r"\b(?:παρτε|παρε|καλεστε|καλεσε|τηλεφωνηστε)(?: με| μας| τον| την)?"
    r" (?:αργοτερα|μετα|αυριο|αλλη ωρα|αλλη στιγμη|το απογευμα|το πρωι|το βραδυ)\b",
    r"\b(?:ειμαι|εγω ειμαι) (?:ο γιος|η κορη|ο αντρας|ο ανδρας|ο συζυγος|η γυναικα|η συζυγος"
    r"|ο αδελφος|ο αδερφος|η αδελφη|η αδερφη|η νυφη|ο γαμπρος|ο εγγονος|η εγγονη|η μανα"
    r"|η μητερα|ο πατερας)\b",
    r"\b(?:να |θα )?(?:του|της) (?:το )?πω\b",
)
_WRONG = (
    r"\bλαθος (?:κανετε|κανεις|νουμερο|αριθμ\w+|τηλεφωνο|ατομο|ανθρωπο|πηρατε|πηρες|εχετε|ειναι)\b",
    r"\b(?:κανετε|κανεις|εχετε|πηρατε|πηρες|καλεσατε|ειναι) (?:\w+ )?λαθος\b",
    r"^(?:\w+ )?λαθος$",
    r"\b(?:δεν|δε) ειμαι (?:εγω )?(?:αυτος|αυτη|ο ιδιος|η ιδια|εγω)\b",
    r"\b(?:δεν|δε) ειμαι εγω\b",
    r"\bαλλον (?:ψαχνετε|θελετε|ζητατε)\b",
    r"\b(?:δεν|δε) (?:τον|την|το) (?:ξερω|γνωριζω)\b",
    r"\b(?:δεν|δε) (?:μενει|ζει|υπαρχει) (?:\w+ ){0,2}(?:εδω|πια|τετοι\w+)\b",
    r"\b(?:εχει )?(?:πεθανει|πεθανε|απεβιωσε|αποβιωσει|μετακομισε|μετακομισει)\b",
)
_HERE = (
    r"\b(?:εγω ειμαι|ειμαι εγω|ο ιδιος|η ιδια|ειμαι ο ιδιος|ειμαι η ιδια|ειμαι αυτος|ειμαι αυτη)\b",
    r"\b(?:μαλιστα|λεγετε|πειτε μου|σας ακουω|βεβαια|βεβαιως)\b",
)
# `fold` knows no final sigma.
_TABLE = tuple(
    (reached, re.compile("|".join(patterns).replace("ς", "σ")))
    for reached, patterns in ((Reached.WRONG, _WRONG), (Reached.AWAY, _AWAY), (Reached.HERE, _HERE))
)


def read_reached(text: str) -> Reached | None:
    """Who answered, as far as they say so; None when they do not. A bare yes or no is neither.

    >>> [read_reached(said) for said in ("Λάθος κάνετε", "Δεν είναι εδώ", "Ναι, εγώ είμαι", "Ναι")]
    [<Reached.WRONG: 'wrong'>, <Reached.AWAY: 'away'>, <Reached.HERE: 'here'>, None]
    """
    folded = fold(text)
    return next((reached for reached, table in _TABLE if table.search(folded)), None)
