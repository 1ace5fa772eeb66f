"""Where servers live: the temp folder for what is thrown away, the user's data folder for what is kept."""

from __future__ import annotations

import os
import re
from pathlib import Path

from limbeck.model.errors import UsageError

FOLDER_PREFIX = "limbeck-"
_NAMES_OF_TEMP_FOLDER = ("TMPDIR", "TEMP", "TMP")  # variables, as tempfile takes them
SYSTEM_TEMP_FOLDERS = ("/tmp", "/var/tmp")  # noqa: S108
# 104 bytes with the end mark on macOS, 108 on Linux; and what comes below the parent.
LONGEST_SOCKET_PATH = 103
_BELOW_PARENT = f"/{FOLDER_PREFIX}12345678/.s.PGSQL.5432"
# What needs no quoting in an address, in a driver's list of hosts or in an ini file.
_PLAIN = re.compile(r"[A-Za-z0-9._/-]+")


def temp_folder() -> str:
    """The folder for throw-away data.

    Raises:
        UsageError: there is none that can be written.
    """
    import tempfile

    try:
        return os.path.abspath(tempfile.gettempdir())
    except FileNotFoundError as error:
        raise UsageError(
            f"no folder for temporary files: {error}", hint="set TMPDIR to a folder you can write"
        ) from error


def throw_away_folder(temp: str) -> str:
    """Where the data of a server is that is thrown away: in memory where there is room, and else in the temp folder.

    Who names a temp folder gets it.
    """
    from limbeck.scratch.memory import memory

    is_named = any(os.environ.get(each) for each in _NAMES_OF_TEMP_FOLDER)
    return temp if is_named else memory() or temp


def socket_parent(temp: str) -> str:
    """A folder below which a socket's path is short and plain: the temp folder if it is so, else one of the system's.

    Raises:
        UsageError: no folder will do.
    """
    writable = [path for path in (temp, *SYSTEM_TEMP_FOLDERS) if os.access(path, os.W_OK | os.X_OK)]
    short = [path for path in writable if len(os.fsencode(path + _BELOW_PARENT)) <= LONGEST_SOCKET_PATH]
    for path in short:
        if _PLAIN.fullmatch(path):
            return path
    for path in short:
        if not {",", ":"} & set(path):  # they separate hosts and ports in an address, and cannot be quoted there
            return path
    raise UsageError(
        f"no folder for temporary files has a path short enough for a socket; {temp} is too long",
        hint="set TMPDIR to a folder with a short path",
    )


def data_folder() -> Path:
    """The folder of kept servers, made when it is missing.

    Raises:
        UsageError: it cannot be made.
    """
    named = os.environ.get("XDG_DATA_HOME", "")
    hint = "set XDG_DATA_HOME to a folder you can write"
    if os.path.isabs(named):
        parent = Path(named)
    else:
        try:
            parent = Path.home() / ".local" / "share"
        except RuntimeError as error:
            raise UsageError(f"no folder to keep data in: {error}", hint=hint) from error
    folder = parent / "limbeck" / "postgres"
    try:
        for missing in reversed([place for place in (folder, *folder.parents) if not place.exists()]):
            missing.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot keep data in {folder}: {error.strerror}", hint=hint) from error
    if not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"cannot keep data in {folder}: the folder is not ours to write", hint=hint)
    return folder
