"""Identifiers, callback, status of a request, a new request, a person, the keypad menu."""

from __future__ import annotations

from collections.abc import Sequence

# Identifiers
AFM = "Πείτε μου το ΑΦΜ σας, εννέα ψηφία."
AFM_IF_AT_HAND = "Πείτε μου το ΑΦΜ σας, εννέα ψηφία. Αν δεν το έχετε μαζί σας, πείτε «δεν το έχω»."
AFM_AGAIN = "Πείτε μου τα εννέα ψηφία του ΑΦΜ ένα ένα, αργά."
AFM_HELP = "Το ΑΦΜ έχει εννέα ψηφία. Γράφεται στα χαρτιά της εφορίας."
AFM_WRONG = "Αυτό το ΑΦΜ δεν είναι σωστό, ίσως άκουσα λάθος ένα ψηφίο."
AFM_KEYPAD = "Πληκτρολογήστε τα εννέα ψηφία του ΑΦΜ στο τηλέφωνό σας."
AMKA = "Πείτε μου τον ΑΜΚΑ σας, έντεκα ψηφία."
AMKA_AGAIN = "Πείτε μου τα έντεκα ψηφία του ΑΜΚΑ ένα ένα, αργά."
AMKA_HELP = "Ο ΑΜΚΑ έχει έντεκα ψηφία. Αρχίζει με την ημερομηνία γέννησής σας."
AMKA_WRONG = "Αυτός ο ΑΜΚΑ δεν είναι σωστός, ίσως άκουσα λάθος ένα ψηφίο."
AMKA_KEYPAD = "Πληκτρολογήστε τα έντεκα ψηφία του ΑΜΚΑ στο τηλέφωνό σας."
MOBILE = "Πείτε μου το κινητό σας, δέκα ψηφία."
MOBILE_AGAIN = "Πείτε μου τα δέκα ψηφία του κινητού ένα ένα, αργά."
MOBILE_HELP = "Χρειάζομαι ένα κινητό για να σας βρούμε αν αλλάξει κάτι. Αρχίζει από έξι εννιά."
MOBILE_WRONG = "Αυτό δεν είναι σωστός αριθμός κινητού."
MOBILE_KEYPAD = "Πληκτρολογήστε τα δέκα ψηφία του κινητού σας."
PHONE = "Σε ποιον αριθμό να σας καλέσουμε; Δέκα ψηφία."
PHONE_AGAIN = "Πείτε μου τα δέκα ψηφία του τηλεφώνου ένα ένα, αργά."
PHONE_HELP = "Μπορεί να είναι σταθερό ή κινητό, δέκα ψηφία."
PHONE_WRONG = "Αυτός δεν είναι σωστός αριθμός τηλεφώνου."
PHONE_KEYPAD = "Πληκτρολογήστε τα δέκα ψηφία του τηλεφώνου."
VERIFY_PHONE = "Ποιο τηλέφωνο είχατε δώσει; Δέκα ψηφία."
CASE_NUMBER = "Πείτε μου τον αριθμό πρωτοκόλλου, οκτώ ψηφία. Αν δεν τον έχετε, πείτε «δεν τον έχω»."
CASE_NUMBER_AGAIN = "Ο αριθμός έχει οκτώ ψηφία. Πείτε τα δύο δύο, ή πείτε «δεν τον έχω»."
CASE_NUMBER_HELP = "Τον αριθμό σάς τον είπαμε όταν καταχωρίσαμε το αίτημα."
NUMBER_WRONG = "Αυτός ο αριθμός δεν είναι σωστός."
NUMBER_KEYPAD = "Πληκτρολογήστε τα οκτώ ψηφία του αριθμού."
LENGTH_WRONG = "Δεν άκουσα όλα τα ψηφία."

# Callback
CALLBACK_START = "Να σας καλέσουμε εμείς."
WINDOW = "Πότε σας βολεύει; Για παράδειγμα: αύριο το πρωί."
WINDOW_AGAIN = "Πείτε μου μια ημέρα και πρωί ή απόγευμα. Για παράδειγμα: την Πέμπτη το πρωί."
WINDOW_HELP = "Καλούμε τις εργάσιμες ημέρες, από τις οκτώ το πρωί έως τις οκτώ το βράδυ."
WINDOW_CLOSED = "Εκείνη την ώρα δεν μπορούμε να σας καλέσουμε."
WINDOW_PAST = "Αυτή η ώρα έχει περάσει."
CALLBACK_TOPIC = "Για ποιο θέμα να σας καλέσουμε;"
CALLBACK_NOT_MADE = "Εντάξει, δεν κράτησα τίποτα."
CALLBACK_KEYPAD = "Να σας καλέσουμε εμείς στον αριθμό που καλείτε; Πατήστε το ένα για ναι."

# Status
NOT_FOUND = "Δεν βρίσκω αίτημα με αυτά τα στοιχεία."
TRY_OTHER = "Ας το βρούμε με το τηλέφωνο και το ΑΦΜ σας."
STATUS_NO_MORE = "Περισσότερα για την υπόθεση λέει μόνο ο υπάλληλος που την έχει."

# New request
CASE_OFFER = "Θέλετε να καταγράψω το αίτημά σας για να το δει υπάλληλος;"
CASE_TOPIC = "Πείτε μου με λίγα λόγια ποιο είναι το αίτημά σας."
CASE_TOPIC_AGAIN = "Πείτε μου το αίτημά σας με μία πρόταση."
CASE_NOT_OPENED = "Εντάξει, δεν κατέγραψα τίποτα."
CASE_AGENCY = "Ποιον φορέα αφορά; Τον ΕΦΚΑ, τη ΔΥΠΑ, τον ΟΠΕΚΑ, ή την Επιθεώρηση Εργασίας;"
CASE_AGENCY_AGAIN = "Πείτε μου έναν φορέα: ΕΦΚΑ, ΔΥΠΑ, ΟΠΕΚΑ, Επιθεώρηση Εργασίας ή ΤΕΚΑ."

WRITING_DOWN = "Μια στιγμή, το καταχωρίζω."

# Complaint to the Labour Inspectorate
COMPLAINT_START = "Θα καταγράψω την καταγγελία σας για την Επιθεώρηση Εργασίας."
ANONYMOUS = "Θέλετε να μείνει ανώνυμη;"
STAY_ANONYMOUS = ("ανώνυμα", "ανώνυμη", "ανώνυμος", "ανωνυμία", "χωρίς όνομα", "χωρίς το όνομά μου")
GIVE_NAME = ("επώνυμα", "επώνυμη", "με το όνομά μου", "με όνομα", "με τα στοιχεία μου")
EMPLOYER_NAME = "Ποια είναι η επωνυμία της επιχείρησης;"
EMPLOYER_PLACE = "Σε ποια πόλη ή διεύθυνση βρίσκεται;"
PERIOD = "Για ποιο χρονικό διάστημα μιλάμε;"
REASON = "Πείτε μου με λίγα λόγια τι συμβαίνει."
SAY_IT_SHORTLY = "Πείτε το με λίγα λόγια."

# A person
PERSON_OFFER = "Θέλετε να σας συνδέσω με υπάλληλο;"
PERSON_OFFER_LOST = (
    "Λυπάμαι που δεν σας καταλαβαίνω. Θέλετε να μιλήσετε με υπάλληλο; Πείτε ναι, ή πατήστε το ένα."
)
PERSON_OFFER_SILENT = "Θέλετε να μιλήσετε με υπάλληλο; Πείτε ναι, ή πατήστε το ένα."
CALLING_PERSON = "Καλώ τώρα έναν υπάλληλο. Μείνετε στη γραμμή, παρακαλώ."
NOBODY_FREE = (
    "Λυπάμαι, αυτή τη στιγμή δεν απάντησε κάποιος υπάλληλος. Θέλετε να σας καλέσουμε εμείς;"
)
CALLBACK_OFFER = "Θέλετε να σας καλέσουμε εμείς;"
NOBODY_FREE_CASE = "Θέλετε να καταγράψω το αίτημά σας και να το δει υπάλληλος;"

# Keypad menu
MENU_APOLOGY = (
    "Λυπάμαι, δεν μπορώ να σας εξυπηρετήσω αυτή τη στιγμή. Καλέστε μας ξανά σε λίγο στο 1555."
    " Γεια σας."
)

# Third person
RELATION_REFUSED = (
    "Στοιχεία άλλου προσώπου δεν μπορώ να σας πω από το τηλέφωνο. Χρειάζεται να καλέσει"
    " το ίδιο το πρόσωπο, ή να έχετε εξουσιοδότηση στην υπηρεσία."
)


def own_number(number: str) -> str:
    """Offer the number that the caller rings from."""
    return f"Να κρατήσω τον αριθμό από τον οποίο καλείτε, {number};"


def read_back(number: str) -> str:
    """A number that was not heard surely."""
    return f"Άκουσα {number}. Σωστά;"


def callback_confirm(number: str, window: str) -> str:
    """Before a callback is promised."""
    return f"Να σας καλέσουμε στο {number}, {window};"


def callback_promised(number: str, window: str) -> str:
    """The promise."""
    return f"Εντάξει, το σημείωσα. Θα σας καλέσουμε στο {number}, {window}."


def status(number: str, state: str, since: str) -> str:
    """Status and date, nothing else."""
    return f"Το αίτημα με αριθμό {number} {state}. Τελευταία μεταβολή: {since}."


def case_opened(number: str) -> str:
    """The promise, with its number said twice; no deadline is invented."""
    return (
        f"Το αίτημά σας καταχωρίστηκε. Ο αριθμός πρωτοκόλλου είναι {number}."
        f" Επαναλαμβάνω: {number}. Θα επικοινωνήσουμε μαζί σας."
    )


def complaint_opened(number: str, *, anonymous: bool) -> str:
    """A complaint that was taken."""
    end = "" if anonymous else " Η Επιθεώρηση μπορεί να επικοινωνήσει μαζί σας."
    return (
        f"Η καταγγελία καταχωρίστηκε. Ο αριθμός πρωτοκόλλου είναι {number}."
        f" Επαναλαμβάνω: {number}.{end}"
    )


def complaint_confirm(employer: str, place: str, period: str, reason: str) -> str:
    """Before a complaint is taken."""
    return (
        f"Επιβεβαιώνω: επιχείρηση {employer}, {place}, διάστημα {period}. Λόγος: {reason}."
        " Να την καταχωρίσω;"
    )


def case_confirm(summary: str) -> str:
    """Before a request is written down."""
    return f"Κατέγραψα: «{summary}». Να το καταχωρίσω;"


def menu(agencies: Sequence[str]) -> str:
    """First level of the keypad menu."""
    listed = " ".join(f"Για {name}, πατήστε το {key}." for key, name in enumerate(agencies, 1))
    return (
        f"{listed} Για την πορεία αιτήματος, το επτά. Για να σας καλέσουμε εμείς, το οκτώ."
        " Για υπάλληλο, το μηδέν."
    )


def menu_topics(titles: Sequence[str]) -> str:
    """Second level: topics of one agency."""
    listed = " ".join(f"Πατήστε {key} για {title}." for key, title in enumerate(titles, 1))
    return f"{listed} Για τις προηγούμενες επιλογές, πατήστε αστερίσκο. Για υπάλληλο, το μηδέν."


MENU_AFTER = "Για άλλη ερώτηση, πατήστε το ένα. Αν τελειώσατε, το δύο. Για υπάλληλο, το μηδέν."
