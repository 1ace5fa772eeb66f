"""What to write into `downgrade`, ready to paste."""

from __future__ import annotations

from limbeck.database.catalogue import Identity, Kind
from limbeck.lint import code

_PLAIN = {
    Kind.SCHEMA: "SCHEMA",
    Kind.EXTENSION: "EXTENSION",
    Kind.VIEW: "VIEW",
    Kind.MATERIALIZED_VIEW: "MATERIALIZED VIEW",
    Kind.SEQUENCE: "SEQUENCE",
    Kind.ENUM: "TYPE",
    Kind.COMPOSITE_TYPE: "TYPE",
    Kind.RANGE: "TYPE",
    Kind.TYPE: "TYPE",
    Kind.DOMAIN: "DOMAIN",
    Kind.STATISTICS: "STATISTICS",
    Kind.COLLATION: "COLLATION",
    Kind.FOREIGN_TABLE: "FOREIGN TABLE",
    Kind.FOREIGN_SERVER: "SERVER",
    Kind.FOREIGN_DATA_WRAPPER: "FOREIGN DATA WRAPPER",
    Kind.EVENT_TRIGGER: "EVENT TRIGGER",
}
_OF_TABLE = {Kind.TRIGGER: "TRIGGER", Kind.POLICY: "POLICY", Kind.RULE: "RULE"}
_ROUTINES = {Kind.FUNCTION: "FUNCTION", Kind.PROCEDURE: "PROCEDURE", Kind.AGGREGATE: "AGGREGATE"}


def dropping(identity: Identity) -> str:
    """The operation that drops an object; empty when limbeck knows none."""
    name, kind = code.text(identity.name), identity.kind
    schema = f", schema={code.text(identity.schema)}" if identity.schema not in ("", "public") else ""
    if kind == Kind.TABLE:
        return f"op.drop_table({name}{schema})"
    if kind == Kind.COLUMN:
        return f"op.drop_column({code.text(identity.of)}, {name}{schema})"
    if kind == Kind.INDEX:
        return f"op.drop_index({name}, {code.text(identity.of)}{schema})"
    if kind == Kind.CONSTRAINT:
        return f"op.drop_constraint({name}, {code.text(identity.of)}{schema})"
    if kind in _OF_TABLE:
        table = _qualified(identity.schema, identity.of)
        return code.execute(f"DROP {_OF_TABLE[Kind(kind)]} {code.identifier(identity.name)} ON {table}")
    if kind in _ROUTINES:
        bare, bracket, arguments = identity.name.partition("(")
        return code.execute(f"DROP {_ROUTINES[Kind(kind)]} {_qualified(identity.schema, bare)}{bracket}{arguments}")
    if kind in _PLAIN:
        return code.execute(f"DROP {_PLAIN[Kind(kind)]} {_qualified(identity.schema, identity.name)}")
    return ""


def _qualified(schema: str, name: str) -> str:
    parts = (name,) if schema in ("", "public") else (schema, name)
    return ".".join(code.identifier(part) for part in parts)
