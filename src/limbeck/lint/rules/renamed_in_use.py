"""Something that running code may use is given another name.

Hazard: from one instant to the next, whatever names it by its old name fails; rolled back, so does what names it by
its new one.

Why: code and database never change at the same moment.  Between the two, one of them is wrong.

Bad:
    op.alter_column("orders", "note", new_column_name="remark")

Bad:
    op.rename_table("orders", "purchases")

Good:
    op.add_column("orders", sa.Column("remark", sa.Text()))

Good:
    op.rename_table("orders", "purchases")
    op.execute("CREATE VIEW orders AS SELECT * FROM purchases")

When to suppress: nothing that is running uses the old name; say how you know.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.lint import code
from limbeck.lint.changes import RELATIONS, made_in, on_old_tables
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Change, Facts
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR
_KINDS = (*RELATIONS, "column", "type", "function", "schema", "sequence")


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """Another name for what existed before; labels of an enum among it."""
    for change in on_old_tables(subject, facts, *_KINDS):
        along = change.what == "sequence" and any(each.what == "table" for each in facts.changes)
        if change.altered("name") and not along and not _still_answers(subject, change):
            old, new = str(change.was("name")), str(change.now("name"))
            where = f"{change.relation}." if change.relation else ""
            yield Hazard(
                f"{change.what} {where}{old} is called {new} from here on",
                f"code of the release before that names {old} fails at once",
                _remedy(change, old, new),
                severity=Severity.WARNING if change.what in ("type", "sequence") else None,
            )
        elif change.what == "type" and (pair := _renamed_label(change)) is not None:
            yield Hazard(
                f"label {pair[0]} of {change.name} is called {pair[1]} from here on",
                f"code of the release before that writes {pair[0]} fails, and does not know {pair[1]} when it reads it",
                code.execute(f"ALTER TYPE {code.identifier(change.name)} ADD VALUE '{pair[1]}'"),
            )


def _still_answers(subject: Subject, change: Change) -> bool:
    """Whether a view of the old name takes its place, or another type."""
    if change.what == "type":
        return made_in(subject, "type", str(change.was("name"))) is not None
    return any(
        each.made and each.what in RELATIONS and each.name == change.was("name")
        for facts in subject.statements
        for each in facts.changes
    )


def _renamed_label(change: Change) -> tuple[str, str] | None:
    old, new = change.was("labels"), change.now("labels")
    if not isinstance(old, list) or not isinstance(new, list) or len(old) != len(new):
        return None
    pairs = [(before, after) for before, after in zip(old, new, strict=True) if before != after]
    return pairs[0] if len(pairs) == 1 else None


def _remedy(change: Change, old: str, new: str) -> str:
    if change.what == "table":
        table, view = code.identifier(new), code.identifier(old)
        view_over = code.execute(f"CREATE VIEW {view} AS SELECT * FROM {table}")  # noqa: S608 - code to paste
        return f"op.rename_table({code.text(old)}, {code.text(new)})\n{view_over}  # until nothing uses it any more"
    if change.what == "column":
        table, column = code.identifier(change.relation), code.identifier(new)
        add = code.execute(f"ALTER TABLE {table} ADD COLUMN {column} {change.now('type')}")
        return f"{add}\n# write both, fill the old rows, read the new one, then drop {old}: one release each"
    return "# make the new one beside it, move the code over, then drop the old one"
