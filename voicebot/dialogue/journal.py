"""An observer that remembers everything that happened in a call."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TypeVar

from voicebot.dialogue.events import BotNotice, Captured, Event

E = TypeVar("E")


@dataclass
class Journal:
    """The events of one call, in order."""

    events: list[Event] = field(default_factory=list)

    def note(self, event: Event) -> None:
        """Remember an event."""
        self.events.append(event)

    def of(self, kind: type[E]) -> list[E]:
        """The events of one kind, in order."""
        return [event for event in self.events if isinstance(event, kind)]

    def notices(self) -> list[BotNotice]:
        """The notices, in order."""
        return self.of(BotNotice)

    def captured(self) -> dict[str, list[str]]:
        """Values by slot, in the order in which they were captured."""
        values: dict[str, list[str]] = defaultdict(list)
        for event in self.of(Captured):
            values[event.slot].append(event.value)
        return values
