"""The values of campaigns that cross the border of the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from voicebot.settings import Hours


class CampaignStatus(StrEnum):
    """Life of a campaign."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"


class PersonOutcome(StrEnum):
    """What became of one person: the first two are no ends.

    INFORMED heard the message to its end; PARTLY left before; the next three heard it and went on
    to a person, a callback, or never wish to be rung again. REFUSED: opted out earlier, not rung.
    WRONG_PERSON: the number is somebody else's. NOT_REACHED: rung as often as allowed.
    LEFT_MESSAGE: only a machine answered, and a short message was left.
    """

    WAITING = "waiting"
    DIALLING = "dialling"
    INFORMED = "informed"
    PARTLY = "partly"
    HANDED_OVER = "handed_over"
    CALLBACK = "callback"
    OPTED_OUT = "opted_out"
    REFUSED = "refused"
    LEFT_MESSAGE = "left_message"
    WRONG_PERSON = "wrong_person"
    NOT_REACHED = "not_reached"


OPEN_OUTCOMES = (PersonOutcome.WAITING, PersonOutcome.DIALLING)


@dataclass(frozen=True)
class NewPerson:
    """One line of the file: a number and the values that fill in the text."""

    number: str = field(repr=False)
    values: tuple[tuple[str, str], ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class NewCampaign:
    """A campaign to be created.

    Attributes:
        text: what is said, with {column} for values of the file.
        hours: when people may be rung.
        calls_per_minute: how many calls may begin in a minute.
        concurrent: how many may go on at once.
        max_attempts: how often one person is rung.
        pause_minutes: between two attempts.
    """

    name: str
    message_key: str
    text: str
    hours: Hours
    calls_per_minute: float = 10.0
    concurrent: int = 5
    max_attempts: int = 3
    pause_minutes: float = 120.0
    owner: str = "team:callbacks"


@dataclass(frozen=True)
class Campaign:
    """A campaign as it is kept."""

    campaign_id: int
    name: str
    message_key: str
    text: str
    hours: Hours
    calls_per_minute: float
    concurrent: int
    max_attempts: int
    pause_minutes: float
    status: CampaignStatus
    owner: str
    created_at: datetime


@dataclass(frozen=True)
class Progress:
    """How far a campaign is."""

    campaign: Campaign
    people: int
    outcomes: dict[PersonOutcome, int]
    attempts: int
    results: dict[str, int]

    @property
    def left(self) -> int:
        """How many are still to be reached."""
        return sum(self.outcomes.get(outcome, 0) for outcome in OPEN_OUTCOMES)


@dataclass(frozen=True)
class PersonState:
    """One person, for the export."""

    person_id: int
    number: str = field(repr=False)
    values: tuple[tuple[str, str], ...] = field(repr=False)
    outcome: PersonOutcome
    attempts: int
    last_attempt_at: datetime | None
    call_id: str | None


@dataclass(frozen=True)
class RingPerson:
    """Ring this person now: the attempt is written down."""

    person_id: int
    attempt_id: int
    ordinal: int
    number: str = field(repr=False)
    text: str = field(repr=False)


@dataclass(frozen=True)
class Created:
    """What came of reading a file into a campaign."""

    campaign: Campaign
    people: int
    twice: int
    refused: int
