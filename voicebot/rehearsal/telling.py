"""A call that was played, told line by line for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voicebot.dialogue.events import CallerSaid, Captured, Event, Said


def told(events: Sequence[Event]) -> Iterator[str]:
    """What the line said (`<`), what it heard and to which question (`>`), and what it took for
    an answer (`=`)."""
    for event in events:
        match event:
            case Said(text):
                yield f"< {text}"
            case CallerSaid(text, slot):
                yield f"> {text}" + (f"  [{slot}]" if slot else "")
            case Captured(slot, value):
                yield f"= {slot}: {value}"
            case _:
                continue
