"""Where a configuration is found, what is assumed, and what a project shows of itself."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from limbeck.environment.configuration import find_project
from limbeck.model.errors import ConfigurationNotFound, UsageError

INI = "[alembic]\nscript_location = migrations\n"
TOML = '[tool.alembic]\nscript_location = "migrations"\n'
SECRET = "s3cret"


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    importlib.invalidate_caches()


def find(start: Path, config: str | list[str] | None = None, **environ: str) -> str:
    """The script location that is found, relative to the folder of the configuration."""
    project = find_project(start=str(start), config=config, environ=environ)
    return os.path.relpath(project.script_location, project.root)


def test_nearest_wins(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "alembic.ini": INI,
            "migrations/env.py": "",
            "sub/pyproject.toml": TOML.replace("migrations", "own"),
            "sub/own/env.py": "",
            "sub/below/pyproject.toml": "[project]\nname = 'no alembic here'\n",
        },
    )
    assert find_project(start=str(tmp_path / "migrations"), environ={}).root == str(tmp_path)
    assert find_project(start=str(tmp_path / "sub" / "below"), environ={}).root == str(tmp_path / "sub")


def test_start_is_the_working_folder_by_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"alembic.ini": INI, "migrations/env.py": ""})
    monkeypatch.chdir(tmp_path / "migrations")
    assert find_project(environ={}).root == str(tmp_path)


def test_working_folder_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(UsageError, match="working folder does not exist any more"):
        find_project(environ={})


def test_not_found_says_every_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    with pytest.raises(ConfigurationNotFound) as caught:
        find(folder, HOME=str(tmp_path))
    assert caught.value.message == (
        f"no alembic.ini and no pyproject.toml with [tool.alembic] in {folder}, {tmp_path / 'a'}, {tmp_path}"
    )
    assert caught.value.hint is not None
    assert "alembic init migrations" in caught.value.hint
    assert "limbeck -c FILE" in caught.value.hint


def test_search_ends_at_home(tmp_path: Path) -> None:
    write(tmp_path, {"alembic.ini": INI, "migrations/env.py": "", "home/project/x": ""})
    with pytest.raises(ConfigurationNotFound):
        find(tmp_path / "home" / "project", HOME=str(tmp_path / "home"))
    assert find(tmp_path / "home" / "project", HOME=str(tmp_path / "elsewhere")) == "migrations"
    assert find(tmp_path, HOME=str(tmp_path / "home")) == "migrations"


def test_search_ends_below_a_folder_open_to_all(tmp_path: Path) -> None:
    write(tmp_path, {"shared/alembic.ini": INI, "shared/migrations/env.py": "", "shared/mine/x": ""})
    (tmp_path / "shared").chmod(0o1777)
    with pytest.raises(ConfigurationNotFound):
        find(tmp_path / "shared" / "mine")
    assert find(tmp_path / "shared") == "migrations"
    (tmp_path / "shared").chmod(0o777)
    assert find(tmp_path / "shared" / "mine") == "migrations"


def test_hint_names_what_lies_below(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "back end/alembic.ini": INI,
            "back end/migrations/env.py": "",
            "back end/migrations/versions/x": "",
            "web/pyproject.toml": TOML,
            "node_modules/x/alembic.ini": INI,
            ".git/alembic.ini": INI,
            "venv/pyvenv.cfg": "",
            "venv/alembic.ini": INI,
            "a/b/c/d/alembic.ini": INI,
            "broken/pyproject.toml": "[tool.alembic\n",
        },
    )
    with pytest.raises(ConfigurationNotFound) as caught:
        find(tmp_path)
    assert caught.value.hint == (
        "found below: back end/alembic.ini, web/pyproject.toml; type limbeck -c 'back end' and the command"
    )
    assert find(tmp_path, "back end") == "migrations"


def test_hint_names_templates_and_bare_folders(tmp_path: Path) -> None:
    write(tmp_path, {"db/env.py": "", "db/script.py.mako": ""})
    with pytest.raises(ConfigurationNotFound) as caught:
        find(tmp_path)
    assert caught.value.hint == "found below: db; type limbeck -c db and the command"
    write(tmp_path, {"conf/alembic.ini.mako": ""})
    with pytest.raises(ConfigurationNotFound) as caught:
        find(tmp_path)
    assert caught.value.hint == "a template lies below: conf/alembic.ini.mako; make an alembic.ini of it"


def test_many_candidates_are_counted(tmp_path: Path) -> None:
    write(tmp_path, {f"service{number}/alembic.ini": INI for number in range(7)})
    with pytest.raises(ConfigurationNotFound) as caught:
        find(tmp_path)
    assert caught.value.hint is not None
    assert "service4/alembic.ini and 2 more" in caught.value.hint


def test_flask_migrate_is_read_with_what_is_assumed(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"migrations/alembic.ini": "[alembic]\n# nothing\n", "migrations/env.py": "", "migrations/versions/x": ""},
    )
    migrations = str(tmp_path / "migrations")
    for project in (
        find_project(start=str(tmp_path), config="migrations/alembic.ini", environ={}),
        find_project(start=str(tmp_path), config="migrations", environ={}),
        find_project(start=str(tmp_path / "migrations" / "versions"), environ={}),
    ):
        assert project.script_location == migrations
        assert project.version_locations == (str(tmp_path / "migrations" / "versions"),)
        assert project.config_file == str(tmp_path / "migrations" / "alembic.ini")
        assert project.assumed == (f"script_location is not set; {migrations} holds env.py",)
    with pytest.raises(ConfigurationNotFound) as caught:
        find(tmp_path)
    assert caught.value.hint == "found below: migrations/alembic.ini; type limbeck -c migrations and the command"


def test_folder_without_a_configuration(tmp_path: Path) -> None:
    write(tmp_path, {"db/env.py": "", "db/versions/x": "", "empty/x": ""})
    project = find_project(start=str(tmp_path), config="db", environ={})
    assert (project.config_file, project.toml_file) == (None, None)
    assert project.script_location == project.working_folder == str(tmp_path / "db")
    assert project.assumed
    assert dict(project.options) == {}
    with pytest.raises(ConfigurationNotFound, match=r"no env\.py in"):
        find(tmp_path, "empty")


def test_named_file_that_is_not_there(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": TOML, "alembic.ini": INI, "migrations/env.py": ""})
    with pytest.raises(ConfigurationNotFound) as caught:
        find(tmp_path, "alembik.ini")
    assert caught.value.message == f"-c names a file that is not there: {tmp_path / 'alembik.ini'}"
    assert caught.value.hint == "alembic.ini, pyproject.toml lies here: leave out -c and ALEMBIC_CONFIG"
    with pytest.raises(ConfigurationNotFound, match="ALEMBIC_CONFIG names a file that is not there"):
        find(tmp_path, ALEMBIC_CONFIG="conf/alembic.ini")


def test_named_toml_without_the_table(tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[project]\n", "env.py": ""})
    with pytest.raises(ConfigurationNotFound, match=r"pyproject\.toml has no \[tool\.alembic\]"):
        find(tmp_path, "pyproject.toml")


def test_package_is_not_imported(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "alembic.ini": "[alembic]\nscript_location = explosive.inner:db:mig\nprepend_sys_path = src\n",
            "src/explosive/__init__.py": "raise SystemExit('imported')",
            "src/explosive/inner/__init__.py": "raise SystemExit('imported')",
            "src/explosive/inner/db/mig/env.py": "",
        },
    )
    assert find(tmp_path) == os.path.join("src", "explosive", "inner", "db", "mig")


def test_package_in_the_root_without_prepend_sys_path(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "alembic.ini": "[alembic]\nscript_location = rooted:mig\nversion_locations = rooted:mig/old a\n",
            "rooted/mig/old/x": "",
            "rooted/__init__.py": "raise SystemExit('imported')",
            "rooted/mig/env.py": "",
        },
    )
    project = find_project(start=str(tmp_path), environ={})
    assert project.script_location == str(tmp_path / "rooted" / "mig")
    assert project.version_locations == (str(tmp_path / "rooted" / "mig" / "old"), str(tmp_path / "a"))
    assert project.assumed == (
        f"the package of script_location = rooted:mig is the one in {tmp_path}",
        f"the package of version_locations = rooted:mig/old is the one in {tmp_path}",
    )


def test_package_of_an_editable_installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such a package is known to a finder in sys.meta_path only."""
    write(
        tmp_path,
        {
            "alembic.ini": "[alembic]\nscript_location = edited:mig\n",
            "far/edited_source/__init__.py": "raise SystemExit('imported')",
            "far/edited_source/mig/env.py": "",
        },
    )

    class Finder:
        @staticmethod
        def find_spec(name: str, path: object, target: object = None) -> object:
            source = tmp_path / "far" / "edited_source" / "__init__.py"
            return importlib.util.spec_from_file_location(name, source) if name == "edited" else None

    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path, Finder])
    assert find(tmp_path) == os.path.join("far", "edited_source", "mig")


def test_parent_folder_behind_a_symbolic_link(tmp_path: Path) -> None:
    """`link/..` is the parent of what the link leads to."""
    write(tmp_path, {"alembic.ini": INI.replace("migrations", "link/../mig"), "real/deep/x": "", "real/mig/env.py": ""})
    (tmp_path / "link").symlink_to(tmp_path / "real" / "deep")
    assert find(tmp_path) == os.path.join("real", "mig")


def test_options_are_filled_in_when_asked_for(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "alembic.ini": f"[DEFAULT]\nhost = db1\n{INI}a = x-%(host)s\nb = %(unknown)s\nc = {SECRET}%4\n",
            "migrations/env.py": "",
        },
    )
    options = find_project(start=str(tmp_path), environ={}).options
    assert options["a"] == "x-db1"
    assert options.get("missing") is None
    assert "host" in options
    assert "missing" not in options
    assert sorted(options) == ["a", "b", "c", "here", "host", "script_location"]
    assert len(options) == 6
    with pytest.raises(UsageError) as caught:
        options["b"]
    assert caught.value.message == f"{tmp_path}/alembic.ini:6: b in [alembic] refers to %(unknown)s, which is not set"
    with pytest.raises(UsageError) as caught:
        options["c"]
    assert SECRET not in caught.value.message
    assert "alembic.ini:7" in caught.value.message


def test_representation_shows_no_password(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "alembic.ini": f"{INI}sqlalchemy.url = postgresql://u:{SECRET}@h/d\n[limbeck]\nurl = mysql://u:{SECRET}@h/d\n",
            "migrations/env.py": "",
        },
    )
    project = find_project(start=str(tmp_path), x=[f"url=x://u:{SECRET}@h", "flag"], environ={})
    assert project.url == f"postgresql://u:{SECRET}@h/d"
    assert project.settings.url == f"mysql://u:{SECRET}@h/d"
    assert project.x == (f"url=x://u:{SECRET}@h", "flag")
    for shown in (repr(project), str(project), f"{project}", repr(project.settings), repr(project.options)):
        assert SECRET not in shown
    assert "url='postgresql://***'" in repr(project)
    assert "x=('url', 'flag')" in repr(project)


@pytest.mark.parametrize(
    "files", [{"alembic.ini": INI}, {"pyproject.toml": TOML}, {"alembic.ini": INI, "pyproject.toml": ""}]
)
def test_only_what_is_needed_is_imported(files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, {**files, "migrations/env.py": ""})
    program = (
        "import sys; before = set(sys.modules)\n"
        "from limbeck.environment.configuration import find_project\n"
        "assert not {'configparser', 'tomllib'} & set(sys.modules), 'imported before any file is read'\n"
        "find_project(environ={})\n"
        "heavy = {'alembic', 'sqlalchemy', 'configparser', 'tomllib', 'pathlib', 'dataclasses', 'datetime'}\n"
        "print(*sorted((heavy - before) & set(sys.modules)))"
    )
    search = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={"PYTHONPATH": search}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == (["configparser"] if "alembic.ini" in files else ["datetime", "tomllib"])
