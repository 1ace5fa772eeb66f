"""The databases on a server that is running are beside the one that its address names, wherever in it that is named."""

from __future__ import annotations

import psycopg
import pytest

from limbeck.lint.scratch_server import RunningServer
from limbeck.scratch import Server


@pytest.mark.parametrize("further", ["", "&dbname=postgres", "&application_name=a%20b&dbname=postgres"])
def test_work_is_done_in_a_database_of_its_own(postgres_server: Server, further: str) -> None:
    server = RunningServer(postgres_server.url() + further)
    with server.opened("beside") as databases:
        name = databases.make(None)
        address = databases.url(name)
        assert address.startswith("postgresql+psycopg://postgres@/")
        with psycopg.connect(address.replace("+psycopg", "", 1)) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == (name,)
