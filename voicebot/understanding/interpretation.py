"""The meaning of one utterance."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Decision(StrEnum):
    """How far an interpretation can be trusted."""

    SURE = "sure"
    ASK_BACK = "ask_back"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Candidate:
    """One possible intent. `topic` is the label of the entry: a topic code such as E09 or a
    service label such as APPOINTMENT."""

    intent: str
    topic: str
    probability: float


@dataclass(frozen=True)
class Interpretation:
    """Candidates, best first (never empty), and what to do with them."""

    candidates: tuple[Candidate, ...]
    decision: Decision

    @property
    def best(self) -> Candidate:
        """The most probable candidate."""
        return self.candidates[0]
