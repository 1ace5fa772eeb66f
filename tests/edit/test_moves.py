"""Renaming for real: what is proved, and what is taken back."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from limbeck.edit.file_name import FileNameTemplate
from limbeck.edit.git import GitFiles
from limbeck.edit.moves import Proof, perform
from limbeck.edit.rename import plan_renames
from limbeck.edit.rename_plan import Layout, RenamePlan
from limbeck.graph import RevisionGraph, read_graph
from limbeck.model.errors import RenameStopped, UsageError
from tests.cli.projects import write_project, write_revision
from tests.edit.repositories import commit_all, git, status

NEW = ["2025_01_01_0000_a1_users.py", "2025_01_02_0000_b2_chats.py", "2025_01_03_0000_c3_teams.py"]
OLD = ["a1_users.py", "b2_chats.py", "c3_teams.py"]


@pytest.fixture
def versions(tmp_path: Path) -> Path:
    """The folder of a chain of three, committed to git but for the last."""
    write_project(tmp_path)
    write_revision(tmp_path, "a1", None, "users", created="2025-01-01 00:00")
    write_revision(tmp_path, "b2", "a1", "chats", created="2025-01-02 00:00")
    git(tmp_path, "init", "--quiet")
    commit_all(tmp_path)
    write_revision(tmp_path, "c3", "b2", "teams", created="2025-01-03 00:00")
    return tmp_path / "migrations" / "versions"


def read(versions: Path) -> RevisionGraph:
    """The chain as it is now."""
    return read_graph([str(versions)], recursive=True, cache=None)


def plan(
    versions: Path, template: str = "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d_%(rev)s_%(slug)s"
) -> RenamePlan:
    """What would be renamed."""
    layout = Layout((str(versions),), str(versions.parent), recursive=True)
    return plan_renames(read(versions), FileNameTemplate(template), layout, GitFiles())


def names(versions: Path) -> list[str]:
    """What lies in the folder."""
    return sorted(os.listdir(versions))


def test_files_are_renamed_by_git_where_it_tracks_them(versions: Path) -> None:
    contents = {path.read_bytes() for path in versions.iterdir()}
    proof = perform(plan(versions).renames, read(versions), lambda: read(versions), GitFiles())
    assert proof == Proof(revisions=3, by_git=2)
    assert names(versions) == NEW
    assert {path.read_bytes() for path in versions.iterdir()} == contents
    assert status(versions) == [
        "R  migrations/versions/a1_users.py -> migrations/versions/2025_01_01_0000_a1_users.py",
        "R  migrations/versions/b2_chats.py -> migrations/versions/2025_01_02_0000_b2_chats.py",
        "?? migrations/versions/2025_01_03_0000_c3_teams.py",
    ]
    assert plan(versions) == RenamePlan((), (), 3), "twice is the same as once"


def test_what_is_not_committed_of_a_file_stays_so(versions: Path) -> None:
    path = versions / "a1_users.py"
    path.write_text(path.read_text() + "# more\n")
    perform(plan(versions).renames, read(versions), lambda: read(versions), GitFiles())
    assert status(versions)[0].startswith("RM ")
    assert (versions / NEW[0]).read_text().endswith("# more\n")


def test_a_chain_that_comes_out_different_is_taken_back(versions: Path) -> None:
    before = read(versions)

    def read_changed() -> RevisionGraph:
        assert names(versions) == NEW
        path = versions / NEW[1]
        path.write_bytes(path.read_bytes().replace(b"down_revision = 'a1'", b"down_revision = None"))
        return read(versions)

    with pytest.raises(UsageError, match="b2 has another parents; every file is back under its old name"):
        perform(plan(versions).renames, before, read_changed, GitFiles())
    assert names(versions) == OLD
    assert status(versions) == [" M migrations/versions/b2_chats.py", "?? migrations/versions/c3_teams.py"]


def test_bytes_that_change_are_noticed(versions: Path) -> None:
    def read_changed() -> RevisionGraph:
        path = versions / NEW[2]
        path.write_bytes(path.read_bytes() + b"# a comment, of which the chain knows nothing\n")
        return read(versions)

    with pytest.raises(UsageError, match="the content of c3"):
        perform(plan(versions).renames, read(versions), read_changed, GitFiles())
    assert names(versions) == OLD


def test_a_revision_that_appears_is_noticed(versions: Path) -> None:
    def read_more() -> RevisionGraph:
        write_revision(versions.parents[1], "d4", "c3", "more")
        return read(versions)

    with pytest.raises(UsageError, match="revisions come or go: d4"):
        perform(plan(versions).renames, read(versions), read_more, GitFiles())
    assert names(versions) == [*OLD, "d4_more.py"]


def test_a_failure_half_way_is_taken_back(versions: Path) -> None:
    """Git refuses the second file, which has a conflict, when the first has been moved already."""
    renames = plan(versions).renames
    before = read(versions)
    blob = git(versions, "hash-object", "-w", "b2_chats.py").strip()
    git(versions, "rm", "--quiet", "--cached", "b2_chats.py")
    entries = "".join(f"100644 {blob} {stage}\tmigrations/versions/b2_chats.py\n" for stage in (1, 2, 3))
    subprocess.run(
        ["git", "update-index", "--index-info"], cwd=versions.parents[1], input=entries, text=True, check=True
    )
    with pytest.raises(UsageError, match=r"git mv failed.*every file is back under its old name"):
        perform(renames, before, lambda: read(versions), GitFiles())
    assert names(versions) == OLD


def test_a_name_that_is_taken_meanwhile_is_not_overwritten(versions: Path) -> None:
    renames = plan(versions).renames
    (versions / NEW[2]).write_text("somebody else's")
    with pytest.raises(UsageError, match=r"a file of that name has come meanwhile.*back under its old name"):
        perform(renames, read(versions), lambda: read(versions), GitFiles())
    assert names(versions) == sorted([*OLD, NEW[2]])
    assert (versions / NEW[2]).read_text() == "somebody else's"


def test_what_cannot_be_moved_back_is_told(versions: Path) -> None:
    def lock_the_index() -> RevisionGraph:
        (versions.parents[1] / ".git" / "index.lock").write_text("")
        raise UsageError("the chain cannot be read")

    with pytest.raises(RenameStopped, match="the chain cannot be read; these could not be moved back: ") as stopped:
        perform(plan(versions).renames, read(versions), lock_the_index, GitFiles())
    assert stopped.value.exit_code == 5
    assert all(str(versions / name) in stopped.value.message for name in NEW[:2])
    assert names(versions) == [*NEW[:2], OLD[2]]


def test_an_interrupt_is_taken_back(versions: Path) -> None:
    def interrupted() -> RevisionGraph:
        signal.raise_signal(signal.SIGINT)
        return read(versions)

    with pytest.raises(KeyboardInterrupt):
        perform(plan(versions).renames, read(versions), interrupted, GitFiles())
    assert names(versions) == OLD


def test_folders_of_the_convention_are_made_and_unmade(versions: Path) -> None:
    renames = plan(versions, "%(year)d/%(month).2d/%(rev)s").renames
    with pytest.raises(UsageError, match="cannot go on"):
        perform(renames, read(versions), lambda: _refuse(), GitFiles())
    assert names(versions) == OLD
    perform(renames, read(versions), lambda: read(versions), GitFiles())
    assert names(versions) == ["2025"]
    assert sorted(os.listdir(versions / "2025" / "01")) == ["a1.py", "b2.py", "c3.py"]


def _refuse() -> RevisionGraph:
    raise UsageError("cannot go on")
