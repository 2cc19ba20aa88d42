"""Phrases that mean the same in every question: repeat, slower, a person, never mind, and so on.

A language table with its matcher. Phrases are compared by sound (`understanding.text.skeleton`),
so that a recogniser's spelling does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from voicebot.understanding.text import fold, skeleton


class Command(StrEnum):
    """What a caller may say at any time."""

    PERSON = "person"
    REPEAT = "repeat"
    SLOWER = "slower"
    FASTER = "faster"
    LOUDER = "louder"
    HELP = "help"
    CANCEL = "cancel"
    WAIT = "wait"
    CORRECT = "correct"
    GOODBYE = "goodbye"


def _phrases(text: str) -> tuple[str, ...]:
    """Phrases separated by commas, on as many lines as they need."""
    return tuple(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


# Dropped before an utterance is compared as a whole.
_FILLERS = frozenset(
    skeleton(word)
    for word in _phrases(
        """
        παρακαλώ, συγγνώμη, συγνώμη, σας, μου, λίγο, λιγάκι, μπορείτε, μπορείς, να, αν,
        γίνεται, το, αυτό, ε, α, εε, λοιπόν, κυρία, κύριε, κοπέλα, παιδί, κορίτσι, αγόρι, βρε,
        ρε, καλέ, τώρα, ναι, δηλαδή, ωραία, και, εντάξει
        """
    )
)

# The whole utterance, fillers apart.
_WHOLE: dict[Command, tuple[str, ...]] = {
    Command.PERSON: _phrases(
        """
        άνθρωπο, άνθρωπος, υπάλληλο, υπάλληλος, εκπρόσωπο, εκπρόσωπος, τηλεφωνητή,
        τηλεφωνήτρια, προϊστάμενο, κάποιον, σύνδεση με υπάλληλο
        """
    ),
    Command.REPEAT: _phrases(
        """
        επανάλαβε, επαναλάβετε, επανάληψη, επανάλαβέ το, ξανά, πάλι, ξαναπές, ξαναπείτε,
        ξαναπείτε μου, πείτε ξανά, πες ξανά, πες πάλι, πείτε πάλι, τι, τι είπατε, τι είπες,
        πώς είπατε, πώς, ορίστε, δεν άκουσα, δεν άκουσα καλά, δεν κατάλαβα, δεν καταλαβαίνω,
        δεν κατάλαβα τι είπατε, δεν πρόλαβα, άλλη μια φορά, ακόμα μία φορά, μια φορά ακόμα,
        δεν έπιασα, ξαναπές μου
        """
    ),
    Command.SLOWER: _phrases(
        """
        πιο σιγά, σιγά, πιο σιγά σιγά, σιγότερα, πιο αργά, αργά, πιο αργά αργά, πιο σιγανά,
        αργότερα ο ρυθμός, σιγά σιγά, μη βιάζεστε, μην τρέχετε
        """
    ),
    Command.FASTER: _phrases(
        """
        πιο γρήγορα, γρήγορα, πιο γρήγορα μιλήστε, μιλήστε πιο γρήγορα
        """
    ),
    Command.LOUDER: _phrases(
        """
        πιο δυνατά, δυνατά, δυνατότερα, δεν ακούω, δεν ακούω καλά, δεν ακούγεστε, δεν
        ακούγεστε καλά, δεν ακούγεσαι, πιο δυνατά μιλήστε, δυναμώστε, δυνάμωσε
        """
    ),
    Command.HELP: _phrases(
        """
        βοήθεια, τι πω, τι μπορώ πω, δεν ξέρω τι πω, τι εννοείτε, τι εννοείς, τι θέλετε πω,
        πώς λέω, τι πρέπει πω, πού βρίσκω, πού γράφει, τι είναι, πού θα βρω, τι επιλογές
        έχω, ποιες είναι οι επιλογές, τι επιλογές υπάρχουν
        """
    ),
    Command.CANCEL: _phrases(
        """
        άκυρο, άσ', άστο, άσε, άστα, άφησέ, αφήστε, άφησ, άστε, ξέχασέ, ξεχάστε, ακύρωση,
        ακυρώστε, ακύρωσέ, σταμάτα, σταματήστε, μετάνιωσα, άλλαξα γνώμη, δεν θέλω άλλο, δεν
        θέλω πια, δεν θέλω τελικά, τελικά δεν θέλω, τελικά όχι, τελικά άσ, όχι άσ, όχι άστο,
        όχι αφήστε, άκυρο άκυρο, δεν με ενδιαφέρει πια
        """
    ),
    Command.WAIT: _phrases(
        """
        μισό λεπτό, μισό λεπτάκι, ένα λεπτό, ένα λεπτάκι, μια στιγμή, περιμένετε, περίμενε,
        μισό, στάσου, σταθείτε, κάτσε, κάτσε κάτσε, ένα δευτερόλεπτο
        """
    ),
    Command.CORRECT: _phrases(
        """
        λάθος, όχι λάθος, είναι λάθος, όχι είναι λάθος, έκανα λάθος, είπα λάθος, όχι είπα
        λάθος, όχι έκανα λάθος, όχι δεν είναι σωστό, δεν είναι σωστό
        """
    ),
    Command.GOODBYE: _phrases(
        """
        αντίο, γεια χαρά, ευχαριστώ γεια, ευχαριστώ πολύ γεια, καληνύχτα, ευχαριστώ
        αντίο, ευχαριστώ πολύ αντίο, ευχαριστώ καλή μέρα, όχι ευχαριστώ γεια, όχι ευχαριστώ
        αντίο, κλείνω, καλό βράδυ, είστε καλά γεια
        """
    ),
}

# Anywhere in an utterance of at most so many words.
_WITHIN: dict[Command, tuple[int, tuple[str, ...]]] = {
    Command.PERSON: (
        12,
        _phrases(
            """
            θέλω άνθρωπο, θέλω υπάλληλο, θέλω έναν άνθρωπο, θέλω έναν υπάλληλο, μιλήσω με
            άνθρωπο, μιλήσω με υπάλληλο, με έναν άνθρωπο, με έναν υπάλληλο, μιλήσω με κάποιον,
            μιλήσω σε
            άνθρωπο, μιλήσω σε υπάλληλο, μιλήσω σε κάποιον, θέλω εκπρόσωπο, μιλήσω με
            εκπρόσωπο, μιλήσω με έναν εκπρόσωπο, συνδέστε με με, με συνδέσετε με, δώστε μου
            άνθρωπο, δώστε μου έναν, δώστε μου υπάλληλο, βάλτε μου έναν, άνθρωπο θέλω,
            υπάλληλο θέλω, άνθρωπο όχι μηχάνημα, όχι μηχάνημα, όχι με μηχάνημα, όχι με
            ρομπότ, κανονικό άνθρωπο, ζωντανό άνθρωπο, πραγματικό άνθρωπο, αληθινό άνθρωπο,
            τον προϊστάμενο, με υπάλληλο παρακαλώ, με άνθρωπο παρακαλώ,
            μιλήσω με την υπάλληλο, μιλήσω με τον υπάλληλο, κάποιον υπάλληλο
            """
        ),
    ),
    Command.REPEAT: (
        7,
        _phrases(
            """
            επαναλάβετε, επανάλαβε, το ξαναπείτε, ξαναπείτε το, μου ξαναπείτε, πείτε το
            ξανά, πες το ξανά, πείτε μου ξανά, δεν σας άκουσα, πείτε το πάλι
            """
        ),
    ),
    Command.SLOWER: (
        8,
        _phrases(
            """
            πιο σιγά, μιλάτε πιο αργά, μιλήστε πιο αργά, μίλα πιο αργά, μιλήσετε πιο αργά,
            μιλήστε αργά, μιλάτε αργά, πείτε το αργά, πείτε το πιο αργά, μιλάτε γρήγορα,
            πολύ γρήγορα
            """
        ),
    ),
    Command.LOUDER: (
        8,
        _phrases(
            """
            πιο δυνατά, δεν σας ακούω, δεν ακούω καλά, δεν σε ακούω, δεν ακούγεστε
            """
        ),
    ),
    Command.HELP: (
        7,
        _phrases(
            """
        δεν ξέρω τι να πω, τι μπορώ να πω, τι να πω, τι μπορώ να ρωτήσω
        """
        ),
    ),
    Command.CANCEL: (
        6,
        _phrases(
            """
            άκυρο, ας το αφήσουμε, άσ' το καλύτερα, άσ' το τελικά, άστο καλύτερα, άστο τελικά,
            άσε το καλύτερα, άσε καλύτερα, αφήστε το καλύτερα, άλλαξα γνώμη, το μετάνιωσα, δεν
            θέλω τελικά, τελικά δεν θέλω, να το αφήσουμε
            """
        ),
    ),
    Command.WAIT: (
        14,
        _phrases(
            """
            μισό λεπτό, μισό λεπτάκι, ένα λεπτό να, μια στιγμή, να βρω τα γυαλιά, περιμένετε
            λίγο, περίμενε λίγο, να το βρω, να τον βρω, να κοιτάξω, να δω το χαρτί, να φέρω,
            να πάρω το χαρτί, να ψάξω
            """
        ),
    ),
    Command.CORRECT: (
        12,
        _phrases(
            """
            το είπα λάθος, είπα λάθος, λάθος είναι, είναι λάθος, έκανα λάθος, δεν είναι
            σωστό, δεν είναι αυτό, να το διορθώσω, να διορθώσω, θέλω διόρθωση, να αλλάξω το,
            να αλλάξουμε, το έγραψες λάθος, το γράψατε λάθος, το κατάλαβες λάθος, το
            καταλάβατε λάθος
            """
        ),
    ),
    Command.GOODBYE: (
        6,
        _phrases(
            """
        αντίο σας, γεια σας αντίο, σας ευχαριστώ γεια, ευχαριστώ γεια
        """
        ),
    ),
}

# "I don't want a clerk" is no request for one.
_NOT_PERSON = _phrases(
    """
    δεν θέλω υπάλληλο, δεν θέλω άνθρωπο, δεν χρειάζεται, όχι υπάλληλο, όχι άνθρωπο, δεν θέλω
    να με συνδέσετε, μη με συνδέσετε, δεν θέλω να μιλήσω
    """
)

# "πιο αργά" asks for a later time where times are on offer.
_LATER = frozenset(skeleton(phrase) for phrase in ("πιο αργά", "αργά"))

_SLOT_WORDS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "mobile",
        _phrases(
            """
        τηλέφωνο, κινητό, νούμερο, τηλεφώνου
        """
        ),
    ),
    (
        "afm",
        _phrases(
            """
        αφιμί, άφιμί, αφμ, φι μι, φορολογικό, α φι μι, άλφα φι μι
        """
        ),
    ),
    ("amka", ("άμκα", "αμκά", "α μι κα")),
    ("birthdate", ("γέννησης", "γέννησή", "γεννήθηκα")),
    (
        "name",
        _phrases(
            """
        όνομα, επώνυμο, επίθετο, ονοματεπώνυμο, όνομά
        """
        ),
    ),
    (
        "offer",
        _phrases(
            """
        ημέρα, μέρα, ημερομηνία, ώρα, ραντεβού, ημέρας
        """
        ),
    ),
    (
        "place",
        _phrases(
            """
        πόλη, περιοχή, υποκατάστημα, κατάστημα, γραφείο, δήμος, δήμο
        """
        ),
    ),
    ("category", ("υπηρεσία", "θέμα", "κατηγορία")),
    (
        "channel",
        _phrases(
            """
        τρόπο, τρόπος, βίντεο, βιντεοκλήση, κάμερα
        """
        ),
    ),
    ("agency", ("φορέα", "φορέας", "οργανισμό")),
)


# The commonest of them, for the closed lists that the recogniser listens for.
SPOKEN: tuple[str, ...] = (
    "υπάλληλο",
    "θέλω υπάλληλο",
    "θέλω να μιλήσω με υπάλληλο",
    "άνθρωπο",
    "επανάλαβε",
    "επαναλάβετε",
    "δεν άκουσα",
    "πιο σιγά",
    "πιο δυνατά",
    "βοήθεια",
    "μισό λεπτό",
    "άκυρο",
    "άσ' το",
    "λάθος",
)


def _padded(text: str) -> str:
    return f" {skeleton(text)} "


def _bare(text: str) -> str:
    return " ".join(word for word in skeleton(text).split() if word not in _FILLERS)


_WHOLE_SOUNDS = {
    command: frozenset(filter(None, (_bare(phrase) for phrase in phrases)))
    for command, phrases in _WHOLE.items()
}
_WITHIN_SOUNDS = {
    command: (limit, tuple(_padded(phrase) for phrase in phrases))
    for command, (limit, phrases) in _WITHIN.items()
}
_NOT_PERSON_SOUNDS = tuple(_padded(phrase) for phrase in _NOT_PERSON)
_SLOT_SOUNDS = tuple((slot, tuple(_padded(word) for word in words)) for slot, words in _SLOT_WORDS)


def recognise(text: str, *, times_on_offer: bool = False) -> Command | None:
    """The command that a text is, or None.

    Args:
        text: what was heard.
        times_on_offer: the question is about times, so that "πιο αργά" means a later one.

    >>> recognise("θέλω να μιλήσω με άνθρωπο")
    <Command.PERSON: 'person'>
    >>> recognise("Πειραιάς") is None
    True
    """
    whole = _bare(text)
    if not whole:
        return None
    padded = _padded(text)
    count = len(fold(text).split())
    refuses_person = any(phrase in padded for phrase in _NOT_PERSON_SOUNDS)
    for command in Command:
        if command is Command.PERSON and refuses_person:
            continue
        if command is Command.SLOWER and times_on_offer and whole in _LATER:
            continue
        if whole in _WHOLE_SOUNDS[command]:
            return command
        limit, phrases = _WITHIN_SOUNDS.get(command, (0, ()))
        if count <= limit and any(phrase in padded for phrase in phrases):
            return command
    return None


def slots_named(text: str) -> tuple[str, ...]:
    """The slots that a correction names, in the order of the table.

    >>> slots_named("όχι, το τηλέφωνο το είπα λάθος")
    ('mobile',)
    """
    padded = _padded(text)
    return tuple(slot for slot, words in _SLOT_SOUNDS if any(word in padded for word in words))


def says_any(text: str, phrases: Iterable[str]) -> bool:
    """Whether one of the phrases sounds anywhere in the text, at word boundaries.

    >>> says_any("ναι ναι, δεν τον έχω μαζί μου", ("δεν τον έχω",))
    True
    """
    padded = _padded(text)
    return any(_padded(phrase) in padded for phrase in phrases)
