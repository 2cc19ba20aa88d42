"""The first tables

Revision: 0001
Follows: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "branches",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=True),
        sa.Column("place_key", sa.String(length=64), nullable=True),
        sa.Column("region", sa.String(length=64), nullable=True),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.Column("desks", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("desks > 0", name=op.f("ck_branches_staffed")),
        sa.CheckConstraint("opens < closes", name=op.f("ck_branches_opening")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_branches")),
    )
    op.create_index("ix_branches_agency_place_key", "branches", ["agency", "place_key"])

    op.create_table(
        "calls",
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("caller_number", sa.String(length=64), nullable=True),
        sa.Column("direction", sa.String(length=32), nullable=False),
        sa.Column("instance", sa.String(length=128), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("agency", sa.String(length=32), nullable=True),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("owner", sa.String(length=128), nullable=True),
        sa.CheckConstraint("owner <> ''", name=op.f("ck_calls_owned")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (ended_at IS NULL) AND (outcome IS NULL) = (owner IS NULL)",
            name=op.f("ck_calls_ended_whole"),
        ),
        sa.PrimaryKeyConstraint("call_id", name=op.f("pk_calls")),
    )
    op.create_index("ix_calls_outcome", "calls", ["outcome"])
    op.create_index("ix_calls_started_at", "calls", ["started_at"])

    op.create_table(
        "categories",
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=128), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("slot_minutes", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("needs_amka", sa.Boolean(), nullable=False),
        sa.CheckConstraint("slot_minutes > 0", name=op.f("ck_categories_slot")),
        sa.PrimaryKeyConstraint("agency", "code", name=op.f("pk_categories")),
    )
    op.create_table(
        "issued_numbers",
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_issued_numbers")),
    )
    op.create_table(
        "appointments",
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("branch_code", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("afm", sa.String(length=9), nullable=False),
        sa.Column("mobile", sa.String(length=16), nullable=False),
        sa.Column("amka", sa.String(length=11), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("booked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_code"], ["branches.code"], name=op.f("fk_appointments_branch_code_branches")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.call_id"],
            name=op.f("fk_appointments_call_id_calls"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["number"],
            ["issued_numbers.number"],
            name=op.f("fk_appointments_number_issued_numbers"),
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_appointments")),
    )
    op.create_index("ix_appointments_afm_mobile", "appointments", ["afm", "mobile"])
    op.create_index("ix_appointments_starts_at", "appointments", ["starts_at"])

    op.create_table(
        "callbacks",
        sa.Column("callback_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("agency", sa.String(length=32), nullable=True),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("owner <> ''", name=op.f("ck_callbacks_owned")),
        sa.CheckConstraint("window_start < window_end", name=op.f("ck_callbacks_window")),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.call_id"],
            name=op.f("fk_callbacks_call_id_calls"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("callback_id", name=op.f("pk_callbacks")),
    )
    op.create_index("ix_callbacks_number", "callbacks", ["number"])
    op.create_index("ix_callbacks_status_window_start", "callbacks", ["status", "window_start"])

    op.create_table(
        "cases",
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("captured", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=True),
        sa.Column("phone", sa.String(length=16), nullable=True),
        sa.Column("afm", sa.String(length=9), nullable=True),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(length=128), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=True),
        sa.Column("deadline_basis", sa.String(length=128), nullable=True),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("owner <> ''", name=op.f("ck_cases_owned")),
        sa.CheckConstraint("level BETWEEN 1 AND 3", name=op.f("ck_cases_level")),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.call_id"], name=op.f("fk_cases_call_id_calls"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["number"], ["issued_numbers.number"], name=op.f("fk_cases_number_issued_numbers")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cases")),
    )
    op.create_index("ix_cases_afm_phone", "cases", ["afm", "phone"])
    op.create_index("ix_cases_status_deadline", "cases", ["status", "deadline"])

    op.create_table(
        "closures",
        sa.Column("closure_id", sa.Integer(), nullable=False),
        sa.Column("branch_code", sa.String(length=64), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=128), nullable=False),
        sa.ForeignKeyConstraint(
            ["branch_code"], ["branches.code"], name=op.f("fk_closures_branch_code_branches")
        ),
        sa.PrimaryKeyConstraint("closure_id", name=op.f("pk_closures")),
        sa.UniqueConstraint("branch_code", "day", name=op.f("uq_closures_branch_code_day")),
    )
    op.create_table(
        "handoffs",
        sa.Column("handoff_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
        sa.Column("topic", sa.String(length=64), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("captured", sa.JSON(), nullable=False),
        sa.Column("queue", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("answered_by", sa.String(length=128), nullable=True),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.call_id"],
            name=op.f("fk_handoffs_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("handoff_id", name=op.f("pk_handoffs")),
    )
    op.create_index("ix_handoffs_call_id", "handoffs", ["call_id"])
    op.create_index("ix_handoffs_status", "handoffs", ["status"])

    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("completed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"],
            ["calls.call_id"],
            name=op.f("fk_notices_call_id_calls"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
    )
    op.create_index("ix_notices_call_id", "notices", ["call_id"])

    op.create_table(
        "turns",
        sa.Column("turn_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("intent", sa.String(length=64), nullable=True),
        sa.Column("slot", sa.String(length=64), nullable=True),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["call_id"], ["calls.call_id"], name=op.f("fk_turns_call_id_calls"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("turn_id", name=op.f("pk_turns")),
    )
    op.create_index("ix_turns_call_id", "turns", ["call_id"])

    op.create_table(
        "case_events",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=8), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=128), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=True),
        sa.Column("owner", sa.String(length=128), nullable=True),
        sa.ForeignKeyConstraint(
            ["number"],
            ["cases.number"],
            name=op.f("fk_case_events_number_cases"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_case_events")),
    )
    op.create_index("ix_case_events_number", "case_events", ["number"])

    op.create_table(
        "reservations",
        sa.Column("reservation_id", sa.Integer(), nullable=False),
        sa.Column("branch_code", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(length=64), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appointment", sa.String(length=8), nullable=True),
        sa.CheckConstraint(
            "(appointment IS NULL) <> (expires_at IS NULL)",
            name=op.f("ck_reservations_held_or_booked"),
        ),
        sa.ForeignKeyConstraint(
            ["appointment"],
            ["appointments.number"],
            name=op.f("fk_reservations_appointment_appointments"),
        ),
        sa.ForeignKeyConstraint(
            ["branch_code"], ["branches.code"], name=op.f("fk_reservations_branch_code_branches")
        ),
        sa.PrimaryKeyConstraint("reservation_id", name=op.f("pk_reservations")),
        sa.UniqueConstraint("appointment", name=op.f("uq_reservations_appointment")),
        sa.UniqueConstraint(
            "branch_code",
            "category",
            "channel",
            "starts_at",
            "desk",
            name=op.f("uq_reservations_branch_code_category_channel_starts_at_desk"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reservations_call_id", "reservations", ["call_id"])


def downgrade() -> None:
    """Go back."""
    for table in (
        "reservations",
        "case_events",
        "turns",
        "notices",
        "handoffs",
        "closures",
        "cases",
        "callbacks",
        "appointments",
        "issued_numbers",
        "categories",
        "calls",
        "branches",
    ):
        op.drop_table(table)
