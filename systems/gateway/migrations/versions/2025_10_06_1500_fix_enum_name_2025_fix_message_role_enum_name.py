"""Fix message_role enum name

The models name the enum type `message_role`, the chain made it as `messagerole`, and a database that the
models wrote to has the one, the other, or both. Afterwards there is `message_role`, and the column is of it.

Revision ID: fix_enum_name_2025
Revises: add_encrypted_api_keys
Create Date: 2025-10-06 15:00:00
"""

from __future__ import annotations

from alembic import op

revision: str = "fix_enum_name_2025"
down_revision: str | tuple[str, ...] | None = "add_encrypted_api_keys"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None

# Which of the types there are is for the database to say when this runs: hence a DO block, which also
# works with --sql. The type that the column is of stays and gets the name; the other one, if it is
# there, goes. So no row is rewritten, and a type that something else still uses is never dropped.
FIX_ENUM_NAME = """
DO $$
DECLARE
    used regtype;
BEGIN
    SELECT atttypid INTO STRICT used
    FROM pg_attribute WHERE attrelid = 'messages'::regclass AND attname = 'role';
    IF used = to_regtype('messagerole') THEN
        DROP TYPE IF EXISTS message_role;
        ALTER TYPE messagerole RENAME TO message_role;
    ELSIF used = to_regtype('message_role') THEN
        DROP TYPE IF EXISTS messagerole;
    ELSE
        RAISE EXCEPTION 'messages.role is of neither enum type: %', used USING ERRCODE = 'datatype_mismatch';
    END IF;
END
$$
"""


def upgrade() -> None:
    op.execute(FIX_ENUM_NAME)


def downgrade() -> None:
    op.execute("ALTER TYPE message_role RENAME TO messagerole")
