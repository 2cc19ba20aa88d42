"""Whether what the line took for an answer is what the caller had said."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from voicebot.dialogue.time_questions import written_wish
from voicebot.dialogue.wishes import Wish, read_wish
from voicebot.understanding.digits import parse_digits
from voicebot.understanding.names import parse_name
from voicebot.understanding.places import parse_place
from voicebot.understanding.text import fold, skeleton

DIGITS: Mapping[str, int] = {
    "afm": 9,
    "amka": 11,
    "mobile": 10,
    "phone": 10,
    "verify_phone": 10,
    "number": 8,
    "case_number": 8,
}
"""How many digits the numbers have that are asked for."""

_SLOT_TAKEN = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d)")


def digits_of(slot: str, said: str) -> str | None:
    """The number that is meant by what is said to a question for one; None when it is none."""
    length = DIGITS.get(slot)
    found = parse_digits(said, (length,), limit=1) if length else []
    return found[0].value if found and len(found[0].value) == length else None


def fits(slot: str, said: str, captured: str, now: datetime) -> bool | None:
    """Whether a captured value is what was said to the slot; None when that cannot be told."""
    if slot in DIGITS:
        meant = digits_of(slot, said)
        return None if meant is None else meant == re.sub(r"\D", "", captured)
    match slot:
        case "place":
            meant_places = {fold(one.value.name) for one in parse_place(said)}
            taken = {fold(name) for name in captured.split(" / ")}
            return (
                None
                if not meant_places
                else any(fold_name in name for fold_name in meant_places for name in taken)
            )
        case "name":
            # Whoever hears his name read back hears no spelling: Δόσης and Δόσεις are one.
            names = [skeleton(one.value.full) for one in parse_name(said)[:1]]
            return None if not names else skeleton(captured) in names
        case "date" | "offer":
            wish = read_wish([(said, 1.0)], now)
            return None if wish is None else _grants(wish, captured)
        case _:
            return None


def _grants(wish: Wish, captured: str) -> bool | None:
    """Whether a day or time that was taken is one of those wished; None when none was taken."""
    if (slot := _SLOT_TAKEN.fullmatch(captured)) is not None:
        day, moment = date.fromisoformat(slot[1]), datetime.strptime(slot[2], "%H:%M").time()
        # «Αυτό της Τρίτης» may be any Tuesday that was offered.
        is_day = wish.days is None or any(
            one.weekday() == day.weekday() for one in (wish.days.first, wish.days.last)
        )
        in_days = wish.days is None or wish.days.first <= day <= wish.days.last
        return (is_day or in_days) and (wish.times is None or moment in wish.times)
    if "–" in captured:
        return captured == written_wish(wish)
    return None
