"""The contract that every value parser of this room keeps.

A parser module offers `parse…(text, …) -> list[Parsed[T]]`, best reading first and empty when the
value was not said; where a value can be wrong in itself, `validate…(value) -> Reason | None`; and
`say…(value) -> str`, the written form that the speaking normaliser reads aloud.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


class Reason(StrEnum):
    """Why a value that was understood can not be taken."""

    LENGTH = "length"
    CHECKSUM = "checksum"
    IMPOSSIBLE_DATE = "impossible_date"
    PREFIX = "prefix"
    PAST = "past"
    AMBIGUOUS = "ambiguous"
    SENSITIVE = "sensitive"


@dataclass(frozen=True)
class Span:
    """Words `first` to `last` (inclusive, counted from 0) of the normalised utterance."""

    first: int
    last: int


@dataclass(frozen=True)
class Parsed(Generic[T_co]):
    """One reading of a value.

    Attributes:
        value: the value in its canonical form.
        span: the words it was read from.
        confidence: 0..1, how directly the words say this value (not how well they were heard).
        repaired: a digit was changed to satisfy a checksum; only ever used after a read-back.
    """

    value: T_co
    span: Span
    confidence: float
    repaired: bool = False
