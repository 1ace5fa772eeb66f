"""The examples on the rules' pages, as revisions: the tables that they stand on, and the files that they are."""

from __future__ import annotations

import textwrap

TABLES = """\
op.create_table(
    "customers",
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("email", sa.String(100), nullable=False),
    sa.Column("name", sa.String(200)),
    sa.Column("born_on", sa.Date()),
)
op.create_table(
    "orders",
    sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True),
    sa.Column("customer_id", sa.BigInteger()),
    sa.Column("status", sa.String(20)),
    sa.Column("total", sa.Numeric(10, 2)),
    sa.Column("placed_at", sa.DateTime()),
    sa.Column("note", sa.Text()),
)
op.create_index("ix_orders_placed_at", "orders", ["placed_at"])
"""

NEXT = "# next revision"
_HEAD = '''\
"""{message}

Revision ID: {id}
Revises: {below}
Create Date: 2026-01-01 12:00:00
"""

import sqlalchemy as sa
from alembic import op

revision = {id!r}
down_revision = {down!r}
branch_labels = None
depends_on = None

'''
_NO_WAY_BACK = '\n\ndef downgrade():\n    raise NotImplementedError("this example does not go back")\n'


def revision_files(example: str, *, first: int = 1, below: str | None = None) -> dict[str, str]:
    """The files of an example by their identifiers, each behind the one before it.

    A part that defines `upgrade` is a whole file; any other is what `upgrade()` does.

    Args:
        first: the number of the first one, which names it.
        below: what the first one is behind.
    """
    files: dict[str, str] = {}
    for number, part in enumerate(example.split(NEXT), first):
        identifier = f"example_{number}"
        head = _HEAD.format(message=f"Example {number}", id=identifier, below=below or "", down=below)
        body = part.strip("\n")
        if "def upgrade" not in body:
            body = f"\ndef upgrade():\n{textwrap.indent(textwrap.dedent(body), '    ')}\n{_NO_WAY_BACK}"
        files[identifier] = f"{head}{body}\n"
        below = identifier
    return files
