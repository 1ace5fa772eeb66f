"""What went wrong in the project's code or in the database, as an error of limbeck: the fact, the place, no
password.
"""

from __future__ import annotations

import configparser
import os
import re
import socket
import sys
import traceback
from collections.abc import Callable
from configparser import InterpolationError
from typing import TYPE_CHECKING

from limbeck.environment.missing_module import import_hint
from limbeck.model.errors import LimbeckError, TargetUnavailable, UsageError
from limbeck.model.plan import FailedStep
from limbeck.model.revision import Span

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

_EMBEDDED = (
    "set the address that env.py reads, or give one with --url, or use a PostgreSQL of limbeck's own with --embedded"
)

_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL
_LOCK_WAIT_TIMEOUT = 1205  # MariaDB and MySQL
_ADDRESS = re.compile(r" at 0x[0-9a-f]+\b")  # of an object that an error shows: another one in each run
_SQLITE_LOCKED = (5, 6)  # SQLITE_BUSY, SQLITE_LOCKED


def one_line(error: BaseException) -> str:
    """Class and first line of an error; for one of the database, the driver's own words; for limbeck's, its message."""
    if isinstance(error, LimbeckError):
        return error.message
    original = _of_driver(error)
    name = type(original).__name__
    fields = _wrong_fields(original)
    if fields:
        return f"{name}: {fields}"
    words = str(original).strip().splitlines()
    return f"{name}: {_ADDRESS.sub('', words[0])}" if words else name


def _of_driver(error: BaseException) -> BaseException:
    """The error that the driver of a database has raised, without SQLAlchemy's around it.

    Who has not imported SQLAlchemy has none of its errors: much is done on connections without it.
    """
    exceptions = sys.modules.get("sqlalchemy.exc")
    original = error.orig if exceptions is not None and isinstance(error, exceptions.DBAPIError) else None
    return original if isinstance(original, BaseException) else error


def _wrong_fields(error: BaseException) -> str:
    """Of an error of pydantic, which says in its first line only how many: the fields, and what is wrong with each.

    Their values are left out; they may be secrets.
    """
    if not type(error).__module__.startswith("pydantic"):
        return ""
    told = getattr(error, "errors", None)
    found = told() if callable(told) else ()
    return "; ".join(f"{'.'.join(str(part) for part in each['loc'])}: {each['msg']}" for each in found)


def line_in_file(error: BaseException, path: str) -> int | None:
    """The innermost line of the file that the error passed through."""
    same = {path, os.path.abspath(path)}
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename in same]
    if isinstance(error, SyntaxError) and error.filename == path:
        lines.append(error.lineno)
    return lines[-1] if lines else None


def sqlstate(error: BaseException) -> str | None:
    """The five-character code that the database gave, whatever the driver calls it."""
    original = _of_driver(error)
    for holder in (original, getattr(original, "__cause__", None)):
        for name in ("sqlstate", "pgcode"):
            code = getattr(holder, name, None)
            if isinstance(code, str) and len(code) == 5:
                return code
    return None


def position(error: BaseException) -> int | None:
    """Where in its statement the database has found the error, from 0 on, in characters; None when it does not say."""
    original = _of_driver(error)
    for holder in (original, getattr(original, "__cause__", None)):
        told = getattr(getattr(holder, "diag", None), "statement_position", None) or getattr(holder, "position", None)
        if told is not None and str(told).isdecimal():
            return int(told) - 1
    return None


def is_lock_timeout(error: DBAPIError) -> bool:
    """Whether a statement gave up waiting for a lock, by the code of its database."""
    original = error.orig
    if sqlstate(error) == _LOCK_NOT_AVAILABLE or getattr(original, "sqlite_errorcode", 0) & 0xFF in _SQLITE_LOCKED:
        return True
    arguments: tuple[object, ...] = getattr(original, "args", ())
    return bool(arguments) and arguments[0] == _LOCK_WAIT_TIMEOUT


def failed_step(
    error: BaseException, revision: str, path: str, seconds: float, database: str, masked: Callable[[str], str]
) -> FailedStep:
    """A step that has failed with this error.

    Args:
        path: of the revision's file.
        seconds: how long it ran.
        database: its name in a project of several.
        masked: takes passwords out of a text.
    """
    line, statement = line_in_file(error, path), getattr(error, "statement", None)
    return FailedStep(
        revision=revision,
        seconds=seconds,
        error=masked(one_line(error)),
        sqlstate=sqlstate(error),
        statement=masked(statement) if statement else None,
        span=Span(path, line) if line is not None else None,
        database=database,
    )


def env_py_failed(error: BaseException, path: str, *, has_address: bool, masked: Callable[[str], str]) -> LimbeckError:
    """The error of a run of `env.py` that failed outside any step.

    Args:
        path: of `env.py`.
        has_address: whether the configuration names a database.
        masked: takes passwords out of a text.
    """
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError, NoSuchModuleError

    words = masked(one_line(error))
    line = line_in_file(error, path)
    place = f"{path}:{line}" if line is not None else path
    if isinstance(error, InterpolationError):
        return UsageError(
            f"a single % stands in an option of the ini file that env.py reads ({place})",
            hint="write each % of a value as %%, those of a password in an address as %%25",
        )
    if _sets_a_percent_sign(error):
        return UsageError(
            f"env.py sets an option of the configuration to an address with a % in it ({place})",
            hint='config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))',
        )
    if _is_connection_failure(error):
        return TargetUnavailable(
            f"the database cannot be connected to: {words}",
            hint="check the address and that the server is up, then type the same command again",
        )
    if isinstance(error, DBAPIError):
        return TargetUnavailable(f"the database refuses: {words}", hint=f"env.py was at {place}")
    if isinstance(error, CommandError):
        return UsageError(masked(str(error)), hint=None if has_address else _EMBEDDED)
    if isinstance(error, ImportError):
        return UsageError(
            f"{_importing(error, path)} cannot be imported: {words}",
            hint=import_hint(error, os.path.dirname(path)),
        )
    variable = _variable_wanted(error)
    if variable is not None:
        return UsageError(
            f"env.py wants the environment variable {variable}, which is not set ({place})",
            hint=f"{variable}=... in front of the same command",
        )
    if _wrong_fields(error):
        return UsageError(
            f"env.py fails with {words} ({place})",
            hint="set what is missing in the environment, as for the application itself",
        )
    if isinstance(error, NoSuchModuleError) or _is_no_address(error) or (not has_address and _wants_address(error)):
        return UsageError(f"no database is configured; env.py fails with {words} ({place})", hint=_EMBEDDED)
    hint = "alembic current shows the whole traceback"
    return UsageError(f"env.py fails with {words} ({place})", hint=hint if has_address else f"{hint}; or {_EMBEDDED}")


def _is_no_address(error: BaseException) -> bool:
    """Whether SQLAlchemy was given something for an address that is none; it has that error for much else."""
    from sqlalchemy.engine import url
    from sqlalchemy.exc import ArgumentError

    frames = traceback.extract_tb(error.__traceback__)
    return isinstance(error, ArgumentError) and bool(frames) and frames[-1].filename == url.__file__


def _wants_address(error: BaseException) -> bool:
    """Whether an option was wanted that holds the address."""
    return isinstance(error, KeyError) and error.args in (("url",), ("sqlalchemy.url",))


def _sets_a_percent_sign(error: BaseException) -> bool:
    """Whether an option of the ini file was to be set to a value that is none: a single % refers to another option."""
    if not isinstance(error, ValueError):
        return False
    frames = traceback.extract_tb(error.__traceback__)
    return bool(frames) and frames[-1].filename == configparser.__file__ and frames[-1].name == "before_set"


def _variable_wanted(error: BaseException) -> str | None:
    """The name for which `os.environ[...]` has failed."""
    if not isinstance(error, KeyError) or len(error.args) != 1 or not isinstance(error.args[0], str):
        return None
    frames = traceback.extract_tb(error.__traceback__)
    return error.args[0] if frames and frames[-1].filename in ("<frozen os>", os.__file__) else None


def _importing(error: BaseException, env_py: str) -> str:
    """The file whose import failed: env.py, or the revision that Alembic was loading."""
    files = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    own = [name for name in files if "/versions/" in name.replace("\\", "/") or name == env_py]
    return own[-1] if own else env_py


def _is_connection_failure(error: BaseException) -> bool:
    """A failed connection has no statement, and no SQLSTATE of a statement's or a commit's error.

    asyncpg lets the operating system's error through as it is.
    """
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        return error.statement is None and (sqlstate(error) or "08")[:2] in ("08", "28", "3D", "57")
    return isinstance(error, (ConnectionError, TimeoutError, socket.gaierror)) or type(error).__module__.startswith(
        "asyncpg"
    )
