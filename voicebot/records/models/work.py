"""What is to be done when, what is to be sent to whom, and the chain of what was done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.records.models.base import Base, Pairs, UtcDateTime, Word
from voicebot.records.work_types import MessageChannel, MessageState, WorkState

# Queries for open work say it in these very words, or the index that has only that is not used:
# with the values as parameters no database can know that they are these.
OPEN_WORK = text("state IN ('waiting', 'claimed')")
FAILED_WORK = text("state = 'failed'")


class DueWorkRow(Base):
    """One piece of due work, scheduled in the transaction of the promise that it serves.

    The claim is a number that only grows: what an owner writes is bound to the claim it holds."""

    __tablename__ = "due_work"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "key"),
        CheckConstraint(
            "(state = 'claimed') = (claimed_by IS NOT NULL)"
            " AND (claimed_by IS NULL) = (claimed_until IS NULL)",
            name="claimed_whole",
        ),
        Index("ix_due_work_open", "due_at", postgresql_where=OPEN_WORK, sqlite_where=OPEN_WORK),
        # No index of all states: SQLite would take it for the claims and sort what waits each time.
        Index(
            "ix_due_work_failed", "due_at", postgresql_where=FAILED_WORK, sqlite_where=FAILED_WORK
        ),
    )

    work_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    key: Mapped[str] = mapped_column(String(128))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    payload: Mapped[tuple[tuple[str, str], ...]] = mapped_column(Pairs)
    state: Mapped[WorkState] = mapped_column(Word(WorkState))
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int]
    claim: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None] = mapped_column(String(128))
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MessageRow(Base):
    """One message to one person. `key` is what makes sending it twice harmless; `handed_over`: a
    try that is not known to have succeeded may have."""

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_state", "state", "queued_at"),)

    message_id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(128), unique=True)
    channel: Mapped[MessageChannel] = mapped_column(Word(MessageChannel))
    recipient: Mapped[str] = mapped_column(String(254), index=True)
    title: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    purpose: Mapped[str] = mapped_column(String(32))
    about: Mapped[str | None] = mapped_column(String(64), index=True)
    state: Mapped[MessageState] = mapped_column(Word(MessageState))
    attempts: Mapped[int] = mapped_column(default=0)
    handed_over: Mapped[bool] = mapped_column(default=False)
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reference: Mapped[str | None] = mapped_column(String(128))
    last_error: Mapped[str | None] = mapped_column(Text)


class AuditRow(Base):
    """One link of the chain of changes. Triggers refuse to change or delete a row.

    `sequence` has no gaps. `hash` covers the whole row and the hash before it."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject"),)

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(32))
    who: Mapped[str] = mapped_column(String(128))
    what: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(64))
    details: Mapped[str] = mapped_column(Text)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)
