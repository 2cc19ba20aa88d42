"""Other promises: callbacks, cases with their history, and the numbers given out for promises."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.records.case_clock import Counting
from voicebot.records.case_types import CaseAction, CaseMark
from voicebot.records.models.base import Base, Pairs, UtcDateTime, Word
from voicebot.records.types import (
    Agency,
    AttemptResult,
    CallbackOrigin,
    CallbackStatus,
    CaseStatus,
)

_OPEN = text("status <> 'closed'")


class IssuedNumberRow(Base):
    """Every spoken number, so that appointments and cases never share one."""

    __tablename__ = "issued_numbers"

    number: Mapped[str] = mapped_column(String(8), primary_key=True)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CallbackRow(Base):
    """A promise to ring back. `open_key` (number and topic) is set while it is open, so that a
    citizen has one at most for a topic; `asked_at` is the latest request, `requested_at` the first,
    which keeps the place in the queue; not before `next_at` is it tried again."""

    __tablename__ = "callbacks"
    __table_args__ = (
        CheckConstraint("window_start < window_end", name="window"),
        CheckConstraint("owner <> ''", name="owned"),
        Index("ix_callbacks_status_window_start", "status", "window_start"),
        Index("ix_callbacks_open_key", "open_key", unique=True),
    )

    callback_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), index=True)
    window_start: Mapped[datetime] = mapped_column(UtcDateTime)
    window_end: Mapped[datetime] = mapped_column(UtcDateTime)
    topic: Mapped[str | None] = mapped_column(String(64))
    agency: Mapped[Agency | None] = mapped_column(Word(Agency))
    call_id: Mapped[str | None] = mapped_column(
        ForeignKey("calls.call_id", ondelete="SET NULL"), index=True
    )
    status: Mapped[CallbackStatus] = mapped_column(Word(CallbackStatus))
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str] = mapped_column(String(128))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    origin: Mapped[CallbackOrigin] = mapped_column(Word(CallbackOrigin))
    open_key: Mapped[str | None] = mapped_column(String(96))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_result: Mapped[AttemptResult | None] = mapped_column(Word(AttemptResult))
    connected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    case_number: Mapped[str | None] = mapped_column(String(8))


class CaseRow(Base):
    """What the first level could not answer. Owned by a team or a person, never by nobody.

    The clock of its level: `used_days` of `allowed_days` were used when it was last started, at
    `running_since` (None while it stands still). What follows from it is kept beside it: `half_at`,
    `late_at` and `deadline`. `clock_round` counts the starts, so that work that was due for an
    earlier one does nothing; `ran_days` are the calendar days of all earlier runs."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint("owner <> ''", name="owned"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        Index("ix_cases_afm_phone", "afm", "phone"),
        Index("ix_cases_status_deadline", "status", "deadline"),
        Index("ix_cases_answer_callback_id", "answer_callback_id"),
        Index("ix_cases_open", "deadline", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    number: Mapped[str] = mapped_column(ForeignKey("issued_numbers.number"), primary_key=True)
    agency: Mapped[Agency] = mapped_column(Word(Agency))
    topic: Mapped[str | None] = mapped_column(String(64))
    summary: Mapped[str] = mapped_column(Text)
    captured: Mapped[tuple[tuple[str, str], ...]] = mapped_column(Pairs)
    name: Mapped[str | None] = mapped_column(String(128))
    phone: Mapped[str | None] = mapped_column(String(16))
    afm: Mapped[str | None] = mapped_column(String(9))
    level: Mapped[int]
    owner: Mapped[str] = mapped_column(String(128))
    status: Mapped[CaseStatus] = mapped_column(Word(CaseStatus))
    deadline: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deadline_basis: Mapped[str | None] = mapped_column(String(128))
    call_id: Mapped[str | None] = mapped_column(
        ForeignKey("calls.call_id", ondelete="SET NULL"), index=True
    )
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    area: Mapped[str | None] = mapped_column(String(64))
    anonymous: Mapped[bool] = mapped_column(default=False)
    counting: Mapped[Counting] = mapped_column(Word(Counting))
    allowed_days: Mapped[float]
    used_days: Mapped[float] = mapped_column(default=0.0)
    running_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ran_days: Mapped[float] = mapped_column(default=0.0)
    clock_round: Mapped[int] = mapped_column(default=0)
    half_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    late_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mark: Mapped[CaseMark] = mapped_column(Word(CaseMark), default=CaseMark.NONE)
    answer: Mapped[str | None] = mapped_column(Text)
    # The callback that will tell the answer.
    answer_callback_id: Mapped[int | None]


class CaseEventRow(Base):
    """One change of a case: the new status, owner and level, where they changed. Rows are only
    added."""

    __tablename__ = "case_events"

    event_id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(ForeignKey("cases.number", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    who: Mapped[str] = mapped_column(String(128))
    note: Mapped[str] = mapped_column(Text)
    status: Mapped[CaseStatus | None] = mapped_column(Word(CaseStatus))
    owner: Mapped[str | None] = mapped_column(String(128))
    action: Mapped[CaseAction] = mapped_column(Word(CaseAction), default=CaseAction.NOTED)
    level: Mapped[int | None]
