"""Alembic code for a remedy, with the user's own names, ready to paste into a revision."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from limbeck.model.facts import Change
from limbeck.sql.reserved import RESERVED

_NAME = re.compile(r"[a-z_][a-z0-9_$]*")
_CREATE = re.compile(r"^(CREATE (?:UNIQUE )?INDEX)")
_METHOD = re.compile(r" USING \w+ (?=\()")
_PIECE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]|[^'"(),]+""")
_ELEMENT = re.compile(r"""(?:"(?:[^"]|"")+"|[\w$.]+)(?:\(.*\))?|\(.*\)""", re.DOTALL)
_HAS_OPTIONS = re.compile(r" NULLS NOT DISTINCT| WITH \(")


def text(value: str) -> str:
    """A string literal of Python, in double quotes."""
    if "\n" in value:
        return f'"""\n{value}\n"""'
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def identifier(name: str) -> str:
    """A name as SQL writes it, in quotes where it needs them."""
    return ".".join(part if _is_plain(part) else '"' + part.replace('"', '""') + '"' for part in name.split("."))


def _is_plain(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name not in RESERVED


def table_arguments(table: str) -> tuple[str, str]:
    """A table's name as Alembic's operations take it: the literal, and `, schema="..."` where it has one."""
    schema, _, bare = table.rpartition(".")
    return text(bare), f", schema={text(schema)}" if schema else ""


def lock_timeout() -> str:
    """A limit for how long a statement waits for its lock, and keeps others waiting behind it."""
    return execute("SET LOCAL lock_timeout = '2s'") + "  # limbeck upgrade does it by itself, and tries again"


def execute(sql: str) -> str:
    """`op.execute("...")`."""
    return f"op.execute({text(sql)})"


def by_itself(lines: Iterable[str]) -> str:
    """The lines in an autocommit block."""
    return "\n".join(("with op.get_context().autocommit_block():", *(indented(line) for line in lines)))


def indented(lines: str) -> str:
    """Four spaces before each line."""
    return "\n".join(f"    {line}" if line else line for line in lines.split("\n"))


def next_revision(*parts: str) -> str:
    """Code for several revisions, one after the other."""
    return "\n\n# in a revision of its own, after this one\n".join(parts)


def create_index(table: str, index: Mapping[str, Any], *, concurrently: bool) -> str:
    """`op.create_index(...)` for an index as the catalogue describes it; in SQL, where Alembic's words lose part."""
    definition = str(index.get("definition") or "")
    if definition and (_HAS_OPTIONS.search(definition) or any(map(_has_order, _elements(definition)))):
        verb = r"\1 CONCURRENTLY" if concurrently else r"\1"
        return execute(_CREATE.sub(verb, definition, count=1))
    name, schema = table_arguments(table)
    columns = ", ".join(_index_element(column) for column in index.get("columns") or ())
    options = schema
    if index.get("unique"):
        options += ", unique=True"
    if index.get("method") not in (None, "btree"):
        options += f", postgresql_using={text(index['method'])}"
    if index.get("included"):
        options += f", postgresql_include=[{', '.join(text(_plain(each)) for each in index['included'])}]"
    if index.get("where"):
        options += f", postgresql_where=sa.text({text(index['where'])})"
    if concurrently:
        options += ", postgresql_concurrently=True"
    return f"op.create_index({text(index['name'])}, {name}, [{columns}]{options})"


def _elements(definition: str) -> list[str]:
    """What stands between the parentheses behind USING, one by one."""
    found, depth = [""], 0
    for piece in _PIECE.findall(_METHOD.split(definition, maxsplit=1)[-1]):
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            break
        if piece == "," and depth == 1:
            found.append("")
        else:
            found[-1] += piece
    return [element.removeprefix("(").strip() for element in found]


def _has_order(element: str) -> bool:
    """Whether it says more than the column or expression: a direction, a collation, a class of operators."""
    return _ELEMENT.fullmatch(element) is None


def _index_element(element: str) -> str:
    plain = _plain(element)
    return text(plain) if _NAME.fullmatch(plain) or element.startswith('"') else f"sa.text({text(element)})"


def _plain(element: str) -> str:
    """A column's name without quotes."""
    return element[1:-1].replace('""', '"') if element.startswith('"') and element.endswith('"') else element


def concurrent_index(change: Change) -> str:
    """The index of a change, made without keeping writers away."""
    assert change.after is not None
    return by_itself([create_index(change.relation, change.after, concurrently=True)])


def add_constraint(table: str, name: str, definition: str) -> str:
    """`ALTER TABLE ... ADD CONSTRAINT ...` as an operation."""
    return execute(f"ALTER TABLE {identifier(table)} ADD CONSTRAINT {identifier(name)} {definition}")


def validate_constraint(table: str, name: str) -> str:
    """`ALTER TABLE ... VALIDATE CONSTRAINT ...` as an operation."""
    return execute(f"ALTER TABLE {identifier(table)} VALIDATE CONSTRAINT {identifier(name)}")


def not_valid_then_validate(change: Change) -> str:
    """A foreign key or check of a change, added without looking at rows, and looked at later."""
    definition = f"{str(change.now('definition')).removesuffix(' NOT VALID')} NOT VALID"
    return next_revision(
        add_constraint(change.relation, change.name, definition), validate_constraint(change.relation, change.name)
    )


def key_from_index(change: Change) -> str:
    """A unique or primary key of a change, made of an index that was built while writers went on."""
    name = change.name
    index = {"name": name, "unique": True, "columns": change.now("columns")}
    kind = "PRIMARY KEY" if change.now("type") == "p" else "UNIQUE"
    return next_revision(
        by_itself([create_index(change.relation, index, concurrently=True)]),
        add_constraint(change.relation, name, f"{kind} USING INDEX {identifier(name)}"),
    )


def not_null_by_check(table: str, column: str) -> str:
    """NOT NULL by way of a check that is validated while readers and writers go on."""
    check = f"{column}_not_null"
    name, schema = table_arguments(table)
    condition = f"CHECK ({identifier(column)} IS NOT NULL) NOT VALID"
    return next_revision(
        add_constraint(table, check, condition),
        validate_constraint(table, check),
        f"op.alter_column({name}, {text(column)}, nullable=False{schema})  # the check spares the scan\n"
        f'op.drop_constraint({text(check)}, {name}, type_="check"{schema})',
    )


def backfill_in_batches(table: str, assignment: str, condition: str, key: str = "id") -> str:
    """A loop that changes some thousand rows in each transaction."""
    table, key = identifier(table), identifier(key)
    some = f"SELECT {key} FROM {table} WHERE {condition} LIMIT 5000"  # noqa: S608 - code to paste, its names quoted
    batch = f"UPDATE {table} SET {assignment} WHERE {key} IN ({some})"  # noqa: S608 - as above
    return (
        "with op.get_context().autocommit_block():\n"
        "    while op.get_bind().exec_driver_sql(\n"
        f"        {text(batch)}\n"
        "    ).rowcount:\n"
        "        pass  # each batch is a transaction of its own"
    )
