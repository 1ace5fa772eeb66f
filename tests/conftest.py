"""A real PostgreSQL for every test that asks, and the further majors for those marked `majors`."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import create_engine

from limbeck.scratch import PostgresBinaries, Server, find_binaries, start_server
from tests.servers.mariadb import NoMariaDB, address, mariadb_server

pytest_plugins = ["pytester"]  # for tests/pytest_plugin; only the topmost conftest may name one

MAJORS = range(12, 19)
MAJORS_FOLDER = "LIMBECK_TEST_MAJORS"
DEMAND = "LIMBECK_TEST_DEMAND"

# Of laws: no example is too slow on a busy machine, and where a change is to land, luck has no say.
LONG = bool(os.environ.get("LIMBECK_LONG"))
settings.register_profile(
    "limbeck",
    max_examples=20_000 if LONG else 300,
    deadline=None,
    derandomize=os.environ.get(DEMAND) == "1" and not LONG,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("limbeck")

MakeDatabase = Callable[[], str]


def pytest_configure() -> None:
    """A shell starts what runs behind it deaf to SIGINT, and so would be every process that tests interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A throw-away server for this session, or for this worker of it."""
    with start_server() as server:
        yield server


@pytest.fixture
def make_database(postgres_server: Server) -> Iterator[MakeDatabase]:
    """Makes an empty database at every call and returns its address; all are dropped after the test."""
    names: list[str] = []
    numbers = count(1)

    def make() -> str:
        name = f"test_{next(numbers)}"
        postgres_server.create_database(name)
        names.append(name)
        return postgres_server.url(name, driver="psycopg")

    yield make
    for name in names:
        postgres_server.drop_database(name)


@pytest.fixture
def database_url(make_database: MakeDatabase) -> str:
    """The address of an empty database of this test."""
    return make_database()


@pytest.fixture(params=MAJORS, ids=lambda major: f"postgres{major}")
def major_binaries(request: pytest.FixtureRequest) -> PostgresBinaries:
    """The PostgreSQL of each major version in turn; the test wants the mark `majors`."""
    if request.node.get_closest_marker("majors") is None:
        pytest.fail("a test with major_binaries wants the mark `majors`")
    folder = os.environ.get(MAJORS_FOLDER)
    if not folder:
        demand_or_skip(f"{MAJORS_FOLDER} does not name a folder with PostgreSQL 12 to 18")
    place = Path(folder or "") / str(request.param)
    if not place.is_dir():
        demand_or_skip(f"there is no {place}: python tools/fetch_postgres_majors.py {folder}")
    return find_binaries(str(place))


@pytest.fixture
def major_server(major_binaries: PostgresBinaries) -> Iterator[Server]:
    """A throw-away server of each major version in turn; the test wants the mark `majors`."""
    with start_server(binaries=major_binaries) as server:
        yield server


def demand_or_skip(reason: str) -> None:
    """Skip the test for want of something; where everything is demanded, fail it."""
    if os.environ.get(DEMAND) == "1":
        pytest.fail(f"{reason}, and {DEMAND}=1 demands it")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def mariadb_socket() -> Iterator[Path]:
    """The socket of a throw-away MariaDB; the test wants the mark `mariadb`."""
    try:
        with mariadb_server() as place:
            yield place
    except NoMariaDB as missing:
        demand_or_skip(str(missing))


@pytest.fixture
def mariadb_url(mariadb_socket: Path) -> Iterator[str]:
    """The address of an empty MariaDB database of this test; the test wants the mark `mariadb`."""
    engine = create_engine(address(mariadb_socket, ""), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE OR REPLACE DATABASE test_1")
        yield address(mariadb_socket, "test_1")
        connection.exec_driver_sql("DROP DATABASE test_1")
    engine.dispose()
