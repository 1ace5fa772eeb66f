"""The way back does not lead to where the revision began.

Hazard: after a downgrade the version says that the database is at the revision before; it is not.  The next upgrade
runs into what was left, as a type that exists already, or misses what was taken.

Why: the downgrade was run after the upgrade, and the catalogue compared with the one before.

Bad:
    def upgrade():
        op.create_table(
            "parcels",
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("size", sa.Enum("small", "large", name="size")),
        )

    def downgrade():
        op.drop_table("parcels")

Bad:
    def upgrade():
        op.add_column("orders", sa.Column("source", sa.Text()))

    def downgrade():
        op.drop_column("orders", "source")
        op.drop_column("orders", "note")

Good:
    def upgrade():
        op.create_table(
            "parcels",
            sa.Column("id", sa.Uuid(), primary_key=True),
            sa.Column("size", sa.Enum("small", "large", name="size")),
        )

    def downgrade():
        op.drop_table("parcels")
        op.execute("DROP TYPE size")

When to suppress: what differs is wanted; say which.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.python_file import function
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Known
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_ROW_ERRORS = ("22", "23", "P0", "IR")


def judge_revision(subject: Subject) -> Iterator[Hazard]:
    """A downgrade that fails, or after which the catalogue is another than before the upgrade."""
    back = None if subject.rehearsed is None else subject.rehearsed.back
    if back is None:
        return
    place = subject.place(function(subject.tree, "downgrade"))
    if back.error is not None:
        if back.sqlstate is not None and not back.sqlstate.startswith(_ROW_ERRORS):
            yield Hazard(
                f"downgrade() fails: {back.error}",
                "there is no way back, and that is found out when one is needed",
                span=back.span or place,
                known=Known.MEASURED,
            )
        return
    parts = [
        f"{verb} {', '.join(found)}"
        for verb, found in (("it leaves", back.left), ("it takes", back.lost), ("it changes", back.changed))
        if found
    ]
    if parts:
        drops = "\n".join(code.execute(f"DROP TYPE {code.identifier(name)}") for name in back.types)
        yield Hazard(
            f"downgrade() does not undo upgrade(): {'; '.join(parts)}",
            "the version says that the database is at the revision before, and the next upgrade runs into it",
            drops or "# undo in downgrade() what upgrade() does, and nothing else",
            span=place,
            known=Known.MEASURED,
        )
