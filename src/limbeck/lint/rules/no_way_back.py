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

When to suppress: what the upgrade did can stay, and does not stop it from being run again.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.python_file import does_nothing, function
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING


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
        )


def _changes(subject: Subject) -> bool:
    """Whether the upgrade was seen to change the catalogue; without having been seen, it is believed to.

    A constraint that is validated need not be made less sure again.
    """
    if subject.rehearsed is None or subject.rehearsed.unmeasured is not None:
        return True
    return any(not change.altered("validated") for facts in subject.statements for change in facts.changes)
