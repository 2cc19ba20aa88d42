"""What is said in an anonymous complaint is not passed on to those who write down or show."""

from __future__ import annotations

from dataclasses import replace

from voicebot.dialogue.events import (
    CallerSaid,
    Captured,
    CaseDone,
    Event,
    Observer,
    Said,
    Veiled,
)

# Stands in a transcript for a turn that is not kept.
VEILED = "[anonymous]"


class Veil:
    """Between the dialogue and its observers: lets everything through until `Veiled`, then takes
    words, values and numbers out. There is no way back within a call: what a caller says after
    an anonymous complaint may still lead to it."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self._on = False

    def note(self, event: Event) -> None:
        """Pass the event on, without what must not be known."""
        if isinstance(event, Veiled):
            self._on = True
        self._observer.note(_veiled(event) if self._on else event)


def _veiled(event: Event) -> Event:
    match event:
        case Said():
            return Said(VEILED)
        case CallerSaid(slot=slot):
            return CallerSaid(VEILED, slot)
        case Captured(slot, value):
            # Whether the complaint is anonymous is no secret.
            return event if slot == "anonymous" else Captured(slot, VEILED if value else "")
        case CaseDone(details=details):
            kept = tuple((name, value) for name, value in details if name != "number")
            return replace(event, details=kept)
        case _:
            return event
