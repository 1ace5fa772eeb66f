"""Create messagerole type

The role of a message becomes an enum type, `messagerole`, in the place of text with a check.

Revision ID: add_message_role_enum
Revises: add_chat_tables
Create Date: 2025-09-15 17:40:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "add_message_role_enum"
down_revision: str | tuple[str, ...] | None = "add_chat_tables"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None


def upgrade() -> None:
    op.execute("CREATE TYPE messagerole AS ENUM ('system', 'user', 'assistant')")
    op.drop_constraint(op.f("ck_messages_role_known"), "messages", type_="check")
    op.execute("ALTER TABLE messages ALTER COLUMN role TYPE messagerole USING role::messagerole")


def downgrade() -> None:
    op.alter_column("messages", "role", type_=sa.String(16), existing_nullable=False, postgresql_using="role::text")
    op.create_check_constraint(op.f("ck_messages_role_known"), "messages", "role IN ('system', 'user', 'assistant')")
    op.execute("DROP TYPE messagerole")
