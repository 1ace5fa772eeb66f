"""A revision changes the database, and its downgrade() does nothing.

Hazard: the way back is recorded and not gone: the version is the older one, the tables are the newer ones, and the
next upgrade runs into what is there already.

Why: `pass` says that there is nothing to undo.  A way back that there cannot be is said by an error.

Bad:
    def upgrade():
        op.add_column("orders", sa.Column("source", sa.Text()))

    def downgrade():
        pass

Good:
    def upgrade():
        op.add_column("orders", sa.Column("source", sa.Text()))

    def downgrade():
        op.drop_column("orders", "source")

Good:
    def upgrade():
        op.execute("DELETE FROM orders WHERE id = 0")

    def downgrade():
        raise NotImplementedError("the order is gone")

When to suppress: what the upgrade did can stay, and does not stop it from being run again.  In a chain in which no
revision below has a way back either, it is believed that none is wanted, and told in a note.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from limbeck.lint.python_file import does_nothing, function
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_BELOW = 20  # how many of the revisions below tell what the habit is


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """An upgrade that does something, and a downgrade that is missing or does nothing."""
    upgrade, downgrade = function(subject.tree, "upgrade"), function(subject.tree, "downgrade")
    if upgrade is None or does_nothing(upgrade.body) or ("downgrade" not in subject.source and not subject.has_source):
        return
    if downgrade is None and "downgrade" in subject.source:
        return  # it comes from elsewhere
    if downgrade is None or (does_nothing(downgrade.body) and _changes(subject)):
        yield Hazard(
            "there is no downgrade()" if downgrade is None else "downgrade() does nothing",
            "the way back changes the version and not the tables; the next upgrade runs into what is there",
            'def downgrade():\n    raise NotImplementedError("WHY there is no way back")',
            span=subject.place(downgrade or upgrade),
            severity=Severity.NOTE if _is_habit(subject) else None,
        )


def _is_habit(subject: Subject) -> bool:
    """Whether there are revisions below that do something, and none of them has a way back."""
    below = [_has_way_back(path) for path in islice(_below(subject), _BELOW)]
    return False in below and True not in below


def _below(subject: Subject) -> Iterator[str]:
    open_, seen = list(subject.revision.parents), set[str]()
    for identifier in open_:  # it grows while it is read
        revision = subject.graph.revisions.get(identifier)
        if revision is not None and identifier not in seen:
            seen.add(identifier)
            open_.extend(revision.parents)
            yield revision.path


@lru_cache(maxsize=4096)
def _has_way_back(path: str) -> bool | None:
    """Whether downgrade() says anything; None where that tells nothing: upgrade() is empty, or there is no text."""
    try:
        with open(path, "rb") as file:
            tree = ast.parse(file.read())
    except (OSError, SyntaxError, ValueError):
        return None  # the chain's own faults tell
    upgrade, downgrade = function(tree, "upgrade"), function(tree, "downgrade")
    if upgrade is None or does_nothing(upgrade.body):
        return None
    return downgrade is not None and not does_nothing(downgrade.body)


def _changes(subject: Subject) -> bool:
    """Whether the upgrade was seen to change the catalogue; without having been seen, it is believed to.

    A constraint that is validated need not be made less sure again.
    """
    if subject.rehearsed is None or subject.rehearsed.unmeasured is not None:
        return True
    return any(not change.altered("validated") for facts in subject.statements for change in facts.changes)
