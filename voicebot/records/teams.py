"""Who answers for what: never nobody.

Owners are written `team:<name>` or `person:<login>`.
"""

from __future__ import annotations

from voicebot.records.errors import InvalidRecord
from voicebot.records.types import Agency, Outcome

LINE = "team:line"
CALLBACKS = "team:callbacks"
APPOINTMENTS = "team:appointments"
OPERATORS = "team:operators"


def case_team(agency: Agency, level: int) -> str:
    """Level 1 is the line's operators, 2 the agency's support team, 3 the service itself."""
    if level == 1:
        return OPERATORS
    return f"team:{agency.lower()}-{'support' if level == 2 else 'service'}"


def outcome_team(outcome: Outcome, agency: Agency | None) -> str:
    """The team that answers for a call that ended so."""
    match outcome:
        case Outcome.APPOINTMENT:
            return APPOINTMENTS
        case Outcome.CALLBACK:
            return CALLBACKS
        case Outcome.CASE if agency is not None:
            return case_team(agency, 2)
        case Outcome.CASE | Outcome.HANDED_OVER:
            return OPERATORS
        case _:
            return LINE


def checked_owner(owner: str) -> str:
    """The owner, if it is somebody.

    Raises:
        InvalidRecord: it is empty.
    """
    if not owner.strip():
        raise InvalidRecord("owner: a team or a person is needed, never nobody")
    return owner.strip()
