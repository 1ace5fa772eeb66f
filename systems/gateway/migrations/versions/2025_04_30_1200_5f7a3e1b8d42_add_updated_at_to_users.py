"""Add updated_at to users

When an account was last changed. For accounts that exist this is the moment of the upgrade.

Revision ID: 5f7a3e1b8d42
Revises: 881e615d25ac
Create Date: 2025-04-30 12:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "5f7a3e1b8d42"
down_revision: str | tuple[str, ...] | None = "881e615d25ac"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("users", "updated_at")
