"""A secret stands in the table as it is.

Hazard: whoever reads the table, a backup or a replica of it can be anybody.

Why: a password need only be recognised, so that a hash will do; a key that has to be used again can be encrypted.

Bad:
    op.add_column("customers", sa.Column("password", sa.String(100)))

Good:
    op.add_column("customers", sa.Column("password_hash", sa.String(100)))

When to suppress: what is in it is a hash, or encrypted; better, say so in its name.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.design import NewColumn, new_columns
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE
_TEXT = ("character varying", "text", "character", "citext")
_SECRETS = (
    *(("password",), ("passwd",), ("passphrase",), ("secret",), ("pin",), ("ssn",), ("iban",), ("cvv",), ("cvc",)),
    *(("api", "key"), ("private", "key"), ("secret", "key"), ("access", "token"), ("refresh", "token")),
    *(("card", "number"), ("auth", "token"), ("session", "token"), ("reset", "token"), ("api", "token")),
)
_SAFE = frozenset(
    {"hash", "hashed", "digest", "encrypted", "cipher", "ciphertext", "fingerprint", "id", "prefix", "hint"}
)


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A new column of text whose name says that a secret is in it."""
    for column in new_columns(subject):
        if column.type.startswith(_TEXT) and _is_secret(column):
            yield Hazard(
                f"{column.table}.{column.name} holds a secret as it is",
                "whoever reads the table or a backup of it has it",
                f'sa.Column("{column.name}_hash", sa.String(255))',
                span=column.span,
            )


def _is_secret(column: NewColumn) -> bool:
    words = column.words
    if _SAFE.intersection(words):
        return False
    return any(words[-len(secret) :] == secret for secret in _SECRETS)
