"""Prepare for social logins

Google, Facebook, GitHub, magic links and telephone numbers: some give no email or no name, and one email
may exist at several of them. `cognito_user_id` is then the only unique identifier; email keeps an index.

Revision ID: social_login_prep_2025
Revises: fix_enum_name_2025
Create Date: 2025-12-02 14:00:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "social_login_prep_2025"
down_revision: str | tuple[str, ...] | None = "fix_enum_name_2025"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None

# limbeck: irreversible[users: email IS NULL] an account without an email cannot be given one
# limbeck: irreversible[users: email IN (SELECT email FROM users GROUP BY email HAVING count(*) > 1)] an email is unique
# limbeck: irreversible[users: name IS NULL] an account without a name cannot be given one
REFUSE_WHILE_USERS_ARE_IN_THE_WAY = """
DO $$
DECLARE
    in_the_way bigint;
    without_email bigint;
    sharing_email bigint;
    without_name bigint;
BEGIN
    LOCK TABLE users IN ACCESS EXCLUSIVE MODE;
    SELECT
        count(*) FILTER (WHERE email IS NULL OR shared OR name IS NULL),
        count(*) FILTER (WHERE email IS NULL),
        count(*) FILTER (WHERE shared),
        count(*) FILTER (WHERE name IS NULL)
    INTO in_the_way, without_email, sharing_email, without_name
    FROM (SELECT email, name, count(email) OVER (PARTITION BY email) > 1 AS shared FROM users) AS account;
    IF in_the_way > 0 THEN
        RAISE EXCEPTION 'cannot downgrade social_login_prep_2025: users without a name or an email of their own: %',
            in_the_way
        USING ERRCODE = 'IR001', TABLE = 'users',
            DETAIL = format(
                'without an email: %s, sharing an email: %s, without a name: %s',
                without_email, sharing_email, without_name
            ),
            HINT = 'give each of them a name and an email, or delete them';
    END IF;
END
$$
"""


def upgrade() -> None:
    op.alter_column("users", "email", existing_type=sa.String(255), nullable=True)
    op.alter_column("users", "name", existing_type=sa.String(255), nullable=True)
    op.drop_constraint(op.f("uq_users_email"), "users", type_="unique")
    op.create_index(op.f("ix_users_email"), "users", ["email"])


def downgrade() -> None:
    op.execute(REFUSE_WHILE_USERS_ARE_IN_THE_WAY)
    op.drop_index(op.f("ix_users_email"), "users")
    op.create_unique_constraint(op.f("uq_users_email"), "users", ["email"])
    op.alter_column("users", "name", existing_type=sa.String(255), nullable=False)
    op.alter_column("users", "email", existing_type=sa.String(255), nullable=False)
