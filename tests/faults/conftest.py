"""The systems of the experiments, at the size that every run of the tests can bear."""

from __future__ import annotations

import pytest

from limbeck.scratch import Server
from tests.faults.database import MariaDB, PostgreSQL, SQLite, System

SYSTEMS = (
    pytest.param("PostgreSQL", id="postgresql"),
    pytest.param("MariaDB", id="mariadb", marks=pytest.mark.mariadb),
    pytest.param("SQLite", id="sqlite"),
)
SERVERS = SYSTEMS[:2]


@pytest.fixture
def system(request: pytest.FixtureRequest) -> System:
    """The system that a test names, by `parametrize("system", SYSTEMS, indirect=True)`."""
    if request.param == "PostgreSQL":
        return PostgreSQL(request.getfixturevalue("postgres_server"))
    if request.param == "MariaDB":
        return MariaDB(request.getfixturevalue("mariadb_socket"))
    return SQLite()


@pytest.fixture
def postgresql(postgres_server: Server) -> PostgreSQL:
    """PostgreSQL."""
    return PostgreSQL(postgres_server)
