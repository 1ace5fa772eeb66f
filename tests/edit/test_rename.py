"""Which files would be renamed, and what stands in the way."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from limbeck.edit.file_name import FileNameTemplate
from limbeck.edit.git import GitFiles
from limbeck.edit.rename import plan_renames
from limbeck.edit.rename_plan import DateSource, Layout, RenamePlan
from limbeck.graph import read_graph
from limbeck.model.errors import ChainBroken, UsageError
from tests.cli.projects import write_project, write_revision
from tests.edit.repositories import commit_all, git

DEFAULT = "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d_%(rev)s_%(slug)s"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project."""
    return write_project(tmp_path)


def versions(project: Path) -> Path:
    """Its folder of revisions."""
    return project / "migrations" / "versions"


def plan(project: Path, template: str = DEFAULT, *, recursive: bool = False, sourceless: bool = False) -> RenamePlan:
    """The renaming of a project's files."""
    graph = read_graph([str(versions(project))], recursive=recursive, sourceless=sourceless, cache=None)
    layout = Layout((str(versions(project)),), str(project / "migrations"), recursive, sourceless)
    return plan_renames(graph, FileNameTemplate(template), layout, GitFiles())


def names(found: RenamePlan) -> list[tuple[str, str]]:
    """Old and new names."""
    return [(os.path.basename(each.source), os.path.basename(each.target)) for each in found.renames]


def refusal(project: Path, template: str = DEFAULT, *, recursive: bool = False, sourceless: bool = False) -> str:
    """The message with which the renaming is refused, without the project's folder."""
    before = sorted(os.listdir(versions(project)))
    with pytest.raises(UsageError) as refused:
        plan(project, template, recursive=recursive, sourceless=sourceless)
    assert sorted(os.listdir(versions(project))) == before
    return refused.value.message.replace(f"{versions(project)}/", "")


def test_names_come_from_identifier_message_and_date(project: Path) -> None:
    write_revision(project, "a1", None, "Create the Users", created="2025-01-02 03:04:05.678901")
    write_revision(project, "b2", "a1", "x", created="2025-01-03 03:04:05+09:00")
    assert names(plan(project)) == [
        ("a1_create_the_users.py", "2025_01_02_0304_a1_create_the_users.py"),
        ("b2_x.py", "2025_01_03_0304_b2_x.py"),
    ]
    assert {each.dated for each in plan(project).renames} == {DateSource.FILE}
    assert plan(project, "%(rev)s_%(slug)s") == RenamePlan((), (), 2)


def test_a_name_that_has_the_form_stays_whatever_its_words(project: Path) -> None:
    path = write_revision(project, "a1", None, "create users", created="2025-01-02 03:04")
    path.rename(versions(project) / "2025_01_02_0304_a1_something_else.py")
    assert plan(project) == RenamePlan((), (), 1)


def test_a_name_with_another_date_or_identifier_does_not(project: Path) -> None:
    path = write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    path.rename(versions(project) / "2025_01_02_0305_a1_users.py")
    write_revision(project, "b2", "a1", "chats", created="2025-01-02 03:04").rename(
        versions(project) / "2025_01_02_0304_a2_chats.py"
    )
    assert [new for _, new in names(plan(project))] == ["2025_01_02_0304_a1_users.py", "2025_01_02_0304_b2_chats.py"]


def test_a_date_that_the_file_does_not_have_comes_from_git(project: Path) -> None:
    git(project, "init", "--quiet")
    write_revision(project, "a1", None, "users", created="some day")
    commit_all(project, "2024-12-31T23:59:00-05:00")
    found = plan(project)
    assert names(found) == [("a1_users.py", "2024_12_31_2359_a1_users.py")]
    assert found.renames[0].dated is DateSource.GIT
    versions(project).joinpath("a1_users.py").rename(versions(project) / "2023_01_01_0000_a1_users.py")
    assert plan(project) == RenamePlan((), (), 1), "a date in a name that has the form counts"


def test_a_file_without_any_date_is_left_and_the_others_are_not(project: Path) -> None:
    write_revision(project, "a1", None, "users", created="")
    write_revision(project, "b2", "a1", "chats", created="2025-02-31 00:00")
    write_revision(project, "c3", "b2", "teams", created="2025-01-02 03:04")
    found = plan(project)
    assert [new for _, new in names(found)] == ["2025_01_02_0304_c3_teams.py"]
    assert [(each.revision, each.reason) for each in found.left] == [
        ("a1", "no Create Date in its docstring, and no commit added it"),
        ("b2", "its Create Date is no date: 2025-02-31 00:00, and no commit added it"),
    ]
    assert "Create Date: " in found.left[0].hint
    assert [new for _, new in names(plan(project, "%(slug)s_%(rev)s"))] == ["users_a1.py", "chats_b2.py", "teams_c3.py"]


def test_a_shallow_clone_is_told(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    git(project, "init", "--quiet")
    write_revision(project, "a1", None, "users", created="")
    commit_all(project)
    (project / "more").write_text("")
    commit_all(project)
    clone = tmp_path_factory.mktemp("clone") / "it"
    git(project, "clone", "--quiet", "--depth=1", f"file://{project}", str(clone))
    assert [(each.reason, each.hint) for each in plan(clone).left] == [
        ("no Create Date in its docstring, and the clone is too shallow to tell", "git fetch --unshallow")
    ]


def test_sub_folders_of_the_convention(project: Path) -> None:
    write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    assert refusal(project, "%(year)d/%(rev)s").startswith(
        "nothing is renamed:\n  a1_users.py: the convention puts it into a sub-folder, where Alembic would not look"
    )
    found = plan(project, "%(year)d/%(rev)s", recursive=True)
    assert [each.target for each in found.renames] == [str(versions(project) / "2025" / "a1.py")]
    (versions(project) / "2025").mkdir()
    os.rename(found.renames[0].source, found.renames[0].target)
    assert plan(project, "%(year)d/%(rev)s", recursive=True) == RenamePlan((), (), 1)


def test_files_of_installed_packages_stay(tmp_path: Path) -> None:
    folder = write_project(tmp_path / "lib" / "site-packages" / "plugin")
    write_revision(folder, "a1", None, "users")
    assert plan(folder) == RenamePlan((), (), 1)


def test_a_docstring_without_a_message_gives_no_words(project: Path) -> None:
    path = write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    path.write_text(path.read_text().replace("users\n\n", "", 1))
    assert [new for _, new in names(plan(project))] == ["2025_01_02_0304_a1_.py"]


def test_a_file_in_a_sub_folder_stays_there(project: Path) -> None:
    write_revision(project, "a1", None, "users")
    (versions(project) / "old").mkdir()
    (versions(project) / "a1_users.py").rename(versions(project) / "old" / "a1_users.py")
    found = plan(project, "%(slug)s-%(rev)s", recursive=True)
    assert [each.target for each in found.renames] == [str(versions(project) / "old" / "users-a1.py")]


def test_a_broken_chain_is_refused(project: Path) -> None:
    write_revision(project, "a1", "nowhere", "users")
    with pytest.raises(ChainBroken):
        plan(project)


def test_a_taken_name_is_refused(project: Path) -> None:
    write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    taken = versions(project) / "2025_01_02_0304_A1_users.PY"
    taken.write_text("not a revision: Alembic looks for .py\n")
    assert refusal(project) == (
        "nothing is renamed:\n  a1_users.py: its new name is taken: 2025_01_02_0304_A1_users.PY"
    )


def test_a_name_that_only_the_index_has_is_taken(project: Path) -> None:
    git(project, "init", "--quiet")
    write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    gone = versions(project) / "2025_01_02_0304_a1_users.py"
    gone.write_text("")
    commit_all(project)
    gone.unlink()
    assert "its new name is taken: 2025_01_02_0304_a1_users.py" in refusal(project)


def test_two_files_with_one_new_name_are_refused(project: Path) -> None:
    write_revision(project, "a1", None, "users")
    write_revision(project, "b2", "a1", "Users")
    assert refusal(project, "%(slug)s") == (
        "nothing is renamed:\n  b2_users.py: it would get the same name as a1_users.py: users.py"
    )


@pytest.mark.parametrize(
    ("identifier", "reason"),
    [
        ("a/b", "its identifier has characters that a file name cannot have: a/b (/)"),
        ("../../x", "its identifier has characters that a file name cannot have: ../../x (/)"),
        ("a\\b", "its identifier has characters that a file name cannot have: a\\b (\\)"),
        ("a:b?", "its identifier has characters that a file name cannot have: a:b? (: ?)"),
        ("a\x1b[2Jb", r"its identifier has characters that cannot be printed: 'a\x1b[2Jb'"),
        ("a\nb", r"its identifier has characters that cannot be printed: 'a\nb'"),
        ("a\0b", r"its identifier has characters that cannot be printed: 'a\x00b'"),
        (" a", "its identifier begins or ends with a space: ' a'"),
        (".a", "its new name would be hidden: .a-x.py"),
        ("__init__", "Alembic would ignore its new name: __init__-x.py"),
        ("con.a", "its new name is reserved on Windows: con.a-x.py"),
        ("a" * 260, "its new name would be longer than 255 bytes: "),
    ],
)
def test_an_odd_identifier_is_refused(project: Path, identifier: str, reason: str) -> None:
    write_revision(project, "plain", None, "x")
    path = versions(project) / "plain_x.py"
    path.write_text(path.read_text().replace("revision = 'plain'", f"revision = {identifier!r}"))
    graph = read_graph([str(versions(project))], cache=None)
    if any(fault.broken for fault in graph.faults):
        with pytest.raises(ChainBroken):
            plan(project, "%(rev)s-%(slug)s")
    else:
        assert refusal(project, "%(rev)s-%(slug)s").startswith(f"nothing is renamed:\n  plain_x.py: {reason}")
        assert plan(project, "%(slug)s-%(slug)s").renames, "an identifier that is not in the name is no trouble"


def test_the_same_file_twice_is_refused(project: Path) -> None:
    write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    (versions(project) / "b_link.py").symlink_to("a1_users.py")
    graph = read_graph([str(versions(project))], cache=None)
    layout = Layout((str(versions(project)),), str(project / "migrations"))
    with pytest.raises((UsageError, ChainBroken)):
        plan_renames(graph, FileNameTemplate(DEFAULT), layout, GitFiles())


def test_overlapping_locations_are_refused(project: Path) -> None:
    write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    graph = read_graph([str(versions(project))], cache=None)
    layout = Layout((str(versions(project)), str(versions(project))), str(project / "migrations"))
    with pytest.raises(UsageError, match="it lies in two version locations"):
        plan_renames(graph, FileNameTemplate(DEFAULT), layout, GitFiles())


def test_hard_links_are_refused(project: Path) -> None:
    path = write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    graph = read_graph([str(versions(project))], cache=None)
    os.link(path, versions(project) / "other.py")
    layout = Layout((str(versions(project)),), str(project / "migrations"))
    with pytest.raises(UsageError, match=r"it is the same file as .*a1_users.py"):
        plan_renames(graph, FileNameTemplate(DEFAULT), layout, GitFiles())


def test_twins_in_the_index_are_refused(project: Path) -> None:
    """As they come from a machine that tells case apart to one that does not: two names tracked, one file there."""
    git(project, "init", "--quiet")
    path = write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    twin = versions(project) / "A1_Users.py"
    twin.write_text(path.read_text())
    commit_all(project)
    twin.unlink()
    assert "it is there twice, told apart by case only: A1_Users.py, a1_users.py" in refusal(project)


def test_a_file_that_others_import_is_refused_with_both_names(project: Path) -> None:
    write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    write_revision(project, "b2", "a1", "chats", up="from .a1_users import VIEW")
    assert refusal(project) == "nothing is renamed:\n  a1_users.py: b2_chats.py:18 imports it by its file name"


def test_data_with_the_name_of_its_file_is_refused(project: Path) -> None:
    write_revision(project, "a1", None, "users", up="open(__file__.replace('.py', '.sql'))")
    assert plan(project).renames
    (versions(project) / "a1_users.sql").write_text("SELECT 1")
    assert refusal(project) == "nothing is renamed:\n  a1_users.py: it uses __file__, and a1_users.sql has its name"


def test_stale_bytecode_of_a_sourceless_project_is_refused(project: Path) -> None:
    write_revision(project, "a1", None, "users", created="2025-01-02 03:04")
    (versions(project) / "__pycache__").mkdir()
    compiled = f"a1_users.{sys.implementation.cache_tag}.pyc"
    (versions(project) / "__pycache__" / compiled).write_bytes(b"stale")
    assert plan(project).renames
    assert f"the compiled __pycache__/{compiled} would stay behind" in refusal(project, sourceless=True)


def test_an_order_that_hangs_on_the_names_is_refused(project: Path) -> None:
    """Two heads run in the order of their files; the dates would turn them round."""
    write_revision(project, "a1", None, "users", created="2025-01-01 00:00")
    write_revision(project, "b2", "a1", "chats", created="2025-01-03 00:00")
    write_revision(project, "c3", "a1", "teams", created="2025-01-02 00:00")
    message = refusal(project)
    assert "would run before" in message and "b2" in message and "c3" in message


def test_two_heads_that_keep_their_order_are_renamed(project: Path) -> None:
    write_revision(project, "a1", None, "users", created="2025-01-01 00:00")
    write_revision(project, "b2", "a1", "chats", created="2025-01-02 00:00")
    write_revision(project, "c3", "a1", "teams", created="2025-01-03 00:00")
    assert len(plan(project).renames) == 3


def test_everything_in_the_way_is_told_at_once(project: Path) -> None:
    write_revision(project, "a1", None, "users", created="2025-01-02 03:04", up="open(__file__)")
    write_revision(project, "b2", "a1", "chats", created="2025-01-02 03:04", up="import a1_users")
    (versions(project) / "a1_users.sql").write_text("")
    (versions(project) / "2025_01_02_0304_b2_chats.PY").write_text("")
    assert len(refusal(project).splitlines()) == 4
