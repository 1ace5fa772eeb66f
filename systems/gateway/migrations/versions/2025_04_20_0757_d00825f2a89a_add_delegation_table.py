"""Add delegation table

A user's signed leave for another address to act for them, until it expires or is withdrawn.

Revision ID: d00825f2a89a
Revises: fix_session_constraints
Create Date: 2025-04-20 07:57:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "d00825f2a89a"
down_revision: str | tuple[str, ...] | None = "fix_session_constraints"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("delegate_address", sa.String(128), nullable=False),
        sa.Column(
            "signed_data",
            sa.Text(),
            nullable=False,
            comment="no length: what is signed is the wallet's to decide, and cut short it proves nothing",
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegations")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_delegations_user_id_users"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_delegations_user_id"), "delegations", ["user_id"])
    op.create_index(op.f("ix_delegations_delegate_address"), "delegations", ["delegate_address"])


def downgrade() -> None:
    op.drop_table("delegations")
