"""The SQL of `alembic upgrade head --sql` fails, or leads to another schema than the upgrade itself.

Hazard: where a database administrator runs the SQL, the database is not what the chain says.

Why: the SQL of the whole chain was rendered, executed on an empty database, and the catalogue compared with that of the
upgrade.

When to suppress: nobody uses `--sql` here.
"""

from __future__ import annotations

from limbeck.database.catalogue import Action, Change
from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.places import Places

SEVERITY = Severity.WARNING
_EFFECT = "where the SQL is run by hand, the database is not what the chain says"


def differs(change: Change, path: str | None) -> Hazard:
    """Another schema."""
    if change.action in (Action.CREATED, Action.DROPPED):
        words = f"{change.identity} is {'there' if change.action is Action.CREATED else 'missing'}"
    else:
        words = change.sentence
    place = None if path is None else Places(path).function("upgrade")
    return Hazard(f"after the SQL of --sql, {words}", _EFFECT, span=place, known=Known.MEASURED)


def fails(error: str, path: str) -> Hazard:
    """A statement that the server refuses."""
    place = Places(path).function("upgrade")
    return Hazard(f"its SQL of --sql fails: {error}", _EFFECT, span=place, known=Known.MEASURED)
