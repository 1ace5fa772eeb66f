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
# The table is called sessions from 881e615d25ac on, and SQL cannot leave a table's name open: hence
# query_to_xml, of rows without columns, which any server can do.
# limbeck: irreversible[api_keys: query_to_xml('SELECT FROM ' || coalesce(to_regclass('user_sessions'), to_regclass('sessions')) || ' WHERE api_key_id = ' || quote_literal(id) || ' OFFSET 1', false, true, '')::text <> ''] an API key that has several sessions cannot go back to one
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
        USING ERRCODE = 'IR001', TABLE = 'api_keys',
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
