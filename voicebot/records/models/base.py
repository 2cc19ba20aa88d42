"""What all tables share: names of constraints, and column types that keep their word."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from voicebot.records.types import VisitChannel

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment. Takes aware values only, stores UTC, gives UTC back (SQLite forgets zones)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values; they would be read as some other zone later."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a timezone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Word(TypeDecorator[Any]):
    """A StrEnum stored by its value, without a type of its own in the database: a new member
    then needs no migration."""

    impl = String(32)
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """Refuse what is not a member."""
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        """Give the member back."""
        return None if value is None else self.kind(value)


class Channels(TypeDecorator[tuple[VisitChannel, ...]]):
    """Channels as a JSON list."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self, value: tuple[VisitChannel, ...] | None, dialect: Dialect
    ) -> list[str] | None:
        """Write plain strings."""
        return None if value is None else [str(VisitChannel(channel)) for channel in value]

    def process_result_value(
        self, value: list[str] | None, dialect: Dialect
    ) -> tuple[VisitChannel, ...] | None:
        """Give members back."""
        return None if value is None else tuple(VisitChannel(channel) for channel in value)


class Pairs(TypeDecorator[tuple[tuple[str, str], ...]]):
    """Captured slots, name and masked value, as a JSON list of pairs."""

    impl = JSON
    cache_ok = True

    def process_bind_param(
        self, value: tuple[tuple[str, str], ...] | None, dialect: Dialect
    ) -> list[list[str]] | None:
        """Write lists."""
        return None if value is None else [list(pair) for pair in value]

    def process_result_value(
        self, value: list[list[str]] | None, dialect: Dialect
    ) -> tuple[tuple[str, str], ...] | None:
        """Give pairs back."""
        return None if value is None else tuple((name, shown) for name, shown in value)


class Base(DeclarativeBase):
    """All tables."""

    metadata = MetaData(naming_convention=_NAMES)
