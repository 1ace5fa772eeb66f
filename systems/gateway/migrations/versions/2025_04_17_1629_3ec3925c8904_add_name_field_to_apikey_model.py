"""Add name field to ApiKey model

The owner can call a key by a name. Keys that exist have none.

Revision ID: 3ec3925c8904
Revises: 69491a79cfd0
Create Date: 2025-04-17 16:29:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "3ec3925c8904"
down_revision: str | tuple[str, ...] | None = "69491a79cfd0"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("name", sa.String(100), nullable=True))


def downgrade() -> None:
    op.drop_column("api_keys", "name")
