"""docs/json.md and what the commands print hold the same keys, types, nulls and values, in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from limbeck.cli.commands import COMMANDS
from limbeck.scratch import Server
from tests.docs.json_page import Evidence, JsonPage
from tests.docs.json_runs import ALL, Printed, Runs

PAGE = JsonPage()


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory, postgres_server: Server) -> Iterator[list[Printed]]:
    """All that the runs print."""
    root = tmp_path_factory.mktemp("json")
    numbers = count(1)
    databases: list[str] = []

    def url() -> str:
        databases.append(f"json_{next(numbers)}")
        postgres_server.create_database(databases[-1])
        return postgres_server.url(databases[-1], driver="psycopg")

    runs = Runs(root, url)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        for variable in ("HOME", "XDG_CACHE_HOME"):
            patch.setenv(variable, str(root))
        for variable in ("LIMBECK_URL", "DATABASE_URL", "ALEMBIC_CONFIG"):
            patch.delenv(variable, raising=False)
        for run in ALL:
            run(runs)
    yield runs.printed
    for database in databases:
        postgres_server.drop_database(database)


def test_every_document_is_as_the_page_says(printed: list[Printed]) -> None:
    for heading, words, document in printed:
        try:
            Evidence(PAGE).document(heading, document)
        except AssertionError as error:
            error.add_note(f"limbeck {' '.join(words)} --json")
            raise


def test_everything_on_the_page_is_printed(printed: list[Printed]) -> None:
    evidence = Evidence(PAGE)
    for heading, _, document in printed:
        evidence.document(heading, document)
    assert evidence.unseen() == []


def test_every_shape_is_used_and_told() -> None:
    assert PAGE.used_shapes() == set(PAGE.shapes)
    assert all([*PAGE.documents.values(), *PAGE.shapes.values()]), "a heading without a table"


def test_every_command_is_run(printed: list[Printed]) -> None:
    assert {words[0] for heading, words, _ in printed if heading == "Errors"} == set(COMMANDS)
    assert {words[0] for heading, words, _ in printed if heading != "Errors"} == set(COMMANDS) - {"demo"}


def test_the_documents_of_the_contract() -> None:
    """Keys that others build on; they are not to be given other names."""
    wanted = {
        "history": {"revisions", "heads", "bases", "faults"},
        "heads": {"heads"},
        "current": {"current", "next", "pending", "unknown"},
        "plan": {"from", "to", "digest", "steps"},
        "upgrade and downgrade": {"applied", "failed", "pending"},
    }
    for heading, keys in wanted.items():
        assert keys <= {key.name for key in PAGE.keys(PAGE.documents[heading])}
