"""What the database kept true of rows, it does not keep true any more.

Hazard: INSERT ... ON CONFLICT of the release before, which names the columns of a unique key, fails once the key is
gone.  Rows get in that code has never met, and as long as they are there the key cannot be made again.

Why: ON CONFLICT wants a unique index or constraint on exactly its columns; and whatever was written since the
constraint was made relies on it.

Bad:
    op.drop_constraint("uq_customers_name", "customers")

Bad:
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY uq_customers_email")

Given:
    op.create_unique_constraint("uq_customers_name", "customers", ["name"])
    op.create_index("uq_customers_email", "customers", ["email"], unique=True)
    op.execute("ALTER TABLE orders ADD CONSTRAINT ck_status CHECK (status IS NOT NULL)")

Good:
    op.alter_column("orders", "status", nullable=False)
    op.drop_constraint("ck_status", "orders")

When to suppress: no release that is running names the columns in ON CONFLICT, or counts on rows being different; say
how you know.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from limbeck.lint.changes import on_old_tables
from limbeck.lint.subject import Hazard, Subject
from limbeck.model.facts import Change, Facts, Table
from limbeck.model.finding import Severity

SEVERITY = Severity.WARNING
_CHECK, _EXCLUSION, _UNIQUE = "c", "x", "u"


def judge_statement(subject: Subject, facts: Facts) -> Iterator[Hazard]:
    """A unique key, an exclusion or a check that goes from what existed before, with nothing in its place."""
    gone = [change for change in on_old_tables(subject, facts, "constraint", "index") if change.dropped]
    constraints = {(change.relation, change.name) for change in gone if change.what == "constraint"}
    tables = {change.name for change in facts.changes if change.what == "table" and change.dropped}
    columns = {change.relation for change in facts.changes if change.what == "column" and change.dropped}
    for change in gone:
        of_constraint = change.what == "index" and not constraints.isdisjoint(_names(change))
        if of_constraint or change.relation in tables | columns or not _keeps(change):
            continue  # a key that goes with its table or column is told with that
        left = _left(subject, change.relation)
        if left is None or not _in_its_place(change, left):
            yield _hazard(change)


def _names(index: Change) -> tuple[tuple[str, str], tuple[str, str]]:
    """What a constraint that has the index would be: it is told without the schema that its index may be told with."""
    return (index.relation, index.name), (index.relation, index.name.rpartition(".")[2])


def _keeps(change: Change) -> bool:
    """Whether it kept anything true of rows, beside primary keys and foreign keys, of which other rules tell."""
    if change.what == "index":
        return bool(change.was("unique")) and not change.was("primary")
    return change.was("type") in (_CHECK, _EXCLUSION, _UNIQUE)


def _left(subject: Subject, table: str) -> Table | None:
    return None if subject.rehearsed is None else subject.rehearsed.tables.get(table)


def _in_its_place(change: Change, left: Table) -> bool:
    """Whether the table, as the revision leaves it, has something that keeps the same, or is to."""
    if change.was("type") in (_CHECK, _EXCLUSION):
        return change.name in left.constraints or _is_not_null(change, left)
    return any(_same_key(change, index) for index in left.indexes.values())


def _same_key(change: Change, index: Mapping[str, object]) -> bool:
    same = sorted(_words(change.was("columns"))) == sorted(_words(index.get("columns")))
    return bool(index.get("unique")) and same and index.get("where") == change.was("where")


def _is_not_null(check: Change, left: Table) -> bool:
    """Whether it said no more than that a column is not NULL, which the column says itself now."""
    columns = _words(check.was("columns"))
    definition = str(check.was("definition")).replace("(", "").replace(")", "").replace('"', "")
    said = [name for name in columns if f"CHECK {name} IS NOT NULL" == definition]
    return bool(said) and bool(left.columns.get(said[0], {}).get("not_null"))


def _words(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _hazard(change: Change) -> Hazard:
    columns = ", ".join(_words(change.was("columns")))
    if change.was("type") in (_CHECK, _EXCLUSION):
        return Hazard(
            f"{change.name} of {change.relation} is dropped: {change.was('definition')}",
            "rows come that code of the release before has never met, and keep the constraint from being made again",
            "# release code that does without it first",
            severity=Severity.NOTE if change.was("type") == _CHECK else None,
        )
    return Hazard(
        f"{change.name} is dropped: nothing keeps {columns} of {change.relation} unique any more",
        f"ON CONFLICT ({columns}) of the release before fails, and the same row may come twice",
        "# release code that does without it first",
    )
