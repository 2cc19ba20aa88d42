"""Variants of an example as a telephone line yields them: wordy callers, misheard words.

Deterministic for a given random generator. The tables hold Greek because they are its phrases.
"""

from __future__ import annotations

import random

from voicebot.understanding.text import fold

_OPENINGS = (
    "ναι γεια σας",
    "γεια σας",
    "καλημέρα σας",
    "καλησπέρα",
    "ναι καλημέρα ήθελα να ρωτήσω",
    "γεια σας θα ήθελα μια πληροφορία",
    "θέλω να ρωτήσω κάτι",
    "ήθελα να σας ρωτήσω",
    "θα ήθελα να μάθω",
    "μπορείτε να μου πείτε",
    "ναι παρακαλώ",
    "εε να σας πω",
    "λοιπόν",
    "άκου κοπέλα μου",
    "παιδί μου πες μου",
    "κοιτάξτε",
    "έχω ένα θέμα",
    "έχω μια απορία",
    "παίρνω για τη μητέρα μου",
    "παίρνω για τον πατέρα μου που είναι μεγάλος",
    "σας παίρνω από τα Τρίκαλα",
    "σας παίρνω από ένα χωριό",
    "είμαι εβδομήντα χρονών",
    "με λένε Μαρία και",
    "με ακούτε ναι",
    "συγγνώμη για την ενόχληση",
    "χρόνια προσπαθώ να σας βρω",
    "ναι ακούστε με λίγο",
    "μου είπε ο λογιστής να σας πάρω",
    "πήρα και πριν",
    "για πείτε μου σας παρακαλώ",
    "ένα ερώτημα έχω",
    "συγγνώμη που σας ενοχλώ έχω πάρει κι άλλες φορές και δεν βρήκα κανέναν",
    "δεν ξέρω αν πήρα στο σωστό τηλέφωνο αλλά θέλω να σας ρωτήσω",
    "εγώ που λέτε είμαι μια γυναίκα μεγάλη και ζω μόνη μου και",
    "κοίτα να δεις εγώ δούλευα μια ζωή και τώρα",
    "ακούστε να σας πω την περίπτωσή μου",
    "είναι η τρίτη φορά που παίρνω",
    "μου είπαν τα παιδιά μου να σας πάρω να ρωτήσω",
    "μου έδωσαν αυτό το νούμερο από το κεπ",
    "δεν τα ξέρω από υπολογιστές γι' αυτό παίρνω",
    "παίρνω εκ μέρους της θείας μου που δεν ακούει καλά",
    "για έναν γείτονα παίρνω που είναι ανήμπορος",
    "είμαστε από την επαρχία και δεν έχουμε εδώ υπηρεσία λοιπόν",
    "καλημέρα σας και καλό μήνα θα ήθελα αν μπορείτε",
    "μίλησα με τον λογιστή και με μπέρδεψε",
    "διάβασα στο ίντερνετ και δεν κατάλαβα",
    "είδα στην τηλεόραση κάτι και θέλω να μάθω",
    "πήγα από εκεί και μου είπαν πάρε το χίλια πεντακόσια πενήντα πέντε",
    "με το συμπάθιο παιδάκι μου",
    "γεια σου αγόρι μου να σε ρωτήσω",
    "χαίρετε από την Κομοτηνή σας μιλάω",
)
_CLOSINGS = (
    "παρακαλώ",
    "σας παρακαλώ",
    "αν γίνεται",
    "αν μπορείτε",
    "ευχαριστώ",
    "να μου πείτε",
    "ξέρετε",
    "μπορείτε να με βοηθήσετε",
    "τι πρέπει να κάνω",
    "δεν ξέρω τι να κάνω",
    "αυτό θέλω να μάθω",
    "κατάλαβες",
    "για πες μου",
    "μήπως ξέρετε να μου πείτε",
    "γιατί έχω μπερδευτεί",
    "σε ποιον να απευθυνθώ",
    "είμαι μεγάλος άνθρωπος και δεν ξέρω",
    "και σας ευχαριστώ προκαταβολικά",
)
_FILLERS = ("εε", "ε", "δηλαδή", "ας πούμε", "να", "λοιπόν", "ξέρω γω", "βασικά")

# Letters that sound alike, and letters that a telephone makes alike.
_HOMOPHONES = (("η", "ι", "υ", "ει", "οι"), ("ω", "ο"), ("αι", "ε"))
_NEAR = {
    "δ": "θ",
    "θ": "δφ",
    "β": "φ",
    "φ": "θβ",
    "κ": "γτ",
    "γ": "κ",
    "τ": "κπ",
    "π": "τκ",
    "ρ": "λ",
    "λ": "ρ",
    "μ": "ν",
    "ν": "μ",
    "ξ": "ψ",
    "ψ": "ξ",
    "ε": "ι",
    "ο": "α",
}


def wordy(example: str, rng: random.Random) -> str:
    """The example after a roundabout opening, before a closing, or both."""
    text = example
    if rng.random() < 0.85:
        text = f"{rng.choice(_OPENINGS)} {text}"
    if rng.random() < 0.3:
        text = f"{text} {rng.choice(_CLOSINGS)}"
    if rng.random() < 0.25:
        words = text.split()
        words.insert(rng.randrange(len(words) + 1), rng.choice(_FILLERS))
        text = " ".join(words)
    return text


def misheard(example: str, rng: random.Random) -> str:
    """The example with the errors of a recogniser: homophones, lost endings, dropped, joined and
    split words, near sounds."""
    heard = [_misheard_word(word, rng) for word in fold(example).split()]
    if len(heard) > 3 and rng.random() < 0.35:
        shortest = sorted(range(len(heard)), key=lambda i: (len(heard[i]), i))
        del heard[shortest[rng.randrange(2)]]
    if len(heard) > 2 and rng.random() < 0.2:
        at = rng.randrange(len(heard) - 1)
        heard[at : at + 2] = [heard[at] + heard[at + 1]]
    if heard and rng.random() < 0.15:
        at = rng.randrange(len(heard))
        if len(heard[at]) > 6:
            cut = rng.randrange(2, len(heard[at]) - 2)
            heard[at : at + 1] = [heard[at][:cut], heard[at][cut:]]
    return " ".join(heard)


def _misheard_word(word: str, rng: random.Random) -> str:
    if rng.random() < 0.3:
        word = _respelled(word, rng)
    if len(word) > 4 and rng.random() < 0.15:
        word = word[:-1]
    if len(word) > 4 and rng.random() < 0.12:
        at = rng.randrange(1, len(word) - 1)
        near = _NEAR.get(word[at])
        word = word[:at] + (rng.choice(near) if near else "") + word[at + 1 :]
    return word


def _respelled(word: str, rng: random.Random) -> str:
    options = rng.choice(_HOMOPHONES)
    old, new = rng.choice(options), rng.choice(options)
    return word.replace(old, new, 1)
