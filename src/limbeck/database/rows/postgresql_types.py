"""PostgreSQL's types, with all that they consist of."""

from __future__ import annotations

import json
from typing import Any

from limbeck.database.catalogue import Query
from limbeck.database.rows.table import Family, Type

_FAMILIES = {
    "e": Family.ENUM,
    "d": Family.DOMAIN,
    "r": Family.RANGE,
    "m": Family.MULTIRANGE,
    "c": Family.COMPOSITE,
}
_HEADER = 4  # what a modifier counts besides the length of a text, or the digits of a number
_WITH_HEADER = ("varchar", "bpchar", "numeric")


class Types:
    """The types of some columns, by oid."""

    def __init__(self, rows: dict[int, tuple[Any, ...]]) -> None:
        self._rows = rows

    @classmethod
    def read(cls, query: Query, tables: str, major: int) -> Types:
        """Those of the columns of tables, whose oids are an SQL array, and those that they consist of."""
        multirange = "rngmultitypid" if major >= 14 else "rngtypid"  # where there is no type of the letter m
        return cls({int(row[0]): row[1:] for row in query(_TYPES.format(tables=tables, multirange=multirange))})

    def of(self, oid: int, modifier: int, name: str | None = None) -> Type:
        """The type with its modifier.

        Args:
            oid: of the type.
            modifier: `atttypmod`, -1 for none.
            name: with the modifier, when it is known.
        """
        bare, base, letter, element, inner, inner_modifier, mandatory, labels, attributes, checks = self._rows[oid]
        element, inner = int(element), int(inner)
        name = name or bare
        if letter == "b" and element:
            return Type(Family.ARRAY, name, of=(self.of(element, modifier),))
        if letter == "d":
            of = (self.of(inner, int(inner_modifier)),)
            return Type(Family.DOMAIN, name, of=of, checks=tuple(json.loads(checks)), mandatory=mandatory == "true")
        if letter == "e":
            return Type(Family.ENUM, name, labels=tuple(json.loads(labels)))
        if letter == "c":
            parts = tuple(self.of(int(part), int(own)) for part, own in json.loads(attributes))
            return Type(Family.COMPOSITE, name, of=parts)
        if letter in _FAMILIES:
            return Type(_FAMILIES[letter], name, of=(self.of(inner, -1),))
        length, scale = _modifier(base, modifier)
        return Type(Family.BASE, name, base, length, scale)


def _modifier(base: str, modifier: int) -> tuple[int | None, int]:
    """What stands in a type's parentheses."""
    if modifier < 0:
        return None, 0
    if base in _WITH_HEADER:
        modifier -= _HEADER
    if base == "numeric":
        return modifier >> 16 & 0xFFFF, ((modifier & 0x7FF) ^ 0x400) - 0x400
    return modifier, 0


_TYPES = """
WITH RECURSIVE needed (oid) AS (
    SELECT atttypid FROM pg_attribute WHERE attrelid = ANY ({tables}) AND attnum > 0 AND NOT attisdropped
    UNION
    SELECT part.oid FROM needed n JOIN pg_type t ON t.oid = n.oid CROSS JOIN LATERAL (
        SELECT t.typelem AS oid WHERE t.typcategory = 'A'
        UNION ALL SELECT t.typbasetype WHERE t.typtype = 'd'
        UNION ALL SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid
        UNION ALL SELECT r.rngtypid FROM pg_range r WHERE r.{multirange} = t.oid AND t.typtype = 'm'
        UNION ALL SELECT a.atttypid FROM pg_attribute a
            WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
    ) part
)
SELECT t.oid::oid, format_type(t.oid, NULL), t.typname::text, t.typtype::text,
    CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END::oid,
    COALESCE(r.rngsubtype, m.rngtypid, t.typbasetype)::oid, t.typtypmod, t.typnotnull::text,
    COALESCE((SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_enum e
        WHERE e.enumtypid = t.oid), '[]')::text,
    COALESCE((SELECT json_agg(json_build_array(a.atttypid::int8, a.atttypmod) ORDER BY a.attnum) FROM pg_attribute a
        WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped), '[]')::text,
    COALESCE((SELECT json_agg(pg_get_expr(c.conbin, 0) ORDER BY c.conname) FROM pg_constraint c
        WHERE c.contypid = t.oid AND c.contype = 'c' AND t.typtype = 'd'), '[]')::text
FROM needed n JOIN pg_type t ON t.oid = n.oid
LEFT JOIN pg_range r ON r.rngtypid = t.oid
LEFT JOIN pg_range m ON m.{multirange} = t.oid AND t.typtype = 'm'
"""
