"""What citizens and operators read about callbacks that could not be kept."""

from __future__ import annotations

from collections.abc import Mapping

from voicebot.records.dialling import GivingUp
from voicebot.records.messages import NewMessage
from voicebot.records.types import Agency, AttemptResult, Callback
from voicebot.records.work_types import MessageChannel

_MOBILE = "+3069"
_RESULTS = {
    AttemptResult.HUNG_UP: "έκλεισε πριν συνδεθεί",
    AttemptResult.MACHINE: "τηλεφωνητής",
    AttemptResult.NO_ANSWER: "δεν απάντησε",
    AttemptResult.BUSY: "κατειλημμένο",
    AttemptResult.DECLINED: "απέρριψε την κλήση",
    AttemptResult.FAILED: "η κλήση δεν ολοκληρώθηκε",
    AttemptResult.NO_AGENT: "δεν βρέθηκε ελεύθερος υπάλληλος",
    AttemptResult.TOO_LATE: "τελείωσε η ώρα που είχε ζητήσει",
    AttemptResult.AWAY: "δεν ήταν εκεί",
    AttemptResult.WRONG_PERSON: "απάντησε άλλο πρόσωπο",
    AttemptResult.LOST: "άγνωστο αποτέλεσμα",
}


def case_summary(callback: Callback, titles: Mapping[str, str]) -> str:
    """The case that a callback becomes when it is given up."""
    about = f" Θέμα: {titles.get(callback.topic, callback.topic)}." if callback.topic else ""
    last = _RESULTS.get(callback.last_result) if callback.last_result is not None else None
    ended = f" Τελευταία προσπάθεια: {last}." if last else ""
    return (
        f"Επανάκληση που δεν έγινε. Ζητήθηκε στις {callback.requested_at:%d/%m/%Y}."
        f" Κλήσεις προς τον πολίτη: {callback.attempts}.{ended}{about}"
    )


def given_up_sms(line_name: str, callback: Callback) -> str:
    """To a citizen who was not reached, or not even rung; nothing personal."""
    what = (
        "Σας καλέσαμε όπως ζητήσατε και δεν σας βρήκαμε."
        if callback.attempts
        else "Συγγνώμη, δεν μπορέσαμε να σας καλέσουμε την ώρα που ζητήσατε."
    )
    number = f", με αριθμό {callback.case}" if callback.case else ""
    return (
        f"{line_name}: {what} Το αίτημά σας μένει καταχωρισμένο{number}."
        f" Καλέστε στο {line_name} όποτε θέλετε."
    )


def giving_up(
    agency: Agency, line_name: str, titles: Mapping[str, str], *, message: bool
) -> GivingUp:
    """What becomes of a promise that cannot be kept, and whether the citizen is told by SMS."""

    def told(callback: Callback) -> NewMessage | None:
        if not message or not callback.number.startswith(_MOBILE):
            return None
        return NewMessage(
            MessageChannel.SMS,
            callback.number,
            given_up_sms(line_name, callback),
            "callback",
            f"callback-{callback.callback_id}-given-up",
            about=str(callback.callback_id),
        )

    return GivingUp(agency, lambda callback: case_summary(callback, titles), told)
