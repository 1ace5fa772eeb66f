"""Rows in tables: made such that the tables take them (`seed`, which takes long to import), read, and compared."""

from __future__ import annotations

from limbeck.database.rows.attempts import Attempts, Execute
from limbeck.database.rows.compare import ColumnChange, RowsChange, compare
from limbeck.database.rows.dialect import dialect_of, rows_of
from limbeck.database.rows.read import TableRows
from limbeck.database.rows.refusal import Refusal, translated_code
from limbeck.database.rows.seeded import Filled, Seeded, Unfilled
from limbeck.database.rows.style import STYLES, Style

__all__ = [
    "STYLES",
    "Attempts",
    "ColumnChange",
    "Execute",
    "Filled",
    "Refusal",
    "RowsChange",
    "Seeded",
    "Style",
    "TableRows",
    "Unfilled",
    "compare",
    "dialect_of",
    "rows_of",
    "translated_code",
]
