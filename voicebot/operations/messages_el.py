"""The words of every message that goes to a citizen.

Nothing is said that a stranger who reads the telephone must not know: no name, no ΑΦΜ, no topic.
Greek makes an SMS dear (70 characters alone, 67 in each of several), so these are short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from voicebot.operations.gateways.sms_text import comparable
from voicebot.records import ATHENS, Appointment, VisitChannel
from voicebot.records.reference import grouped
from voicebot.records.reminders import Occasion

_DAYS = ("Δευ", "Τρι", "Τετ", "Πεμ", "Παρ", "Σαβ", "Κυρ")

_FIRST = {
    Occasion.BOOKED: "1555: Κλείστηκε το ραντεβού σας",
    Occasion.CHANGED: "1555: Άλλαξε το ραντεβού σας",
    Occasion.DAY_BEFORE: "1555: Υπενθύμιση, ραντεβού",
    Occasion.TWO_HOURS: "1555: Σε λίγο το ραντεβού σας",
}
_TITLES = {
    Occasion.BOOKED: "Το ραντεβού σας",
    Occasion.CHANGED: "Άλλαξε το ραντεβού σας",
    Occasion.CANCELLED: "Ακυρώθηκε το ραντεβού σας",
    Occasion.DAY_BEFORE: "Υπενθύμιση για το ραντεβού σας",
    Occasion.TWO_HOURS: "Σε λίγο το ραντεβού σας",
}
_CHANNELS = {
    VisitChannel.IN_PERSON: "",
    VisitChannel.VIDEO: " με βιντεοκλήση",
    VisitChannel.PHONE: " τηλεφωνικά: θα σας καλέσουν",
}

CANCEL_WORD = "ΑΚΥΡΟ"
# In Greek and in Latin letters, as telephones write.
_CANCELS = frozenset(map(comparable, ("όχι", "oxi", "ohi", "no")))
_CANCEL_STEMS = tuple(map(comparable, ("ακυρ", "ακηρ", "ακιρ", "akyr", "akur", "akir", "cancel")))
_KEEPS = frozenset(map(comparable, ("μην", "μη", "δεν", "min", "mi", "mhn", "den")))
CALENDAR_FILE = "rantevou.ics"


@dataclass(frozen=True)
class Letter:
    """The words of an e-mail."""

    title: str
    text: str


def appointment_sms(appointment: Appointment, occasion: Occasion, *, replies: bool) -> str:
    """The SMS about an appointment.

    Args:
        replies: answers reach us, so that one can cancel by answering.
    """
    number = grouped(appointment.number)
    if occasion is Occasion.CANCELLED:
        return f"1555: Ακυρώθηκε το ραντεβού {number} ({_when(appointment.slot.starts_at)})."
    ending = f"Ακύρωση: απαντήστε {CANCEL_WORD}" if replies else "Αλλαγή ή ακύρωση: 1555"
    return (
        f"{_FIRST[occasion]} {_when(appointment.slot.starts_at)}, "
        f"{appointment.slot.branch.name}{_CHANNELS[appointment.slot.channel]}. "
        f"Αρ. {number}. {ending}"
    )


def appointment_letter(appointment: Appointment, occasion: Occasion) -> Letter:
    """The e-mail about an appointment."""
    number = grouped(appointment.number)
    when = _when(appointment.slot.starts_at)
    where = f"{appointment.slot.branch.name}{_CHANNELS[appointment.slot.channel]}"
    if occasion is Occasion.CANCELLED:
        body = f"Το ραντεβού σας ακυρώθηκε και η θέση δόθηκε πίσω.\n\nΉταν: {when}, {where}\n"
    else:
        body = f"{_TITLES[occasion]}:\n\n{when}, {where}\n"
    return Letter(
        title=f"1555: {_TITLES[occasion]}",
        text=(
            f"{body}Αριθμός ραντεβού: {number}\n\n"
            "Για αλλαγή ή ακύρωση καλέστε το 1555, όλο το εικοσιτετράωρο, χωρίς χρέωση.\n"
            "Δεν ζητάμε ποτέ κωδικούς, PIN ή στοιχεία κάρτας.\n\n"
            "Το μήνυμα στάλθηκε αυτόματα· μην απαντήσετε σε αυτό.\n"
        ),
    )


def calendar_summary(appointment: Appointment) -> str:
    """What the entry in the calendar is called."""
    return f"Ραντεβού: {appointment.slot.branch.name}"


def calendar_note(appointment: Appointment) -> str:
    """What the entry in the calendar says besides."""
    return f"Αριθμός ραντεβού {grouped(appointment.number)}. Αλλαγή ή ακύρωση: 1555."


def asks_to_cancel(text: str) -> bool:
    """Whether an answer says that the appointment is off, in Greek or Latin letters."""
    words = [word for word in re.split(r"\W+", comparable(text)) if word and not word.isdigit()]
    if not words or any(word in _KEEPS for word in words):
        return False
    return words[0] in _CANCELS or any(word.startswith(_CANCEL_STEMS) for word in words)


def reply_answer(outcome: str, numbers: tuple[str, ...]) -> str | None:
    """What is answered to an answer; None where nothing needs to be said (who cancels is told so
    anyway)."""
    match outcome:
        case "cancelled" | "already_cancelled":
            return None
        case "which_one":
            listed = ", ".join(grouped(number) for number in numbers)
            return (
                f"1555: Έχετε {len(numbers)} ραντεβού: {listed}. "
                f"Απαντήστε {CANCEL_WORD} και τον αριθμό."
            )
        case "too_late":
            return "1555: Το ραντεβού είναι πολύ κοντά για ακύρωση με μήνυμα. Καλέστε 1555."
        case "nothing_to_cancel":
            return "1555: Δεν βρήκαμε ραντεβού που να ακυρώνεται με μήνυμα. Καλέστε 1555."
        case _:
            return (
                f"1555: Για ακύρωση ραντεβού απαντήστε {CANCEL_WORD}. Για όλα τα άλλα καλέστε 1555."
            )


def _when(moment: datetime) -> str:
    local = moment.astimezone(ATHENS)
    return f"{_DAYS[local.weekday()]} {local.day}/{local.month} {local:%H:%M}"
