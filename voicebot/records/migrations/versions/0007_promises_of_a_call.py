"""Find the promises of a call, open cases and due work without looking through all of them

Revision: 0007
Follows: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_OPEN = sa.text("status <> 'closed'")
_FAILED = sa.text("state = 'failed'")
_TABLES = ("appointments", "callbacks", "cases")


def upgrade() -> None:
    """Go forward. Retention asks for the promises of every turn and every call."""
    for table in _TABLES:
        op.create_index(f"ix_{table}_call_id", table, ["call_id"])
    op.create_index(
        "ix_cases_open", "cases", ["deadline"], postgresql_where=_OPEN, sqlite_where=_OPEN
    )
    # SQLite took it for the claims, which have an index of their own.
    op.drop_index("ix_due_work_state", table_name="due_work")
    op.create_index(
        "ix_due_work_failed", "due_work", ["due_at"], postgresql_where=_FAILED, sqlite_where=_FAILED
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_due_work_failed", table_name="due_work")
    op.create_index("ix_due_work_state", "due_work", ["state", "done_at"])
    op.drop_index("ix_cases_open", table_name="cases")
    for table in _TABLES:
        op.drop_index(f"ix_{table}_call_id", table_name=table)
