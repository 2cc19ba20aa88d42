"""What is said while an appointment is booked, changed or cancelled."""

from __future__ import annotations

from collections.abc import Sequence

START = "Ωραία, να κλείσουμε ραντεβού."
AGENCY = "Με ποιον φορέα θέλετε ραντεβού;"
AGENCY_HELP = (
    "Ο ΕΦΚΑ έχει τις συντάξεις και την ασφάλιση, η ΔΥΠΑ την ανεργία, ο ΟΠΕΚΑ τα οικογενειακά"
    " επιδόματα. Το ΚΕΠ εξυπηρετεί για πολλές υπηρεσίες."
)
CATEGORY_AGAIN = "Πείτε το θέμα του ραντεβού με μία ή δύο λέξεις."
NO_APPOINTMENTS = "Για αυτόν τον φορέα δεν κλείνονται ραντεβού από εδώ."
PLACE = "Σε ποια πόλη ή δήμο σας εξυπηρετεί;"
PLACE_AGAIN = "Πείτε μου μόνο την πόλη ή τον δήμο, για παράδειγμα Περιστέρι, ή Πάτρα."
PLACE_HELP = "Το ραντεβού γίνεται σε κατάστημα. Πείτε μου την πόλη που σας βολεύει."
NO_BRANCH = "Εκεί δεν βρίσκω κατάστημα για αυτό το θέμα. Πείτε μου μια κοντινή πόλη ή δήμο."
DATE = "Πότε σας βολεύει; Πείτε μου μια ημέρα, ή «όποτε υπάρχει»."
DATE_AGAIN = "Πείτε μου μια ημέρα, για παράδειγμα αύριο, ή την Πέμπτη το πρωί."
DATE_HELP = (
    "Ραντεβού υπάρχουν συνήθως τις εργάσιμες ημέρες, το πρωί. Πείτε για παράδειγμα:"
    " την επόμενη εβδομάδα, ή μετά τις δέκα."
)
DATE_PAST = "Αυτή η ημέρα έχει περάσει."
NOTHING_THEN = "Τότε δεν υπάρχει ελεύθερη ώρα. Τα πιο κοντινά που βρίσκω είναι αυτά."
NOTHING_AT_ALL = "Δεν βρίσκω ελεύθερη ώρα τις επόμενες ημέρες."
WHEN_THEN = "Πότε θα σας βόλευε;"
NOTHING_MORE = "Δεν υπάρχουν άλλες ώρες εκεί. Μπορείτε να πείτε άλλη ημέρα."
OFFER_AGAIN = (
    "Πείτε «το πρώτο», «το δεύτερο», ή ζητήστε άλλη ημέρα, άλλη ώρα, πιο νωρίς ή πιο αργά."
)
TAKEN = "Συγγνώμη, αυτή η ώρα δόθηκε μόλις τώρα. Πάμε στις επόμενες."
HOLD_EXPIRED = "Πέρασε η ώρα που κρατούσα τη θέση. Βρίσκω άλλη."
NAME = "Ποιο είναι το ονοματεπώνυμό σας;"
SURNAME_TOO = "Χρειάζομαι και το επώνυμο."
NAME_AGAIN = "Πείτε μου μόνο το όνομα και το επώνυμο."
NAME_HELP = "Χρειάζομαι το όνομα για να γραφτεί στο ραντεβού."
WHAT_TO_CORRECT = "Τι να διορθώσω; Την ώρα, το κατάστημα, το όνομα, το ΑΦΜ ή το τηλέφωνο;"
NOT_BOOKED = "Εντάξει, δεν έκλεισα το ραντεβού."
FIND = "Πείτε μου τον αριθμό του ραντεβού, οκτώ ψηφία. Αν δεν τον έχετε, πείτε «δεν τον έχω»."
FIND_AGAIN = "Ο αριθμός έχει οκτώ ψηφία. Αν δεν τον έχετε, πείτε «δεν τον έχω»."
FIND_HELP = "Τον αριθμό σάς τον είπαμε όταν κλείσατε το ραντεβού. Αλλιώς το βρίσκω με το ΑΦΜ σας."
NOT_FOUND = "Δεν βρίσκω ραντεβού με αυτά τα στοιχεία."
ALREADY_CANCELLED = "Αυτό το ραντεβού είναι ήδη ακυρωμένο."
CHANGE_WHEN = "Για πότε να το αλλάξω;"
CHANGE_IT = "Θέλετε να το αλλάξουμε;"
ASKS_WHEN = ("τι ώρα", "ποια ώρα", "πότε", "ποια μέρα", "ποια ημέρα", "δεν θυμάμαι", "ξέχασα")
KEPT = "Εντάξει, το ραντεβού μένει όπως ήταν."


def agency(names: Sequence[str]) -> str:
    """Ask for the body: «τον ΕΦΚΑ», «τη ΔΥΠΑ»."""
    return f"{AGENCY} Με {_either(names)};"


def agency_again(names: Sequence[str]) -> str:
    """The same once more, with their former names."""
    return f"Πείτε μου έναν φορέα: {_either(names)}."


def category(names: Sequence[str]) -> str:
    """Ask for the service, with examples only: the whole list is too long to listen to."""
    return f"Για ποιο θέμα; Για παράδειγμα: {_either(names)}."


def category_list(names: Sequence[str]) -> str:
    """The whole list, for whoever asks for help."""
    return f"Τα θέματα είναι: {', '.join(names)}."


def channel(names: Sequence[str]) -> str:
    """«Θέλετε να γίνει στο κατάστημα ή με βιντεοκλήση;»."""
    return f"Θέλετε να γίνει {_either(names)};"


def which_place(labels: Sequence[str]) -> str:
    """Namesakes told apart."""
    return f"Ποιο εννοείτε; {' ή '.join(labels)};"


def nearest(capital: str) -> str:
    """No branch there: the one of the area's capital."""
    return f"Εκεί δεν βρίσκω κατάστημα. Το πιο κοντινό είναι: {capital}. Σας βολεύει;"


def branch(names: Sequence[str]) -> str:
    """Branches in one place."""
    return f"Υπάρχουν αυτά τα καταστήματα: {', '.join(names[:-1])} και {names[-1]}. Ποιο θέλετε;"


def offer(times: Sequence[str]) -> str:
    """Two or three free times, as a person would offer them."""
    if len(times) == 1:
        return f"Υπάρχει ελεύθερη ώρα {times[0]}. Σας βολεύει;"
    return f"Υπάρχει {', '.join(times[:-1])} ή {times[-1]}. Ποια ώρα θέλετε;"


def keypad_offer(times: Sequence[str]) -> str:
    """The same for the keypad."""
    return " ".join(f"Πατήστε {key}: {time}." for key, time in enumerate(times, 1))


def read_back(
    *, time: str, agency: str, category: str, where: str, name: str, afm: str, mobile: str
) -> str:
    """Everything once more before it is booked."""
    return (
        f"Επιβεβαιώνω: ραντεβού με {agency} για {category}, {where}, {time}."
        f" Όνομα: {name}. ΑΦΜ: {afm}. Κινητό: {mobile}. Είναι σωστά;"
    )


def booked(number: str, time: str) -> str:
    """The promise, with its number said twice."""
    return f"Το ραντεβού έκλεισε: {time}. Ο αριθμός του είναι {number}. Επαναλαμβάνω: {number}."


def found(*, time: str, agency: str, where: str) -> str:
    """An appointment that exists."""
    return f"Βρήκα το ραντεβού σας με {agency}, {where}, {time}."


def confirm_cancel(time: str) -> str:
    """Before it is cancelled."""
    return f"Να ακυρώσω το ραντεβού {time};"


def cancelled(time: str) -> str:
    """After it was cancelled."""
    return f"Το ραντεβού {time} ακυρώθηκε."


def confirm_change(time: str) -> str:
    """Before it is moved."""
    return f"Να το αλλάξω για {time};"


def changed(number: str, time: str) -> str:
    """After it was moved."""
    return f"Το ραντεβού άλλαξε: {time}. Ο αριθμός μένει ο ίδιος: {number}."


def at_branch(name: str) -> str:
    """Where, in a sentence."""
    return f"στο κατάστημα {name}"


def which_appointment(times: Sequence[str]) -> str:
    """Several appointments of one person."""
    return f"Έχετε ραντεβού {', '.join(times[:-1])} και {times[-1]}. Ποιο εννοείτε;"


def _either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} ή {names[-1]}" if len(names) > 1 else names[0]


# What a caller may name when asked what is wrong.
CORRECTABLE = (
    "την ώρα",
    "την ημέρα",
    "το κατάστημα",
    "την πόλη",
    "το όνομα",
    "το αφιμί",
    "το τηλέφωνο",
    "το κινητό",
    "το θέμα",
    "τον φορέα",
)

# What agrees to «Να ακυρώσω το ραντεβού;».
DO_CANCEL = ("ακυρώστε", "ακύρωσέ", "να το ακυρώσετε", "ακύρωση", "να ακυρωθεί")
