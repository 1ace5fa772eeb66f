"""A way through the chain played on an empty connection: neither `env.py` nor Alembic has a part in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import psycopg

from limbeck.database.catalogue import Catalogue, snapshot
from limbeck.environment.failure import one_line
from limbeck.verify.proof.recordings import script
from limbeck.verify.proof.trip import Issued, Stopped


def played(
    address: str, issued: Iterable[Sequence[Issued]], version_table: str
) -> tuple[Catalogue, Catalogue | None, Stopped | None]:
    """Play revisions in one transaction; the catalogue before, the one after, and what stopped it.

    Args:
        address: of a database, for libpq.
        issued: what each revision issues.
        version_table: Alembic's, which is no part of the catalogues.
    """
    with psycopg.connect(address) as connection:

        def query(sql: str) -> Sequence[tuple[Any, ...]]:
            return connection.execute(sql.encode()).fetchall()

        before = snapshot(query, without=(version_table,))._replace(origin="")
        text = script(each for revision in issued for each in revision)
        try:
            connection.execute(text.encode(), prepare=False)
            connection.commit()
        except psycopg.Error as error:
            connection.rollback()
            return before, None, Stopped(one_line(error), error.sqlstate, None)
        return before, snapshot(query, without=(version_table,))._replace(origin=""), None
