"""What the desk calls things in Greek. Codes without a label are shown as they are."""

from __future__ import annotations

from collections.abc import Mapping

STAGES = {
    "talking": "Μιλά με τον βοηθό",
    "waiting": "Περιμένει υπάλληλο",
    "with_person": "Με υπάλληλο",
    "ended": "Ολοκληρώθηκε",
}

OUTCOMES = {
    "answered": "Απαντήθηκε",
    "appointment": "Ραντεβού",
    "callback": "Επανάκληση",
    "case": "Αίτημα",
    "handed_over": "Σε υπάλληλο",
    "abandoned": "Εγκαταλείφθηκε",
}

SPEAKERS = {"caller": "Πολίτης", "bot": "Βοηθός", "person": "Υπάλληλος"}

REASONS = {
    "user_request": "Ζήτησε υπάλληλο",
    "complaint": "Παράπονο",
    "anger": "Εκνευρισμός",
    "emergency": "Επείγον",
    "failure": "Δεν έγινε κατανοητός",
    "callback": "Επανάκληση",
    "safety": "Ασφάλεια καλούντος",
}

TOPICS = {
    "APPOINTMENT": "Ραντεβού",
    "APPOINTMENT_CHANGE": "Αλλαγή ραντεβού",
    "APPOINTMENT_CANCEL": "Ακύρωση ραντεβού",
    "CALLBACK": "Επανάκληση",
    "CASE_STATUS": "Πορεία αιτήματος",
    "AGENT": "Ζητά υπάλληλο",
    "COMPLAINT_SERVICE": "Παράπονο",
    "DISTRESS": "Κίνδυνος",
    "FRAUD": "Απάτη",
    "OUT_OF_SCOPE": "Εκτός αρμοδιότητας",
    "GREETING": "Χαιρετισμός",
    "GOODBYE": "Αποχαιρετισμός",
    "YES": "Ναι",
    "NO": "Όχι",
}

SLOTS = {
    "agency": "Φορέας",
    "category": "Υπηρεσία",
    "channel": "Τρόπος",
    "place": "Πόλη ή δήμος",
    "branch": "Υποκατάστημα",
    "date": "Ημέρα",
    "time": "Ώρα",
    "offer": "Επιλογή ώρας",
    "name": "Ονοματεπώνυμο",
    "afm": "ΑΦΜ",
    "amka": "ΑΜΚΑ",
    "mobile": "Κινητό",
    "phone": "Τηλέφωνο",
    "birthdate": "Ημερομηνία γέννησης",
    "number": "Αριθμός ραντεβού",
    "case_number": "Αριθμός αιτήματος",
    "verify_phone": "Τηλέφωνο επαλήθευσης",
    "window": "Πότε να καλέσουμε",
    "reason": "Λόγος",
    "topic": "Θέμα",
    "employer_name": "Εργοδότης",
    "employer_place": "Τόπος εργοδότη",
    "employer_afm": "ΑΦΜ εργοδότη",
    "period": "Περίοδος",
    "anonymous": "Ανώνυμα",
    "relation": "Σχέση",
    "authorisation": "Εξουσιοδότηση",
}


WORDLESS = {
    "[silence]": "(σιωπή)",
    "[unheard]": "(δεν ακούστηκε καθαρά)",
    "[anonymous]": "(ανώνυμη καταγγελία, δεν κρατήθηκε)",
}
KEYS = "[keys] "
DOUBTED = "[doubted] "

AGENCIES = {
    "EFKA": "e-ΕΦΚΑ",
    "DYPA": "ΔΥΠΑ",
    "OPEKA": "ΟΠΕΚΑ",
    "LABOUR": "Επιθεώρηση Εργασίας",
    "TEKA": "ΤΕΚΑ",
    "KEP": "ΚΕΠ",
}

CASE_STATUSES = {
    "open": "Νέο",
    "in_progress": "Σε εξέλιξη",
    "waiting_citizen": "Αναμονή πολίτη",
    "closed": "Έκλεισε",
}

CASE_ACTIONS = {
    "opened": "Άνοιξε",
    "noted": "Σημείωση",
    "taken": "Ανάληψη",
    "reassigned": "Ανάθεση",
    "paused": "Αναμονή πολίτη",
    "resumed": "Συνέχεια",
    "warned_half": "Πέρασε ο μισός χρόνος",
    "warned_late": "Πέρασαν τα τέσσερα πέμπτα του χρόνου",
    "escalated": "Προώθηση",
    "overdue": "Εκπρόθεσμο",
    "answered": "Απαντήθηκε",
    "not_reached": "Ο πολίτης δεν βρέθηκε",
    "closed": "Έκλεισε",
    "reopened": "Άνοιξε ξανά",
}

MARKS = {"none": "", "half": "Στο μισό", "late": "Στα 4/5", "overdue": "Εκπρόθεσμο"}

DEADLINE_STATES = {
    "overdue": "Εκπρόθεσμα",
    "soon": "Στα 4/5 του χρόνου",
    "paused": "Σε αναμονή πολίτη",
}

LEVELS = {1: "1 · Τηλεφωνητές", 2: "2 · Ομάδα του φορέα", 3: "3 · Υπηρεσία"}

WAYS = {"sms": "με SMS", "email": "με e-mail", "callback": "με επανάκληση", "told": "προφορικά"}

PROPOSAL_STATES = {"new": "Νέα", "exported": "Δόθηκε σχέδιο", "rejected": "Απορρίφθηκε"}

# By the field that an `InvalidRecord` names first.
PROBLEMS = {
    "reason": "Γράψτε τον λόγο.",
    "note": "Γράψτε τη σημείωση.",
    "answer": "Γράψτε την απάντηση που θα πάρει ο πολίτης.",
    "question": "Γράψτε την ερώτηση που απαντά, για να προταθεί στη γνώση.",
    "recipient": "Γράψτε κινητό ή e-mail: στο αίτημα δεν υπάρχει.",
    "email": "Το e-mail δεν είναι σωστό.",
    "phone": "Το τηλέφωνο δεν είναι σωστό.",
    "callback": "Για επανάκληση χρειάζονται τηλέφωνο, ημέρα και ώρες.",
    "window": "Διαλέξτε ημέρα και ώρες που δεν έχουν περάσει.",
    "owner": "Διαλέξτε σε ποιον ανατίθεται.",
    "level": "Η υπηρεσία είναι το τελευταίο επίπεδο.",
}
OTHER_PROBLEM = "Κάποιο στοιχείο δεν είναι σωστό. Δεν άλλαξε κάτι."

DRAFT_HEADER = (
    "# Σχέδιο από απάντηση σε αίτημα. Ελέγξτε κείμενο, θέμα και πηγή, προσθέστε παραδείγματα,\n"
    "# βάλτε ποσά και ημερομηνίες στα figures, και μεταφέρετέ το στο αρχείο του φορέα.\n"
)
DRAFT_SOURCE = "απάντηση στο αίτημα {number}, να επιβεβαιωθεί"

TEAMS = {
    "team:line": "Ομάδα γραμμής",
    "team:operators": "Τηλεφωνητές",
    "team:callbacks": "Ομάδα επανακλήσεων",
    "team:appointments": "Ομάδα ραντεβού",
    "team:supervisors": "Επόπτες",
    "system:clock": "Ρολόι προθεσμιών",
}


class Labels:
    """Looks codes up.

    Args:
        topic_titles: titles of topics such as E01, from the knowledge.
    """

    def __init__(self, topic_titles: Mapping[str, str]) -> None:
        self._topics = {**TOPICS, **topic_titles}

    def stage(self, code: str) -> str:
        """Where a call stands."""
        return STAGES.get(code, code)

    def outcome(self, code: str) -> str:
        """How a call ended."""
        return OUTCOMES.get(code, code)

    def speaker(self, code: str) -> str:
        """Who speaks."""
        return SPEAKERS.get(code, code)

    def said(self, text: str) -> str:
        """What was said; turns without words have signs in brackets."""
        if text.startswith(KEYS):
            return f"(πλήκτρα: {text.removeprefix(KEYS)})"
        if text.startswith(DOUBTED):
            return f"(ακούστηκε άσχημα: {text.removeprefix(DOUBTED)})"
        return WORDLESS.get(text, text)

    def reason(self, code: str) -> str:
        """Why a person is asked for."""
        return REASONS.get(code, code)

    def topic(self, code: str) -> str:
        """What it is about."""
        return self._topics.get(code, code)

    def slot(self, code: str) -> str:
        """What was asked."""
        return SLOTS.get(code, code)

    def agency(self, code: str) -> str:
        """Whose it is."""
        return AGENCIES.get(code, code)

    def case_status(self, code: str) -> str:
        """Where a case stands."""
        return CASE_STATUSES.get(code, code)

    def owner(self, code: str) -> str:
        """Who answers for it: `team:efka-support` is «e-ΕΦΚΑ, ομάδα υποστήριξης»."""
        if code in TEAMS:
            return TEAMS[code]
        kind, _, name = code.partition(":")
        team, _, area = name.partition(":")
        agency, _, level = team.partition("-")
        if kind == "team" and level in ("support", "service"):
            called = "ομάδα υποστήριξης" if level == "support" else "υπηρεσία"
            place = f" {area}" if area else ""
            return f"{self.agency(agency.upper())}, {called}{place}"
        return name or code

    def case_action(self, code: str) -> str:
        """What was done to a case."""
        return CASE_ACTIONS.get(code, code)

    def mark(self, code: str) -> str:
        """How much of its time a case has used; empty when under half."""
        return MARKS.get(code, code)

    def deadline_state(self, code: str) -> str:
        """Which cases are shown."""
        return DEADLINE_STATES.get(code, code)

    def level(self, number: int) -> str:
        """Who works at a level."""
        return LEVELS.get(number, str(number))

    def note(self, action: str, text: str) -> str:
        """The note of an event; an answer's is the way by which it was given."""
        return WAYS.get(text, text) if action == "answered" else text

    def proposal_state(self, code: str) -> str:
        """What became of a proposal."""
        return PROPOSAL_STATES.get(code, code)


def problem(reason: str) -> str:
    """Why something was refused, from the reason that the records give."""
    return PROBLEMS.get(reason.partition(":")[0].split(" ")[-1], OTHER_PROBLEM)
