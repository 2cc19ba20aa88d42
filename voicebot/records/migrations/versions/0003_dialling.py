"""Dialled callbacks and campaigns

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_KINDS = "('dial_callback', 'run_campaign')"


def _callback_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("origin", sa.String(length=32), nullable=False, server_default="asked"),
        sa.Column("open_key", sa.String(length=96), nullable=True),
        sa.Column("asked_at", _MOMENT, nullable=False, server_default="1970-01-01 00:00:00+00:00"),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("last_result", sa.String(length=32), nullable=True),
        sa.Column("connected_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("case_number", sa.String(length=8), nullable=True),
    )


def upgrade() -> None:
    """Go forward."""
    for column in _callback_columns():
        op.add_column("callbacks", column)
    op.create_index("ix_callbacks_open_key", "callbacks", ["open_key"], unique=True)
    _take_over_callbacks()
    _add_campaigns()
    _add_attempts()
    op.create_table(
        "opt_outs",
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("how", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_opt_outs")),
    )


def downgrade() -> None:
    """Go back."""
    op.execute(f"DELETE FROM due_work WHERE kind IN {_KINDS}")
    op.drop_table("opt_outs")
    op.drop_table("dial_attempts")
    op.drop_table("campaign_people")
    op.drop_table("campaigns")
    op.drop_index("ix_callbacks_open_key", "callbacks")
    for column in reversed(_callback_columns()):
        op.drop_column("callbacks", column.name)


def _take_over_callbacks() -> None:
    """Open callbacks become due work; of several for one number and topic the first is open."""
    op.execute("UPDATE callbacks SET asked_at = requested_at")
    op.execute(
        "UPDATE callbacks SET ended_at = changed_at"
        " WHERE status IN ('kept', 'given_up', 'cancelled')"
    )
    op.execute("UPDATE callbacks SET connected_at = changed_at WHERE status = 'kept'")
    op.execute(
        "UPDATE callbacks SET open_key = number || '|' || coalesce(topic, '')"
        " WHERE callback_id IN (SELECT min(callback_id) FROM callbacks"
        " WHERE status IN ('waiting', 'dialling') GROUP BY number, coalesce(topic, ''))"
    )
    op.execute(
        "INSERT INTO due_work (kind, subject, key, due_at, payload, state, attempts,"
        " max_attempts, claim, created_at)"
        " SELECT 'dial_callback', CAST(callback_id AS VARCHAR(64)), 'dial', window_start, '[]',"
        " 'waiting', 0, 50, 0, changed_at FROM callbacks WHERE status IN ('waiting', 'dialling')"
    )


def _add_campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("message_key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("hours", sa.JSON(), nullable=False),
        sa.Column("calls_per_minute", sa.Double(), nullable=False),
        sa.Column("concurrent", sa.Integer(), nullable=False),
        sa.Column("max_attempts", sa.Integer(), nullable=False),
        sa.Column("pause_minutes", sa.Double(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "calls_per_minute > 0 AND concurrent > 0 AND max_attempts > 0",
            name=op.f("ck_campaigns_pace"),
        ),
        sa.PrimaryKeyConstraint("campaign_id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("name", name=op.f("uq_campaigns_name")),
    )
    op.create_table(
        "campaign_people",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=False),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=128), nullable=True),
        sa.Column("changed_at", _MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"],
            ["campaigns.campaign_id"],
            name=op.f("fk_campaign_people_campaign_id_campaigns"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_campaign_people")),
        sa.UniqueConstraint(
            "campaign_id", "number", name=op.f("uq_campaign_people_campaign_id_number")
        ),
    )
    op.create_index(op.f("ix_campaign_people_number"), "campaign_people", ["number"])
    op.create_index(
        "ix_campaign_people_next", "campaign_people", ["campaign_id", "outcome", "next_at"]
    )


def _add_attempts() -> None:
    op.create_table(
        "dial_attempts",
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("callback_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("started_at", _MOMENT, nullable=False),
        sa.Column("answered_at", _MOMENT, nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("result", sa.String(length=32), nullable=True),
        sa.Column("message_left", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "(callback_id IS NULL) <> (person_id IS NULL)",
            name=op.f("ck_dial_attempts_of_one_promise"),
        ),
        sa.ForeignKeyConstraint(
            ["callback_id"],
            ["callbacks.callback_id"],
            name=op.f("fk_dial_attempts_callback_id_callbacks"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["campaign_people.person_id"],
            name=op.f("fk_dial_attempts_person_id_campaign_people"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_dial_attempts")),
        sa.UniqueConstraint(
            "callback_id", "ordinal", name=op.f("uq_dial_attempts_callback_id_ordinal")
        ),
        sa.UniqueConstraint(
            "person_id", "ordinal", name=op.f("uq_dial_attempts_person_id_ordinal")
        ),
    )
    op.create_index("ix_dial_attempts_started_at", "dial_attempts", ["started_at"])
