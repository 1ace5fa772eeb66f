"""Which files hold the configuration: named on the command line, named by ALEMBIC_CONFIG, or found by walking up.

Without a name, the nearest folder wins, from the working folder up to the home folder, or up to the root when the work
is done outside it.  The walk ends below a folder that anybody may write to, as `/tmp` is: what lies there may be
anybody's, and an `env.py` is code that will run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence

from limbeck.environment.configuration_files import IniFile, TomlFile
from limbeck.model.errors import ConfigurationNotFound, UsageError

_INI, _TOML = "alembic.ini", "pyproject.toml"
_SKIPPED = {"node_modules", "site-packages", "__pycache__"}
_DEPTH = 3
_MOST_FOLDERS = 2000
_STICKY_FOR_ALL = 0o1002


class Found:
    """The files of a configuration.

    Attributes:
        working_folder: folder that relative paths in them start from.
        root: folder of the file that was found.
        ini: the ini file, if there is one.
        toml: the pyproject.toml that Alembic reads, if there is one.
        settings: the pyproject.toml that limbeck reads: the one in `root` if it has `[tool.limbeck]`, else Alembic's.
    """

    __slots__ = ("ini", "root", "settings", "toml", "working_folder")

    def __init__(
        self, working_folder: str, root: str, ini: IniFile | None, toml: TomlFile | None, settings: TomlFile | None
    ) -> None:
        self.working_folder = working_folder
        self.root = root
        self.ini = ini
        self.toml = toml
        self.settings = settings


def find_files(config: str | Sequence[str] | None, start: str, environ: Mapping[str, str]) -> Found:
    """The configuration of the project that `start` lies in.

    Args:
        config: what `-c` named: an ini file, a pyproject.toml, one of each, or a folder with either.
        start: absolute path of the working folder.
        environ: environment variables; ALEMBIC_CONFIG and HOME are looked at.

    Raises:
        ConfigurationNotFound: there is none.
        UsageError: a file cannot be read, or two of one kind are named.
    """
    names = [name for name in ([config] if isinstance(config, str) else config or ()) if name]
    if len(names) == 1 and os.path.isdir(os.path.join(start, names[0])):
        return _in_named_folder(tidy(os.path.join(start, names[0])))
    if names or environ.get("ALEMBIC_CONFIG"):
        return _named(names, start, environ)
    searched = []
    for folder in folders_up(start, environ):
        found = _in_folder(folder)
        if found is not None:
            return found
        searched.append(folder)
    raise ConfigurationNotFound(
        f"no {_INI} and no {_TOML} with [tool.alembic] in {', '.join(searched)}", hint=_hint_of_candidates(start)
    )


def tidy(path: str) -> str:
    """An absolute path without `.` and `..`, even when a `..` stands behind a symbolic link."""
    return os.path.realpath(path) if ".." in path else os.path.normpath(path)


def folders_up(start: str, environ: Mapping[str, str]) -> Iterator[str]:
    """The folder and those above it, as far as a configuration may be looked for."""
    home = environ.get("HOME") or environ.get("USERPROFILE")
    last = os.path.normpath(home) if home else None
    folder = os.path.normpath(start)
    yield folder
    while folder != last and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
        if _is_open_to_all(folder):
            return
        yield folder


def _is_open_to_all(folder: str) -> bool:
    """True for a folder like `/tmp`, and for one that cannot be looked at."""
    try:
        return os.stat(folder).st_mode & _STICKY_FOR_ALL == _STICKY_FOR_ALL
    except OSError:
        return True


def _in_folder(folder: str) -> Found | None:
    """The configuration in the folder, as if Alembic was called there; None when there is none."""
    ini_path, toml_path = os.path.join(folder, _INI), os.path.join(folder, _TOML)
    ini = IniFile(ini_path) if os.path.isfile(ini_path) else None
    toml = TomlFile(toml_path) if os.path.isfile(toml_path) else None
    if ini is None and (toml is None or toml.alembic is None):
        return None
    return Found(folder, folder, ini, toml, toml)


def _in_named_folder(folder: str) -> Found:
    found = _in_folder(folder)
    if found is not None:
        return found
    if os.path.isfile(os.path.join(folder, "env.py")):
        return Found(folder, folder, None, None, None)
    raise ConfigurationNotFound(
        f"no {_INI}, no {_TOML} with [tool.alembic] and no env.py in {folder}", hint=_hint_of_candidates(folder)
    )


def _named(names: Sequence[str], start: str, environ: Mapping[str, str]) -> Found:
    """The files named, by Alembic's rule.

    A name that ends in pyproject.toml is that file, any other an ini file.  What is not named has its usual name and
    lies in the working folder, if at all.
    """
    named: dict[str, str] = {}
    for name in names:
        kind = _kind(name)
        if kind in named:
            raise UsageError(f"two files of one kind are named: {named[kind]} and {name}", hint="give one -c for each")
        named[kind] = name
    by_environment = environ.get("ALEMBIC_CONFIG")
    if by_environment:
        named.setdefault(_kind(by_environment), by_environment)
    paths = {kind: tidy(os.path.join(start, named.get(kind, kind))) for kind in (_INI, _TOML)}
    for kind, name in named.items():
        if not os.path.exists(paths[kind]) or os.path.isdir(paths[kind]):
            source = "-c" if name in names else "ALEMBIC_CONFIG"
            raise ConfigurationNotFound(
                f"{source} names a file that is not there: {paths[kind]}", hint=_hint_of_candidates(start)
            )
    ini = IniFile(paths[_INI]) if os.path.isfile(paths[_INI]) or _INI in named else None
    toml = TomlFile(paths[_TOML]) if os.path.isfile(paths[_TOML]) else None
    root = os.path.dirname(paths[_INI] if ini is not None else paths[_TOML])
    if ini is None and (toml is None or toml.alembic is None):
        raise ConfigurationNotFound(f"{paths[_TOML]} has no [tool.alembic]", hint=_hint_of_candidates(start))
    beside = os.path.join(root, _TOML)
    own = TomlFile(beside) if os.path.isfile(beside) and beside != paths[_TOML] else toml
    return Found(start, root, ini, toml, own if own is not None and own.limbeck is not None else toml)


def _kind(name: str) -> str:
    return _TOML if os.path.basename(name) == _TOML else _INI


def _hint_of_candidates(start: str) -> str:
    """What to type instead, from what lies below the folder."""
    files, templates, folders = candidates_below(start)
    found = files or templates or folders
    if not found:
        return "`alembic init migrations` starts a chain here; limbeck -c FILE names a configuration elsewhere"
    names = ", ".join(os.path.relpath(path, start) for path in found[:5])
    names += f" and {len(found) - 5} more" if len(found) > 5 else ""
    if found == templates:
        return f"a template lies below: {names}; make an {_INI} of it"
    first = os.path.dirname(found[0]) if os.path.basename(found[0]) in (_INI, _TOML) else found[0]
    if first == start:
        return f"{names} lies here: leave out -c and ALEMBIC_CONFIG"
    import shlex

    return f"found below: {names}; type limbeck -c {shlex.quote(os.path.relpath(first, start))} and the command"


def candidates_below(start: str) -> tuple[list[str], list[str], list[str]]:
    """What looks like an Alembic configuration in `start` and at most three folders below.

    Hidden folders, virtual environments and installed packages are left out.

    Returns:
        Absolute paths of ini files of Alembic and pyproject.toml files with `[tool.alembic]`; of templates that an ini
        file is made of, as `alembic.ini.mako`; of folders with an `env.py` and revisions.
    """
    files, templates, folders = [], [], []
    for folder, names in _walk(start):
        for name in sorted(names):
            path = os.path.join(folder, name)
            if name.startswith("alembic") and name.endswith(".ini"):
                files.append(path)
            elif name.startswith("alembic") and ".ini." in name:
                templates.append(path)
            elif name == _TOML and _has_table(path):
                files.append(path)
        if "env.py" in names and ("versions" in names or "script.py.mako" in names):
            folders.append(folder)
    return files, templates, folders


def _has_table(path: str) -> bool:
    try:
        return TomlFile(path).alembic is not None
    except UsageError:  # it is one of many files that might have been meant, and nobody named it
        return False


def _walk(start: str) -> Iterator[tuple[str, set[str]]]:
    """Folders with the names in them, breadth first."""
    level = [start]
    left = _MOST_FOLDERS
    for depth in range(_DEPTH + 1):
        below: list[str] = []
        for folder in level[:left]:
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError:  # a folder that may not be read cannot be offered either
                continue
            names = {entry.name for entry in entries}
            if "pyvenv.cfg" in names:
                continue
            yield folder, names
            if depth < _DEPTH:
                below += [
                    entry.path
                    for entry in entries
                    if entry.is_dir(follow_symlinks=False) and entry.name not in _SKIPPED and entry.name[0] != "."
                ]
        left -= len(level)
        if left <= 0:
            return
        level = below
