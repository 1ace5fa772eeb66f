"""What to write instead of a statement that keeps others waiting, from what it did to the catalogue."""

from __future__ import annotations

from limbeck.lint import code
from limbeck.model.facts import Change, Facts


def without_waiting(facts: Facts) -> str:
    """The same end by a way on which nobody waits for a scan or a rewrite; empty where there is none to paste."""
    constraints = {(change.relation, change.name) for change in facts.changes if change.what == "constraint"}
    parts = []
    for change in facts.changes:
        if change.what == "index" and (change.relation, change.name) in constraints:
            continue  # it is the constraint's
        part = _for_change(change)
        if part and part not in parts:
            parts.append(part)
    return "\n".join(parts)


def by_itself(facts: Facts) -> str:
    """The same statement, after the locks of those before it have gone."""
    return f"# in a revision of its own, after this one\n{code.execute(facts.sql.strip())}"


def _for_change(change: Change) -> str:
    if change.what == "index" and change.made:
        return code.concurrent_index(change)
    if change.what == "constraint" and change.made:
        return _for_constraint(change)
    if change.what == "column" and change.altered("not_null") and change.now("not_null"):
        return code.not_null_by_check(change.relation, change.name)
    if change.what == "column" and change.altered("type"):
        return _for_type(change)
    if change.what == "column" and change.made:
        return _for_column(change)
    return ""


def _for_constraint(change: Change) -> str:
    kind = change.now("type")
    if kind in ("c", "f"):
        return code.not_valid_then_validate(change)
    if kind in ("u", "p"):
        return code.key_from_index(change)
    return ""


def _for_type(change: Change) -> str:
    name, schema = code.table_arguments(change.relation)
    new = f"{change.name}_new"
    column = code.identifier(change.name)
    assignment = f"{code.identifier(new)} = {column}::{change.now('type')}"
    condition = f"{code.identifier(new)} IS NULL AND {column} IS NOT NULL"
    return code.next_revision(
        code.execute(
            f"ALTER TABLE {code.identifier(change.relation)} ADD COLUMN {code.identifier(new)} {change.now('type')}"
        ),
        "# let the application write both columns; then fill the old rows\n"
        + code.backfill_in_batches(change.relation, assignment, condition),
        "# when nothing reads the old column any more\n"
        f"op.drop_column({name}, {code.text(change.name)}{schema})\n"
        f"op.alter_column({name}, {code.text(new)}, new_column_name={code.text(change.name)}{schema})",
    )


def _for_column(change: Change) -> str:
    """A column whose values the server would have to work out for every row."""
    table, column = code.identifier(change.relation), code.identifier(change.name)
    add = code.execute(f"ALTER TABLE {table} ADD COLUMN {column} {change.now('type')}")
    default = change.now("default")
    if change.now("generated") or change.now("identity") or not default:
        return add if change.now("generated") or change.now("identity") else ""
    return code.next_revision(
        f"{add}\n{code.execute(f'ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {default}')}",
        code.backfill_in_batches(change.relation, f"{column} = {default}", f"{column} IS NULL"),
    )
