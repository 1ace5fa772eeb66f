"""Add is_default to API keys

The key that is taken when a user names none: at most one default key a user.

Revision ID: add_is_default_api_keys
Revises: add_message_role_enum
Create Date: 2025-09-22 11:09:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "add_is_default_api_keys"
down_revision: str | tuple[str, ...] | None = "add_message_role_enum"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("is_default", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_index(
        op.f("ix_api_keys_one_default_per_user"),
        "api_keys",
        ["user_id"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_api_keys_one_default_per_user"), "api_keys")
    op.drop_column("api_keys", "is_default")
