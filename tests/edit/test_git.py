"""What git knows of files."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pytest

from limbeck.edit.git import GitFiles
from limbeck.model.errors import UsageError
from tests.edit.repositories import commit_all, git, status

ALIKE = "import sqlalchemy as sa\nfrom alembic import op\n" * 20


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit of `versions/a.py`."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "a.py").write_text(f"{ALIKE}a = 1\n")
    commit_all(tmp_path, "2025-02-03T04:05:06+02:00")
    return tmp_path


def test_tracked_are_the_files_of_the_index_in_that_folder(repository: Path) -> None:
    versions = repository / "versions"
    for name in ("added.py", "loose.py", "tür [1].py"):
        (versions / name).write_text(name)
    (versions / "below").mkdir()
    (versions / "below" / "b.py").write_text("b")
    git(repository, "add", "versions/added.py", "versions/tür [1].py", "versions/below")
    files = GitFiles()
    assert files.tracked(str(versions)) == {"a.py", "added.py", "tür [1].py"}
    assert files.tracks(str(versions / "below" / "b.py"))
    assert not files.tracks(str(versions / "loose.py"))


def test_outside_of_a_repository_nothing_is_tracked(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a")
    files = GitFiles()
    assert files.tracked(str(tmp_path)) == frozenset()
    assert files.first_commit_date(str(tmp_path / "a.py")) is None
    assert not files.is_shallow(str(tmp_path))


def test_the_date_is_the_authors_of_the_commit_that_added_the_file(repository: Path) -> None:
    path = repository / "versions" / "a.py"
    path.write_text(f"{ALIKE}a = 2\n")
    commit_all(repository, "2025-05-05T05:05:05+00:00")
    assert GitFiles().first_commit_date(str(path)) == datetime.fromisoformat("2025-02-03T04:05:06+02:00")


def test_a_moved_file_is_followed_and_one_that_is_alike_is_not(repository: Path) -> None:
    versions = repository / "versions"
    git(repository, "mv", "versions/a.py", "versions/b.py")
    commit_all(repository, "2025-03-03T03:03:03+00:00")
    (versions / "b.py").rename(versions / "gone")
    (versions / "c.py").write_text(f"{ALIKE}a = 3\n")  # to git's eye a renamed b.py
    (versions / "d.py").write_text((versions / "gone").read_text())
    (versions / "gone").unlink()
    commit_all(repository, "2025-04-04T04:04:04+00:00")
    files = GitFiles()
    assert files.first_commit_date(str(versions / "c.py")) == datetime.fromisoformat("2025-04-04T04:04:04+00:00")
    assert files.first_commit_date(str(versions / "d.py")) == datetime.fromisoformat("2025-02-03T04:05:06+02:00")


def test_a_file_that_was_never_committed_has_no_date(tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a.py").write_text("a")
    git(tmp_path, "add", "a.py")
    assert GitFiles().first_commit_date(str(tmp_path / "a.py")) is None
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--only", "-m", "nothing")
    assert GitFiles().first_commit_date(str(tmp_path / "a.py")) is None


def test_a_shallow_clone_has_no_dates(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    (repository / "more").write_text("more")
    commit_all(repository)
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "--quiet", "--depth=1", f"file://{repository}", "it")
    files = GitFiles()
    assert files.is_shallow(str(clone / "it" / "versions"))
    assert files.first_commit_date(str(clone / "it" / "versions" / "a.py")) is None
    assert files.first_commit_date(str(repository / "versions" / "a.py")) is not None


def test_a_move_keeps_what_is_not_committed(repository: Path) -> None:
    versions = repository / "versions"
    (versions / "a.py").write_text(f"{ALIKE}a = 4\n")
    GitFiles().move(str(versions / "a.py"), str(versions / "b.py"))
    assert (versions / "b.py").read_text() == f"{ALIKE}a = 4\n"
    assert status(repository) == ["RM versions/a.py -> versions/b.py"]


def test_gits_own_words_are_the_error(repository: Path) -> None:
    versions = repository / "versions"
    (repository / ".git" / "index.lock").write_text("")
    with pytest.raises(UsageError, match=r"git mv failed in .*index.lock"):
        GitFiles().move(str(versions / "a.py"), str(versions / "b.py"))
    assert os.listdir(versions) == ["a.py"]


def test_a_repository_that_git_refuses_is_an_error_and_not_untracked(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere\n")
    with pytest.raises(UsageError, match=r"git ls-files failed in .*not a git repository"):
        GitFiles().tracked(str(tmp_path))


def test_without_git_nothing_is_tracked(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert GitFiles().tracked(str(repository / "versions")) == frozenset()
