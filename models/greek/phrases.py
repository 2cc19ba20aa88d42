"""The Greek material of the training text, read from data/phrases.yaml (which explains it)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

_DATA: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parent / "data" / "phrases.yaml").read_text(encoding="utf-8")
)


def _pairs(name: str) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in _DATA[name])


THINGS = _pairs("things")  # accusative, genitive
PLACES = _pairs("places")  # nominative, "in it"
AGENCIES: tuple[str, ...] = tuple(_DATA["agencies"])
AGENCIES_AT: tuple[str, ...] = tuple(_DATA["agencies_at"])
ABOUT_A_THING: tuple[str, ...] = tuple(_DATA["about_a_thing"])
AGENCY_SENTENCES: tuple[str, ...] = tuple(_DATA["agency_sentences"])
SENTENCES: tuple[str, ...] = tuple(_DATA["sentences"])
APPOINTMENT: tuple[str, ...] = tuple(_DATA["appointment"])
CALLBACK: tuple[str, ...] = tuple(_DATA["callback"])
YES: tuple[str, ...] = tuple(_DATA["yes"])
NO: tuple[str, ...] = tuple(_DATA["no"])
BACKCHANNELS: tuple[str, ...] = tuple(_DATA["backchannels"])
COMMANDS: tuple[str, ...] = tuple(_DATA["commands"])
OPENERS: tuple[str, ...] = tuple(_DATA["openers"])
FILLERS: tuple[str, ...] = tuple(_DATA["fillers"])
CLOSINGS: tuple[str, ...] = tuple(_DATA["closings"])
VALUE_FRAMES: tuple[str, ...] = tuple(_DATA["value_frames"])
PLACE_FRAMES: tuple[str, ...] = tuple(_DATA["place_frames"])
NAMES: tuple[str, ...] = tuple(_DATA["names"].split())
NAMES_GENITIVE: tuple[str, ...] = tuple(_DATA["names_genitive"].split())
SURNAMES: tuple[str, ...] = tuple(_DATA["surnames"].split())
SPOKEN_ACRONYMS: dict[str, str] = {str(k): v for k, v in _DATA["spoken_acronyms"].items()}
