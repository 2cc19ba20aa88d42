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

TEAMS = {
    "team:line": "Ομάδα γραμμής",
    "team:operators": "Τηλεφωνητές",
    "team:callbacks": "Ομάδα επανακλήσεων",
    "team:appointments": "Ομάδα ραντεβού",
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
        agency, _, level = name.partition("-")
        if kind == "team" and level in ("support", "service"):
            team = "ομάδα υποστήριξης" if level == "support" else "υπηρεσία"
            return f"{self.agency(agency.upper())}, {team}"
        return name or code
