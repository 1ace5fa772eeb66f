"""The Flask application whose context an `env.py` runs in: Flask-Migrate's asks `current_app` for everything."""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.runtime.migration import MigrationContext

from limbeck.model.errors import UsageError

_HIGHEST = 4  # folders above env.py in which the application is looked for
_loaded: dict[tuple[str, str], Any] = {}  # an application can be made once in a process, and env.py runs several times


@contextmanager
def application_context(env_py: str, typed_in: str) -> Iterator[None]:
    """Run the body as `flask db` would, when `env.py` asks for `current_app` and nobody has given it one.

    The application is found as `flask` finds it: by FLASK_APP, by `.env` and `.flaskenv`, by `wsgi.py` or `app.py`.

    Args:
        env_py: its path.
        typed_in: the folder in which the command was typed, which is looked at first; then those above `env.py`.

    Raises:
        UsageError: there is no application.
    """
    if not _asks_for_it(env_py):
        yield
        return
    if importlib.import_module("flask").has_app_context():
        yield
        return
    before, folder = dict(os.environ), os.getcwd()
    os.chdir(_place(env_py, typed_in))
    try:
        try:
            application = _application()
        finally:
            os.chdir(folder)  # what env.py names is relative to it
        with application.app_context():
            yield
    finally:
        for name in os.environ.keys() - before.keys():  # of .env and .flaskenv, which change nothing that is set
            del os.environ[name]


def _asks_for_it(env_py: str) -> bool:
    try:
        with open(env_py, "rb") as file:
            return b"current_app" in file.read() and importlib.util.find_spec("flask") is not None
    except OSError:
        return False  # Alembic says what is missing


def _place(env_py: str, typed_in: str) -> str:
    """The folder in which `flask` would find the application."""
    module = os.environ.get("FLASK_APP", "").partition(":")[0].removesuffix(".py").replace("/", ".").split(".")[0]
    names = (module, f"{module}.py") if module else (".flaskenv", "wsgi.py", "app.py")
    folders = [typed_in, os.path.dirname(os.path.abspath(env_py))]
    for _ in range(_HIGHEST):
        folders.append(os.path.dirname(folders[-1]))
    return next(
        (folder for folder in folders if any(os.path.exists(os.path.join(folder, name)) for name in names)), typed_in
    )


def _application() -> Any:
    cli = importlib.import_module("flask.cli")
    if importlib.import_module("flask.helpers").get_load_dotenv():
        cli.load_dotenv()
    named = os.environ.get("FLASK_APP", "")
    key = (os.getcwd(), named)
    if key not in _loaded:
        try:
            with _no_chain_run():
                _loaded[key] = cli.ScriptInfo(app_import_path=named or None).load_app()
        except cli.NoAppException as error:
            raise UsageError(
                f"env.py asks for the Flask application: {_said(error)}",
                hint="type it where `flask db` works, with FLASK_APP=... in front",
            ) from error
    return _loaded[key]


@contextmanager
def _no_chain_run() -> Iterator[None]:
    """While entered, nothing upgrades a database through Alembic: some applications do when they are made.

    A command that only looks must not, and a scratch database is to be as empty as it was.
    """
    own = MigrationContext.run_migrations

    def run_nothing(_context: MigrationContext, **_arguments: Any) -> None:
        pass

    MigrationContext.run_migrations = run_nothing  # type: ignore[assignment,method-assign]
    try:
        yield
    finally:
        MigrationContext.run_migrations = own  # type: ignore[method-assign]


def _said(error: Exception) -> str:
    """What Flask says, the traceback between its first line and its last left out."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return " ".join(lines if len(lines) < 3 else (lines[0], lines[-1]))
