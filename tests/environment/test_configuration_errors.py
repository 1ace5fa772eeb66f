"""Every refusal names file and line, gives a hint, and repeats no value."""

from __future__ import annotations

import locale
import os
import subprocess
import sys
from pathlib import Path

import pytest

from limbeck.environment.configuration import find_project
from limbeck.model.errors import ConfigurationNotFound, UsageError

SECRET = "s3cret"
URL = f"sqlalchemy.url = postgresql://u:{SECRET}@h/d"
pytestmark = pytest.mark.skipif(
    locale.getencoding().lower() not in ("utf-8", "utf8"), reason="the locale decides how Alembic reads an ini file"
)

INI = "[alembic]\nscript_location = migrations\n"
TOML = '[tool.alembic]\nscript_location = "migrations"\n'

# content, what the message ends with (behind the path), what the hint holds
INI_ERRORS = {
    "text before a section": (f"{URL}\n[alembic]\n", ":1: something stands before the first [section]", "[alembic]"),
    "template": ("{% if x %}\n[alembic]\n", ":1: something stands before the first [section]", "template"),
    "no value": (f"{INI}{URL}\n{SECRET}\n", ":4: neither a [section] nor name = value", "correct"),
    "line of a template": (f"{INI}{{{{ more }}}}\n", ":3: neither a [section] nor name = value", "template"),
    "option twice": (f"{INI}{URL}\n{URL}\n", ":4: sqlalchemy.url is set twice in [alembic]", "keep one"),
    "section twice": (f"{INI}[alembic]\n{URL}\n", ":3: section [alembic] stands here for the second time", "keep one"),
    "byte-order mark": (f"\ufeff{INI}", ":1: begins with a byte-order mark, which Alembic cannot read", "without one"),
    "not UTF-8": (f"{INI}# \udce9\n", ":3: byte 0xe9 is not utf-8", "UTF-8"),
    "circle": (
        "[alembic]\nscript_location = %(script_location)s\n",
        ":2: script_location in [alembic] refers to itself",
        "circle",
    ),
    "unknown reference": (
        "[alembic]\nscript_location = %(x)s\n",
        ":2: script_location in [alembic] refers to %(x)s, which is not set",
        "set x in [alembic] or [DEFAULT]",
    ),
    "lone percent": (
        f"{INI}file_template = {SECRET}%d\n",
        ":3: file_template in [alembic] has a percent sign that is neither %% nor %(name)s",
        "write %%",
    ),
    "value of [DEFAULT]": (
        f"[DEFAULT]\ntimezone = %x\n{INI}",
        ":2: timezone in [alembic] has a percent sign that is neither %% nor %(name)s",
        "write %%",
    ),
    "separator": (
        f"{INI}version_locations = a b\nversion_path_separator = os # comment\n",
        ":4: version_path_separator is none of space, newline, os, :, ;",
        "without a comment",
    ),
    "slug": (f"{INI}truncate_slug_length = many\n", ":3: truncate_slug_length is not a whole number", "= 40"),
    "no script_location": (f"# x\n[alembic]\n{URL}\n", ":2: [alembic] has no script_location", "script_location = "),
    "package": (
        "[alembic]\nscript_location = no_such_package:x\n",
        ":2: script_location names a package that is not there: no_such_package",
        "prepend_sys_path",
    ),
}
TOML_ERRORS = {
    "syntax": (f"{TOML}x = \n", ":3: not TOML: invalid value", "correct"),
    "end": (f"{TOML}x = [", ":3: not TOML: invalid value", "correct"),
    "twice": (f"{TOML}[tool.alembic]\n", ":3: not TOML: cannot declare ('tool', 'alembic') twice", "correct"),
    "byte-order mark": (f"\ufeff{TOML}", ":1: not TOML: begins with a byte-order mark", "correct"),
    "not UTF-8": (f"{TOML}# \udce9\n", ":3: byte 0xe9 is not utf-8", "UTF-8"),
    "no table": ("[tool]\nalembic.x = 1\n[tool2]\n", ": [tool.alembic] has no script_location", "script_location"),
    "a string": ('[tool]\n"alembic" = "x"\n[tool.alembic.y]\n', ":3: not TOML", "correct"),
    "percent": (
        f'{TOML}file_template = "{SECRET}%(rev)s"\n',
        ":3: file_template in [tool.alembic] has a percent sign that is neither %% nor %(here)s",
        "write %%",
    ),
    "flag": (f'{TOML}sourceless = "{SECRET}"\n', ":3: sourceless is not true or false", "sourceless = true"),
    "float": (f"{TOML}timezone = 1.5\n", ":3: timezone in [tool.alembic] holds a float", "string"),
    "number for a string": (f"{TOML}timezone = 1\n", ":3: timezone is not a string", "timezone ="),
    "string for a list": (f'{TOML}version_locations = "a"\n', ":3: version_locations is not a list", "["),
    "numbers in a list": (
        f"{TOML}version_locations = [1]\n",
        ":3: version_locations in [tool.alembic] holds a int",
        "list",
    ),
    "tables in a list": (f"{TOML}version_locations = [{{}}]\n", ":3: version_locations holds something else", "["),
    "hook": (
        f'{TOML}post_write_hooks = [{{ type = "x" }}]\n',
        ":3: post_write_hooks has a hook without a name",
        "name =",
    ),
}


def refusal(folder: Path, name: str, content: str) -> UsageError:
    (folder / "migrations").mkdir(exist_ok=True)
    (folder / name).write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(UsageError) as caught:
        find_project(start=str(folder), environ={})
    error = caught.value
    assert error.exit_code == 2
    for text in (error.message, error.hint or "", str(error), str(error.__cause__)):
        assert SECRET not in text
    return error


@pytest.mark.parametrize(("content", "message", "hint"), INI_ERRORS.values(), ids=INI_ERRORS.keys())
def test_ini(content: str, message: str, hint: str, tmp_path: Path) -> None:
    error = refusal(tmp_path, "alembic.ini", content)
    assert error.message == f"{tmp_path}/alembic.ini{message}"
    assert error.hint is not None
    assert hint in error.hint


@pytest.mark.parametrize(("content", "message", "hint"), TOML_ERRORS.values(), ids=TOML_ERRORS.keys())
def test_toml(content: str, message: str, hint: str, tmp_path: Path) -> None:
    error = refusal(tmp_path, "pyproject.toml", content)
    assert error.message.startswith(f"{tmp_path}/pyproject.toml{message}")
    assert error.hint is not None
    assert hint in error.hint


def test_section_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "alembic.ini").write_text("[loggers]\nkeys = root\n[reports]\nscript_location = x\n")
    with pytest.raises(ConfigurationNotFound) as caught:
        find_project(start=str(tmp_path), environ={})
    assert caught.value.message == f"{tmp_path}/alembic.ini has no section [alembic]"
    assert caught.value.hint == "limbeck -n reports"
    (tmp_path / "alembic.ini").write_text("[loggers]\nkeys = root\n")
    with pytest.raises(ConfigurationNotFound) as caught:
        find_project(start=str(tmp_path), name="b", environ={})
    assert caught.value.hint == "write [b] above script_location"


@pytest.mark.parametrize(
    ("location", "hint"),
    [
        ("${script_location}", "this file is a template: render it first, then type limbeck -c FILE"),
        ("{{ package }}/migrations", "this file is a template: render it first, then type limbeck -c FILE"),
        ("/app/db", "write script_location = %(here)s/db/own"),
        ("elsewhere", "write script_location = %(here)s/db/own"),
    ],
)
def test_script_location_that_is_not_there(location: str, hint: str, tmp_path: Path) -> None:
    (tmp_path / "db" / "own" / "versions").mkdir(parents=True)
    (tmp_path / "db" / "own" / "env.py").touch()
    error = refusal(tmp_path, "alembic.ini", f"[alembic]\nscript_location = {location}\n")
    assert error.message == (
        f"{tmp_path}/alembic.ini:2: script_location is not a folder: {os.path.join(tmp_path, location)}"
    )
    assert error.hint == hint


def test_script_location_with_nothing_to_offer(tmp_path: Path) -> None:
    assert refusal(tmp_path, "alembic.ini", "[alembic]\nscript_location = db\n").hint == "alembic init db"


def test_script_location_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "db").touch()
    error = refusal(tmp_path, "alembic.ini", "[alembic]\nscript_location = db\n")
    assert error.message.endswith(f"script_location is not a folder: {tmp_path}/db")


def test_relative_script_location_of_a_named_file(tmp_path: Path) -> None:
    """Alembic starts it from the working folder, which surprises people who name the file from above."""
    (tmp_path / "backend" / "migrations").mkdir(parents=True)
    (tmp_path / "backend" / "alembic.ini").write_text(INI)
    with pytest.raises(UsageError) as caught:
        find_project(config="backend/alembic.ini", start=str(tmp_path), environ={})
    assert caught.value.hint == f"cd {tmp_path}/backend, or write script_location = %(here)s/migrations"
    assert find_project(config="backend", start=str(tmp_path), environ={}).script_location.endswith(
        "backend/migrations"
    )


@pytest.mark.skipif(not os.path.exists("/proc/self/mem"), reason="wants a file that is there and that nobody may read")
@pytest.mark.parametrize("name", ["alembic.ini", "pyproject.toml"])
def test_file_that_cannot_be_read(name: str, tmp_path: Path) -> None:
    (tmp_path / name).symlink_to("/proc/self/mem")
    with pytest.raises(UsageError) as caught:
        find_project(start=str(tmp_path), environ={})
    assert caught.value.message == f"cannot read {tmp_path}/{name}: Input/output error"


def test_link_that_leads_nowhere(tmp_path: Path) -> None:
    (tmp_path / "loop.ini").symlink_to("loop.ini")
    with pytest.raises(ConfigurationNotFound):
        find_project(start=str(tmp_path), config="loop.ini", environ={})


def test_locale_without_the_letters_of_the_file(tmp_path: Path) -> None:
    """Alembic fails there as well."""
    (tmp_path / "alembic.ini").write_text(f"# caf\xe9\n{INI}", encoding="utf-8")
    program = "from limbeck.environment.configuration import find_project\nfind_project(environ={})"
    search = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": search, "LC_ALL": "C"},
        capture_output=True,
        text=True,
    )
    assert "alembic.ini:1: byte 0xc3 is not ascii" in done.stderr


def test_two_files_of_one_kind(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        find_project(start=str(tmp_path), config=["a.ini", "b.ini"], environ={})
    assert caught.value.message == "two files of one kind are named: a.ini and b.ini"


def test_the_sections_that_have_a_script_location_are_named(tmp_path: Path) -> None:
    found = refusal(tmp_path, "alembic.ini", "[alembic]\n[core]\nscript_location = a\n[tenant]\nscript_location = b\n")
    assert found.hint == "limbeck -n core or limbeck -n tenant: those sections have one"


def test_a_script_location_that_lies_beside_a_folder_above(tmp_path: Path) -> None:
    (tmp_path / "shop" / "db").mkdir(parents=True)
    found = refusal(tmp_path / "shop", "alembic.ini", "[alembic]\nscript_location = shop/db\n")
    assert found.hint == f"cd {tmp_path}, and say limbeck -c shop"


def test_a_script_location_of_another_machine(tmp_path: Path) -> None:
    (tmp_path / "env.py").write_text("")
    (tmp_path / "versions").mkdir()
    found = refusal(tmp_path, "alembic.ini", "[alembic]\nscript_location = /usr/src/app/migrations\n")
    assert found.hint == "write script_location = %(here)s"


def test_a_package_above_is_told_where_it_lies(tmp_path: Path) -> None:
    (tmp_path / "shop" / "migrations").mkdir(parents=True)
    (tmp_path / "shop" / "__init__.py").touch()
    found = refusal(
        tmp_path / "shop" / "migrations", "alembic.ini", "[alembic]\nscript_location = shop:migrations/own\n"
    )
    assert found.hint == f"name the folder that holds the package, as in prepend_sys_path = {tmp_path}"
