"""Outgoing calls: every attempt to reach somebody, campaigns with their people, opt-outs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.records.campaign_types import CampaignStatus, PersonOutcome
from voicebot.records.models.base import Base, Pairs, UtcDateTime, Word
from voicebot.records.types import AttemptResult


class AttemptRow(Base):
    """One attempt, committed before anybody is rung: unique for its promise, so that no two
    processes can make the same one. `claim` is the fencing token: the number of the claim under
    which it was made. `dialled_at`: when leave was given to ring the citizen, once at most."""

    __tablename__ = "dial_attempts"
    __table_args__ = (
        UniqueConstraint("callback_id", "ordinal"),
        UniqueConstraint("person_id", "ordinal"),
        CheckConstraint("(callback_id IS NULL) <> (person_id IS NULL)", name="of_one_promise"),
        Index("ix_dial_attempts_started_at", "started_at"),
    )

    attempt_id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int | None] = mapped_column(
        ForeignKey("callbacks.callback_id", ondelete="CASCADE")
    )
    person_id: Mapped[int | None] = mapped_column(
        ForeignKey("campaign_people.person_id", ondelete="CASCADE")
    )
    ordinal: Mapped[int]
    claim: Mapped[int | None]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    dialled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    result: Mapped[AttemptResult | None] = mapped_column(Word(AttemptResult))
    message_left: Mapped[bool] = mapped_column(default=False)


class CampaignRow(Base):
    """An information campaign. `hours` is what the settings' `Hours` are as JSON."""

    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint(
            "calls_per_minute > 0 AND concurrent > 0 AND max_attempts > 0", name="pace"
        ),
    )

    campaign_id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    message_key: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    hours: Mapped[dict[str, Any]] = mapped_column(JSON)
    calls_per_minute: Mapped[float]
    concurrent: Mapped[int]
    max_attempts: Mapped[int]
    pause_minutes: Mapped[float]
    status: Mapped[CampaignStatus] = mapped_column(Word(CampaignStatus))
    owner: Mapped[str] = mapped_column(String(128))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class PersonRow(Base):
    """One person of a campaign, once each. `values` fill the text in."""

    __tablename__ = "campaign_people"
    __table_args__ = (
        UniqueConstraint("campaign_id", "number"),
        Index("ix_campaign_people_next", "campaign_id", "outcome", "next_at"),
    )

    person_id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(
        ForeignKey("campaigns.campaign_id", ondelete="CASCADE")
    )
    number: Mapped[str] = mapped_column(String(16), index=True)
    values: Mapped[tuple[tuple[str, str], ...]] = mapped_column(Pairs)
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime)
    outcome: Mapped[PersonOutcome] = mapped_column(Word(PersonOutcome))
    call_id: Mapped[str | None] = mapped_column(String(128))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OptOutRow(Base):
    """A number that does not want to be rung; every outgoing call asks here first."""

    __tablename__ = "opt_outs"

    number: Mapped[str] = mapped_column(String(16), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    how: Mapped[str] = mapped_column(String(32))
