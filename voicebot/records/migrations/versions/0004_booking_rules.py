"""Rules of booking

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

import re
from datetime import time

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEPT = "code, agency, name, place, place_key, region, channels, desks, demo"


def upgrade() -> None:
    """Go forward. What is on record until now were demonstration data, so categories are marked."""
    if op.get_bind().dialect.name == "postgresql":
        _week_in_postgresql()
    else:
        _week_in_sqlite()
    usual = sa.text("""'["name", "afm", "mobile"]'""")
    op.add_column("categories", sa.Column("asks", sa.JSON(), nullable=False, server_default=usual))
    op.execute(
        """UPDATE categories SET asks = '["name", "afm", "amka", "mobile"]' WHERE needs_amka"""
    )
    op.drop_column("categories", "needs_amka")
    op.add_column("categories", sa.Column("capacity", sa.Integer(), nullable=True))
    for name, value in (("earliest_days", "1"), ("window_days", "15"), ("notice_hours", "1")):
        default = sa.text(value)
        op.add_column(
            "categories", sa.Column(name, sa.Integer(), nullable=False, server_default=default)
        )
    op.add_column(
        "categories", sa.Column("demo", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.create_table(
        "branch_exceptions",
        sa.Column("branch_code", sa.String(length=64), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("offered", sa.Boolean(), nullable=False),
        sa.Column("channels", sa.JSON(), nullable=True),
        sa.Column("slot_minutes", sa.Integer(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["branch_code"],
            ["branches.code"],
            name=op.f("fk_branch_exceptions_branch_code_branches"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("branch_code", "category", name=op.f("pk_branch_exceptions")),
    )
    op.add_column("appointments", sa.Column("birthdate", sa.Date(), nullable=True))
    op.add_column("appointments", sa.Column("email", sa.String(length=254), nullable=True))


def downgrade() -> None:
    """Go back. Branches then open on working days, from their earliest to their latest hour."""
    op.drop_column("appointments", "email")
    op.drop_column("appointments", "birthdate")
    op.drop_table("branch_exceptions")
    for name in ("demo", "notice_hours", "window_days", "earliest_days", "capacity"):
        op.drop_column("categories", name)
    op.add_column(
        "categories",
        sa.Column("needs_amka", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    connection = op.get_bind()
    connection.execute(
        sa.text("UPDATE categories SET needs_amka = :yes WHERE CAST(asks AS TEXT) LIKE '%amka%'"),
        {"yes": True},
    )
    op.drop_column("categories", "asks")
    if connection.dialect.name == "postgresql":
        op.add_column("branches", sa.Column("opens", sa.Time(), nullable=True))
        op.add_column("branches", sa.Column("closes", sa.Time(), nullable=True))
        _fill_opening()
        op.alter_column("branches", "opens", nullable=False)
        op.alter_column("branches", "closes", nullable=False)
        op.create_check_constraint(op.f("ck_branches_opening"), "branches", "opens < closes")
        for name in ("active", "feasts", "hours"):
            op.drop_column("branches", name)
        return
    _put_aside()
    _make_branches(
        sa.Column("opens", sa.Time(), nullable=False),
        sa.Column("closes", sa.Time(), nullable=False),
        sa.CheckConstraint("opens < closes", name=op.f("ck_branches_opening")),
    )
    op.execute(
        f"INSERT INTO branches ({_KEPT}, opens, closes)"
        f" SELECT {_KEPT}, '00:00:00.000000', '23:59:00.000000' FROM old_branches"
    )
    _fill_opening("old_branches")
    op.execute("DROP TABLE old_branches")


def _week_in_postgresql() -> None:
    op.add_column("branches", sa.Column("hours", sa.String(length=512), nullable=True))
    op.execute(
        "UPDATE branches SET hours ="
        " 'mon-fri ' || to_char(opens, 'HH24:MI') || '-' || to_char(closes, 'HH24:MI')"
    )
    op.alter_column("branches", "hours", nullable=False)
    op.add_column(
        "branches", sa.Column("feasts", sa.JSON(), nullable=False, server_default=sa.text("'[]'"))
    )
    op.add_column(
        "branches", sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.drop_constraint(op.f("ck_branches_opening"), "branches", type_="check")
    op.drop_column("branches", "opens")
    op.drop_column("branches", "closes")


def _week_in_sqlite() -> None:
    # SQLite drops no column that a check names; the table is made anew.
    _put_aside()
    _make_branches(
        sa.Column("hours", sa.String(length=512), nullable=False),
        sa.Column("feasts", sa.JSON(), nullable=False, server_default=sa.text("'[]'")),
        sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true()),
    )
    op.execute(
        f"INSERT INTO branches ({_KEPT}, hours) SELECT {_KEPT},"
        " 'mon-fri ' || substr(opens, 1, 5) || '-' || substr(closes, 1, 5) FROM old_branches"
    )
    op.execute("DROP TABLE old_branches")


def _put_aside() -> None:
    """Drop the table without its children noticing: they find their parents again at the commit."""
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute("CREATE TEMPORARY TABLE old_branches AS SELECT * FROM branches")
    op.drop_table("branches")


def _make_branches(*others: sa.Column[object] | sa.CheckConstraint) -> None:
    op.create_table(
        "branches",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("agency", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=128), nullable=False),
        sa.Column("place", sa.String(length=64), nullable=True),
        sa.Column("place_key", sa.String(length=64), nullable=True),
        sa.Column("region", sa.String(length=64), nullable=True),
        sa.Column("channels", sa.JSON(), nullable=False),
        *others,
        sa.Column("desks", sa.Integer(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.CheckConstraint("desks > 0", name=op.f("ck_branches_staffed")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_branches")),
    )
    op.create_index("ix_branches_agency_place_key", "branches", ["agency", "place_key"])


def _fill_opening(source: str = "branches") -> None:
    connection = op.get_bind()
    branches = sa.table(
        "branches", sa.column("code"), sa.column("opens", sa.Time), sa.column("closes", sa.Time)
    )
    for code, hours in connection.execute(sa.text(f"SELECT code, hours FROM {source}")).all():
        moments = sorted(time.fromisoformat(text) for text in re.findall(r"\d\d:\d\d", hours))
        connection.execute(
            branches.update()
            .where(branches.c.code == code)
            .values(opens=moments[0], closes=moments[-1])
        )
