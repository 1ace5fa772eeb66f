"""SQL that makes a PostgreSQL schema as it should be, one difference at a time, where that is simple."""

from __future__ import annotations

from collections.abc import Mapping

from limbeck.database.catalogue import Action, Catalogue, Change, Identity, Kind
from limbeck.lint.code import identifier

_WITH_DEFINITION = (Kind.FUNCTION, Kind.PROCEDURE, Kind.TRIGGER, Kind.RULE, Kind.STATISTICS)
_BY_NAME = (Kind.SCHEMA, Kind.EXTENSION)
_ON_TABLE = (Kind.TRIGGER, Kind.POLICY, Kind.RULE)
_RELATIONS = (Kind.TABLE, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.SEQUENCE, Kind.FOREIGN_TABLE)


def closing(change: Change, wanted: Catalogue, found: Catalogue) -> tuple[str, ...]:
    """Statements that make what a change tells as it was before it; none where that takes more thought.

    Args:
        change: from the wanted schema to the one that was found.
    """
    match change.action:
        case Action.DROPPED:
            return _make(change.identity, wanted)
        case Action.CREATED:
            return _drop(change.identity)
        case Action.RENAMED:
            assert change.was is not None
            return _rename(change.identity, change.was.name)
        case Action.CHANGED:
            return _change(change, wanted.objects[change.identity], found.objects[change.identity])
        case _:
            return ()


def name_of(identity: Identity) -> str:
    """Schema and name, as SQL writes them; the default schema's is left out."""
    name = _quoted(identity.name)
    return name if identity.schema in ("", "public") else f"{_quoted(identity.schema)}.{name}"


def table_of(identity: Identity) -> str:
    """The table that something belongs to."""
    return name_of(Identity(Kind.TABLE, identity.schema, identity.of))


def _quoted(name: str) -> str:
    return identifier(name) if "." not in name else '"' + name.replace('"', '""') + '"'


def _make(identity: Identity, wanted: Catalogue) -> tuple[str, ...]:
    properties = wanted.objects[identity]
    made: tuple[str, ...] = ()
    match identity.kind:
        case Kind.TABLE:
            made = _make_table(identity, wanted)
        case Kind.COLUMN:
            made = (f"ALTER TABLE {table_of(identity)} ADD COLUMN {column_words(identity.name, properties)}",)
        case Kind.CONSTRAINT:
            made = (f"ALTER TABLE {table_of(identity)} ADD {constraint_words(identity.name, properties)}",)
        case Kind.INDEX if "definition" in properties:
            made = (properties["definition"],)
        case Kind.ENUM:
            made = (f"CREATE TYPE {name_of(identity)} AS ENUM ({properties['labels']})",)
        case Kind.VIEW | Kind.MATERIALIZED_VIEW:
            made = (f"CREATE {identity.kind.upper()} {name_of(identity)} AS {_plain(properties['definition'])}",)
        case Kind.SEQUENCE:
            made = (f"CREATE SEQUENCE {name_of(identity)}",)
        case kind if kind in _BY_NAME:
            made = (f"CREATE {kind.upper()} {_quoted(identity.name)}",)
        case kind if kind in _WITH_DEFINITION:
            made = (_plain(properties["definition"]),)
    return (*made, *_comment(identity, properties)) if made else ()


def _make_table(identity: Identity, wanted: Catalogue) -> tuple[str, ...]:
    if {"partition of", "partitioned by", "inherits", "of type"} & wanted.objects[identity].keys():
        return ()
    inside = [each for each in wanted.objects if (each.schema, each.of) == (identity.schema, identity.name)]
    by_name = {each.name: each for each in inside if each.kind == Kind.COLUMN}
    parts = [
        column_words(name, wanted.objects[by_name[name]])
        for name in wanted.columns.get(identity, ())
        if name in by_name
    ]
    constraints = [each for each in inside if each.kind == Kind.CONSTRAINT]
    parts += [constraint_words(each.name, wanted.objects[each]) for each in constraints]
    indexes = [
        wanted.objects[each]["definition"]
        for each in inside
        if each.kind == Kind.INDEX and "definition" in wanted.objects[each]
    ]
    return (f"CREATE TABLE {name_of(identity)} ({', '.join(parts)})", *indexes)


def column_words(name: str, properties: Mapping[str, str]) -> str:
    """A column as CREATE TABLE has it; a sequence of its own is made by `serial` again."""
    words = [_quoted(name), properties["type"]]
    default = properties.get("default", "")
    if "collation" in properties:
        words.append(f"COLLATE {properties['collation']}")
    if default.startswith("nextval(") and properties["type"] in _SERIAL:
        words[1], default = _SERIAL[properties["type"]], ""
    if default:
        words.append(f"DEFAULT {default}")
    if "generated" in properties:
        expression, _, kind = properties["generated"].rpartition(" ")
        words.append(f"GENERATED ALWAYS AS ({_unwrapped(expression)}) {kind.upper()}")
    if "identity" in properties:
        words.append(f"GENERATED {properties['identity'].upper()} AS IDENTITY")
    if properties.get("nullable") == "no":
        words.append("NOT NULL")
    return " ".join(words)


_SERIAL = {"integer": "serial", "bigint": "bigserial", "smallint": "smallserial"}


def constraint_words(name: str, properties: Mapping[str, str]) -> str:
    """A constraint as ALTER TABLE ADD has it."""
    words = f"CONSTRAINT {_quoted(name)} {properties['definition']}"
    if "deferrable" in properties:
        words += f" DEFERRABLE {properties['deferrable'].upper()}"
    return f"{words} NOT VALID" if properties.get("validated") == "no" else words


def _drop(identity: Identity) -> tuple[str, ...]:
    kind = identity.kind
    if kind == Kind.COLUMN:
        return (f"ALTER TABLE {table_of(identity)} DROP COLUMN {_quoted(identity.name)}",)
    if kind == Kind.CONSTRAINT:
        return (f"ALTER TABLE {table_of(identity)} DROP CONSTRAINT {_quoted(identity.name)}",)
    if kind in _ON_TABLE:
        return (f"DROP {kind.upper()} {_quoted(identity.name)} ON {table_of(identity)}",)
    if kind in _RELATIONS or kind == Kind.INDEX:
        return (f"DROP {kind.upper()} {name_of(identity)}",)
    if kind in (Kind.ENUM, Kind.COMPOSITE_TYPE, Kind.RANGE):
        return (f"DROP TYPE {name_of(identity)}",)
    if kind in (Kind.DOMAIN, Kind.STATISTICS, Kind.EXTENSION):
        return (f"DROP {kind.upper()} {name_of(identity)}",)
    if kind in (Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE):
        name, _, arguments = identity.name.partition("(")
        return (f"DROP {kind.upper()} {name_of(identity._replace(name=name))}({arguments}",)
    return ()


def _rename(identity: Identity, name: str) -> tuple[str, ...]:
    to = f"RENAME TO {_quoted(name)}"
    if identity.kind == Kind.CONSTRAINT:
        own = f"RENAME CONSTRAINT {_quoted(identity.name)} TO {_quoted(name)}"
        return (f"ALTER TABLE {table_of(identity)} {own}",)
    kind = "TYPE" if identity.kind == Kind.ENUM else identity.kind.upper()
    return (f"ALTER {kind} {name_of(identity)} {to}",)


def _change(change: Change, wanted: Mapping[str, str], found: Mapping[str, str]) -> tuple[str, ...]:
    identity, name = change.identity, change.property_name
    if name == "comment":
        return _comment(identity, wanted, always=True)
    match identity.kind:
        case Kind.COLUMN:
            return _change_column(identity, name, wanted)
        case Kind.CONSTRAINT if name == "validated" and "validated" not in wanted:
            return (f"ALTER TABLE {table_of(identity)} VALIDATE CONSTRAINT {_quoted(identity.name)}",)
        case Kind.CONSTRAINT:
            words = constraint_words(identity.name, wanted)
            return (f"ALTER TABLE {table_of(identity)} DROP CONSTRAINT {_quoted(identity.name)}, ADD {words}",)
        case Kind.INDEX if name == "definition" and "definition" in wanted and "constraint" not in found:
            return (*_drop(identity), wanted["definition"])
        case Kind.INDEX if name == "valid":
            return (f"REINDEX INDEX CONCURRENTLY {name_of(identity)}",)
        case Kind.ENUM if name == "labels":
            return _labels(identity, wanted["labels"], found["labels"])
        case Kind.VIEW if name == "definition":
            return (f"CREATE OR REPLACE VIEW {name_of(identity)} AS {_plain(wanted[name])}",)
        case Kind.FUNCTION | Kind.PROCEDURE if name == "definition":
            return (_plain(wanted[name]),)
        case Kind.TRIGGER if name == "definition":
            return (*_drop(identity), wanted[name])
        case Kind.TRIGGER if name == "enabled":
            return (f"ALTER TABLE {table_of(identity)} {_ENABLED[wanted.get(name)]} TRIGGER {_quoted(identity.name)}",)
        case Kind.TABLE if name in _TABLE_SWITCHES:
            return (f"ALTER TABLE {name_of(identity)} {_TABLE_SWITCHES[name][name in wanted]}",)
    return ()


_ENABLED = {None: "ENABLE", "no": "DISABLE", "always": "ENABLE ALWAYS", "on replicas": "ENABLE REPLICA"}
# What makes a property of a table go, and come.
_TABLE_SWITCHES = {
    "persistence": ("SET LOGGED", "SET UNLOGGED"),
    "row security": ("DISABLE ROW LEVEL SECURITY", "ENABLE ROW LEVEL SECURITY"),
    "row security for the owner": ("NO FORCE ROW LEVEL SECURITY", "FORCE ROW LEVEL SECURITY"),
}


def _change_column(identity: Identity, name: str, wanted: Mapping[str, str]) -> tuple[str, ...]:
    alter = f"ALTER TABLE {table_of(identity)} ALTER COLUMN {_quoted(identity.name)}"
    if name in ("type", "collation"):
        collation = f" COLLATE {wanted['collation']}" if "collation" in wanted else ""
        return (f"{alter} TYPE {wanted['type']}{collation}",)
    if name == "nullable":
        return (f"{alter} {'SET' if wanted['nullable'] == 'no' else 'DROP'} NOT NULL",)
    if name == "default":
        return (f"{alter} SET DEFAULT {wanted['default']}" if "default" in wanted else f"{alter} DROP DEFAULT",)
    if name == "identity":
        return (
            f"{alter} ADD GENERATED {wanted[name].upper()} AS IDENTITY" if name in wanted else f"{alter} DROP IDENTITY",
        )
    if name in ("statistics", "storage"):
        value = wanted.get(name, "-1" if name == "statistics" else "DEFAULT")
        return (f"{alter} SET {name.upper()} {value.upper()}",)
    return ()


def _labels(identity: Identity, wanted: str, found: str) -> tuple[str, ...]:
    """Labels can be added, wherever; none can be taken away."""
    labels, there = wanted.split(", "), found.split(", ")
    if [label for label in labels if label in there] != there:
        return ()
    statements = []
    for place, label in enumerate(labels):
        if label not in there:
            where = f" AFTER {labels[place - 1]}" if place else f" BEFORE {there[0]}" if there else ""
            last = " " if set(labels[:place]) >= set(there) else where + " "
            statements.append(f"ALTER TYPE {name_of(identity)} ADD VALUE {label}{last.rstrip()}")
    return tuple(statements)


def _comment(identity: Identity, properties: Mapping[str, str], *, always: bool = False) -> tuple[str, ...]:
    if "comment" not in properties and not always:
        return ()
    text = properties.get("comment")
    value = "NULL" if text is None else "'" + text.replace("'", "''") + "'"
    if identity.kind == Kind.COLUMN:
        place = f"COLUMN {table_of(identity)}.{_quoted(identity.name)}"
    elif identity.kind in (Kind.CONSTRAINT, *_ON_TABLE):
        place = f"{identity.kind.upper()} {_quoted(identity.name)} ON {table_of(identity)}"
    elif identity.kind in (Kind.ENUM, Kind.COMPOSITE_TYPE):
        place = f"TYPE {name_of(identity)}"
    elif identity.kind in (*_RELATIONS, Kind.INDEX, Kind.DOMAIN, *_BY_NAME):
        place = f"{identity.kind.upper()} {name_of(identity)}"
    else:
        return ()
    return (f"COMMENT ON {place} IS {value}",)


def _plain(text: str) -> str:
    return text.strip().rstrip(";")


def _unwrapped(expression: str) -> str:
    return expression[1:-1] if expression.startswith("(") and expression.endswith(")") else expression
