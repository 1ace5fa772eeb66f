"""An `env.py` of Flask-Migrate runs in the context of the application, as under `flask db`.

Flask's own part is played by a package with its names; what it finds is written to the project by each test.
"""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import write_project, write_revision

_FLASK = """\
from contextlib import contextmanager
entered = []
made = []

def has_app_context():
    return bool(entered)

class Application:
    def __init__(self, url):
        made.append(self)
        self.url = url

    @contextmanager
    def app_context(self):
        entered.append(self)
        yield
        entered.pop()

class Current:
    def __getattr__(self, name):
        if not entered:
            raise RuntimeError("Working outside of application context.")
        return getattr(entered[-1], name)

current_app = Current()
"""
_CLI = """\
import importlib.util, os

class NoAppException(Exception):
    pass

def load_dotenv():
    if os.path.exists(".flaskenv"):
        with open(".flaskenv") as file:
            name, _, value = file.read().strip().partition("=")
        os.environ.setdefault(name, value)

class ScriptInfo:
    def __init__(self, app_import_path=None):
        self.path = app_import_path or "app.py"

    def load_app(self):
        if not os.path.exists(self.path):
            raise NoAppException("Could not locate a Flask application.\\n\\nTraceback\\n\\nUse FLASK_APP")
        spec = importlib.util.spec_from_file_location("application", self.path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.app
"""
_ENV_PY = """\
from alembic import context
from flask import current_app
from sqlalchemy import create_engine

with create_engine(current_app.url).connect() as connection:
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project on SQLite, with Flask beside it, and without an application."""
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "own"))
    monkeypatch.delenv("FLASK_APP", raising=False)
    package = tmp_path / "packages" / "flask"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(_FLASK)
    (package / "cli.py").write_text(_CLI)
    (package / "helpers.py").write_text("def get_load_dotenv():\n    return True\n")
    monkeypatch.syspath_prepend(str(package.parent))
    _forget_flask()
    project = tmp_path / f"project_{token_hex(4)}"
    project.mkdir()
    write_project(project, "", _ENV_PY)
    write_revision(project, "aaa111", None, "users", up='op.execute("CREATE TABLE users (id integer)")')
    monkeypatch.chdir(project)
    yield project
    _forget_flask()


def _forget_flask() -> None:
    for name in [name for name in sys.modules if name == "flask" or name.startswith("flask.")]:
        del sys.modules[name]


def _write_application(path: Path) -> None:
    path.write_text(f"from flask import Application\napp = Application('sqlite:///{path.parent}/app.db')\n")


@pytest.mark.parametrize("where", ["project", "migrations"])
def test_the_application_is_found_where_flask_finds_it(
    folder: Path, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write_application(folder / "app.py")
    if where == "migrations":
        (folder / "alembic.ini").rename(folder / "migrations" / "alembic.ini")
        text = (folder / "migrations" / "alembic.ini").read_text()
        (folder / "migrations" / "alembic.ini").write_text(text.replace("%(here)s/migrations", "%(here)s"))
        monkeypatch.chdir(folder / "migrations")
    assert limbeck("upgrade", "-q").status == 0
    outcome = limbeck("current")
    assert "aaa111" in outcome.out, outcome
    flask = importlib.import_module("flask")
    assert len(flask.made) == 1, "an application is made once in a process"
    assert flask.entered == []


def test_its_name_stands_in_flaskenv(folder: Path) -> None:
    _write_application(folder / "shop.py")
    (folder / ".flaskenv").write_text("FLASK_APP=shop.py\n")
    assert limbeck("upgrade", "-q").status == 0
    assert "FLASK_APP" not in os.environ, "what the file sets is set for env.py only"


@pytest.mark.usefixtures("folder")
def test_there_is_no_application() -> None:
    outcome = limbeck("upgrade")
    assert outcome.status == 2
    assert outcome.err == (
        "limbeck: env.py asks for the Flask application: Could not locate a Flask application. Use FLASK_APP\n"
        "hint: type it where `flask db` works, with FLASK_APP=... in front\n"
    )


def test_an_application_that_upgrades_its_database_when_it_is_made_does_not(folder: Path) -> None:
    _write_application(folder / "app.py")
    with (folder / "app.py").open("a") as file:
        file.write(
            "from alembic import command\nfrom alembic.config import Config\n"
            "with app.app_context():\n    command.upgrade(Config('alembic.ini'), 'head')\n"
        )
    outcome = limbeck("current")
    assert "base" in outcome.out, outcome
    assert limbeck("verify", "--jobs", "1").status == 1
    assert limbeck("upgrade", "-q").status == 0
    assert "aaa111" in limbeck("current").out
