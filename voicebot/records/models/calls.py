"""Calls: who rang, what was said, what was announced, who took over, how it ended."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.records.models.base import Base, Pairs, UtcDateTime, Word
from voicebot.records.types import (
    Agency,
    Direction,
    HandoffStatus,
    Notice,
    Outcome,
    Speaker,
)


class CallRow(Base):
    """One call. Outcome, end and owner are set together, once."""

    __tablename__ = "calls"
    __table_args__ = (
        CheckConstraint(
            "(outcome IS NULL) = (ended_at IS NULL) AND (outcome IS NULL) = (owner IS NULL)",
            name="ended_whole",
        ),
        CheckConstraint("owner <> ''", name="owned"),
    )

    call_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    caller_number: Mapped[str | None] = mapped_column(String(64))
    direction: Mapped[Direction] = mapped_column(Word(Direction))
    instance: Mapped[str] = mapped_column(String(128))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome), index=True)
    agency: Mapped[Agency | None] = mapped_column(Word(Agency))
    topic: Mapped[str | None] = mapped_column(String(64))
    owner: Mapped[str | None] = mapped_column(String(128))


class TurnRow(Base):
    """One turn; `text` is masked."""

    __tablename__ = "turns"

    turn_id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(
        ForeignKey("calls.call_id", ondelete="CASCADE"), index=True
    )
    who: Mapped[Speaker] = mapped_column(Word(Speaker))
    text: Mapped[str] = mapped_column(Text)
    intent: Mapped[str | None] = mapped_column(String(64))
    slot: Mapped[str | None] = mapped_column(String(64))
    probability: Mapped[float | None]
    latency_ms: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class NoticeRow(Base):
    """Proof that a notice was played."""

    __tablename__ = "notices"

    notice_id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(
        ForeignKey("calls.call_id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[Notice] = mapped_column(Word(Notice))
    completed: Mapped[bool]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HandoffRow(Base):
    """One try to put a caller through to a person."""

    __tablename__ = "handoffs"

    handoff_id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[str] = mapped_column(
        ForeignKey("calls.call_id", ondelete="CASCADE"), index=True
    )
    reason: Mapped[str] = mapped_column(String(64))
    topic: Mapped[str | None] = mapped_column(String(64))
    summary: Mapped[str] = mapped_column(Text)
    captured: Mapped[tuple[tuple[str, str], ...]] = mapped_column(Pairs)
    queue: Mapped[str] = mapped_column(String(64))
    status: Mapped[HandoffStatus] = mapped_column(Word(HandoffStatus), index=True)
    answered_by: Mapped[str | None] = mapped_column(String(128))
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
