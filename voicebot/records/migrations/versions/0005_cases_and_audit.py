"""Deadlines and clocks of cases, people at the desk, proposals for the knowledge

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def _case_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("area", sa.String(length=64), nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("counting", sa.String(length=32), nullable=False, server_default="calendar"),
        sa.Column("allowed_days", sa.Double(), nullable=False, server_default="50"),
        sa.Column("used_days", sa.Double(), nullable=False, server_default="0"),
        sa.Column("running_since", _MOMENT, nullable=True),
        sa.Column("ran_days", sa.Double(), nullable=False, server_default="0"),
        sa.Column("clock_round", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("half_at", _MOMENT, nullable=True),
        sa.Column("late_at", _MOMENT, nullable=True),
        sa.Column("mark", sa.String(length=32), nullable=False, server_default="none"),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answer_callback_id", sa.Integer(), nullable=True),
    )


def _event_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("action", sa.String(length=32), nullable=False, server_default="noted"),
        sa.Column("level", sa.Integer(), nullable=True),
    )


def upgrade() -> None:
    """Go forward."""
    _add_deadline_rules()
    for column in _case_columns():
        op.add_column("cases", column)
    op.create_index("ix_cases_answer_callback_id", "cases", ["answer_callback_id"])
    for column in _event_columns():
        op.add_column("case_events", column)
    _start_clocks()
    _add_people()


def downgrade() -> None:
    """Go back."""
    op.drop_table("knowledge_proposals")
    op.drop_table("desk_users")
    op.execute("DELETE FROM due_work WHERE kind = 'case_clock'")
    for column in reversed(_event_columns()):
        op.drop_column("case_events", column.name)
    op.drop_index("ix_cases_answer_callback_id", "cases")
    for column in reversed(_case_columns()):
        op.drop_column("cases", column.name)
    op.drop_table("deadline_rules")


def _add_deadline_rules() -> None:
    op.create_table(
        "deadline_rules",
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=False),
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.Column("from_opening", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.String(length=128), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_deadline_rules_amount")),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_deadline_rules_level")),
        sa.CheckConstraint(
            "unit IN ('working_days', 'days', 'months')", name=op.f("ck_deadline_rules_unit")
        ),
        sa.PrimaryKeyConstraint("agency", "topic", "level", name=op.f("pk_deadline_rules")),
    )


def _start_clocks() -> None:
    """Open cases keep the deadline that they were given; when it passes they are escalated."""
    op.execute(
        "UPDATE cases SET running_since = opened_at"
        " WHERE status NOT IN ('closed', 'waiting_citizen')"
    )
    op.execute("UPDATE cases SET deadline = NULL WHERE running_since IS NULL")
    op.execute(
        "INSERT INTO due_work (kind, subject, key, due_at, payload, state, attempts,"
        " max_attempts, claim, created_at)"
        " SELECT 'case_clock', number, '0:overdue', deadline, '[]', 'waiting', 0, 8, 0, changed_at"
        " FROM cases WHERE deadline IS NOT NULL"
    )


def _add_people() -> None:
    op.create_table(
        "desk_users",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("password_hash", sa.String(length=256), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("disabled_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_desk_users")),
    )
    op.create_table(
        "knowledge_proposals",
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("case_number", sa.String(length=8), nullable=True),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("proposed_by", sa.String(length=128), nullable=False),
        sa.Column("proposed_at", _MOMENT, nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("decided_by", sa.String(length=128), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_knowledge_proposals")),
    )
    op.create_index(op.f("ix_knowledge_proposals_state"), "knowledge_proposals", ["state"])
