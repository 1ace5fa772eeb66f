"""Add user_sessions table

The sessions in which API keys are used: one session per API key. A session names its user as well
as its key, and the foreign key over both keeps the two from disagreeing.

Revision ID: 7c29c35fc9bc
Revises: 3ec3925c8904
Create Date: 2025-04-18 02:18:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "7c29c35fc9bc"
down_revision: str | tuple[str, ...] | None = "3ec3925c8904"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    # What the foreign key over both columns needs to point at.
    op.create_unique_constraint(op.f("uq_api_keys_id_user_id"), "api_keys", ["id", "user_id"])
    op.create_table(
        "user_sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_sessions")),
        sa.UniqueConstraint("api_key_id", name=op.f("uq_user_sessions_api_key_id")),
        sa.ForeignKeyConstraint(
            ["api_key_id", "user_id"],
            ["api_keys.id", "api_keys.user_id"],
            name=op.f("fk_user_sessions_api_key_id_user_id_api_keys"),
            ondelete="CASCADE",
        ),
    )
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"])


def downgrade() -> None:
    op.drop_table("user_sessions")
    op.drop_constraint(op.f("uq_api_keys_id_user_id"), "api_keys", type_="unique")
