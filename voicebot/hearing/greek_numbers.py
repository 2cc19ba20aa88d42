"""The words of digit strings as callers say them, for the constrained search."""

from __future__ import annotations

import re

from voicebot.hearing.greek_sounds import plain

UNITS_BUT_ZERO = (
    "ένα", "δύο", "τρία", "τέσσερα", "πέντε", "έξι", "εφτά", "επτά", "οχτώ", "οκτώ", "εννιά",
    "εννέα",
)  # fmt: skip
UNITS = ("μηδέν", *UNITS_BUT_ZERO)
TEENS = (
    "δέκα", "έντεκα", "δώδεκα", "δεκατρία", "δεκατέσσερα", "δεκαπέντε", "δεκαέξι", "δεκαεφτά",
    "δεκαεπτά", "δεκαοχτώ", "δεκαοκτώ", "δεκαεννιά", "δεκαεννέα",
)  # fmt: skip
TENS = (
    "είκοσι", "τριάντα", "σαράντα", "πενήντα", "εξήντα", "εβδομήντα", "ογδόντα", "ενενήντα",
)  # fmt: skip
_HUNDREDS = (
    "διακόσια", "τριακόσια", "τρακόσια", "τετρακόσια", "πεντακόσια", "εξακόσια", "εφτακόσια",
    "επτακόσια", "οχτακόσια", "οκτακόσια", "εννιακόσια", "εννεακόσια",
)  # fmt: skip
HUNDREDS = ("εκατό", *_HUNDREDS)
HUNDREDS_WITH_REST = ("εκατόν", "εκατό", *_HUNDREDS)
DOUBLED = ("δύο μηδενικά", *(f"διπλό {unit}" for unit in UNITS))
TRIPLED = ("τρία μηδενικά",)

#: What may come before the digits.
LEAD_INS = (
    "ναι", "είναι", "είναι το", "το", "βεβαίως", "ναι είναι", "λοιπόν", "γράψτε", "σημειώστε",
    "το αφιμί μου είναι", "ο αφιμί μου είναι", "το αφιμί είναι", "το άμκα μου είναι",
    "ο άμκα μου είναι", "το τηλέφωνό μου είναι", "το κινητό μου είναι", "ο αριθμός μου είναι",
    "ο αριθμός είναι", "ο αριθμός πρωτοκόλλου είναι", "αριθμός", "μάλιστα", "όχι", "όχι είναι",
)  # fmt: skip

#: Words with two accepted forms, without accents: the second stands for both.
_VARIANTS = (
    (re.compile(r"^(δεκα)?εφτα"), r"\1επτα"),
    (re.compile(r"^(δεκα)?οχτ"), r"\1οκτ"),
    (re.compile(r"^(δεκα)?εννια"), r"\1εννεα"),
    (re.compile(r"^τρακοσ"), "τριακοσ"),
    (re.compile(r"^εκατον$"), "εκατο"),
)
_FILLERS = frozenset(
    plain(word)
    for phrase in (*LEAD_INS, "τη την τον στο στη στην στον στα στις για από θέλω θα ήθελα μένω να")
    for word in phrase.split()
)


def one_form(word: str) -> str:
    """A word without accents; of two accepted forms always the same one.

    >>> one_form("εφτά"), one_form("τρακόσια")
    ('επτα', 'τριακοσια')
    """
    word = plain(word)
    for pattern, form in _VARIANTS:
        word = pattern.sub(form, word)
    return word


def core(text: str) -> str:
    """An answer without what comes before it and in one form: what it means as a value.

    >>> core("είναι το εφτά") == core("επτά")
    True
    """
    words = [one_form(word) for word in text.split()]
    at = 0
    while at < len(words) - 1 and words[at] in _FILLERS:
        at += 1
    return " ".join(words[at:])
