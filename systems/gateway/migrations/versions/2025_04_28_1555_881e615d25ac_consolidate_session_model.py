"""Consolidate session model

`sessions` takes the place of `user_sessions`, and its rows move with it. A session names its API key
and no longer its user: the key knows whose it is. So nothing is lost, and the way back can say it again.

Revision ID: 881e615d25ac
Revises: d00825f2a89a
Create Date: 2025-04-28 15:55:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "881e615d25ac"
down_revision: str | tuple[str, ...] | None = "d00825f2a89a"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sessions")),
        sa.ForeignKeyConstraint(
            ["api_key_id"], ["api_keys.id"], name=op.f("fk_sessions_api_key_id_api_keys"), ondelete="CASCADE"
        ),
    )
    # Nobody begins a session between the copy and the drop.
    op.execute("LOCK TABLE user_sessions IN ACCESS EXCLUSIVE MODE")
    op.execute("""
INSERT INTO sessions (id, api_key_id, is_active, created_at, expires_at)
SELECT id, api_key_id, is_active, created_at, expires_at FROM user_sessions
""")
    op.create_index(op.f("ix_sessions_api_key_id"), "sessions", ["api_key_id"])
    op.create_index(
        op.f("ix_sessions_one_active_per_api_key"),
        "sessions",
        ["api_key_id"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.drop_table("user_sessions")
    op.drop_constraint(op.f("uq_api_keys_id_user_id"), "api_keys", type_="unique")


def downgrade() -> None:
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
        sa.ForeignKeyConstraint(
            ["api_key_id", "user_id"],
            ["api_keys.id", "api_keys.user_id"],
            name=op.f("fk_user_sessions_api_key_id_user_id_api_keys"),
            ondelete="CASCADE",
        ),
    )
    op.execute("LOCK TABLE sessions IN ACCESS EXCLUSIVE MODE")
    op.execute("""
INSERT INTO user_sessions (id, user_id, api_key_id, is_active, created_at, expires_at)
SELECT sessions.id, api_keys.user_id, sessions.api_key_id, sessions.is_active, sessions.created_at, sessions.expires_at
FROM sessions JOIN api_keys ON api_keys.id = sessions.api_key_id
""")
    op.create_index(op.f("ix_user_sessions_user_id"), "user_sessions", ["user_id"])
    op.create_index(op.f("ix_user_sessions_api_key_id"), "user_sessions", ["api_key_id"])
    op.create_index(
        op.f("ix_user_sessions_one_active_per_api_key"),
        "user_sessions",
        ["api_key_id"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )
    op.drop_table("sessions")
