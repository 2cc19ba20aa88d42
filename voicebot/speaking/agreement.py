"""Gender and case of a number, read from the words around it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from voicebot.speaking.numerals import Case, Gender


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


_MASCULINE: Final = _words("""
    μήνας μήνα μηνός μήνες μηνών πολίτης πολίτη πολίτες πολιτών άντρας άντρα άντρες άνδρας άνδρες
    εργοδότης εργοδότη εργοδότες μισθωτής ιδιώτης ιδιώτες γονέας γονέα γονείς γονιός γονείς
    συγγενείς ασθενείς φοιτητής φοιτητή φοιτητές μαθητής μαθητή μαθητές σπουδαστής σπουδαστές
    λογιστής λογιστές επαγγελματίας επαγγελματίες αγρότης αγρότες εργάτης εργάτες πελάτης πελάτες
    επιζώντες δικαστές επισκέπτης επισκέπτες μισθός μισθό μισθοί μισθούς λογαριασμός λογαριασμό
    λογαριασμοί κωδικός κωδικό κωδικοί αριθμός αριθμό αριθμοί όροφος όροφο όροφοι τρόπος τρόπο
    τρόποι χρόνος χρόνο χρόνοι υπάλληλος υπάλληλο υπάλληλοι άνθρωπος άνθρωπο άνθρωποι όρος όροι
    φορέας φορέα φορείς ασφαλισμένος συνταξιούχος άνεργος εργαζόμενος δικαιούχος βαθμός βαθμοί
    βαθμούς αριθμούς τόνοι πίνακας πίνακα πίνακες κανόνας κανόνες τίτλος τίτλοι τύπος τύποι
""")
_FEMININE: Final = _words("""
    ημέρα ημέρας ημέρες ημερών μέρα μέρας μέρες μερών ώρα ώρας ώρες ωρών εβδομάδα εβδομάδας
    εβδομάδες εβδομάδων βδομάδα βδομάδες δόση δόσης δόσεις δόσεων αίτηση αίτησης αιτήσεις φορά φοράς
    φορές φορών εισφορά εισφοράς εισφορές σύνταξη σύνταξης συντάξεις κλάση κλάσης κατηγορία
    κατηγορίας κατηγορίες ερώτηση ερωτήσεις απάντηση απαντήσεις κλήση κλήσης κλήσεις θέση θέσεις
    γυναίκα γυναίκες χιλιάδα χιλιάδες μητέρα μητέρες αργία αργίες άδεια άδειας άδειες επιλογή
    επιλογές πληρωμή πληρωμές περίοδος περιόδου περιόδους περίοδοι μονάδα μονάδες σελίδα σελίδες
    υπηρεσία υπηρεσίες προθεσμία προθεσμίες απόδειξη αποδείξεις κάρτα κάρτας κάρτες ομάδα ομάδες
    βεβαίωση βεβαιώσεις δήλωση δηλώσεις αύξηση στιγμή νύχτα νύχτες διανυκτέρευση διανυκτερεύσεις
    δραχμή δραχμές λίρα λίρες οικογένεια οικογένειες βάρδια βάρδιες πόλη πόλεις οδός μέθοδοι
    ενότητα ενότητες δεκαετία δεκαετίες συνεδρία συνεδρίες διεύθυνση διευθύνσεις
""")
_NEUTER: Final = _words("""
    ευρώ έτος έτους έτη ετών χρόνια λεπτό λεπτού λεπτά λεπτών δευτερόλεπτα ένσημα ενσήμων
    ένσημο ημερομίσθια παιδί παιδιά παιδιών τέκνο τέκνα τέκνων άτομο άτομα ατόμων μέλος μέλη μέτρα
    χιλιόμετρα ψηφία ψηφίο έγγραφο έγγραφα δικαιολογητικά μηνύματα μήνυμα αιτήματα αίτημα ραντεβού
    τετράμηνα εξάμηνα τρίμηνα δίμηνα βήμα βήματα μέρη μέρος ποσά ποσό τετραγωνικά γράμματα
    εκατομμύρια εκατομμύριο δισεκατομμύρια δισεκατομμύριο εκατοστά
""")
# Words that may follow a number without being counted by it.
_FUNCTION_WORDS: Final = _words("""
    και κι ή έως ως μέχρι από για με σε στο στη στην στον στα στις στους το τα τη την του της των
    τον τους τις ο η οι ένα μία να θα δεν μην που πως ότι αν όταν είναι ήταν έχει έχουν μετά πριν
    αλλά όμως τοις κόμμα συν μείον παρά επί χωρίς προς κατά ανά μου σου μας σας τους τότε εδώ εκεί
    δηλαδή γιατί επειδή καθώς όσο όπως λόγω χθες σήμερα αύριο μόνο περίπου εντός εκτός ακόμα ακόμη
    μόνον τουλάχιστον ναι όχι πάλι ξανά πατήστε διαλέξτε ανοίγει κλείνει λήγει πληρώνεται γίνεται
    εικοσιτέσσερις πλέον άνω
""")
_ARTICLES: Final = {
    "τις": (Gender.FEMININE, Case.ACCUSATIVE),
    "στις": (Gender.FEMININE, Case.ACCUSATIVE),
    "η": (Gender.FEMININE, Case.NOMINATIVE),
    "τη": (Gender.FEMININE, Case.ACCUSATIVE),
    "την": (Gender.FEMININE, Case.ACCUSATIVE),
    "στη": (Gender.FEMININE, Case.ACCUSATIVE),
    "στην": (Gender.FEMININE, Case.ACCUSATIVE),
    "της": (Gender.FEMININE, Case.GENITIVE),
    "τα": (Gender.NEUTER, Case.NOMINATIVE),
    "στα": (Gender.NEUTER, Case.ACCUSATIVE),
    "τους": (Gender.MASCULINE, Case.ACCUSATIVE),
    "στους": (Gender.MASCULINE, Case.ACCUSATIVE),
}
# After these a bare amount or count stands in the genitive: «άνω των 500 ευρώ», «ύψους 250 ευρώ».
_GENITIVE_BEFORE: Final = frozenset({"των", "ύψους", "αξίας", "διάρκειας", "ηλικίας", "εντός"})
_ACCUSATIVE_BEFORE: Final = _words("""
    για με σε από έως ως μέχρι προς κατά ανά μετά τους στους έχετε έχω έχει έχουν θέλει θέλετε
    χρειάζεστε χρειάζεται διαρκεί κάθε επί παίρνετε δικαιούστε δίνει ισχύει περιμένετε τον στον
    πάνω τελευταίους πρώτους επόμενους τουλάχιστον
""")
# Far enough for any word; a search over the whole text would cost its length for each number.
_NEAR: Final = 40
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[\s(«]*$")
_WORDS_AFTER = re.compile(r"\s+([^\W\d_]+)(?:\s+([^\W\d_]+))?")


@dataclass(frozen=True)
class Agreement:
    """How a number must be inflected."""

    gender: Gender = Gender.NEUTER
    case: Case = Case.NOMINATIVE
    counted: bool = False
    """Whether a noun that is counted follows."""


def word_before(text: str) -> str:
    """The last word of a text, in lower case; empty when there is none right at its end."""
    match = _WORD_BEFORE.search(text[-_NEAR:])
    return match[1].lower() if match else ""


def words_after(text: str) -> list[str]:
    """The first two words of a text, in lower case."""
    match = _WORDS_AFTER.match(text)
    return [word.lower() for word in match.groups() if word] if match else []


def agreement(before: str, after: str) -> Agreement:
    """Gender and case of a number.

    Args:
        before: text in front of the number.
        after: text behind it.

    >>> agreement("σε ", " μήνες")
    Agreement(gender=<Gender.MASCULINE: 'masculine'>, case=<Case.ACCUSATIVE: 'accusative'>, \
counted=True)
    >>> agreement("", " εργάσιμες ημέρες").gender
    <Gender.FEMININE: 'feminine'>
    >>> agreement("στις ", " ή αργότερα").gender
    <Gender.FEMININE: 'feminine'>
    """
    previous = word_before(before)
    following = words_after(after)
    for word in following:
        if word in _FUNCTION_WORDS:
            break
        listed = _listed_gender(word)
        if listed is not None:
            return Agreement(listed, _case(previous, following[0], word, listed), counted=True)
    # The article in front is surer than the ending of an unknown word behind: it may be a verb.
    if previous in _ARTICLES:
        return Agreement(*_ARTICLES[previous])
    if following and following[0] not in _FUNCTION_WORDS:
        guess = _gender_by_ending(following[0])
        if guess is not None:
            return Agreement(guess, _case(previous, following[0], following[0], guess))
    return Agreement(case=Case.GENITIVE if previous in _GENITIVE_BEFORE else Case.NOMINATIVE)


def _listed_gender(word: str) -> Gender | None:
    if word in _MASCULINE:
        return Gender.MASCULINE
    if word in _FEMININE:
        return Gender.FEMININE
    return Gender.NEUTER if word in _NEUTER else None


def _gender_by_ending(word: str) -> Gender | None:
    if word.endswith(("οι", "οί", "ους", "ούς", "τές", "άδες")):
        return Gender.MASCULINE
    if word.endswith(("ες", "ές", "εις", "είς")):
        return Gender.FEMININE
    if word.endswith(("α", "ά", "η", "ων", "ών")):
        return Gender.NEUTER
    return None


def _case(previous: str, first: str, noun: str, gender: Gender) -> Case:
    if previous in _GENITIVE_BEFORE or noun.endswith(("ων", "ών")) or first.endswith(("ων", "ών")):
        return Case.GENITIVE
    if (
        noun in ("μηνός", "έτους", "λεπτού", "παιδιού", "τέκνου", "ατόμου")
        or (gender is Gender.FEMININE and noun.endswith("ας"))
        or (gender is Gender.FEMININE and noun.endswith(("ης", "ής")))
    ):
        return Case.GENITIVE
    if gender is Gender.MASCULINE and (
        noun.endswith(("ους", "ούς", "ο", "ό", "α")) or previous in _ACCUSATIVE_BEFORE
    ):
        return Case.ACCUSATIVE
    return Case.NOMINATIVE
