"""What a database consists of, as data: taken in a few queries, compared, digested, kept.

It stands on a function that runs one query, so that psycopg, psycopg2, SQLAlchemy or libpq can serve it.
"""

from __future__ import annotations

from limbeck.database.catalogue.catalogue import Catalogue, Identity, Kind, Query
from limbeck.database.catalogue.change import Action, Change, outermost
from limbeck.database.catalogue.difference import applied, difference, owned_otherwise, recreated, reordered
from limbeck.database.catalogue.digest import digest
from limbeck.database.catalogue.snapshot import snapshot

__all__ = [
    "Action",
    "Catalogue",
    "Change",
    "Identity",
    "Kind",
    "Query",
    "applied",
    "difference",
    "digest",
    "outermost",
    "owned_otherwise",
    "recreated",
    "reordered",
    "snapshot",
]
