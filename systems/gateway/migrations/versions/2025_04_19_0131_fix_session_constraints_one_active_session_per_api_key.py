"""One active session per API key

A key keeps the sessions that have ended, and has one active session at most: a partial unique index
takes the place of the unique constraint. A plain index does the rest of what the constraint's did.

Revision ID: fix_session_constraints
Revises: 7c29c35fc9bc
Create Date: 2025-04-19 01:31:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "fix_session_constraints"
down_revision: str | tuple[str, ...] | None = "7c29c35fc9bc"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None

# ruff: noqa: E501 - a declaration is one line.
# limbeck: irreversible[user_sessions: api_key_id IN (SELECT api_key_id FROM user_sessions GROUP BY 1 HAVING count(*) > 1)] a key has one session
# limbeck: irreversible[sessions: api_key_id IN (SELECT api_key_id FROM sessions GROUP BY 1 HAVING count(*) > 1)] the same, by its later name
REFUSE_WHILE_KEYS_HAVE_SEVERAL_SESSIONS = """
DO $$
DECLARE
    in_the_way bigint;
BEGIN
    LOCK TABLE user_sessions IN ACCESS EXCLUSIVE MODE;
    SELECT count(*) INTO in_the_way
    FROM (SELECT FROM user_sessions GROUP BY api_key_id HAVING count(*) > 1) AS several;
    IF in_the_way > 0 THEN
        RAISE EXCEPTION 'cannot downgrade fix_session_constraints: API keys with several sessions: %', in_the_way
        USING ERRCODE = 'IR001', TABLE = 'user_sessions',
            HINT = 'before this revision an API key has one session: delete the ended ones that nobody needs';
    END IF;
END
$$
"""


def upgrade() -> None:
    op.drop_constraint(op.f("uq_user_sessions_api_key_id"), "user_sessions", type_="unique")
    op.create_index(op.f("ix_user_sessions_api_key_id"), "user_sessions", ["api_key_id"])
    op.create_index(
        op.f("ix_user_sessions_one_active_per_api_key"),
        "user_sessions",
        ["api_key_id"],
        unique=True,
        postgresql_where=sa.text("is_active"),
    )


def downgrade() -> None:
    op.execute(REFUSE_WHILE_KEYS_HAVE_SEVERAL_SESSIONS)
    op.drop_index(op.f("ix_user_sessions_one_active_per_api_key"), "user_sessions")
    op.drop_index(op.f("ix_user_sessions_api_key_id"), "user_sessions")
    op.create_unique_constraint(op.f("uq_user_sessions_api_key_id"), "user_sessions", ["api_key_id"])
