"""What takes the place of a call that keeps others waiting: the same end, by a way on which nobody waits.

A rewriting of several steps begins by clearing away what a run that failed between them has left, so that the revision
can be run again.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from limbeck.edit.fix.calls import NoFix, OperationCall
from limbeck.edit.fix.source import Edit
from limbeck.edit.fix.sql_text import SqlText, sql_text
from limbeck.lint import code
from limbeck.lint.python_file import dotted
from limbeck.model.facts import Change, Facts, Rehearsed
from limbeck.sql.words import first_words

_LONGEST_NAME = 63  # bytes of a name in PostgreSQL
_OF_NOT_NULL = (
    "nullable",
    "schema",
    "existing_type",
    "existing_nullable",
    "existing_server_default",
    "existing_comment",
)


class Issued(NamedTuple):
    """A call, with what it did.

    Attributes:
        call: the call.
        statements: what it has executed.
        rehearsed: the revision that it is part of.
    """

    call: OperationCall
    statements: Sequence[Facts]
    rehearsed: Rehearsed


Rewriting = Callable[[Issued], Edit]


def index(issued: Issued) -> Edit:
    """`op.create_index` and `op.drop_index`: CONCURRENTLY, in an autocommit block."""
    edits = issued.call.with_keywords([("postgresql_concurrently", "True")])
    return issued.call.by_itself(edits, _left_behind(issued))


def validated_later(issued: Issued) -> Edit:
    """`op.create_foreign_key` and `op.create_check_constraint`: NOT VALID, then VALIDATE."""
    call = issued.call
    constraint = _only(_only_statement(issued), "constraint")
    _refuse_unnamed(call)
    edits = call.with_keywords([("postgresql_not_valid", "True")])
    return call.by_itself(edits, [_dropped(constraint)], [_validated(constraint)])


def unique_by_index(issued: Issued) -> Edit:
    """`op.create_unique_constraint`: a unique index, built concurrently, then the constraint from it."""
    call = issued.call
    constraint = _only(_only_statement(issued), "constraint")
    _refuse_unnamed(call)
    for option in ("deferrable", "initially"):
        if call.keyword(option) is not None:
            raise NoFix(f"{option} is the constraint's, and create_index does not take it")
    edits = [*call.with_keywords([("unique", "True"), ("postgresql_concurrently", "True")])]
    edits += [call.renamed("create_index"), *_renamed_keyword(call, "constraint_name", "index_name")]
    return call.by_itself(edits, *unique_steps(constraint))


def unique_steps(constraint: Change) -> tuple[list[str], list[str]]:
    """What comes before and behind the index that becomes a unique constraint."""
    name, table = code.identifier(constraint.name), code.identifier(constraint.relation)
    schema = constraint.relation.rpartition(".")[0]
    index = f"{schema}.{constraint.name}" if schema else constraint.name
    add = code.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}")
    return [_dropped(constraint), cleared_index(index)], [add]


def not_null_by_check(issued: Issued) -> Edit:
    """`op.alter_column(..., nullable=False)`: a CHECK that is validated first, and dropped when it has served."""
    call = issued.call
    others = [keyword.arg for keyword in call.call.keywords if keyword.arg not in _OF_NOT_NULL]
    if others or len(call.call.args) > 2:
        raise NoFix("it changes more than nullable")
    return _not_null(issued, _only_statement(issued))


def raw_sql(issued: Issued) -> Edit:
    """`op.execute` of one statement that does one of these things."""
    call = issued.call
    facts = _only_statement(issued)
    text = sql_text(call)
    if first_words(facts.sql, 2) == ("create", "index") or first_words(facts.sql, 3) == ("create", "unique", "index"):
        return call.by_itself([text.behind_word("index", " CONCURRENTLY")], _left_behind(issued))
    made = [change for change in facts.changes if change.what == "constraint" and change.made]
    if made and made[0].now("type") in ("c", "f"):
        return _raw_constraint(call, facts, text)
    if any(change.what == "column" and change.altered("not_null") for change in facts.changes):
        return _not_null(issued, facts)
    raise NoFix("no rewriting of such a statement is known")


def key_split_off(issued: Issued) -> Edit:
    """`op.add_column` of a column with a foreign key: the column, then the key NOT VALID, then VALIDATE."""
    call = issued.call
    call.refuse_repeated()
    made = [change for facts in issued.statements for change in facts.changes if change.made]
    keys = [change for change in made if change.what == "constraint" and change.now("type") == "f"]
    if len(keys) != 1:
        raise NoFix("it has several foreign keys")
    key = keys[0]
    add = code.add_constraint(key.relation, key.name, f"{key.now('definition')} NOT VALID")
    return call.followed_by([call.without(_written_key(call))], [_dropped(key), add, _validated(key)])


def _written_key(call: OperationCall) -> ast.Call:
    written = [node for node in ast.walk(call.call) if isinstance(node, ast.Call) and _is_key(node)]
    columns = [node for node in ast.walk(call.call) if isinstance(node, ast.Call) and set(written) & set(node.args)]
    if len(written) != 1 or len(columns) != 1:
        raise NoFix("its foreign key is not written in it")
    return written[0]


def _is_key(node: ast.Call) -> bool:
    return dotted(node.func).rpartition(".")[2] == "ForeignKey"


REWRITINGS: Mapping[str, Rewriting] = {
    "create_index": index,
    "create_foreign_key": validated_later,
    "create_check_constraint": validated_later,
    "create_unique_constraint": unique_by_index,
    "alter_column": not_null_by_check,
    "add_column": key_split_off,
    "execute": raw_sql,
}


def _raw_constraint(call: OperationCall, facts: Facts, text: SqlText) -> Edit:
    """`ALTER TABLE ... ADD CONSTRAINT name ...`, and nothing else."""
    constraint = _only(facts, "constraint")
    if text.names.count("constraint") != 1 or not text.has_name(constraint.name):
        raise NoFix("the constraint has no name")
    return call.by_itself([text.at_the_end(" NOT VALID")], [_dropped(constraint)], [_validated(constraint)])


def _not_null(issued: Issued, facts: Facts) -> Edit:
    return issued.call.by_itself([], *not_null_steps(issued, _only(facts, "column")))


def not_null_steps(issued: Issued, column: Change) -> tuple[list[str], list[str]]:
    """What comes before and behind SET NOT NULL, so that it need not look at the rows."""
    table = issued.rehearsed.tables.get(column.relation)
    constraint = code.identifier(_free(f"{column.name}_not_null", set() if table is None else set(table.constraints)))
    check = f"CHECK ({code.identifier(column.name)} IS NOT NULL) NOT VALID"
    before = [f"DROP CONSTRAINT IF EXISTS {constraint}", f"ADD CONSTRAINT {constraint} {check}"]
    before.append(f"VALIDATE CONSTRAINT {constraint}")
    target = f"ALTER TABLE {code.identifier(column.relation)}"
    after = [code.execute(f"{target} DROP CONSTRAINT {constraint}")]
    return [code.execute(f"{target} {action}") for action in before], after


def kept_unvalidated(issued: Issued, constraint: Change) -> Edit:
    """A foreign key or CHECK where it is, NOT VALID, for another revision to validate."""
    call = issued.call
    if call.operation == "add_column":
        add = code.add_constraint(constraint.relation, constraint.name, f"{constraint.now('definition')} NOT VALID")
        return call.followed_by([call.without(_written_key(call))], [add], in_block=False)
    if call.operation == "execute":
        return sql_text(call).at_the_end(" NOT VALID")
    (edit,) = call.with_keywords([("postgresql_not_valid", "True")])
    return edit


def _free(name: str, taken: set[str]) -> str:
    """The name, cut and numbered where it must be."""
    number = 1
    found = _cut(name)
    while found in taken:
        number += 1
        found = _cut(name, f"_{number}")
    return found


def _cut(name: str, end: str = "") -> str:
    return name.encode()[: _LONGEST_NAME - len(end)].decode(errors="ignore") + end


def _only_statement(issued: Issued) -> Facts:
    issued.call.refuse_repeated()
    if len(issued.statements) != 1:
        raise NoFix(f"it runs {len(issued.statements)} statements")
    return issued.statements[0]


def _only(facts: Facts, what: str) -> Change:
    """The one change of the statement; a constraint's index, and a column's NOT NULL as a constraint, go with it."""
    changes = [change for change in facts.changes if change.what == what]
    others = {change.what for change in facts.changes} - {
        what,
        *(("index",) if what == "constraint" else ("constraint",)),
    }
    if len(changes) != 1 or others:
        raise NoFix("it changes several things")
    return changes[0]


def _refuse_unnamed(call: OperationCall) -> None:
    first = call.call.args[0] if call.call.args else call.keyword("constraint_name")
    if first is None or (isinstance(first, ast.Constant) and first.value is None):
        raise NoFix("the constraint has no name")


def _renamed_keyword(call: OperationCall, old: str, new: str) -> list[Edit]:
    found = [keyword for keyword in call.call.keywords if keyword.arg == old]
    start = call.source.offset(found[0].lineno, found[0].col_offset) if found else 0
    return [Edit(start, start + len(old), new)] if found else []


def _left_behind(issued: Issued) -> list[str]:
    """What takes an index away that an earlier try of the revision has built, or begun to.

    A revision of one statement begins with that; Alembic's version says then whether it has run.
    """
    made = [change for facts in issued.statements for change in facts.changes if change.what == "index"]
    changing = [facts for facts in issued.rehearsed.statements if facts.changes and facts.error is None]
    return [cleared_index(made[0].name)] if len(made) == 1 and len(changing) > 1 else []


def cleared_index(name: str) -> str:
    """Takes an index away that is there, or was begun."""
    return code.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {code.identifier(name)}")


def _dropped(constraint: Change) -> str:
    table, name = code.identifier(constraint.relation), code.identifier(constraint.name)
    return code.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")


def _validated(constraint: Change) -> str:
    return code.validate_constraint(constraint.relation, constraint.name)
