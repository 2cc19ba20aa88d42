"""What the person who takes over reads."""

from __future__ import annotations

from collections.abc import Sequence

REASONS = {
    "user_request": "Ζήτησε υπάλληλο",
    "complaint": "Έχει παράπονο από την εξυπηρέτηση",
    "anger": "Έδειξε δυσαρέσκεια",
    "emergency": "Επείγον: μίλησε για κίνδυνο",
    "failure": "Ο βοηθός δεν μπόρεσε να εξυπηρετήσει",
    "callback": "Επιστροφή κλήσης που ζήτησε ο πολίτης",
}

SLOTS = {
    "agency": "φορέας",
    "category": "υπηρεσία",
    "channel": "τρόπος",
    "place": "πόλη",
    "branch": "κατάστημα",
    "date": "ημέρα",
    "offer": "ώρα",
    "name": "όνομα",
    "afm": "ΑΦΜ",
    "amka": "ΑΜΚΑ",
    "mobile": "κινητό",
    "phone": "τηλέφωνο",
    "verify_phone": "τηλέφωνο",
    "window": "πότε",
    "number": "αριθμός ραντεβού",
    "case_number": "αριθμός πρωτοκόλλου",
    "topic": "θέμα",
    "employer_name": "επιχείρηση",
    "employer_place": "τόπος επιχείρησης",
    "period": "διάστημα",
    "reason": "λόγος",
}


def summary(reason: str, title: str | None, words: Sequence[str]) -> str:
    """One or two sentences: why, about what, and the caller's own words."""
    parts = [f"{REASONS.get(reason, reason)}."]
    if title:
        parts.append(f"Ρώτησε για {title}.")
    if words:
        parts.append("Είπε: " + " · ".join(f"«{text}»" for text in words) + ".")
    return " ".join(parts)
