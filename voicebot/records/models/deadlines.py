"""By when cases must be answered."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from voicebot.records.models.base import Base


class DeadlineRuleRow(Base):
    """One rule. Agency and topic are "*" where the rule holds for all of them."""

    __tablename__ = "deadline_rules"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("level BETWEEN 1 AND 3", name="level"),
        CheckConstraint("unit IN ('working_days', 'days', 'months')", name="unit"),
    )

    agency: Mapped[str] = mapped_column(String(32), primary_key=True)
    topic: Mapped[str] = mapped_column(String(64), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    amount: Mapped[int]
    unit: Mapped[str] = mapped_column(String(16))
    from_opening: Mapped[bool] = mapped_column(default=False)
    basis: Mapped[str] = mapped_column(String(128))
    is_default: Mapped[bool] = mapped_column(default=False)
