"""Whether a project's `env.py` does nothing to its database but to let Alembic migrate it: then a chain of which all
is known can be played without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limbeck.environment.reached import Reached
    from limbeck.verify.proof.there import There

# Nothing is set, the role is one's own, and the version table is as Alembic makes it.
_ASKED = """
SELECT current_user = session_user AND NOT EXISTS (SELECT FROM pg_catalog.pg_settings WHERE source = 'session')
    AND EXISTS (SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid
        WHERE c.oid = to_regclass('public.{0}') AND a.attnum > 0 AND a.attname = 'version_num'
            AND c.relnatts = 1 AND format_type(a.atttypid, a.atttypmod) = 'character varying(32)' AND a.attnotnull
            AND EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conrelid = c.oid AND k.conname = '{0}_pkc'))
"""


def is_plain(there: There, reached: Reached) -> bool:
    """Whether it is, as far as a database shows on which nothing has run yet; within a transaction of its own."""
    name = reached.state.version_table
    if not name.isidentifier() or name != name.lower() or reached.context.on_version_apply_callbacks:
        return False
    ((found,),) = there.query(_ASKED.format(name))
    return bool(found)


def version_table(name: str) -> str:
    """The statement that makes such a version table, unless it is there."""
    column = f"version_num VARCHAR(32) NOT NULL, CONSTRAINT {name}_pkc PRIMARY KEY (version_num)"
    return f"CREATE TABLE IF NOT EXISTS public.{name} ({column})"
