"""Add is_active to user model

An account can be switched off without being deleted. Accounts that exist are on.

Revision ID: 69491a79cfd0
Revises: d4ae65008d6d
Create Date: 2025-04-17 16:23:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "69491a79cfd0"
down_revision: str | tuple[str, ...] | None = "d4ae65008d6d"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.add_column("users", sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    op.drop_column("users", "is_active")
