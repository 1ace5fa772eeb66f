"""A revision cannot be written as SQL, so that `alembic upgrade head --sql` stops at it.

Hazard: a database administrator who asks for the SQL gets none.

Why: its upgrade() was called without a database, as `--sql` does; it asks the database for something, as SQLite's
batches do that copy a table.  On SQLite, MariaDB and MySQL one finding, of the first such revision, names the others.

When to suppress: nobody uses `--sql` here.
"""

from __future__ import annotations

from collections.abc import Sequence
from linecache import getline

from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.model.revision import Span
from limbeck.verify.proof.places import Places

SEVERITY = Severity.NOTE
_OFFLINE = "# if context.is_offline_mode(): op.execute(...) with what does not need a database"
_BATCH = "with op.batch_alter_table(..., copy_from=sa.Table(...))  # the table as it is before the revision"
_NAMED = 3  # of others


def hazard(error: str, line: int | None, path: str, others: Sequence[str] = ()) -> Hazard:
    """What is told of one; `others` are those behind it that cannot be rendered either."""
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    also = f"; nor can {', '.join(others[:_NAMED])}{more}" if others else ""
    return Hazard(
        f"upgrade() cannot be rendered by --sql: {error}{also}",
        "the SQL of the chain ends before this revision",
        _BATCH if line is not None and "batch_alter_table" in getline(path, line) else _OFFLINE,
        span=Span(path, line) if line is not None else Places(path).function("upgrade"),
        known=Known.MEASURED,
    )
