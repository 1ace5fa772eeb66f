"""A revision does nothing.

Hazard: somebody believes that it does; or the change that it was made for was forgotten, and the models are ahead of
the database.

Why: `alembic revision` without --autogenerate, or --autogenerate that saw no difference.

Bad:
    def upgrade():
        pass

    def downgrade():
        pass

Good:
    op.add_column("orders", sa.Column("source", sa.Text()))

When to suppress: it marks a place in the chain on purpose; say for what.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint.python_file import does_nothing, function
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.finding import Severity

SEVERITY = Severity.NOTE


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """An empty upgrade that brings no branches together and begins none."""
    upgrade = function(subject.tree, "upgrade")
    revision = subject.revision
    if upgrade is None or len(revision.parents) > 1 or revision.labels or revision.depends_on:
        return
    if does_nothing(upgrade.body):
        yield Hazard(
            "upgrade() does nothing",
            "the chain is longer, and the database is not changed",
            "# write what it was made for, or remove the revision before it has run anywhere",
            span=subject.place(upgrade),
        )
