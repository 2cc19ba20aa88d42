"""How Greeks say days, hours and short answers: the word tables behind the constraints."""

from __future__ import annotations

from voicebot.hearing.constraint import Constraint, any_of, optional, phrases, sequence

LEAD_INS = (
    "θέλω", "θα ήθελα", "για", "το", "τη", "την", "τον", "στο", "στη", "στην", "στον", "στα",
    "από", "από την", "από τον", "λοιπόν", "ναι", "είναι", "μένω", "θέλω το", "θέλω την",
    "θέλω στην", "θέλω στο", "να είναι",
)  # fmt: skip
"""What may come before the value itself."""

_DAYS = ("δευτέρα", "τρίτη", "τετάρτη", "πέμπτη", "παρασκευή", "σάββατο", "κυριακή")
_RELATIVE = (
    "σήμερα", "αύριο", "μεθαύριο", "όποτε μπορείτε", "όποτε να 'ναι", "το συντομότερο",
    "όσο πιο γρήγορα γίνεται", "την άλλη εβδομάδα", "την επόμενη εβδομάδα", "την άλλη βδομάδα",
    "αυτή την εβδομάδα", "άλλη μέρα", "οποιαδήποτε μέρα", "αύριο το πρωί", "αύριο το απόγευμα",
    "από δευτέρα", "πιο αργά", "πιο νωρίς", "κάποια άλλη μέρα",
)  # fmt: skip
_DAY_NUMBERS = (
    "πρώτη", "μία", "δύο", "τρεις", "τέσσερις", "πέντε", "έξι", "εφτά", "επτά", "οχτώ", "οκτώ",
    "εννιά", "εννέα", "δέκα", "έντεκα", "δώδεκα", "δεκατρείς", "δεκατέσσερις", "δεκαπέντε",
    "δεκαέξι", "δεκαεφτά", "δεκαεπτά", "δεκαοχτώ", "δεκαοκτώ", "δεκαεννιά", "δεκαεννέα", "είκοσι",
    "είκοσι μία", "είκοσι δύο", "είκοσι τρεις", "είκοσι τέσσερις", "είκοσι πέντε", "είκοσι έξι",
    "είκοσι εφτά", "είκοσι επτά", "είκοσι οχτώ", "είκοσι οκτώ", "είκοσι εννιά", "είκοσι εννέα",
    "τριάντα", "τριάντα μία",
)  # fmt: skip
_MONTHS = (
    "ιανουαρίου", "φεβρουαρίου", "μαρτίου", "απριλίου", "μαΐου", "ιουνίου", "ιουλίου", "αυγούστου",
    "σεπτεμβρίου", "οκτωβρίου", "νοεμβρίου", "δεκεμβρίου", "του μηνός", "του μήνα", "γενάρη",
    "φλεβάρη", "μάρτη", "απρίλη", "μάη", "ιούνη", "ιούλη", "αυγούστου", "σεπτέμβρη", "οκτώβρη",
    "νοέμβρη", "δεκέμβρη",
)  # fmt: skip
_PARTS = (
    "το πρωί", "πρωί", "το μεσημέρι", "μεσημέρι", "το απόγευμα", "απόγευμα", "το βράδυ",
    "νωρίς το πρωί", "πρωινή ώρα", "προς το μεσημέρι",
)  # fmt: skip
_HOURS = (
    "μία", "δύο", "τρεις", "τέσσερις", "πέντε", "έξι", "εφτά", "επτά", "οχτώ", "οκτώ", "εννιά",
    "εννέα", "δέκα", "έντεκα", "δώδεκα",
)  # fmt: skip
_HALF_HOURS = (
    "μιάμιση", "δυόμισι", "τρεισήμισι", "τεσσερισήμισι", "πεντέμισι", "εξήμισι", "εφτάμισι",
    "οχτώμισι", "εννιάμισι", "δεκάμισι", "εντεκάμισι", "δωδεκάμισι",
)  # fmt: skip
_MINUTES = (
    "και μισή", "και τέταρτο", "παρά τέταρτο", "και είκοσι", "παρά είκοσι", "και δέκα",
    "παρά δέκα", "και πέντε", "παρά πέντε", "ακριβώς",
)  # fmt: skip
_BEFORE_DAY = ("την", "τη", "το", "για την", "για", "στις", "την άλλη", "την επόμενη", "αυτή την")
_BEFORE_HOUR = ("στις", "στη", "στη μία", "κατά τις", "γύρω στις", "μετά τις", "πριν τις", "ώρα")
_OFFERED = (
    "το πρώτο", "το δεύτερο", "το τρίτο", "την πρώτη", "τη δεύτερη", "την τρίτη", "η πρώτη",
    "η δεύτερη", "η τρίτη", "το τελευταίο", "κανένα", "καμία", "κανένα από αυτά", "άλλη ώρα",
    "άλλη μέρα", "δεν μπορώ", "ναι", "όχι",
)  # fmt: skip


def spoken_date() -> Constraint:
    """A day as it is said on the phone: relative, by weekday, or by number and month."""
    number = sequence(phrases(_DAY_NUMBERS), phrases(_MONTHS))
    day = sequence(phrases(dict.fromkeys(_DAYS, 4.0)), optional(number))
    with_article = sequence(optional(phrases(_BEFORE_DAY)), any_of(day, number))
    whole = any_of(phrases(_RELATIVE), sequence(with_article, optional(phrases(_PARTS))))
    return sequence(whole, name="date")


def spoken_time() -> Constraint:
    """An hour as it is said on the phone, a part of the day, or one of the offers made."""
    hour = any_of(
        sequence(phrases(dict.fromkeys(_HOURS, 3.0)), optional(phrases(_MINUTES))),
        phrases(_HALF_HOURS),
    )
    exact = sequence(optional(phrases(_BEFORE_HOUR)), hour, optional(phrases(_PARTS)))
    day = sequence(optional(phrases(_BEFORE_DAY)), phrases(_DAYS))
    return any_of(exact, phrases(_PARTS), phrases(_OFFERED), day, name="time")
