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
PLACE_KEYPAD = (
    "Πείτε ξανά την πόλη, ή γράψτε με τα πλήκτρα τα τρία πρώτα γράμματά της: για την Πάτρα,"
    " επτά, δύο, οκτώ."
)
MORE_LETTERS = "Αρχίζουν πολλές πόλεις έτσι. Γράψτε περισσότερα γράμματα."
DATE_KEYPAD = (
    "Πείτε ξανά την ημέρα, ή πληκτρολογήστε ημέρα και μήνα, τέσσερα ψηφία. Για την πρώτη ελεύθερη"
    " ώρα πατήστε το ένα."
)
NAME_KEYPAD = "Πείτε ξανά το όνομα, ή πατήστε το ένα, για να το συμπληρώσει ο υπάλληλος."
PLACE_MEANT = "Για ποια πόλη ή δήμο;"
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
NOTHING_ELSEWHERE = "Αλλού ή με άλλον τρόπο δεν βρίσκω ώρα. Εδώ υπάρχουν αυτές."
WHEN_THEN = "Πότε θα σας βόλευε;"
NOTHING_MORE = "Δεν υπάρχουν άλλες ώρες εκεί. Μπορείτε να πείτε άλλη ημέρα."
OFFER_AGAIN = (
    "Πείτε «το πρώτο», «το δεύτερο», ή ζητήστε άλλη ημέρα, άλλη ώρα, πιο νωρίς ή πιο αργά."
)
TAKEN = "Συγγνώμη, αυτή η ώρα δόθηκε μόλις τώρα. Πάμε στις επόμενες."
HOLD_EXPIRED = "Πέρασε η ώρα που κρατούσα τη θέση. Βρίσκω άλλη."
NAME_OTHER = "Ποιο είναι το ονοματεπώνυμο εκείνου που θα πάει στο ραντεβού;"
AFM_OTHER = "Πείτε μου το ΑΦΜ του, εννέα ψηφία."
AMKA_OTHER = "Πείτε μου τον ΑΜΚΑ του, έντεκα ψηφία."
BIRTHDATE_OTHER = "Πότε γεννήθηκε; Πείτε μου ημέρα, μήνα και έτος."
BIRTHDATE = "Ποια είναι η ημερομηνία γέννησής σας; Ημέρα, μήνας και έτος."
BIRTHDATE_AGAIN = "Πείτε μου πότε γεννηθήκατε, για παράδειγμα: 5 Μαρτίου 1960."
BIRTHDATE_HELP = "Χρειάζεται για να βεβαιωθεί η υπηρεσία ότι είστε εσείς."
BIRTHDATE_WRONG = "Αυτή η ημερομηνία δεν γίνεται."
BIRTHDATE_KEYPAD = "Πληκτρολογήστε την ημερομηνία γέννησης με οκτώ ψηφία: ημέρα, μήνας, έτος."
NAME = "Ποιο είναι το ονοματεπώνυμό σας;"
SURNAME_TOO = "Χρειάζομαι και το επώνυμο."
NAME_AGAIN = "Πείτε μου μόνο το όνομα και το επώνυμο."
NAME_HELP = "Χρειάζομαι το όνομα για να γραφτεί στο ραντεβού."
NAME_HELP_FREE = "Αν δεν θέλετε να πείτε το όνομά σας, πείτε «δεν θέλω να το πω»."
WONT_SAY = (
    "δεν θέλω να το πω",
    "δεν θέλω να πω",
    "δεν το λέω",
    "δεν θέλω να δώσω",
    "δεν θα το πω",
    "χωρίς όνομα",
    "ανώνυμα",
    "ανώνυμη",
    "ανώνυμος",
)
NAME_LATER = (
    "Δεν πειράζει. Το όνομα θα το συμπληρώσει ο υπάλληλος, στο ραντεβού σας βρίσκουμε με τον αριθμό"
    " του."
)
FIRST_FREE = "Σας λέω τις πρώτες ελεύθερες ώρες."
ALL_RIGHT = "Είναι όλα σωστά;"
WHAT_TO_CORRECT = "Τι να διορθώσω; Την ώρα, το κατάστημα, το όνομα, το ΑΦΜ ή το τηλέφωνο;"
SYSTEM_AWAY = "Λυπάμαι, το σύστημα των ραντεβού δεν απαντά αυτή τη στιγμή."
NOTHING_SUITS = "Λυπάμαι, δεν βρήκα ώρα που να σας βολεύει."
CALLBACK_INSTEAD = "Θέλετε να σας καλέσουμε εμείς για το ραντεβού;"
HAS_BEGUN = "Η ώρα αυτού του ραντεβού έχει περάσει. Δεν αλλάζει πια από εδώ."
HEARD_NUMBER = (
    "το σημείωσα",
    "τον σημείωσα",
    "το έγραψα",
    "τον έγραψα",
    "το κράτησα",
    "το έχω",
    "εντάξει",
    "οκέι",
)
SAY_NUMBER_AGAIN = (
    "ξανά",
    "πάλι",
    "πιο αργά",
    "πιο σιγά",
    "επαναλάβετε",
    "δεν πρόλαβα",
    "δεν τον έγραψα",
    "ποιος είναι ο αριθμός",
    "πείτε μου τον αριθμό",
    "τον αριθμό",
)
WHAT_WAS_AGREED = (
    "τι ώρα είχα πει",
    "τι ώρα είπα",
    "τι ώρα είπαμε",
    "τι ώρα είπατε",
    "ποια ώρα είπαμε",
    "πότε είπαμε",
    "πότε είχα πει",
    "τι μέρα είπαμε",
    "ποια μέρα είπαμε",
    "ποια μέρα είχα πει",
    "τι μέρα είχα πει",
    "ποια μέρα είναι το ραντεβού",
    "τι ώρα είναι το ραντεβού",
    "πότε είναι το ραντεβού",
    "πού είπαμε",
    "σε ποιο κατάστημα είπαμε",
    "πού είναι το ραντεβού",
)
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


def which_heard(labels: Sequence[str]) -> str:
    """Places that sound alike, of which one was said."""
    return f"Εννοείτε {' ή '.join(labels)};"


def nearest(place: str, capital: str) -> str:
    """No branch in a place: the one of the area's capital."""
    return f"{place}: εκεί δεν βρίσκω κατάστημα. Το πιο κοντινό είναι: {capital}. Σας βολεύει;"


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
    *, time: str, agency: str, category: str, where: str, person: Sequence[tuple[str, str]]
) -> str:
    """Everything once more before it is booked; of the person what was asked."""
    said = " ".join(f"{name}: {value}." for name, value in person)
    return f"Επιβεβαιώνω: ραντεβού με {agency} για {category}, {where}, {time}. {said} Είναι σωστά;"


def booked(time: str) -> str:
    """The promise."""
    return f"Το ραντεβού έκλεισε: {time}. Πάρτε χαρτί να σημειώσετε τον αριθμό."


def number_twice(number: str) -> str:
    """The number said twice, and the time to write it down."""
    return f"Ο αριθμός είναι {number}. Επαναλαμβάνω: {number}. Τον σημειώσατε;"


def number_slowly(number: str) -> str:
    """The number digit by digit, with a pause after each."""
    digits = ". ".join(letter for letter in number if letter.isdigit())
    return f"Πιο αργά, ένα ένα τα ψηφία: {digits}. Τον σημειώσατε;"


def agreed(time: str, where: str) -> str:
    """What was agreed so far, to a caller who asks in between."""
    return f"Είπαμε {time}, {where}."


def agreed_wish(wish: str) -> str:
    """The day that was wished, while no time is agreed."""
    return f"Δεν έχουμε διαλέξει ώρα ακόμη. Είχατε πει {wish}."


def other_branch(name: str, time: str) -> str:
    """A free time at another branch."""
    return f"Στο κατάστημα {name} υπάρχει ελεύθερη ώρα {time}. Σας βολεύει εκεί;"


def other_channel(name: str, time: str) -> str:
    """A free time in another way."""
    return f"Μπορεί να γίνει και {name}, {time}. Σας βολεύει έτσι;"


def too_late(hours: int) -> str:
    """The appointment begins too soon."""
    before = "μία ώρα" if hours == 1 else f"{hours} ώρες"
    return f"Το ραντεβού αλλάζει ή ακυρώνεται από εδώ έως {before} πριν. Τώρα είναι αργά."


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


def chosen(time: str) -> str:
    """The time that was taken, said along the way."""
    return f"Ωραία, {time}."


def where(name: str) -> str:
    """Where it will be, said along the way."""
    return f"Στο κατάστημα {name}."


def at_branch(name: str) -> str:
    """Where, in a sentence."""
    return f"στο κατάστημα {name}"


def which_appointment(times: Sequence[str]) -> str:
    """Several appointments of one person."""
    return f"Έχετε ραντεβού {', '.join(times[:-1])} και {times[-1]}. Ποιο εννοείτε;"


def _either(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} ή {names[-1]}" if len(names) > 1 else names[0]


# Names of what is read back.
READ_BACK: dict[str, str] = {
    "name": "Όνομα",
    "afm": "ΑΦΜ",
    "amka": "ΑΜΚΑ που τελειώνει σε",
    "birthdate": "Ημερομηνία γέννησης",
    "mobile": "Κινητό",
}

# What puts right by saying it again: «στον Βόλο είπα».
I_SAID = ("είπα", "είχα πει", "εννοώ", "εννοούσα", "δεν είπα", "ήθελα να πω")

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
