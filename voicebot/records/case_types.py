"""The values of cases that cross the border of the records."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from voicebot.records.types import Agency, CaseStatus


class CaseAction(StrEnum):
    """What was done to a case, by somebody or by the passing of time."""

    OPENED = "opened"
    NOTED = "noted"
    TAKEN = "taken"
    REASSIGNED = "reassigned"
    PAUSED = "paused"
    RESUMED = "resumed"
    WARNED_HALF = "warned_half"
    WARNED_LATE = "warned_late"
    ESCALATED = "escalated"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    NOT_REACHED = "not_reached"
    CLOSED = "closed"
    REOPENED = "reopened"


class CaseMark(StrEnum):
    """How much of its time a case has used at its level: under half, half, four fifths, all."""

    NONE = "none"
    HALF = "half"
    LATE = "late"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class CaseState:
    """All that may be told about a case over the telephone: which, its status and since when."""

    number: str
    agency: Agency
    status: CaseStatus
    opened_on: date
    changed_on: date


@dataclass(frozen=True)
class CaseEvent:
    """One change of a case: who did what when and why (`note`).

    `status`, `owner` and `level` are the new ones, None where they stayed; the first event has
    all three."""

    at: datetime
    who: str
    note: str
    status: CaseStatus | None
    owner: str | None
    action: CaseAction = CaseAction.NOTED
    level: int | None = None


@dataclass(frozen=True)
class Case:
    """A case as those who work on it see it. `summary` and `captured` are masked; `name` and
    `phone` are not, since somebody must be able to answer.

    Attributes:
        area: where it belongs, when its team depends on the place (the Inspectorate's does).
        anonymous: nobody's name, telephone or call is kept with it.
        deadline: of its level; None while the clock stands still.
        half_at, late_at: when half and four fifths of the time of its level are used; None while
            the clock stands still.
        mark: the last of these moments that was acted upon.
        answer: what the citizen is told, once it is written.
        callback_id: the callback by which the answer is told.
    """

    number: str
    agency: Agency
    topic: str | None
    summary: str
    captured: tuple[tuple[str, str], ...]
    name: str | None = field(repr=False)
    phone: str | None = field(repr=False)
    level: int
    owner: str
    status: CaseStatus
    deadline: datetime | None
    deadline_basis: str | None
    call_id: str | None
    opened_at: datetime
    changed_at: datetime
    history: tuple[CaseEvent, ...] = ()
    area: str | None = None
    anonymous: bool = False
    half_at: datetime | None = None
    late_at: datetime | None = None
    mark: CaseMark = CaseMark.NONE
    answer: str | None = None
    callback_id: int | None = None

    def marked(self, now: datetime) -> CaseMark:
        """How much of its time is used at a moment, whether or not it was acted upon yet."""
        if self.mark is CaseMark.OVERDUE:
            return CaseMark.OVERDUE
        for mark, at in (
            (CaseMark.OVERDUE, self.deadline),
            (CaseMark.LATE, self.late_at),
            (CaseMark.HALF, self.half_at),
        ):
            if at is not None and at <= now:
                return mark
        return CaseMark.NONE


@dataclass(frozen=True)
class Answer:
    """How a case was answered.

    Attributes:
        text: what the citizen is told.
        by: "sms", "email", "callback" or "told" (by whoever closes it, in person).
        recipient: the e-mail address or another telephone than the case's; None for the case's.
    """

    text: str
    by: str
    recipient: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class CaseFigures:
    """Cases at a glance.

    Attributes:
        opened, closed: since the moment asked for.
        open_now: not closed, of which `paused` wait for the citizen and `overdue` are late.
        by_owner: open and overdue cases of each owner.
        by_level: open cases of each level.
    """

    opened: int
    closed: int
    open_now: int
    paused: int
    overdue: int
    by_owner: dict[str, tuple[int, int]]
    by_level: dict[int, int]
