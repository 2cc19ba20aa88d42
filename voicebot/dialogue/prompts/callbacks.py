"""Ringing back: after hours, overload, changed and cancelled wishes; and what is said when the
line itself rings."""

from __future__ import annotations

KEEPS_PLACE = "Κρατάτε τη σειρά σας."
CALLBACK_START_CHANGE = "Ας το αλλάξουμε."
TOPIC_LATER = "Δεν πειράζει. Το θέμα θα το πείτε σε όποιον σας καλέσει."
CORRECTING = "Εντάξει, το διορθώνω."
CANCEL_NONE = "Δεν βρίσκω κλήση που να έχετε ζητήσει σε αυτόν τον αριθμό."
CANCEL_KEPT = "Εντάξει, θα σας καλέσουμε όπως είπαμε."

OVERLOAD_NO_NUMBER = (
    "Αυτή τη στιγμή όλες οι γραμμές είναι απασχολημένες. Παρακαλούμε καλέστε μας ξανά σε λίγο."
    " Γεια σας."
)
OVERLOAD_DECLINED = "Εντάξει. Παρακαλούμε καλέστε μας ξανά σε λίγο. Γεια σας."

# What ringing back says
RING_BACK = "Σας καλούμε όπως μας ζητήσατε. Σας συνδέω με υπάλληλο. Μείνετε στη γραμμή, παρακαλώ."
RING_BACK_NOBODY = (
    "Λυπάμαι, αυτή τη στιγμή δεν απάντησε κάποιος υπάλληλος. Θα σας καλέσουμε ξανά. Γεια σας."
)

# Campaigns
CAMPAIGN_START = (
    "Σας καλούμε για να σας ενημερώσουμε. Αν δεν θέλετε τέτοιες κλήσεις, πατήστε το εννέα."
)
# Nothing personal is said before somebody says yes to this.
CAMPAIGN_WHO = "Η ενημέρωση είναι για το πρόσωπο που έχει δηλώσει αυτόν τον αριθμό. Είστε εσείς;"
CAMPAIGN_WHO_AGAIN = "Είστε το πρόσωπο που έχει δηλώσει αυτόν τον αριθμό;"
CAMPAIGN_WHO_HELP = "Καλούμε από τη γραμμή για τα εργασιακά και τις συντάξεις."
CAMPAIGN_WRONG = "Συγγνώμη για την ενόχληση. Γεια σας."
CAMPAIGN_AWAY = "Εντάξει, θα καλέσουμε άλλη στιγμή. Γεια σας."
CAMPAIGN_GO_ON = "Να σας πω τώρα γιατί σας καλέσαμε;"
CAMPAIGN_NOT_WANTED = "Εντάξει."
CAMPAIGN_QUESTION = (
    "Έχετε κάποια ερώτηση; Για να μη σας ξανακαλέσουμε, πατήστε το εννέα, ή πείτε:"
    " μη με ξαναπάρετε."
)
OPTED_OUT = "Εντάξει, δεν θα σας ξανακαλέσουμε. Συγγνώμη για την ενόχληση. Γεια σας."


def after_hours(opening: str) -> str:
    """Nobody is at the desk now."""
    return (
        f"Αυτή την ώρα δεν υπάρχει υπάλληλος. Οι υπάλληλοι απαντούν ξανά {opening}."
        " Θέλετε να σας καλέσουμε εμείς;"
    )


def exists(window: str) -> str:
    """A callback was asked for before."""
    return f"Έχετε ήδη ζητήσει να σας καλέσουμε, {window}. Θα το αλλάξω."


def cancel_confirm(window: str) -> str:
    """Before a callback is cancelled."""
    return f"Έχετε ζητήσει να σας καλέσουμε, {window}. Να το ακυρώσω;"


def cancelled(many: bool) -> str:
    """It is."""
    return (
        "Εντάξει, ακυρώθηκαν. Δεν θα σας καλέσουμε."
        if many
        else ("Εντάξει, ακυρώθηκε. Δεν θα σας καλέσουμε.")
    )


def overload(number: str) -> str:
    """The offer to a caller for whom there is no line."""
    return (
        "Αυτή τη στιγμή όλες οι γραμμές είναι απασχολημένες. Μπορούμε να σας καλέσουμε εμείς στο"
        f" {number}, χωρίς να χάσετε τη σειρά σας. Πατήστε το ένα για ναι, ή το δύο για όχι."
    )
