"""What was captured so far, as a person or a case may be given it: masked."""

from __future__ import annotations

from collections.abc import Collection

from voicebot.dialogue.call import State
from voicebot.dialogue.prompts import briefing as briefings
from voicebot.records.masking import mask, mask_number

_NUMBER_SLOTS = frozenset({"afm", "amka", "mobile", "phone", "verify_phone"})


def captured_so_far(state: State, *, without: Collection[str] = ()) -> tuple[tuple[str, str], ...]:
    """Slots with their values."""
    return tuple(
        (slot, mask_number(value) if slot in _NUMBER_SLOTS else mask(value))
        for slot, value in state.captured.items()
        if slot in briefings.SLOTS and slot not in without
    )
