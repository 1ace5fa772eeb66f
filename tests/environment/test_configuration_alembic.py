"""Every shape of configuration is read as Alembic reads it, and refused where Alembic refuses it."""

from __future__ import annotations

import importlib
import locale
import os
import sys
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from alembic.config import CommandLine, Config
from alembic.script import ScriptDirectory

from limbeck.environment.configuration import Project, find_project
from limbeck.model.errors import UsageError

pytestmark = pytest.mark.skipif(
    locale.getencoding().lower() not in ("utf-8", "utf8"), reason="the locale decides how Alembic reads an ini file"
)

TEMPLATES = ("generic", "async", "multidb", "pyproject", "pyproject_async")


class Shape(NamedTuple):
    """A project: its files, what is typed, and whether Alembic refuses it.

    `migrations/` with an env.py and a folder of versions is always there, as is `deep/er`.
    """

    files: dict[str, str | bytes]
    arguments: tuple[str, ...] = ()
    refused: bool = False
    environ: dict[str, str] = {}
    cwd: str = "."


def ini(*lines: str) -> dict[str, str | bytes]:
    return {"alembic.ini": "\n".join(("[alembic]", *lines, ""))}


def toml(*lines: str) -> dict[str, str | bytes]:
    return {"pyproject.toml": "\n".join(("[tool.alembic]", *lines, ""))}


PLAIN = "script_location = migrations"
T_PLAIN = 'script_location = "migrations"'
LOCATIONS = "version_locations = a b,c, d"
PACKAGE: dict[str, str | bytes] = {
    "src/ppkg/__init__.py": "",
    "src/ppkg/sub/__init__.py": "",
    "src/ppkg/sub/mig/env.py": "",
}

SHAPES: dict[str, Shape] = {
    # where paths start
    "relative": Shape(ini(PLAIN)),
    "relative with dots": Shape(ini("script_location = ./deep/../migrations/")),
    "here": Shape(ini("script_location = %(here)s/migrations")),
    "empty script_location is the working folder": Shape(ini("script_location =")),
    "quoted": Shape(ini('script_location = "migrations"'), refused=True),
    "missing folder": Shape(ini("script_location = elsewhere"), refused=True),
    "absolute path that is not there": Shape(ini("script_location = /app/migrations"), refused=True),
    "no script_location": Shape(ini("x = y"), refused=True),
    "template": Shape(ini("script_location = ${script_location}"), refused=True),
    "space in a path": Shape({**ini("script_location = my migrations"), "my migrations/env.py": ""}),
    "not ASCII": Shape({**ini("script_location = migraç/ões"), "migraç/ões/env.py": ""}),
    # sections
    "default section": Shape({"alembic.ini": "[DEFAULT]\nscript_location = migrations\n[alembic]\n"}),
    "default without the section": Shape({"alembic.ini": "[DEFAULT]\nscript_location = migrations\n"}, refused=True),
    "other section": Shape(
        {"alembic.ini": "[alembic]\nx = 1\n[b]\nscript_location = migrations\nsqlalchemy.url = x://%(here)s\n"},
        ("-n", "b"),
    ),
    "section not there": Shape(ini(PLAIN), ("-n", "b"), refused=True),
    "no [alembic]": Shape({"alembic.ini": "[other]\nscript_location = migrations\n"}, refused=True),
    "upper case": Shape(ini("Script_Location = migrations", "SOURCELESS = true")),
    "colon and spaces": Shape(ini("script_location : migrations", "sourceless :true  ")),
    "indented": Shape(ini("  script_location = migrations", "  timezone = UTC")),
    "multi-line value": Shape(ini(PLAIN, "path_separator = newline", "version_locations =", "    a", "    b", "")),
    # version_locations
    "locations without a separator": Shape(ini(PLAIN, LOCATIONS)),
    "locations, space": Shape(ini(PLAIN, LOCATIONS, "path_separator = space")),
    "locations, double space": Shape(ini(PLAIN, "version_locations = a  b", "path_separator = space")),
    "locations, colon": Shape(ini(PLAIN, "version_locations = %(here)s/a : %(here)s/b:", "path_separator = :")),
    "locations, semicolon": Shape(ini(PLAIN, "version_locations = a;b c", "path_separator = ;")),
    "locations, os": Shape(ini(PLAIN, "version_locations = %(here)s/a:b", "path_separator = os")),
    "locations, legacy separator": Shape(ini(PLAIN, "version_locations = a:b", "version_path_separator = os")),
    "both separators": Shape(
        ini(PLAIN, "version_locations = a;b c", "path_separator = ;", "version_path_separator = space")
    ),
    "separator with a comment": Shape(ini(PLAIN, LOCATIONS, "version_path_separator = os  # comment"), refused=True),
    "wrong separator nobody looks at": Shape(ini(PLAIN, "version_path_separator = os  # Use os.pathsep.")),
    "wrong new separator nobody looks at": Shape(ini(PLAIN, "path_separator = nonsense")),
    "wrong new separator": Shape(ini(PLAIN, "prepend_sys_path = .", "path_separator = nonsense"), refused=True),
    "wrong legacy separator, prepend_sys_path only": Shape(
        ini(PLAIN, "prepend_sys_path = .", "version_path_separator = nonsense")
    ),
    "empty separator": Shape(ini(PLAIN, LOCATIONS, "path_separator ="), refused=True),
    "empty locations": Shape(ini(PLAIN, "version_locations =", "path_separator = nonsense")),
    "quoted empty locations": Shape(ini(PLAIN, 'version_locations = ""')),
    "locations that are not there": Shape(ini(PLAIN, "version_locations = nowhere /app/versions")),
    "separator from [DEFAULT]": Shape(
        {"alembic.ini": f"[DEFAULT]\npath_separator = ;\n[alembic]\n{PLAIN}\nversion_locations = a b;c\n"}
    ),
    "locations by interpolation": Shape(ini(PLAIN, "base = %(here)s/x", "version_locations = %(base)s/a %(base)s/b")),
    # prepend_sys_path
    "prepended, legacy": Shape(ini(PLAIN, "prepend_sys_path = . src,lib:x")),
    "prepended, os": Shape(ini(PLAIN, "prepend_sys_path = .:src", "path_separator = os")),
    "prepended, absolute": Shape(ini(PLAIN, "prepend_sys_path = /opt/app", "path_separator = os")),
    # scalars
    "flags": Shape(ini(PLAIN, "sourceless = true", "recursive_version_locations = true")),
    "flags that are not `true`": Shape(ini(PLAIN, "sourceless = True", "recursive_version_locations = yes")),
    "slug length": Shape(ini(PLAIN, "truncate_slug_length = 12")),
    "slug length 0": Shape(ini(PLAIN, "truncate_slug_length = 0")),
    "slug length empty": Shape(ini(PLAIN, "truncate_slug_length ="), refused=True),
    "slug length with a comment": Shape(ini(PLAIN, "truncate_slug_length = 40 # chars"), refused=True),
    "file template": Shape(ini(PLAIN, "file_template = %%(year)d_%%(rev)s")),
    "file template, single percent": Shape(ini(PLAIN, "file_template = %(year)d_%(rev)s"), refused=True),
    "file template empty": Shape(ini(PLAIN, "file_template =")),
    "timezone": Shape(ini(PLAIN, "timezone = UTC")),
    "timezone empty": Shape(ini(PLAIN, "timezone =")),
    "encoding": Shape(ini(PLAIN, "output_encoding = latin-1")),
    # addresses
    "address": Shape(ini(PLAIN, "sqlalchemy.url = postgresql://u:p%%40w@h/d")),
    "address with a lone percent": Shape(ini(PLAIN, "sqlalchemy.url = postgresql://u:p%40w@h/d")),
    "address that env.py fills in": Shape(ini(PLAIN, "sqlalchemy.url = postgresql://%(DB_USER)s@h/d")),
    "address by interpolation": Shape(ini(PLAIN, "host = db1", "sqlalchemy.url = postgresql://%(host)s/d")),
    "address quoted": Shape(ini(PLAIN, 'sqlalchemy.url = "sqlite://"')),
    # hooks, which Alembic reads for every command
    "hooks": Shape({"alembic.ini": f"[alembic]\n{PLAIN}\n[post_write_hooks]\nhooks = black\nblack.type = exec\n"}),
    "hooks that cannot be read": Shape(
        {"alembic.ini": f"[alembic]\n{PLAIN}\n[post_write_hooks]\nhooks = a\na.options = -l %(width)s\n"}, refused=True
    ),
    "logging formats are not looked at": Shape(
        {"alembic.ini": f"[alembic]\n{PLAIN}\n[formatter_generic]\nformat = %(levelname)s\n"}
    ),
    # broken ini files
    "text before a section": Shape({"alembic.ini": f"{PLAIN}\n"}, refused=True),
    "option twice": Shape(ini(PLAIN, PLAIN), refused=True),
    "section twice": Shape({"alembic.ini": f"[alembic]\n{PLAIN}\n[alembic]\n"}, refused=True),
    "no value": Shape(ini(PLAIN, "sourceless"), refused=True),
    "option refers to itself": Shape(ini("script_location = %(script_location)s"), refused=True),
    "latin-1": Shape({"alembic.ini": f"[alembic]\n# caf\xe9\n{PLAIN}\n".encode("latin-1")}, refused=True),
    "byte-order mark": Shape({"alembic.ini": f"\ufeff[alembic]\n{PLAIN}\n".encode()}, refused=True),
    "Windows line ends": Shape(
        {"alembic.ini": f"[alembic]\r\n{PLAIN}\r\nversion_locations = a b\r\ntimezone = UTC\r\n".encode()}
    ),
    "empty file": Shape({"alembic.ini": ""}, refused=True),
    # package:path
    "package": Shape({**ini("script_location = ppkg:sub/mig", "prepend_sys_path = src"), **PACKAGE}),
    "package, several colons": Shape({**ini("script_location = ppkg:sub:mig", "prepend_sys_path = src"), **PACKAGE}),
    "dotted package": Shape({**ini("script_location = ppkg.sub:mig", "prepend_sys_path = src"), **PACKAGE}),
    "package and folder not there": Shape(
        {**ini("script_location = ppkg:x", "prepend_sys_path = src"), **PACKAGE}, refused=True
    ),
    "no such package": Shape(ini("script_location = no_such_package:x"), refused=True),
    "no name before the colon": Shape(ini("script_location = :migrations"), refused=True),
    "namespace package": Shape(
        {
            **ini("script_location = nspace:mig", "prepend_sys_path = one:two"),
            "one/nspace/x": "",
            "two/nspace/mig/env.py": "",
        }
    ),
    "dotted namespace package": Shape(
        {**ini("script_location = nspace.inner:mig", "prepend_sys_path = one"), "one/nspace/inner/mig/env.py": ""}
    ),
    "regular package behind a namespace": Shape(
        {
            **ini("script_location = rpkg:mig", "prepend_sys_path = one two"),
            "one/rpkg/mig/env.py": "",
            "two/rpkg/__init__.py": "",
            "two/rpkg/mig/env.py": "",
        }
    ),
    "module of the standard library": Shape(ini("script_location = sys:x"), refused=True),
    "locations in a package": Shape(
        {
            **ini(
                PLAIN,
                "prepend_sys_path = src",
                "path_separator = newline",
                "version_locations = ppkg:sub",
                "   ppkg:no",
            ),
            **PACKAGE,
        }
    ),
    "locations in a package that is not there": Shape(
        ini(PLAIN, "path_separator = space", "version_locations = a no_such_package:b"), refused=True
    ),
    # pyproject.toml
    "toml": Shape(toml('script_location = "%(here)s/migrations"')),
    "toml, relative": Shape(toml(T_PLAIN)),
    "toml, everything": Shape(
        toml(
            T_PLAIN,
            'version_locations = ["%(here)s/a", "b c"]',
            'prepend_sys_path = [".", "%(here)s/src"]',
            'file_template = "%%(rev)s"',
            "truncate_slug_length = 7",
            "sourceless = true",
            "recursive_version_locations = true",
            'timezone = "UTC"',
            'output_encoding = "ascii"',
            '"sqlalchemy.url" = "sqlite:///%(here)s/x.db"',
        )
    ),
    "toml, prepend_sys_path as a dot": Shape(toml(T_PLAIN, 'prepend_sys_path = "."')),
    "toml, prepend_sys_path as letters": Shape(toml(T_PLAIN, 'prepend_sys_path = "src"')),
    "toml, prepend_sys_path as a number": Shape(toml(T_PLAIN, "prepend_sys_path = 3"), refused=True),
    "toml, empty lists": Shape(toml(T_PLAIN, "version_locations = []", "prepend_sys_path = []")),
    "toml, separator has no say": Shape(toml(T_PLAIN, 'path_separator = "x"', 'version_locations = ["a;b c"]')),
    "toml, a colon makes a package": Shape(toml(T_PLAIN, 'version_locations = ["a:b"]'), refused=True),
    "toml, slug length as a string": Shape(toml(T_PLAIN, 'truncate_slug_length = "9"')),
    "toml, slug length true": Shape(toml(T_PLAIN, "truncate_slug_length = true")),
    "toml, slug length as a fraction": Shape(toml(T_PLAIN, "truncate_slug_length = 1.5"), refused=True),
    "toml, flag as a string": Shape(toml(T_PLAIN, 'sourceless = "true"'), refused=True),
    "toml, flag as a number": Shape(toml(T_PLAIN, "recursive_version_locations = 1"), refused=True),
    "toml, lone percent": Shape(toml(T_PLAIN, 'file_template = "%(rev)s"'), refused=True),
    "toml, broken percent": Shape(toml(T_PLAIN, 'timezone = "100%"'), refused=True),
    "toml, list of numbers": Shape(toml(T_PLAIN, "version_locations = [1]"), refused=True),
    "toml, script_location as a list": Shape(toml('script_location = ["migrations"]'), refused=True),
    "toml, no script_location": Shape(toml('timezone = "UTC"'), refused=True),
    "toml, no table": Shape({"pyproject.toml": '[project]\nname = "alembic"\n'}, refused=True),
    "toml, table is a string": Shape({"pyproject.toml": 'tool = { alembic = "x" }\n'}, refused=True),
    "toml, syntax": Shape(toml(T_PLAIN, "x ="), refused=True),
    "toml, header not closed": Shape({"pyproject.toml": f"[tool.alembic\n{T_PLAIN}\n"}, refused=True),
    "toml, key twice": Shape(toml(T_PLAIN, T_PLAIN), refused=True),
    "toml, byte-order mark": Shape({"pyproject.toml": f"\ufeff[tool.alembic]\n{T_PLAIN}\n".encode()}, refused=True),
    "toml, latin-1": Shape({"pyproject.toml": f"# \xe9\n[tool.alembic]\n{T_PLAIN}\n".encode("latin-1")}, refused=True),
    "toml, Windows line ends": Shape({"pyproject.toml": f"[tool.alembic]\r\n{T_PLAIN}\r\n".encode()}),
    "toml, dotted": Shape({"pyproject.toml": f"tool.alembic.{T_PLAIN}\n"}),
    "toml, inline": Shape({"pyproject.toml": f"tool = {{ alembic = {{ {T_PLAIN} }} }}\n"}),
    "toml, spelled oddly": Shape({"pyproject.toml": f"[ 'tool' . \"\\u0061lembic\" ]\n{T_PLAIN}\n"}),
    "toml, key of the table above": Shape({"pyproject.toml": f"[tool]\nalembic.{T_PLAIN}\n"}),
    "toml, hooks": Shape(toml(T_PLAIN, "[[tool.alembic.post_write_hooks]]", 'name = "black"', 'type = "exec"')),
    "toml, hook without a name": Shape(toml(T_PLAIN, "[[tool.alembic.post_write_hooks]]", 'type = "x"'), refused=True),
    "toml, hook with a flag": Shape(
        toml(T_PLAIN, "[[tool.alembic.post_write_hooks]]", 'name = "x"', "check = true"), refused=True
    ),
    "toml, package": Shape({**toml('script_location = "ppkg:sub:mig"', 'prepend_sys_path = ["src"]'), **PACKAGE}),
    # both files
    "both, ini first": Shape(
        {
            **ini(PLAIN, "timezone = UTC", "sqlalchemy.url = x://ini"),
            **toml('script_location = "no"', 'timezone = "CET"'),
        }
    ),
    "both, toml fills in": Shape(
        {**ini("sqlalchemy.url = x://ini"), **toml(T_PLAIN, 'version_locations = ["a"]', "sourceless = true")}
    ),
    "both, empty in the ini": Shape(
        {
            **ini(PLAIN, "version_locations =", "prepend_sys_path =", "timezone =", "sourceless ="),
            **toml('version_locations = ["a"]', 'prepend_sys_path = ["b"]', 'timezone = "UTC"', "sourceless = true"),
        }
    ),
    "both, section of toml stays": Shape({**ini("x = 1"), **toml(T_PLAIN)}, ("-n", "elsewhere")),
    "both, ini without the section": Shape({"alembic.ini": "[loggers]\nkeys = root\n", **toml(T_PLAIN)}),
    "both, broken toml": Shape({**ini(PLAIN), **toml("x")}, refused=True),
    "both, broken ini": Shape({"alembic.ini": "x", **toml(T_PLAIN)}, refused=True),
    "both, toml of something else": Shape(
        {**ini(PLAIN), "pyproject.toml": '[project]\ndependencies = ["alembic>=1"]\n'}
    ),
    # named files
    "named ini": Shape({"conf/my.ini": f"[alembic]\n{PLAIN}\nsqlalchemy.url = %(here)s\n"}, ("-c", "conf/my.ini")),
    "named ini, here": Shape(
        {"conf/my.ini": "[alembic]\nscript_location = %(here)s/../migrations\n"}, ("-c", "conf/my.ini")
    ),
    "named ini beside pyproject.toml": Shape(
        {"conf/my.ini": "[alembic]\ntimezone = UTC\n", **toml(T_PLAIN, 'timezone = "CET"')}, ("-c", "conf/my.ini")
    ),
    "named ini, pyproject.toml of its folder has no say": Shape(
        {"conf/my.ini": "[alembic]\ntimezone = UTC\n", "conf/pyproject.toml": f"[tool.alembic]\n{T_PLAIN}\n"},
        ("-c", "conf/my.ini"),
        refused=True,
    ),
    "named toml": Shape({"conf/pyproject.toml": f"[tool.alembic]\n{T_PLAIN}\n"}, ("-c", "conf/pyproject.toml")),
    "named toml beside alembic.ini": Shape(
        {"conf/pyproject.toml": "[tool.alembic]\nsourceless = true\n", **ini(PLAIN)}, ("-c", "conf/pyproject.toml")
    ),
    "both named": Shape(
        {"conf/pyproject.toml": f"[tool.alembic]\n{T_PLAIN}\n", "b.cfg": "[x]\ntimezone = UTC\n"},
        ("-c", "conf/pyproject.toml", "-c", "b.cfg", "-n", "x"),
    ),
    "two ini files": Shape(
        {"a.ini": f"[alembic]\n{PLAIN}\n", "b.ini": ""}, ("-c", "a.ini", "-c", "b.ini"), refused=True
    ),
    "two toml files": Shape(
        {**toml(T_PLAIN), "a/pyproject.toml": ""}, ("-c", "pyproject.toml", "-c", "a/pyproject.toml"), refused=True
    ),
    "named file not there": Shape(ini(PLAIN), ("-c", "other.ini"), refused=True),
    "named from below": Shape({**ini(PLAIN)}, ("-c", "../alembic.ini"), refused=True, cwd="deep"),
    "named from below, here": Shape(ini("script_location = %(here)s/migrations"), ("-c", "../alembic.ini"), cwd="deep"),
    "by environment": Shape({"conf/my.ini": f"[alembic]\n{PLAIN}\n"}, environ={"ALEMBIC_CONFIG": "conf/my.ini"}),
    "by environment, toml": Shape(
        {"conf/pyproject.toml": f"[tool.alembic]\n{T_PLAIN}\n"}, environ={"ALEMBIC_CONFIG": "conf/pyproject.toml"}
    ),
    "by environment, toml beside alembic.ini": Shape(
        {"conf/pyproject.toml": '[tool.alembic]\ntimezone = "UTC"\n', **ini(PLAIN)},
        environ={"ALEMBIC_CONFIG": "conf/pyproject.toml"},
    ),
    "by environment and by name": Shape(
        {"a.ini": "[alembic]\nscript_location = no\n", "b.ini": f"[alembic]\n{PLAIN}\n"},
        ("-c", "b.ini"),
        environ={"ALEMBIC_CONFIG": "a.ini"},
    ),
    "by environment and the other kind by name": Shape(
        {"a.ini": "[alembic]\ntimezone = UTC\n", "c/pyproject.toml": f"[tool.alembic]\n{T_PLAIN}\n"},
        ("-c", "c/pyproject.toml"),
        environ={"ALEMBIC_CONFIG": "a.ini"},
    ),
    "environment empty": Shape(ini(PLAIN), environ={"ALEMBIC_CONFIG": ""}),
}


@pytest.fixture(autouse=True)
def _own_import_state(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Alembic extends sys.path and imports packages; neither may reach the next test."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.delenv("ALEMBIC_CONFIG", raising=False)
    modules = set(sys.modules)
    importlib.invalidate_caches()
    yield
    for name in set(sys.modules) - modules:
        if name.partition(".")[0] in ("ppkg", "rpkg", "nspace"):
            del sys.modules[name]


def write(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, content in {"migrations/env.py": "", "migrations/versions/x": "", "deep/er/x": "", **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def alembic_says(arguments: tuple[str, ...]) -> dict[str, Any]:
    """What Alembic makes of the configuration in the working folder; the paths without symbolic links and dots."""
    command = CommandLine()
    options = command.parser.parse_args([*arguments, "heads"])
    toml_name, ini_name = command._inis_from_config(options)
    config = Config(file_=ini_name, toml_file=toml_name, ini_section=options.name, cmd_opts=options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        script = ScriptDirectory.from_config(config)
        said = {
            "script_location": os.path.realpath(script.dir),
            "version_locations": [os.path.realpath(path) for path in script._version_locations],
            "search_path": [os.path.realpath(path) for path in config.get_prepend_sys_paths_list() or ()],
            "recursive": script.recursive_version_locations,
            "sourceless": script.sourceless,
            "file_template": script.file_template,
            "truncate_slug_length": script.truncate_slug_length,
            "timezone": script.timezone,
            "output_encoding": script.output_encoding,
        }
    try:
        said["url"] = config.get_alembic_option("sqlalchemy.url")
    except Exception:
        said["url"] = None
    return said


def project_says(project: Project) -> dict[str, Any]:
    return {
        "script_location": os.path.realpath(project.script_location),
        "version_locations": [os.path.realpath(path) for path in project.version_locations],
        "search_path": [os.path.realpath(path) for path in project.search_path],
        "recursive": project.recursive,
        "sourceless": project.sourceless,
        "file_template": project.file_template,
        "truncate_slug_length": project.truncate_slug_length,
        "timezone": project.timezone,
        "output_encoding": project.output_encoding,
        "url": project.url,
    }


def named(arguments: tuple[str, ...]) -> dict[str, Any]:
    pairs = list(zip(arguments[::2], arguments[1::2], strict=True))
    sections = [value for flag, value in pairs if flag == "-n"]
    return {"config": [value for flag, value in pairs if flag == "-c"], "name": (sections or ["alembic"])[0]}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
def test_shape(shape: Shape, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, shape.files)
    monkeypatch.chdir(tmp_path / shape.cwd)
    for name, value in shape.environ.items():
        monkeypatch.setenv(name, value)
    keywords = named(shape.arguments)
    if shape.refused:
        with pytest.raises(UsageError):
            find_project(**keywords)
        with pytest.raises(Exception):  # noqa: B017 - Alembic refuses with whatever its parser raises
            alembic_says(shape.arguments)
        return
    project = find_project(**keywords)
    assert project.assumed == ()
    assert project_says(project) == alembic_says(shape.arguments)
    if not keywords["config"] and not shape.environ.get("ALEMBIC_CONFIG"):
        below = find_project(**keywords, start=str(tmp_path / "deep" / "er"))
        assert project_says(below) == project_says(project)
        assert below.working_folder == below.root == str(tmp_path)


def test_there_are_many_shapes() -> None:
    assert len(SHAPES) > 100
    assert 40 < sum(shape.refused for shape in SHAPES.values()) < 70


@pytest.mark.parametrize("template", TEMPLATES)
def test_template(template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    CommandLine().main(["-q", "init", "-t", template, "db/my migrations"])
    (tmp_path / "deep").mkdir()
    project = find_project()
    assert project_says(project) == alembic_says(())
    assert project_says(find_project(start=str(tmp_path / "db" / "my migrations" / "versions"))) == project_says(
        project
    )
    assert (project.toml_file is not None) == template.startswith("pyproject")
    assert project.config_file == str(tmp_path / "alembic.ini")
    if template == "multidb":
        assert find_project(name="alembic").options["databases"] == "engine1, engine2"


def test_percent_sign_in_the_path_of_the_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ConfigParser takes the percent sign in %(here)s for another reference."""
    folder = tmp_path / "100%done"
    write(folder, ini("script_location = %(here)s/migrations"))
    monkeypatch.chdir(folder)
    with pytest.raises(UsageError):
        find_project()
    with pytest.raises(Exception):  # noqa: B017
        alembic_says(())
