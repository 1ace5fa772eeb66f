"""A project: where its Alembic configuration is, and what it says, without Alembic.

    project = find_project()                      # from any sub-folder of the project
    project = find_project(config="db/alembic.ini", name="reports")

Read as Alembic 1.20 reads it: what it takes is taken, what it refuses is refused, and what it never looks at is not
looked at.  Refused although Alembic passes over them: a file that `-c` or ALEMBIC_CONFIG names and that is not there,
an ini file that may not be read, a value in TOML of the wrong type, and a `script_location` that is no folder.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence

from limbeck.environment.configuration_files import Options, is_template
from limbeck.environment.configuration_search import Found, candidates_below, find_files, tidy
from limbeck.environment.configuration_values import Values
from limbeck.environment.missing_module import folder_of
from limbeck.environment.package_resources import find_resource, is_resource
from limbeck.environment.settings import Settings, masked_url, read_settings
from limbeck.model.errors import ConfigurationNotFound, UsageError
from limbeck.model.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limbeck.graph import RevisionGraph

_HIGHEST = 4  # folders above the one with the configuration, in which a relative path may have been meant


class Project(NamedTuple):
    """What the configuration says.  All paths are absolute.

    Attributes:
        root: folder of the configuration file.
        working_folder: folder that relative paths start from, and in which `env.py` expects to run: the root, or, when
            the file was named with `-c` or ALEMBIC_CONFIG, the folder the command was typed in.
        config_file: the ini file, or None.
        toml_file: the pyproject.toml, when it has `[tool.alembic]`, or None.
        section: section of the ini file that was asked for with `-n`.
        script_location: folder of `env.py`.
        version_locations: folders of revision files, in order; they need not exist.
        recursive: sub-folders of those hold revision files too.
        sourceless: compiled files without their source are revision files too.
        search_path: folders that go before `sys.path`.
        file_template: how `alembic revision` names files.
        truncate_slug_length: longest slug in such a name, in characters.
        timezone: what Create Date is written in, as configured; None for local time.
        output_encoding: encoding that `alembic revision` writes.
        url: `sqlalchemy.url`, which may hold a password; None when not set, or set to what only `env.py` can fill in.
        options: every option of the section.
        settings: limbeck's own settings.
        x: the `-x` arguments, for `env.py`.
        assumed: in words, by what a folder was found although Alembic would not find it; () as a rule.
    """

    root: str
    working_folder: str
    config_file: str | None
    toml_file: str | None
    section: str
    script_location: str
    version_locations: tuple[str, ...]
    recursive: bool
    sourceless: bool
    search_path: tuple[str, ...]
    file_template: str
    truncate_slug_length: int
    timezone: str | None
    output_encoding: str
    url: str | None
    options: Options
    settings: Settings
    x: tuple[str, ...]
    assumed: tuple[str, ...]

    def __repr__(self) -> str:
        """Without passwords, which may stand in the url and behind the names of `-x`."""
        shown = {**self._asdict(), "x": tuple(argument.partition("=")[0] for argument in self.x)}
        words = (f"{name}={masked_url(value) if name == 'url' else repr(value)}" for name, value in shown.items())
        return f"Project({', '.join(words)})"

    def graph(self, further_versions: Sequence[str] = ()) -> RevisionGraph:
        """The revisions, read from their files.

        Args:
            further_versions: folders of revisions besides those of the configuration.
        """
        from limbeck.graph import read_graph

        graph = read_graph(
            (*self.version_locations, *further_versions),
            recursive=self.recursive,
            sourceless=self.sourceless,
            search_path=self.search_path,
            run_files=bool(self.settings.run_files),
        )
        graph.settled = self.settings.irreversible
        return graph


def find_project(
    *,
    config: str | Sequence[str] | None = None,
    name: str = "alembic",
    x: Sequence[str] = (),
    start: str | None = None,
    environ: Mapping[str, str] = os.environ,
) -> Project:
    """The project that the working folder lies in, or that `config` names.

    Args:
        config: `-c`: an ini file, a pyproject.toml, one of each, or the folder of a project.
        name: `-n`: the section of the ini file.
        x: the `-x` arguments, kept for `env.py`.
        start: the working folder; the process' own by default.
        environ: environment variables; ALEMBIC_CONFIG, LIMBECK_URL, HOME and the one that `url` names are looked at.

    Raises:
        ConfigurationNotFound: there is no configuration.
        UsageError: there is one, and it cannot be used.
    """
    files = find_files(config, _working_folder(start), environ)
    settings = read_settings(files.ini, files.settings, environ)
    values = Values(files.ini, files.toml, name)
    folders = _Folders(files, values)
    script_location = folders.script_location()
    version_locations = folders.version_locations() or (os.path.join(script_location, "versions"),)
    values.check_hooks()
    return Project(
        root=files.root,
        working_folder=files.working_folder,
        config_file=files.ini.path if files.ini is not None else None,
        toml_file=values.toml.path if values.toml is not None else None,
        section=name,
        script_location=script_location,
        version_locations=version_locations,
        recursive=values.boolean("recursive_version_locations"),
        sourceless=values.boolean("sourceless"),
        search_path=folders.search_path,
        file_template=_or_default(values.text("file_template"), "%(rev)s_%(slug)s"),
        truncate_slug_length=values.whole_number("truncate_slug_length", 40),
        timezone=values.text("timezone"),
        output_encoding=_or_default(values.text("output_encoding"), "utf-8"),
        url=_url(values),
        options=Options(files.ini, name),
        settings=settings,
        x=tuple(x),
        assumed=tuple(folders.assumed),
    )


def _or_default(value: str | None, default: str) -> str:
    return default if value is None else value


def _url(values: Values) -> str | None:
    """Alembic leaves the address to `env.py`; one that needs more than the file says is that file's business."""
    try:
        return values.text("sqlalchemy.url")
    except UsageError:
        return None


def _working_folder(start: str | None) -> str:
    try:
        return os.path.abspath(start if start is not None else os.getcwd())
    except FileNotFoundError:
        raise UsageError("the working folder does not exist any more", hint="cd to a folder that does") from None


class _Folders:
    """The folders that a configuration names, found where Alembic would find them.

    Attributes:
        search_path: the folders of `prepend_sys_path`.
        assumed: what had to be assumed so far, in words.
    """

    def __init__(self, files: Found, values: Values) -> None:
        self._root = files.root
        self._working_folder = files.working_folder
        self._values = values
        self.search_path = tuple(tidy(os.path.join(self._working_folder, path)) for path in values.search_path())
        self.assumed: list[str] = []

    def version_locations(self) -> tuple[str, ...]:
        return tuple(self._folder(value, "version_locations") for value in self._values.version_locations())

    def script_location(self) -> str:
        """The folder of `env.py`."""
        value = self._values.text("script_location")
        if value is None:
            if not self._is_beside_env_py():
                raise self._not_configured()
            self.assumed.append(f"script_location is not set; {self._root} holds env.py")
            return self._root
        path = self._folder(value, "script_location")
        if os.path.isdir(path):
            return path
        raise UsageError(
            f"{self._values.place('script_location')}: script_location is not a folder: {path}", hint=self._hint(value)
        )

    def _folder(self, value: str, option: str) -> str:
        """The folder that a path or `package:path` names.

        A package is looked for as Alembic would, then in the root: limbeck may be installed elsewhere than the project.
        """
        if not is_resource(value):
            return tidy(os.path.join(self._working_folder, value))
        path = find_resource(value, (*self.search_path, *sys.path))
        if path is None or not os.path.exists(path):
            beside = find_resource(value, (self._root,))
            if beside is not None and os.path.exists(beside):
                self.assumed.append(f"the package of {option} = {value} is the one in {self._root}")
                path = beside
        if path is not None:
            return tidy(path)
        package = value.partition(":")[0]
        place = folder_of(package, self._root) or "%(here)s"
        raise UsageError(
            f"{self._values.place(option)}: {option} names a package that is not there: {package}",
            hint=f"name the folder that holds the package, as in prepend_sys_path = {place}",
        )

    def _is_beside_env_py(self) -> bool:
        """Flask-Migrate sets script_location itself, to the folder that holds both its alembic.ini and `env.py`."""
        named_folder = self._values.ini is None and self._values.toml is None
        return (named_folder or self._values.has_section()) and os.path.isfile(os.path.join(self._root, "env.py"))

    def _not_configured(self) -> UsageError:
        values = self._values
        if values.ini is not None and not values.has_section():
            others = [name for name in values.ini.parser.sections() if values.ini.has(name, "script_location")]
            hint = f"limbeck -n {others[0]}" if others else f"write [{values.section}] above script_location"
            return ConfigurationNotFound(f"{values.ini.path} has no section [{values.section}]", hint=hint)
        table = f"[{values.section}]" if values.ini is not None else "[tool.alembic]"
        ini = values.ini
        others = [] if ini is None else [each for each in ini.parser.sections() if ini.has(each, "script_location")]
        hint = "name the folder of env.py, as in script_location = %(here)s/migrations"
        if others:
            hint = f"{' or '.join(f'limbeck -n {name}' for name in others)}: those sections have one"
        return UsageError(f"{values.place('script_location')}: {table} has no script_location", hint=hint)

    def _hint(self, value: str) -> str:
        """What to do about a script_location that is not there."""
        if is_template(value):
            return "this file is a template: render it first, then type limbeck -c FILE"
        if os.path.isdir(os.path.join(self._root, value)):
            return f"cd {self._root}, or write script_location = %(here)s/{value}"
        for above in _above(self._root):
            if os.path.isdir(os.path.join(above, value)):
                return f"cd {above}, and say limbeck -c {os.path.relpath(self._root, above)}"
        _, _, folders = candidates_below(self._root)
        if folders:
            below = os.path.relpath(folders[0], self._root)
            return f"write script_location = %(here)s{'' if below == '.' else f'/{below}'}"
        return f"alembic init {value}"


def _above(folder: str) -> Iterator[str]:
    """The next few folders above, up to the root."""
    for _ in range(_HIGHEST):
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return
        yield folder
