"""Greeting, misunderstandings, silence, commands, goodbye."""

from __future__ import annotations

from collections.abc import Sequence

RECORDING_NOTICE = "Η κλήση ηχογραφείται, ώστε να αποδεικνύεται τι ζητήσατε και τι συμφωνήθηκε."
WELCOME = "Πείτε μου το θέμα σας, ή ζητήστε υπάλληλο."

ASK_REQUEST = "Πείτε μου, πώς μπορώ να βοηθήσω;"
ASK_REQUEST_AGAIN = (
    "Συγγνώμη, δεν το κατάλαβα. Πείτε μου με λίγα λόγια το θέμα σας."
    " Για παράδειγμα: σύνταξη, κάρτα ανεργίας, ή ραντεβού."
)
HELLO_AGAIN = "Γεια σας. Πείτε μου, τι θα θέλατε;"
ANYTHING_ELSE = "Θέλετε κάτι άλλο;"
AND_THE_OTHER = "Πάμε και στο άλλο που ζητήσατε."
WHAT_ELSE = "Πείτε μου."
GOODBYE = "Σας ευχαριστώ που καλέσατε. Γεια σας."
GOODBYE_SILENT = (
    "Δεν σας ακούω, γι' αυτό θα κλείσω τη γραμμή. Καλέστε μας ξανά όποτε θέλετε. Γεια σας."
)
YOU_ARE_WELCOME = "Παρακαλώ."

SILENCE_REQUEST = "Δεν σας άκουσα. Πείτε μου τι θα θέλατε, ή πατήστε το μηδέν για υπάλληλο."
SILENCE_KEYPAD = (
    "Ακόμη δεν σας ακούω. Αν προτιμάτε τα πλήκτρα, πατήστε το ένα για επιλογές,"
    " ή το μηδέν για υπάλληλο."
)
SILENCE_QUESTION = "Δεν σας άκουσα."
UNHEARD = "Συγγνώμη, δεν σας άκουσα καθαρά."
NOT_UNDERSTOOD = "Συγγνώμη, δεν το κατάλαβα."
STILL_HERE = "Είμαι εδώ. Όποτε είστε έτοιμοι, πείτε μου."

TAKE_YOUR_TIME = "Βεβαίως, με την ησυχία σας. Περιμένω."
SLOWER = "Εντάξει, θα μιλάω πιο αργά."
FASTER = "Εντάξει, θα μιλάω πιο γρήγορα."
LOUDER = "Εντάξει, θα μιλάω πιο δυνατά."
NOTHING_TO_REPEAT = "Είμαι ο ψηφιακός βοηθός. Πείτε μου τι θα θέλατε."
HELP = (
    "Μπορείτε να μου κάνετε μια ερώτηση, να κλείσετε ραντεβού, να ρωτήσετε για ένα αίτημά σας,"
    " ή να ζητήσετε υπάλληλο. Πείτε «επανάλαβε» για να το ξαναπώ, ή «άκυρο» για να σταματήσουμε."
)
CANCELLED = "Εντάξει, το αφήνουμε."
BACK_TO_QUESTION = "Συνεχίζουμε."
WHAT_TO_CORRECT = "Τι να διορθώσω;"
CORRECTING = "Εντάξει, το διορθώνω."
KEYPAD_YES_NO = "Πατήστε το ένα για ναι, ή το δύο για όχι."
SAY_YES_OR_NO = "Πείτε μου ναι ή όχι."
ENGLISH = (
    "I am sorry, this automatic service speaks only Greek. I will try to reach a person for you."
)
BOT = (
    "Είμαι ψηφιακός βοηθός, δηλαδή αυτόματο σύστημα και όχι άνθρωπος."
    " Αν θέλετε άνθρωπο, πείτε «υπάλληλο»."
)
SORRY_FOR_TROUBLE = (
    "Λυπάμαι πολύ για την ταλαιπωρία. Θα προσπαθήσω να βρω έναν υπάλληλο να σας μιλήσει."
)
SYSTEM_PROBLEM = "Συγγνώμη, υπάρχει ένα τεχνικό πρόβλημα και δεν μπορώ να το ολοκληρώσω τώρα."
SYSTEM_PROBLEM_GOODBYE = (
    "Λυπάμαι πολύ. Αυτό που ζητήσατε τώρα δεν ολοκληρώθηκε."
    " Καλέστε μας ξανά σε λίγο στο 1555. Γεια σας."
)
SPEECH_DOWN = "Συγγνώμη, αυτή τη στιγμή δεν μπορώ να αναγνωρίσω ομιλία."
ABOUT_SOMEBODY_ELSE = "Για άλλο πρόσωπο μπορώ να δώσω μόνο γενικές πληροφορίες."
OFFER_APPOINTMENT = "Θέλετε να κλείσουμε ραντεβού γι' αυτό, ή κάτι άλλο;"
OFFER_CALLBACK = "Θέλετε να σας καλέσει υπάλληλος γι' αυτό, ή κάτι άλλο;"
OFFER_CASE = "Θέλετε να καταγράψω αίτημα για την υπόθεσή σας, ή κάτι άλλο;"
OFFER_COMPLAINT = "Θέλετε να καταγράψω καταγγελία για την Επιθεώρηση Εργασίας, ή κάτι άλλο;"
OFFER_PERSON = "Θέλετε να μιλήσετε με υπάλληλο γι' αυτό, ή κάτι άλλο;"
NOT_OURS = "Αυτό δεν ανήκει στη γραμμή μας."
NOT_KNOWN_ABOUT_IT = "Αυτό δεν το έχω επιβεβαιωμένο για το θέμα που συζητάμε."
NO_ANSWER_KNOWN = "Γι' αυτό δεν έχω επιβεβαιωμένη απάντηση."


def notice(line_name: str) -> str:
    """That the caller talks to a machine: played to its end. With the welcome under 8 s."""
    return f"{line_name}. Είμαι ψηφιακός βοηθός, αυτόματο σύστημα."


def which_of(titles: Sequence[str]) -> str:
    """Ask back between the two best titles («την αίτηση σύνταξης», «να κλείσουμε ραντεβού»)."""
    first, second = titles[:2]
    if not first.startswith(_DO) and not second.startswith(_DO):
        return f"Θέλετε να μιλήσουμε για {first}, ή για {second};"
    return f"Θέλετε {_to_do(first)}, ή {_to_do(second)};"


def is_it_about(title: str) -> str:
    """Ask back when only one title is likely."""
    return f"Θέλετε {_to_do(title)};"


def leave_for(title: str) -> str:
    """Before a form is left for something else."""
    return f"Να αφήσουμε αυτό που κάνουμε, και {_to_do(title)};"


_DO = "να "


def _to_do(title: str) -> str:
    """Titles of services say what is done; those of questions what is talked about."""
    return title if title.startswith(_DO) else f"να μιλήσουμε για {title}"


def keypad_choice(labels: Sequence[str]) -> str:
    """A closed list read for the keypad."""
    return " ".join(f"Πατήστε {key}: {label}." for key, label in enumerate(labels, 1))
