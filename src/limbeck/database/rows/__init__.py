"""Rows in tables: made such that the tables take them, read, and compared."""

from __future__ import annotations

from limbeck.database.rows.attempts import Execute
from limbeck.database.rows.compare import ColumnChange, RowsChange, compare
from limbeck.database.rows.multiply import Multiplied, multiply
from limbeck.database.rows.read import TableRows, rows_of
from limbeck.database.rows.seed import STYLES, seed
from limbeck.database.rows.seeded import Filled, Seeded, Unfilled
from limbeck.database.rows.values import Style

__all__ = [
    "STYLES",
    "ColumnChange",
    "Execute",
    "Filled",
    "Multiplied",
    "RowsChange",
    "Seeded",
    "Style",
    "TableRows",
    "Unfilled",
    "compare",
    "multiply",
    "rows_of",
    "seed",
]
