"""The words that want quotation marks are those that every server says."""

from __future__ import annotations

import psycopg

from limbeck.scratch import Server
from limbeck.sql.reserved import RESERVED


def test_the_server_agrees(postgres_server: Server) -> None:
    with psycopg.connect(postgres_server.url()) as connection:
        rows = connection.execute("SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')").fetchall()
    assert {word for (word,) in rows} <= RESERVED
