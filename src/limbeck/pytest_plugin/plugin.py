"""What pytest finds: the fixtures and the settings.  Whatever they need is imported when a test asks for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.pytest_plugin.migrated import MigratedDatabase
    from limbeck.pytest_plugin.source import Sources

_SHARED = pytest.StashKey["TemporaryDirectory[str]"]()
_INI = (
    ("limbeck_config", "limbeck: the project's alembic.ini, pyproject.toml or folder, from pytest's rootdir"),
    ("limbeck_section", "limbeck: the section of the ini file, as alembic's -n"),
    ("limbeck_scratch", "limbeck: where databases are made, as the setting scratch has it"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option, and the settings of pytest's own configuration file."""
    group = parser.getgroup("limbeck")
    group.addoption("--limbeck", action="store_true", help="prove every revision: each check of each is a test")
    for name, meaning in _INI:
        parser.addini(name, meaning, type="string", default="")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    """Add the proofs, before anything chooses among the tests."""
    if config.getoption("limbeck"):
        from limbeck.model.errors import LimbeckError
        from limbeck.pytest_plugin.proofs import proofs

        try:
            items += proofs(session)
        except LimbeckError as error:
            hint = f"\nhint: {error.hint}" if error.hint else ""
            raise pytest.UsageError(f"--limbeck: {error.message}{hint}") from error


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give the workers of pytest-xdist a folder that they share."""
    if node.config.getoption("limbeck"):
        stash = node.config.stash
        if _SHARED not in stash:
            stash[_SHARED] = TemporaryDirectory(prefix="limbeck-")
        node.workerinput["limbeck_shared"] = stash[_SHARED].name


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove that folder."""
    shared = config.stash.get(_SHARED, None)
    if shared is not None:
        shared.cleanup()


@pytest.fixture(scope="session")
def limbeck_project(pytestconfig: pytest.Config) -> Project | str | os.PathLike[str]:
    """The Alembic project: found from pytest's rootdir, or as `limbeck_config` names it.

    Override it with a fixture that returns the path of a configuration file, or what `find_project` returns.
    """
    from limbeck.pytest_plugin.projects import project_at

    with told():
        return project_at(pytestconfig, pytestconfig.getini("limbeck_config") or None)


@pytest.fixture(scope="session")
def _limbeck_sources(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sources]:
    from limbeck.pytest_plugin.source import Sources

    with Sources(pytestconfig.getini("limbeck_scratch"), lambda: tmp_path_factory.mktemp("limbeck")) as sources:
        yield sources


@pytest.fixture
def migrated_database(
    pytestconfig: pytest.Config, limbeck_project: Project | str | os.PathLike[str], _limbeck_sources: Sources
) -> Iterator[MigratedDatabase]:
    """A database of this test's own, at the head of the chain; it is dropped when the test ends."""
    from limbeck.pytest_plugin.projects import project_at

    with told():
        source = _limbeck_sources.of(project_at(pytestconfig, limbeck_project))
        database = source.make()
    yield database
    with told():
        database.close()
        source.drop(database)


@contextmanager
def told() -> Iterator[None]:
    """Limbeck's refusals as pytest tells a failure, without the places in limbeck where they come from."""
    from limbeck.model.errors import LimbeckError

    try:
        yield
    except LimbeckError as error:
        hint = f"\nhint: {error.hint}" if error.hint else ""
        pytest.fail(f"{error.message}{hint}", pytrace=False)
