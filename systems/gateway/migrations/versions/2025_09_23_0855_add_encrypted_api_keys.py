"""Add encrypted API keys

A key can be shown to its owner again: its ciphertext is kept, and the version of the scheme that made
it. The hash stays what it is looked up by. Of keys that exist there is only the hash, so they have neither.

Revision ID: add_encrypted_api_keys
Revises: add_is_default_api_keys
Create Date: 2025-09-23 08:55:00
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision: str = "add_encrypted_api_keys"
down_revision: str | tuple[str, ...] | None = "add_is_default_api_keys"
branch_labels: str | tuple[str, ...] | None = None
depends_on: str | tuple[str, ...] | None = None

# limbeck: irreversible[api_keys: encrypted_key IS NOT NULL] the ciphertext is the one form a key can be read back from
REFUSE_WHILE_KEYS_ARE_ENCRYPTED = """
DO $$
DECLARE
    in_the_way bigint;
BEGIN
    LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE;
    SELECT count(*) INTO in_the_way FROM api_keys WHERE encrypted_key IS NOT NULL;
    IF in_the_way > 0 THEN
        RAISE EXCEPTION 'cannot downgrade add_encrypted_api_keys: API keys stored encrypted: %', in_the_way
        USING ERRCODE = 'IR001', TABLE = 'api_keys',
            HINT = 'to do without them for good: UPDATE api_keys SET encrypted_key = NULL, encryption_version = NULL';
    END IF;
END
$$
"""


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("encrypted_key", sa.LargeBinary(), nullable=True))
    op.add_column("api_keys", sa.Column("encryption_version", sa.SmallInteger(), nullable=True))
    op.create_check_constraint(
        op.f("ck_api_keys_encryption_complete"),
        "api_keys",
        "(encrypted_key IS NULL) = (encryption_version IS NULL)",
    )


def downgrade() -> None:
    op.execute(REFUSE_WHILE_KEYS_ARE_ENCRYPTED)
    op.drop_constraint(op.f("ck_api_keys_encryption_complete"), "api_keys", type_="check")
    op.drop_column("api_keys", "encryption_version")
    op.drop_column("api_keys", "encrypted_key")
