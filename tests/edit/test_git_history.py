"""What git knows of a revision that no file has."""

from __future__ import annotations

import itertools
import os
import stat
from pathlib import Path

import pytest

from limbeck.edit.git_history import repository_of
from limbeck.model.lost import InGit
from tests.cli.projects import line, write_table
from tests.edit.repositories import commit_all, git


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with a chain of three, committed."""
    line(tmp_path)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    commit_all(tmp_path)
    return tmp_path


def find(folder: Path, revision: str) -> InGit:
    history = repository_of([str(folder / "migrations" / "versions")])
    assert history is not None
    return history.find(revision)


def test_who_deleted_it(folder: Path) -> None:
    """The commit of the file itself, not those of others that name it."""
    (parcels,) = folder.glob("migrations/versions/ccc333*")
    parcels.unlink()
    commit_all(folder)
    (orders,) = folder.glob("migrations/versions/bbb222*")
    orders.unlink()
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "no orders")
    found = find(folder, "bbb222")
    assert found.deleted is not None
    assert found.deleted._replace(id="") == (
        *("", "2030-01-01", "A", "no orders"),
        "migrations/versions/bbb222_create_orders.py",
    )
    assert git(folder, "show", "--format=%s", "--no-patch", found.deleted.id).strip() == "no orders"
    assert (found.branches, found.gave_up) == ((), None)


def test_which_branch_has_it(folder: Path) -> None:
    git(folder, "checkout", "--quiet", "-b", "feature/invoices")
    write_table(folder, "ddd444", "ccc333", "invoices")
    commit_all(folder)
    write_table(folder, "eee555", "ddd444", "notes")  # it names ddd444, and is another
    commit_all(folder)
    git(folder, "update-ref", "refs/remotes/origin/invoices", "HEAD")
    git(folder, "checkout", "--quiet", "main")
    found = find(folder, "ddd444")
    path = "migrations/versions/ddd444_create_invoices.py"
    assert set(found.branches) == {("feature/invoices", path), ("origin/invoices", path)}
    assert (found.deleted, found.gave_up) == (None, None)


def test_a_moved_file_was_not_deleted(folder: Path) -> None:
    (orders,) = folder.glob("migrations/versions/bbb222*")
    git(folder, "mv", str(orders), str(orders.with_name("2025_orders.py")))
    commit_all(folder)
    found = find(folder, "bbb222")
    assert (found.deleted, [branch for branch, _ in found.branches]) == (None, ["main"])


def test_what_nobody_ever_had(folder: Path) -> None:
    for revision in ("fff666", "-x", "a'b; rm -rf", "bbb2"):
        assert find(folder, revision) == InGit()


def test_without_a_repository(tmp_path: Path) -> None:
    assert repository_of([str(line(tmp_path) / "migrations" / "versions")]) is None


def test_without_git(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    assert repository_of([str(folder / "migrations" / "versions")]) is None


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    git(line(tmp_path), "init", "--quiet")
    assert find(tmp_path, "bbb222") == InGit()


def test_folders_that_are_gone(folder: Path) -> None:
    git(folder, "rm", "-r", "--quiet", "migrations/versions")
    commit_all(folder)
    found = find(folder, "bbb222")
    assert found.deleted is not None
    assert found.deleted.path == "migrations/versions/bbb222_create_orders.py"


def test_git_that_takes_too_long(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = itertools.chain([0.0], itertools.repeat(5.0))
    history = repository_of([str(folder / "migrations" / "versions")], clock=lambda: next(moments))
    assert history is not None
    assert history.find("bbb222") == InGit(gave_up="git did not answer within 5 s")


def test_git_that_fails(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = folder / "bin"
    place.mkdir()
    (place / "git").write_text("#!/bin/sh\necho 'fatal: not yours' >&2\nexit 128\n")
    (place / "git").chmod(stat.S_IRWXU)
    monkeypatch.setenv("PATH", f"{place}{os.pathsep}{os.environ['PATH']}")
    assert find(folder, "bbb222") == InGit(gave_up="git log: fatal: not yours")
