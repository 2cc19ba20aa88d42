"""What the line itself says, rendered once when it starts."""

from __future__ import annotations

from enum import StrEnum


class LinePrompt(StrEnum):
    """Texts that do not come from the dialogue."""

    WORKING = "Μισό λεπτό, παρακαλώ."
    STILL_WORKING = "Ευχαριστώ για την υπομονή σας. Χρειάζομαι λίγο ακόμη."
    CALLING_AGENT = "Καλώ έναν υπάλληλο. Μείνετε στη γραμμή, παρακαλώ."
    STILL_CALLING = "Προσπαθώ ακόμη να βρω υπάλληλο. Μείνετε στη γραμμή."
    APOLOGY = (
        "Συγγνώμη, παρουσιάστηκε τεχνικό πρόβλημα. Παρακαλώ καλέστε ξανά σε λίγο. Ευχαριστούμε."
    )
    VOICE_TROUBLE = "Συγγνώμη, δεν μπορώ να σας το πω αυτή τη στιγμή."
    AGENT_HOLD = "Επιστροφή κλήσης. Καλώ τον πολίτη. Μείνετε στη γραμμή, παρακαλώ."
    CITIZEN_AWAY = "Ο πολίτης δεν απάντησε. Θα προσπαθήσουμε ξανά. Ευχαριστούμε."
    MACHINE_MESSAGE = (
        "Αυτόματο μήνυμα από το 1555. Σας καλέσαμε και δεν σας βρήκαμε."
        " Μπορείτε να μας καλέσετε όποτε θέλετε. Ευχαριστούμε."
    )
