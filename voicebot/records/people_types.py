"""The values of people at the desk and of proposals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from voicebot.records.types import Agency


class DeskRole(StrEnum):
    """What somebody at the desk may do. Agents work on calls, callbacks and cases; supervisors see
    the figures besides; editors decide on proposals for the knowledge."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    EDITOR = "editor"


@dataclass(frozen=True)
class DeskUser:
    """Somebody who logs in by name."""

    name: str
    role: DeskRole
    created_at: datetime
    disabled_at: datetime | None


class ProposalState(StrEnum):
    """What became of a proposal. EXPORTED: an editor took the draft of an entry."""

    NEW = "new"
    EXPORTED = "exported"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Proposal:
    """An answer to a case, proposed as an entry of the knowledge. Texts are masked."""

    proposal_id: int
    case_number: str | None
    agency: Agency
    topic: str | None
    question: str
    answer: str
    proposed_by: str
    proposed_at: datetime
    state: ProposalState
    decided_by: str | None
    decided_at: datetime | None
