"""What is asked about the topic of before, with no topic of its own: «πόσα λεφτά;», «πού πάω;».

`read_aspect` recognises such a question, `about` finds the sentences of an entry that answer it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from voicebot.understanding.knowledge_schema import PLACEHOLDER, Entry, Unit
from voicebot.understanding.text import skeleton
from voicebot.understanding.words import Word, match_phrase, phrase_table, sounds, split

_MOST_WORDS = 7
_MOST_SENTENCES = 2
_SENTENCE_END = re.compile(r"(?<=[.;!])\s+")


class Aspect(StrEnum):
    """What about the topic."""

    AMOUNT = "amount"
    DURATION = "duration"
    WHEN = "when"
    WHERE = "where"
    PAPERS = "papers"
    HOW = "how"


# The first that is said counts.
_QUESTIONS = (
    (
        Aspect.PAPERS,
        phrase_table(
            "τι χαρτιά, ποια χαρτιά, τα χαρτιά, χαρτιά, τι δικαιολογητικά, ποια δικαιολογητικά, "
            "δικαιολογητικά, τι έγγραφα, ποια έγγραφα, τι χρειάζεται, τι χρειάζονται, "
            "τι χρειάζομαι, τι να φέρω, τι να πάρω μαζί μου"
        ),
    ),
    (
        Aspect.DURATION,
        phrase_table(
            "πόσο καιρό, πόσο χρόνο, πόσους μήνες, πόσες μέρες, πόσες ημέρες, πόσα χρόνια, "
            "πόσο κρατάει, πόσο διαρκεί, για πόσο, σε πόσο, πόσο αργεί, πόσο ισχύει"
        ),
    ),
    (
        Aspect.AMOUNT,
        phrase_table(
            "πόσα λεφτά, πόσα χρήματα, πόσα ευρώ, πόσα, πόσο, τι ποσό, ποιο ποσό, το ποσό, "
            "τι λεφτά, τι χρήματα, πόσο είναι, πόσο κοστίζει"
        ),
    ),
    (
        Aspect.WHEN,
        phrase_table(
            "πότε, μέχρι πότε, ως πότε, από πότε, ποια μέρα, ποια ημερομηνία, τι μέρα, "
            "ποιον μήνα, τι ημερομηνία"
        ),
    ),
    (
        Aspect.WHERE,
        phrase_table("πού, από πού, σε ποιον, σε ποιο γραφείο, σε ποια υπηρεσία, σε ποιο σάιτ"),
    ),
    (Aspect.HOW, phrase_table("πώς, με ποιον τρόπο, τι πρέπει να κάνω, τι κάνω, τι να κάνω")),
)
# Words that bring no topic of their own.
_PLAIN = sounds(
    "και κι ναι α ε εε τότε δηλαδή λοιπόν ωραία εντάξει όμως αυτό αυτά αυτή αυτήν εκεί εγώ εμείς "
    "το τα τη την της του τον τις τους ο η οι μου μας σας για γι με σε στο στη στην από περίπου "
    "ακριβώς παρακαλώ είναι γίνεται γίνονται θα να πρέπει μπορώ κάνω κάνει κάνουν κάνουμε πάω πάμε "
    "πηγαίνω πάρω πάρει πάρουμε παίρνω παίρνει παίρνουμε παίρνουν θέλει θέλω θέλετε χρειάζεται "
    "χρειάζονται χρειάζομαι δίνει δίνουν δίνετε δίνεται μπαίνει μπαίνουν μπει πληρώνεται "
    "πληρώνονται πληρώνει βγαίνει βγει έρθει έρχεται έρχονται ξέρετε πείτε πες συνολικά τον μήνα "
    "κάθε φορά περιμένω ρωτήσω ήθελα απευθυνθώ κάνετε υποβάλω υποβάλλω καταθέσω στέλνω"
)
_UNITS = {Aspect.AMOUNT: {Unit.EURO, Unit.PERCENT}, Aspect.WHEN: {Unit.DATE}}
# Words that tell; `*` is any ending.
_WORDS = {
    Aspect.AMOUNT: "ευρώ δωρεάν λεπτά",
    Aspect.DURATION: "μήνες μηνών μέρες ημέρες έτος έτη χρόνο χρόνια εργάσιμες εβδομάδ* ισχύει "
    "διαρκ*",
    Aspect.WHEN: "μέχρι έως προθεσμ* ημέρα μέρα ημερομην* εργάσιμ* τέλος αργότερο μήνα πληρώνεται "
    "πληρώνονται νωρίτερα μέσα",
    Aspect.WHERE: "gov κεπ υποκατ* ηλεκτρονικ* πλατφόρμ* κέντρο επιθεώρησ* σελίδα ιστοσελ* efka "
    "dypa γραφείο δήμο",
    Aspect.PAPERS: "δικαιολογητικ* χαρτί χαρτιά βεβαίωσ* ταυτότητα κωδικούς απόδειξ* τιμολόγ* "
    "παραστατικά άμκα αφμ έγγραφ* taxisnet",
    Aspect.HOW: "gov κεπ αίτηση ηλεκτρονικ* πλατφόρμ* δηλώ* κωδικούς ραντεβού καταγγελ* υποβάλ*",
}


def _expression(table: str) -> re.Pattern[str]:
    words = (
        re.escape(skeleton(word)) + (r"\S*" if word.endswith("*") else "") for word in table.split()
    )
    return re.compile(f" (?:{'|'.join(words)}) ")


_TELLING = {aspect: _expression(table) for aspect, table in _WORDS.items()}


def read_aspect(text: str) -> Aspect | None:
    """What a question without a topic asks for; None when it is none.

    >>> read_aspect("και πόσα λεφτά είναι;")
    <Aspect.AMOUNT: 'amount'>
    >>> read_aspect("πότε μπαίνουν οι συντάξεις;") is None
    True
    """
    words = split(text)
    if not 0 < len(words) <= _MOST_WORDS:
        return None
    for aspect, phrases in _QUESTIONS:
        for start in range(len(words)):
            length = match_phrase(words, start, phrases)
            if length and _plain(words[:start]) and _plain(words[start + length :]):
                return aspect
    return None


def _plain(words: list[Word]) -> bool:
    return all(word.sound in _PLAIN for word in words)


def about(entry: Entry, aspect: Aspect, today: date) -> str:
    """The sentences of an entry that answer a question about it; empty when there are none.

    The details are looked into only for what the answer does not say. Figures that may not be told
    today are never part of it.
    """
    spoken = entry.answer or ""
    if not all(entry.figures[name].speakable(today) for name in PLACEHOLDER.findall(spoken)):
        spoken = entry.answer_without_figures or ""
    for text in (spoken, entry.details or ""):
        found = [
            filled
            for filled, units in _sentences(entry, text, today)
            if units & _UNITS.get(aspect, set()) or _TELLING[aspect].search(f" {skeleton(filled)} ")
        ]
        if found:
            return " ".join(found[:_MOST_SENTENCES])
    return ""


def _sentences(entry: Entry, text: str, today: date) -> Iterator[tuple[str, set[Unit]]]:
    """Sentences with their figures filled in, and the units of these."""
    for line in text.splitlines() if text is entry.details else [text]:
        for sentence in _SENTENCE_END.split(" ".join(line.split())):
            names = PLACEHOLDER.findall(sentence)
            if sentence and all(entry.figures[name].speakable(today) for name in names):
                filled = PLACEHOLDER.sub(lambda match: entry.figures[match[1]].written(), sentence)
                yield filled, {entry.figures[name].unit for name in names}
