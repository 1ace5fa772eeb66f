"""Replace local auth with Cognito

Users log in at Cognito, so their Cognito identifier comes and their password hashes go. An account that
exists gets the placeholder `legacy:<its id>`, to be replaced when its owner logs in for the first time.

Revision ID: 6f8a4e1b9d43
Revises: 5f7a3e1b8d42
Create Date: 2025-01-20 12:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "6f8a4e1b9d43"
down_revision: str | tuple[str, ...] | None = "5f7a3e1b8d42"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None

# limbeck: irreversible[users: true] the upgrade destroyed the password hashes, and no account may be without one
REFUSE_WHILE_THERE_ARE_USERS = """
DO $$
DECLARE
    in_the_way bigint;
BEGIN
    LOCK TABLE users IN ACCESS EXCLUSIVE MODE;
    SELECT count(*) INTO in_the_way FROM users;
    IF in_the_way > 0 THEN
        RAISE EXCEPTION 'cannot downgrade 6f8a4e1b9d43: users whose password hash is gone: %', in_the_way
        USING ERRCODE = 'IR001', TABLE = 'users',
            HINT = 'restore a backup from before the upgrade, or delete the users';
    END IF;
END
$$
"""


def upgrade() -> None:
    op.add_column("users", sa.Column("cognito_user_id", sa.String(255), nullable=True))
    op.execute("UPDATE users SET cognito_user_id = 'legacy:' || id")
    op.alter_column("users", "cognito_user_id", existing_type=sa.String(255), nullable=False)
    op.create_unique_constraint(op.f("uq_users_cognito_user_id"), "users", ["cognito_user_id"])
    op.drop_column("users", "hashed_password")


def downgrade() -> None:
    op.execute(REFUSE_WHILE_THERE_ARE_USERS)
    op.add_column("users", sa.Column("hashed_password", sa.String(255), nullable=False))
    op.drop_constraint(op.f("uq_users_cognito_user_id"), "users", type_="unique")
    op.drop_column("users", "cognito_user_id")
