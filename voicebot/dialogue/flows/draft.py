"""An appointment in the making: what is known of it, and how a part of it is taken back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from voicebot.dialogue.wishes import Wish
from voicebot.records.types import Agency, Branch, Category, Hold, Identity, VisitChannel
from voicebot.understanding.places import Place

# What has to be asked again when a slot is taken back.
_DEPENDENT: dict[str, tuple[str, ...]] = {
    "agency": ("agency", "category", "channel", "branch", "hold"),
    "category": ("category", "channel", "hold"),
    "channel": ("channel", "branch", "hold"),
    "place": ("places", "branch", "hold"),
    "branch": ("branch", "hold"),
    "offer": ("wish", "hold"),
    "date": ("wish", "hold"),
    "name": ("name",),
    "afm": ("afm",),
    "amka": ("amka",),
    "birthdate": ("birthdate",),
    "mobile": ("mobile",),
}


@dataclass
class Draft:
    """The parts of an appointment, None while unknown.

    Attributes:
        places: the city; several while its name is ambiguous, none while unknown.
        wanted_category: code of the service that the request named.
        filled: the slots in the order in which they were answered.
        rejected_offers: how often the offered times did not suit.
        own_number_refused: the number that calls was taken back.
        for_other: the caller books for somebody else.
    """

    agency: Agency | None = None
    category: Category | None = None
    channel: VisitChannel | None = None
    places: tuple[Place, ...] = ()
    branch: Branch | None = None
    wish: Wish | None = None
    hold: Hold | None = None
    name: str | None = None
    afm: str | None = None
    amka: str | None = None
    birthdate: date | None = None
    mobile: str | None = None
    wanted_category: str | None = None
    filled: list[str] = field(default_factory=list)
    rejected_offers: int = 0
    own_number_refused: bool = False
    for_other: bool = False

    def asks(self, part: Identity) -> bool:
        """Whether the category asks for this about the citizen."""
        return self.category is not None and part in self.category.asks

    def answered(self, slot: str) -> None:
        """A slot has just been asked and answered."""
        if slot in self.filled:
            self.filled.remove(slot)
        self.filled.append(slot)

    def take_back(self, slot: str) -> None:
        """Forget a slot and everything that depends on it."""
        for part in _DEPENDENT[slot]:
            setattr(self, part, () if part == "places" else None)
        if slot == "mobile":
            # The number that calls was not the right one.
            self.own_number_refused = True

    def correctable(self, named: tuple[str, ...]) -> tuple[str, ...]:
        """The slots that a correction is about: those named, else the one answered last."""
        known = tuple(slot for slot in named if slot in _DEPENDENT)
        if "birthdate" in known:
            # «η ημερομηνία γέννησης» names no day of the appointment.
            known = tuple(slot for slot in known if slot != "offer")
        return known or tuple(self.filled[-1:])
