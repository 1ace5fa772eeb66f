"""Limbeck's own settings: `[tool.limbeck]` of pyproject.toml, `[limbeck]` of the ini file, and the environment.

A setting may stand in one of the two files, not in both.  LIMBECK_URL goes before `url`.  As in `[tool.alembic]` and
`[alembic]`, `%(here)s` is the folder of the file and `%%` a percent sign; a value left empty counts as not set.
"""

from __future__ import annotations

from limbeck.environment.setting_keys import KEYS, Key, Lines, Words
from limbeck.model.duration import Duration
from limbeck.model.errors import UsageError
from limbeck.model.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from limbeck.environment.configuration_files import IniFile, TomlFile

    _Given = tuple[Any, str]  # a value, and the place it was found in

EMBEDDED = "embedded"
NO_JOURNAL = "off"
_FROM_ENVIRONMENT = "env:"
_BOOLEANS = {"true": True, "false": False}


class Settings(NamedTuple):
    """The settings in force; the meaning of each stands in KEYS.

    Attributes beyond KEYS:
        url_source: what gave the url, for messages; None without one.
        given: names of the settings that were set, by a file or by the environment; the others have their default.
        notes: what the user should know, as of an environment variable that is not set.
    """

    url: str | None
    version_table: str
    version_table_schema: str | None
    file_name: str
    transaction: str
    run_files: bool
    run_wait: Duration
    lock_timeout: Duration
    lock_wait: Duration
    statement_timeout: Duration | None
    idle_in_transaction_session_timeout: Duration | None
    journal: str
    preflight_timeout: Duration
    scratch: str
    base_branch: str | None
    baseline: str
    fail_on: str
    ignore_rules: tuple[str, ...]
    rule_severities: tuple[str, ...]
    rule_files: tuple[str, ...]
    hot_tables: tuple[str, ...]
    small_tables: tuple[str, ...]
    ignore_drift: tuple[str, ...]
    irreversible: tuple[str, ...]
    databases: tuple[str, ...]
    url_source: str | None
    given: tuple[str, ...]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        words = (f"{name}={_masked(name, value)}" for name, value in self._asdict().items())
        return f"Settings({', '.join(words)})"


def _masked(name: str, value: Any) -> str:
    """A value as a representation shows it."""
    if name == "databases":
        return repr(tuple(each.partition("=")[0] for each in value))
    return masked_url(value) if name == "url" else repr(value)


def masked_url(url: str | None) -> str:
    """The URL with nothing left but its scheme, as a representation shows it."""
    if url is None or url == EMBEDDED:
        return repr(url)
    scheme, mark, _ = url.partition("://")
    return repr(f"{scheme}://***" if mark else "***")


def read_settings(ini: IniFile | None, toml: TomlFile | None, environ: Mapping[str, str]) -> Settings:
    """The settings of a project.

    Raises:
        UsageError: a setting is unknown, set in both files, or of the wrong type.
    """
    given = _from_toml(toml)
    for name, (value, place) in _from_ini(ini).items():
        if name in given:
            raise UsageError(
                f"{name} is set twice: {given[name][1]} ([tool.limbeck]) and {place} ([limbeck])",
                hint="keep one of the two",
            )
        given[name] = value, place
    if environ.get("LIMBECK_URL"):
        given["url"] = (environ["LIMBECK_URL"], "LIMBECK_URL")
    values: dict[str, Any] = {key.name: key.default for key in KEYS}
    for key in KEYS:
        if key.name in given:
            values[key.name] = _checked(key, *given[key.name])
    notes: tuple[str, ...] = ()
    source = given["url"][1] if "url" in given else None
    if source is not None:
        values["url"], source, notes = _resolved_url(values["url"], source, environ)
    return Settings(**values, url_source=source, given=tuple(sorted(given)), notes=notes)


def _from_toml(toml: TomlFile | None) -> dict[str, _Given]:
    if toml is None or toml.limbeck is None:
        return {}
    given = {}
    for name, value in toml.limbeck.items():
        place = toml.place("limbeck", name)
        _known(name, f"{place}: unknown setting in [tool.limbeck]: {name}")
        value = toml.expanded("limbeck", name, value)
        if value != "":
            given[name] = (value, place)
    return given


def _from_ini(ini: IniFile | None) -> dict[str, _Given]:
    if ini is None or not ini.parser.has_section("limbeck"):
        return {}
    given = {}
    for name in ini.own_options("limbeck"):
        place = ini.place("limbeck", name)
        key = _known(name, f"{place}: unknown setting in [limbeck]: {name}")
        value = ini.get("limbeck", name)
        if value:
            given[name] = (_BOOLEANS.get(value, value) if key.type is bool else value, place)
    return given


def _known(name: str, refusal: str) -> Key:
    """The setting of that name.

    Raises:
        UsageError: there is none; the hint names the nearest.
    """
    keys = {key.name: key for key in KEYS}
    if name in keys:
        return keys[name]
    import difflib

    near = difflib.get_close_matches(name, keys, n=1)
    raise UsageError(refusal, hint=f"write {near[0]}" if near else f"the settings are {', '.join(keys)}")


def _checked(key: Key, value: Any, place: str) -> Any:
    """The value, which has the type of the key; a refusal names what is expected, never what was found."""
    if key.choices:
        if value not in key.choices:
            expected = " or ".join(f'"{choice}"' for choice in key.choices)
            raise UsageError(f"{place}: {key.name} is not {expected}", hint=f"write {key.name} = {key.default}")
    elif key.type is Duration:
        return _duration(key, value, place)
    elif key.type is Words:
        return _words(key, value, place)
    elif key.type is Lines:
        return _lines(key, value, place)
    elif not isinstance(value, key.type):
        expected = "true or false" if key.type is bool else "a string"
        raise UsageError(f"{place}: {key.name} is not {expected}", hint=f"write {expected} behind {key.name} =")
    return value


def _words(key: Key, value: Any, place: str) -> Words:
    if isinstance(value, str):
        return Words(value.replace(",", " ").split())
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return Words(value)
    raise UsageError(f"{place}: {key.name} is not a list of names", hint=f'write {key.name} = ["one", "another"]')


def _lines(key: Key, value: Any, place: str) -> Lines:
    if isinstance(value, str):
        return Lines(line.strip() for line in value.splitlines() if line.strip())
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return Lines(value)
    raise UsageError(f"{place}: {key.name} is not a list of sentences", hint=f'write {key.name} = ["one", "another"]')


def _duration(key: Key, value: Any, place: str) -> Duration:
    try:
        return Duration(value if isinstance(value, str) else "")
    except ValueError:
        raise UsageError(
            f"{place}: {key.name} is not a length of time", hint=f'write {key.name} = "2s", or as 500ms, 5min, 1h'
        ) from None


def _resolved_url(url: str, source: str, environ: Mapping[str, str]) -> tuple[str | None, str | None, tuple[str, ...]]:
    """The URL itself, what gave it, and notes."""
    if url.startswith(_FROM_ENVIRONMENT):
        name = url.removeprefix(_FROM_ENVIRONMENT)
        if not environ.get(name):
            return None, None, (f"{source}: url is to come from the environment variable {name}, which is not set",)
        url, source = environ[name], f"environment variable {name}"
    if url != EMBEDDED and "://" not in url:
        raise UsageError(
            f"{source}: the database address is not of the form dialect://user:password@host/name",
            hint='write an SQLAlchemy URL, "embedded" or "env:NAME"',
        )
    return url, source, ()
