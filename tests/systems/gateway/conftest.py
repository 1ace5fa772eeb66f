"""The gateway at every revision, with rows in every table, made once for all tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DatabaseError

from limbeck.scratch import Server

from .catalogue import Catalogue, Rows, read_catalogue, read_positions, read_rows
from .harness import Gateway
from .rows import ADDED
from .specification import REVISIONS, parent


@dataclass(frozen=True, slots=True)
class State:
    """What a database held at one moment."""

    catalogue: Catalogue
    positions: Mapping[str, tuple[str, ...]]
    rows: Rows

    @staticmethod
    def of(gateway: Gateway) -> State:
        with gateway.connect() as connection:
            return State(read_catalogue(connection), read_positions(connection), read_rows(connection))


@dataclass(frozen=True, slots=True)
class Step:
    """One revision run up, down and up again over the rows of all before it, and then with its own rows added."""

    before: State
    up: State
    down: State
    refusal: psycopg.Error | None
    up_again: State
    populated: State
    template: str


Story = Mapping[str, Step]
At = Callable[[str], Gateway]
Connection = psycopg.Connection[Any]
Trying = Callable[[str], Connection]


@pytest.fixture(scope="session")
def story(postgres_server: Server) -> Iterator[Story]:
    """The whole chain, told with rows; the database is kept as a template at every revision."""
    name = "gateway_story"
    postgres_server.create_database(name)
    gateway = Gateway(postgres_server.url(name, driver="psycopg"))
    steps: dict[str, Step] = {}
    now = State.of(gateway)
    for revision in REVISIONS:
        steps[revision] = tell(gateway, revision, now)
        now = steps[revision].populated
        postgres_server.create_database(steps[revision].template, template=name)
    yield steps
    for step in steps.values():
        postgres_server.drop_database(step.template)
    postgres_server.drop_database(name)


def tell(gateway: Gateway, revision: str, before: State) -> Step:
    gateway.upgrade(revision)
    up = State.of(gateway)
    refusal = None
    try:
        gateway.downgrade(parent(revision))
    except DatabaseError as error:
        assert isinstance(error.orig, psycopg.Error)
        refusal = error.orig
    down = State.of(gateway)
    gateway.upgrade(revision)
    up_again = State.of(gateway)
    gateway.execute(ADDED[revision])
    populated = State.of(gateway)
    return Step(before, up, down, refusal, up_again, populated, f"gateway_at_{revision}")


@pytest.fixture
def at(story: Story, postgres_server: Server) -> Iterator[At]:
    """A database of one's own at a revision, with rows in every table there is."""
    names: list[str] = []
    numbers = count(1)

    def at(revision: str) -> Gateway:
        name = f"gateway_copy_{next(numbers)}"
        postgres_server.create_database(name, template=story[revision].template)
        names.append(name)
        return Gateway(postgres_server.url(name, driver="psycopg"))

    yield at
    for name in names:
        postgres_server.drop_database(name)


@pytest.fixture
def looking_at(story: Story, postgres_server: Server) -> At:
    """The same for those who only look: nothing is copied, so nothing may be changed."""
    return lambda revision: Gateway(postgres_server.url(story[revision].template, driver="psycopg"))


@pytest.fixture
def trying(looking_at: At) -> Iterator[Trying]:
    """Connections to the story's databases, whose changes are rolled back after the test."""
    with ExitStack() as stack:

        def trying(revision: str) -> Connection:
            connection = stack.enter_context(looking_at(revision).connect())
            stack.enter_context(connection.transaction(force_rollback=True))
            return connection

        yield trying


@pytest.fixture
def gateway(database_url: str) -> Gateway:
    """The system on an empty database."""
    return Gateway(database_url)
