"""Where sequences stand: state, not schema, and so no part of a Catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from limbeck.database.catalogue.catalogue import Identity, Kind, Query


def sequence_values(query: Query) -> Mapping[Identity, int | None]:
    """The last value that each sequence of a user gave; None for one that was never used, or may not be read."""
    rows = query(
        "SELECT s.nspname, c.relname, CASE WHEN pg_catalog.has_sequence_privilege(c.oid, 'SELECT, USAGE') "
        "THEN pg_catalog.pg_sequence_last_value(c.oid) END FROM pg_catalog.pg_class c "
        "JOIN pg_catalog.pg_namespace s ON s.oid = c.relnamespace WHERE c.relkind = 'S' AND s.nspname !~ '^pg_' "
        "AND c.relpersistence <> 't'"
    )
    return {
        Identity(Kind.SEQUENCE, schema, name): None if value is None else int(value) for schema, name, value in rows
    }
