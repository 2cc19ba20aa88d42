"""Who answers for what: never nobody.

Owners are written `team:<name>` or `person:<login>`. The teams of the Labour Inspectorate are by
area: `team:labour-support:Αττικής`.
"""

from __future__ import annotations

from voicebot.records.errors import InvalidRecord
from voicebot.records.types import Agency, Outcome

LINE = "team:line"
CALLBACKS = "team:callbacks"
APPOINTMENTS = "team:appointments"
OPERATORS = "team:operators"
SUPERVISORS = "team:supervisors"
# Not an owner: who did what the passing of time did.
CLOCK = "system:clock"

# Agencies whose cases go to the team of the place that they are about.
_BY_AREA = frozenset({Agency.LABOUR})


def case_team(agency: Agency, level: int, area: str | None = None) -> str:
    """Level 1 is the line's operators, 2 the agency's support team, 3 the service itself; of the
    Inspectorate those of the area, where it is known."""
    if level == 1:
        return OPERATORS
    team = f"team:{agency.lower()}-{'support' if level == 2 else 'service'}"
    return f"{team}:{area}" if area and agency in _BY_AREA else team


def person(login: str) -> str:
    """The owner that a person at the desk is."""
    return f"person:{login}"


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
