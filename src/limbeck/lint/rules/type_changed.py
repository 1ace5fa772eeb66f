"""A column gets a type that its values, or running code, may not fit.

Hazard: the statement fails on the first value that does not fit, or cuts it; code of the release before writes values
that are refused now, or reads ones that it does not expect.

Why: a shorter text, a smaller number, fewer digits, or another kind of value altogether.

Bad:
    op.alter_column("orders", "note", type_=sa.String(20))

Bad:
    op.alter_column("orders", "status", type_=sa.Integer(), postgresql_using="length(status)")

Given:
    op.execute("CREATE TYPE size AS ENUM ('small', 'large')")
    op.execute("ALTER TABLE orders ADD COLUMN size size")

Bad:
    op.execute("ALTER TYPE size RENAME TO old_size")
    op.execute("CREATE TYPE size AS ENUM ('small', 'huge')")
    op.execute("ALTER TABLE orders ALTER size TYPE size USING replace(size::text, 'large', 'huge')::size")
    op.execute("DROP TYPE old_size")

Good:
    op.alter_column("customers", "email", type_=sa.String(200))

Good:
    op.alter_column("customers", "name", type_=sa.Text())

When to suppress: every value fits, and nothing that is running writes others; say how you looked.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.changes import labels_of, made_in, on_old_tables, renamed_types
from limbeck.lint.subject import Hazard, Subject
from limbeck.lint.types import holds_all, kind_of
from limbeck.model.facts import Change, Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A narrower type, or one of another kind."""
    for change in on_old_tables(subject, facts, "column"):
        if change.altered("type"):
            old, new = str(change.was("type")), str(change.now("type"))
            exchanged = _exchanged(subject, old, new)
            if exchanged is not None:
                if exchanged:
                    yield Hazard(
                        f"{change.relation}.{change.name} cannot be {_listed(exchanged)} any more",
                        "code of the release before that writes it fails",
                        f"# make the new type with {_listed(exchanged)}, too, until nothing that is running writes it",
                        severity=Severity.WARNING,
                    )
                continue
            same_kind = kind_of(old) == kind_of(new)
            if not holds_all(old, new):
                yield Hazard(
                    f"{change.relation}.{change.name} goes from {old} to {new}",
                    "values that do not fit stop the upgrade or are cut, and code of the release before writes more"
                    if same_kind
                    else "code of the release before writes and reads values of the other kind",
                    _remedy(change, old, new),
                    severity=None if same_kind else Severity.WARNING,
                )


def _exchanged(subject: Subject, old: str, new: str) -> tuple[str, ...] | None:
    """The labels that a column loses when its enum is exchanged for another of the same name, or only renamed.

    None when neither is the case.
    """
    before, after = (name.replace('"', "") for name in (old, new))
    for renamed in renamed_types(subject):
        if (renamed.old, renamed.new) == (before, after):
            return ()
        if renamed.labels and (renamed.new, renamed.old) == (before, after):
            made = made_in(subject, "type", after)
            has = () if made is None else labels_of(made)
            return tuple(label for label in renamed.labels if label not in has)
    return None


def _listed(labels: tuple[str, ...]) -> str:
    return ", ".join(f"'{label}'" for label in labels)


def _remedy(change: Change, old: str, new: str) -> str:
    table, column = code.identifier(change.relation), code.identifier(change.name)
    if kind_of(old) == "text":
        found = f"max(length({column}))" if kind_of(new) == "text" else f"DISTINCT {column}"
        first = f"SELECT {found} FROM {table}"  # noqa: S608 - code to paste, its names quoted
        return f"# look first: {first}\n# then keep the type, and add a CHECK NOT VALID that is validated later"
    return "# add a column of the new type beside it, write both, fill the old rows, then read the new one"
