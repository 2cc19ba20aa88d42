"""What the dialogue expects to hear next: the one description shared by listening and parsing.

The line turns an `Expectation` into a recogniser constraint and endpointing times; the dialogue
parses the answer with the module for the same kind.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kinds of answer the dialogue asks for."""

    FREE = "free"
    YES_NO = "yes_no"
    CHOICE = "choice"
    DIGITS = "digits"
    AFM = "afm"
    AMKA = "amka"
    PHONE = "phone"
    PROTOCOL = "protocol"
    DATE = "date"
    TIME = "time"
    PLACE = "place"
    NAME = "name"


@dataclass(frozen=True)
class Expectation:
    """One expected answer.

    Attributes:
        kind: what kind of value.
        slot: name of the question (the vocabulary of docs/dialogues), e.g. "mobile".
        phrases: spoken forms of a closed list (CHOICE, PLACE), lower case.
        lengths: allowed numbers of digits (DIGITS, PHONE, PROTOCOL ...).
        open: the caller may well say something else (a digression, a request): the recogniser
            then also reads freely. False only where the list is exhaustive.
    """

    kind: Kind = Kind.FREE
    slot: str = ""
    phrases: tuple[str, ...] = ()
    lengths: tuple[int, ...] = ()
    open: bool = True


FREE = Expectation()
