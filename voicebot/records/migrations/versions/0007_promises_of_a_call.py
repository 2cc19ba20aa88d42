"""Find the promises that were made in a call without looking through all of them

Revision: 0007
Follows: 0006
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_TABLES = ("appointments", "callbacks", "cases")


def upgrade() -> None:
    """Go forward. Retention asks so for every turn and every call."""
    for table in _TABLES:
        op.create_index(f"ix_{table}_call_id", table, ["call_id"])


def downgrade() -> None:
    """Go back."""
    for table in _TABLES:
        op.drop_index(f"ix_{table}_call_id", table_name=table)
