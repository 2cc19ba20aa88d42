"""Which claim made an attempt, and when the citizen's telephone was rung

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go forward. Attempts until now are taken for dialled: nobody knows better."""
    op.add_column("dial_attempts", sa.Column("claim", sa.Integer(), nullable=True))
    op.add_column(
        "dial_attempts", sa.Column("dialled_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.execute("UPDATE dial_attempts SET dialled_at = started_at")


def downgrade() -> None:
    """Go back."""
    op.drop_column("dial_attempts", "dialled_at")
    op.drop_column("dial_attempts", "claim")
