"""Calls of Alembic's `op` that bring a chain to where its models are, one difference at a time."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from limbeck.database.catalogue import Action, Catalogue, Change, Identity, Kind
from limbeck.lint.code import execute, text
from limbeck.verify.schema.types import sqlalchemy_type

_PLAIN_INDEX = re.compile(r"CREATE (UNIQUE )?INDEX \S+ ON \S+ USING btree \(([\w, ]+)\)")
_KEY = re.compile(r"UNIQUE \(([\w, ]+)\)")
_FOREIGN_KEY = re.compile(
    r"FOREIGN KEY \(([\w, ]+)\) REFERENCES (?:(\w+)\.)?(\w+)\(([\w, ]+)\)((?: ON (?:UPDATE|DELETE) [A-Z ]+?)*)"
)
_INTEGERS = ("integer", "bigint", "smallint")
_ACTION = re.compile(r"ON (UPDATE|DELETE) ((?:SET )?[A-Z]+(?: ACTION)?)")


def operation(change: Change, models: Catalogue, chain: Catalogue, sql: Sequence[str]) -> str:
    """The call, or the calls; those that execute SQL where `op` has no name for it, empty without any.

    Args:
        change: from the models' schema to the chain's.
        sql: statements that close the difference.
    """
    match change.action:
        case Action.DROPPED:
            made = _make(change.identity, models)
        case Action.CREATED:
            made = _drop(change.identity)
        case Action.CHANGED:
            made = _change(change, models, chain)
        case _:
            made = ""
    return made or "\n".join(execute(statement) for statement in sql)


def _schema(identity: Identity) -> str:
    return "" if identity.schema in ("", "public") else f", schema={text(identity.schema)}"


def _make(identity: Identity, models: Catalogue) -> str:
    properties = models.objects[identity]
    match identity.kind:
        case Kind.TABLE:
            return _create_table(identity, models)
        case Kind.COLUMN:
            column = _column(identity, properties, models)
            return column and f"op.add_column({text(identity.of)}, {column}{_schema(identity)})"
        case Kind.CONSTRAINT:
            return _create_constraint(identity, properties)
        case Kind.INDEX:
            return _create_index(identity, properties)
    return ""


def _create_table(identity: Identity, models: Catalogue) -> str:
    parts = []
    for name in models.columns.get(identity, ()):
        column = Identity(Kind.COLUMN, identity.schema, name, identity.name)
        properties = models.objects[column]
        words = _column(column, properties, models)
        if not words:
            return ""
        if properties["type"] in _INTEGERS and not {"default", "identity"} & properties.keys():
            words = f"{words[:-1]}, autoincrement=False)"  # else SQLAlchemy makes a key of one column a serial
        parts.append(words)
    after = []
    for each in sorted(each for each in models.objects if (each.schema, each.of) == (identity.schema, identity.name)):
        properties = models.objects[each]
        if each.kind == Kind.CONSTRAINT and properties["type"] == "primary key":
            names = properties["definition"].removeprefix("PRIMARY KEY (").rstrip(")").split(", ")
            parts.append(f"sa.PrimaryKeyConstraint({', '.join(map(text, names))}, name={text(each.name)})")
        elif each.kind == Kind.CONSTRAINT or (each.kind == Kind.INDEX and "constraint" not in properties):
            words = _make(each, models)
            if not words:
                return ""
            after.append(words)
    if "comment" in models.objects[identity]:
        parts.append(f"comment={text(models.objects[identity]['comment'])}")
    if _schema(identity):
        parts.append(_schema(identity)[2:])
    table = "".join(f"    {part},\n" for part in parts)
    return "\n".join([f"op.create_table(\n    {text(identity.name)},\n{table})", *after])


def _column(identity: Identity, properties: Mapping[str, str], models: Catalogue) -> str:
    """`sa.Column(...)`; empty for a column that takes more."""
    kind = sqlalchemy_type(properties["type"], models)
    default = properties.get("default", "")
    if kind is None or {"generated", "collation"} & properties.keys():
        return ""
    words = [text(identity.name), kind]
    if "identity" in properties:
        words.append(f"sa.Identity(always={properties['identity'] == 'always'})")
    if default.startswith("nextval("):
        words.append("autoincrement=True")
    elif default:
        words.append(f"server_default=sa.text({text(default)})")
    words.append(f"nullable={properties.get('nullable') != 'no'}")
    if "comment" in properties:
        words.append(f"comment={text(properties['comment'])}")
    return f"sa.Column({', '.join(words)})"


def _create_constraint(identity: Identity, properties: Mapping[str, str]) -> str:
    definition, name, table = properties["definition"], text(identity.name), text(identity.of)
    if properties.keys() - {"type", "definition"}:
        return ""
    if properties["type"] == "check" and definition.startswith("CHECK (") and definition.endswith(")"):
        condition = _unwrapped(definition[len("CHECK (") : -1])
        return f"op.create_check_constraint({name}, {table}, {text(condition)}{_schema(identity)})"
    key = _KEY.fullmatch(definition)
    if key is not None:
        return f"op.create_unique_constraint({name}, {table}, {_names(key[1])}{_schema(identity)})"
    reference = _FOREIGN_KEY.fullmatch(definition)
    if reference is None:
        return ""
    own, schema, referred, theirs, actions = reference.groups()
    options = "".join(f", on{word.lower()}={text(action)}" for word, action in _ACTION.findall(actions))
    if _schema(identity):
        options += f", source_schema={text(identity.schema)}"
    if schema not in (None, "public"):
        options += f", referent_schema={text(schema)}"
    return f"op.create_foreign_key({name}, {table}, {text(referred)}, {_names(own)}, {_names(theirs)}{options})"


def _create_index(identity: Identity, properties: Mapping[str, str]) -> str:
    plain = _PLAIN_INDEX.fullmatch(properties.get("definition", ""))
    if plain is None or properties.keys() - {"definition"}:
        return ""
    unique = ", unique=True" if plain[1] else ""
    return f"op.create_index({text(identity.name)}, {text(identity.of)}, {_names(plain[2])}{unique}{_schema(identity)})"


def _names(words: str) -> str:
    return f"[{', '.join(text(name) for name in words.split(', '))}]"


def _drop(identity: Identity) -> str:
    name, table, schema = text(identity.name), text(identity.of), _schema(identity)
    match identity.kind:
        case Kind.TABLE:
            return f"op.drop_table({name}{schema})"
        case Kind.COLUMN:
            return f"op.drop_column({table}, {name}{schema})"
        case Kind.CONSTRAINT:
            return f"op.drop_constraint({name}, {table}{schema})"
        case Kind.INDEX:
            return f"op.drop_index({name}, table_name={table}{schema})"
    return ""


def _change(change: Change, models: Catalogue, chain: Catalogue) -> str:
    identity, name, schema = change.identity, change.property_name, _schema(change.identity)
    wanted, found = models.objects[identity], chain.objects[identity]
    if identity.kind == Kind.TABLE and name == "comment":
        if "comment" not in wanted:
            return f"op.drop_table_comment({text(identity.name)}{schema})"
        return f"op.create_table_comment({text(identity.name)}, {text(wanted['comment'])}{schema})"
    if identity.kind == Kind.INDEX and name == "definition":
        made = _create_index(identity, wanted)
        return made and f"{_drop(identity)}\n{made}"
    if identity.kind == Kind.CONSTRAINT and name == "definition":
        made = _create_constraint(identity, wanted)
        return made and f"{_drop(identity)}\n{made}"
    if identity.kind != Kind.COLUMN:
        return ""
    before = sqlalchemy_type(found["type"], chain)
    existing = f", existing_type={before}" if before is not None else ""
    call = f"op.alter_column({text(identity.of)}, {text(identity.name)}, "
    match name:
        case "nullable":
            return f"{call}nullable={wanted['nullable'] != 'no'}{existing}{schema})"
        case "default":
            default = f"sa.text({text(wanted['default'])})" if "default" in wanted else "None"
            return f"{call}server_default={default}{existing}{schema})"
        case "comment":
            comment = text(wanted["comment"]) if "comment" in wanted else "None"
            return f"{call}comment={comment}{existing}{schema})"
        case "type" if "collation" not in wanted:
            kind = sqlalchemy_type(wanted["type"], models)
            return f"{call}type_={kind}{existing}{schema})" if kind is not None else ""
    return ""


def _unwrapped(condition: str) -> str:
    """Without the parentheses around the whole of it."""
    while condition.startswith("(") and condition.endswith(")") and _closes_at_end(condition):
        condition = condition[1:-1]
    return condition


def _closes_at_end(condition: str) -> bool:
    depth = 0
    for place, character in enumerate(condition):
        depth += (character == "(") - (character == ")")
        if not depth:
            return place == len(condition) - 1
    return False
