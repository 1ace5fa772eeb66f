"""The chain goes up revision by revision, and not in the one transaction of `alembic upgrade head`.

Hazard: every deploy worked, since each ran a few revisions; whoever starts from an empty database cannot.

Why: the whole chain was run from base to head with the transactions that `env.py` gives plain Alembic: one for all
revisions, unless it says `transaction_per_migration=True`.  Within one, a label that was added to an enum cannot be
used yet, and a table with waiting triggers cannot be altered.  limbeck itself runs a transaction for each revision.

When to suppress: nobody uses plain Alembic here.
"""

from __future__ import annotations

from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.places import Places
from limbeck.verify.proof.trip import Stopped

SEVERITY = Severity.WARNING


def hazard(stopped: Stopped, path: str) -> Hazard:
    """What is told of the revision at which it stopped."""
    return Hazard(
        f"from base to head in one transaction, upgrade() fails: {stopped.error}",
        "whoever starts from an empty database with plain Alembic cannot; limbeck can",
        "# in env.py\ncontext.configure(..., transaction_per_migration=True)",
        span=stopped.span or Places(path).function("upgrade"),
        known=Known.MEASURED,
    )
