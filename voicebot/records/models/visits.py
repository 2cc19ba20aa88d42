"""Appointments: where and for what they are given, which places are taken, for whom."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.records.models.base import Base, Channels, UtcDateTime, Word
from voicebot.records.types import Agency, AppointmentStatus, VisitChannel


class BranchRow(Base):
    """A place of service. `desks` appointments of one category can take place at once, where the
    category or an exception says nothing else.

    Attributes:
        hours: as `hours.parse_hours` reads them.
        feasts: local feasts, as `hours.checked_feast` gives them.
        active: False when it left the directory while appointments there stand.
    """

    __tablename__ = "branches"
    __table_args__ = (
        CheckConstraint("desks > 0", name="staffed"),
        Index("ix_branches_agency_place_key", "agency", "place_key"),
    )

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    agency: Mapped[Agency] = mapped_column(Word(Agency))
    name: Mapped[str] = mapped_column(String(128))
    place: Mapped[str | None] = mapped_column(String(64))
    place_key: Mapped[str | None] = mapped_column(String(64))
    region: Mapped[str | None] = mapped_column(String(64))
    channels: Mapped[tuple[VisitChannel, ...]] = mapped_column(Channels)
    hours: Mapped[str] = mapped_column(String(512))
    desks: Mapped[int] = mapped_column(default=1)
    feasts: Mapped[list[str]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)
    demo: Mapped[bool] = mapped_column(default=False)


class CategoryRow(Base):
    """A kind of service, given by every branch of its agency through the channels of both, unless
    an exception says otherwise; see `Category`. `capacity` None means the desks of the branch."""

    __tablename__ = "categories"
    __table_args__ = (CheckConstraint("slot_minutes > 0", name="slot"),)

    agency: Mapped[Agency] = mapped_column(Word(Agency), primary_key=True)
    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str] = mapped_column(String(128))
    channels: Mapped[tuple[VisitChannel, ...]] = mapped_column(Channels)
    slot_minutes: Mapped[int]
    position: Mapped[int] = mapped_column(default=0)
    asks: Mapped[list[str]] = mapped_column(JSON)
    capacity: Mapped[int | None]
    earliest_days: Mapped[int] = mapped_column(default=1)
    window_days: Mapped[int] = mapped_column(default=15)
    notice_hours: Mapped[int] = mapped_column(default=1)
    demo: Mapped[bool] = mapped_column(default=False)


class ExceptionRow(Base):
    """Where one branch differs from the rules of a category; None where it does not."""

    __tablename__ = "branch_exceptions"

    branch_code: Mapped[str] = mapped_column(
        ForeignKey("branches.code", ondelete="CASCADE"), primary_key=True
    )
    category: Mapped[str] = mapped_column(String(64), primary_key=True)
    offered: Mapped[bool] = mapped_column(default=True)
    channels: Mapped[tuple[VisitChannel, ...] | None] = mapped_column(Channels)
    slot_minutes: Mapped[int | None]
    capacity: Mapped[int | None]


class ClosureRow(Base):
    """A day on which a branch (or all, when none is named) is closed: a patron's feast, a strike.

    Public holidays are computed and not stored."""

    __tablename__ = "closures"
    __table_args__ = (UniqueConstraint("branch_code", "day"),)

    closure_id: Mapped[int] = mapped_column(primary_key=True)
    branch_code: Mapped[str | None] = mapped_column(ForeignKey("branches.code"))
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(128))


class AppointmentRow(Base):
    """A promise. Cancelled ones stay on record; the place they had is in `reservations`. What the
    category does not ask for is empty."""

    __tablename__ = "appointments"
    __table_args__ = (Index("ix_appointments_afm_mobile", "afm", "mobile"),)

    number: Mapped[str] = mapped_column(ForeignKey("issued_numbers.number"), primary_key=True)
    branch_code: Mapped[str] = mapped_column(ForeignKey("branches.code"))
    category: Mapped[str] = mapped_column(String(64))
    channel: Mapped[VisitChannel] = mapped_column(Word(VisitChannel))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    duration_minutes: Mapped[int]
    name: Mapped[str] = mapped_column(String(128))
    afm: Mapped[str] = mapped_column(String(9))
    mobile: Mapped[str] = mapped_column(String(16))
    amka: Mapped[str | None] = mapped_column(String(11))
    birthdate: Mapped[date | None]
    email: Mapped[str | None] = mapped_column(String(254))
    status: Mapped[AppointmentStatus] = mapped_column(Word(AppointmentStatus))
    call_id: Mapped[str | None] = mapped_column(
        ForeignKey("calls.call_id", ondelete="SET NULL"), index=True
    )
    booked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReservationRow(Base):
    """One taken place: held for a call (`call_id`, `expires_at`) or booked (`appointment`).

    The unique constraint is what keeps a place from being given twice, on any database and with
    any number of processes."""

    __tablename__ = "reservations"
    __table_args__ = (
        UniqueConstraint("branch_code", "category", "channel", "starts_at", "desk"),
        CheckConstraint("(appointment IS NULL) <> (expires_at IS NULL)", name="held_or_booked"),
        # Keys of holds that ran out must never come back: they are what a hold is known by.
        {"sqlite_autoincrement": True},
    )

    reservation_id: Mapped[int] = mapped_column(primary_key=True)
    branch_code: Mapped[str] = mapped_column(ForeignKey("branches.code"))
    category: Mapped[str] = mapped_column(String(64))
    channel: Mapped[VisitChannel] = mapped_column(Word(VisitChannel))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    desk: Mapped[int]
    call_id: Mapped[str | None] = mapped_column(String(64), index=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    appointment: Mapped[str | None] = mapped_column(ForeignKey("appointments.number"), unique=True)
