"""People at the desk, and what they propose for the knowledge."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.records.models.base import Base, UtcDateTime, Word
from voicebot.records.people_types import DeskRole, ProposalState
from voicebot.records.types import Agency


class DeskUserRow(Base):
    """Somebody who logs in by name. The password is kept as a salted scrypt hash."""

    __tablename__ = "desk_users"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[DeskRole] = mapped_column(Word(DeskRole))
    password_hash: Mapped[str] = mapped_column(String(256))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProposalRow(Base):
    """An answer to a case that may become an entry of the knowledge. Editors decide; nothing here
    is ever spoken by itself."""

    __tablename__ = "knowledge_proposals"

    proposal_id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[str | None] = mapped_column(String(8))
    agency: Mapped[Agency] = mapped_column(Word(Agency))
    topic: Mapped[str | None] = mapped_column(String(64))
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[str] = mapped_column(String(128))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[ProposalState] = mapped_column(Word(ProposalState), index=True)
    decided_by: Mapped[str | None] = mapped_column(String(128))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
