"""A revision cannot be written as SQL, so that `alembic upgrade head --sql` stops at it.

Hazard: a database administrator who asks for the SQL gets none.

Why: its upgrade() was called without a database, as `--sql` does; it asks the database for something.

When to suppress: nobody uses `--sql` here.
"""

from __future__ import annotations

from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.model.revision import Span
from limbeck.verify.proof.places import Places

SEVERITY = Severity.NOTE


def hazard(error: str, line: int | None, path: str) -> Hazard:
    """What is told of one."""
    return Hazard(
        f"upgrade() cannot be rendered by --sql: {error}",
        "the SQL of the chain ends before this revision",
        "# if context.is_offline_mode(): op.execute(...) with what does not need a database",
        span=Span(path, line) if line is not None else Places(path).function("upgrade"),
        known=Known.MEASURED,
    )
