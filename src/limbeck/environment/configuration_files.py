"""The two files that hold an Alembic configuration, read as Alembic reads them: ini by ConfigParser, TOML by tomllib.

Every error names file and line, and none repeats a value: values may hold passwords.  `configparser` and `tomllib` are
imported when such a file is read, and not before: together they cost as much as reading a thousand revisions.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from limbeck.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import configparser
    from collections.abc import Iterator
    from typing import Any

_TEMPLATE_MARKS = ("{{", "{%", "${", "<%")
_RENDER = "this file is a template: render it first, then type limbeck -c FILE"


def is_template(text: str) -> bool:
    """True when the text holds a placeholder of Jinja, Mako or a shell."""
    return any(mark in text for mark in _TEMPLATE_MARKS)


class IniFile:
    """An ini file.

    Attributes:
        path: absolute path.
        folder: the folder it lies in, which `%(here)s` stands for.
    """

    __slots__ = ("_text", "folder", "parser", "path")

    def __init__(self, path: str) -> None:
        """Read the file, in the encoding of the locale as Alembic does.

        Raises:
            UsageError: it cannot be read, or is no ini file.
        """
        import configparser

        self.path = path
        self.folder = os.path.dirname(path)
        try:
            with open(path, encoding="locale") as file:
                self._text = file.read()
        except OSError as error:
            raise _unreadable(path, error) from None
        except UnicodeDecodeError as error:
            raise _undecodable(path, error) from None
        self.parser = configparser.ConfigParser({"here": _posix(self.folder)})
        try:
            self.parser.read_string(self._text, source=path)
        except configparser.Error as error:
            raise self._unparsable(error) from None

    def has(self, section: str, option: str) -> bool:
        """True when the option is set in the section, or in [DEFAULT] of a file that has the section."""
        return self.parser.has_option(section, option)

    def get(self, section: str, option: str) -> str | None:
        """The option with its `%(name)s` filled in, or None when it is not set.

        Raises:
            UsageError: it cannot be filled in.
        """
        import configparser

        if not self.has(section, option):
            return None
        try:
            return self.parser.get(section, option)
        except configparser.InterpolationMissingOptionError as error:
            fact = f"refers to %({error.reference})s, which is not set"
            hint = f"set {error.reference} in [{section}] or [DEFAULT], or write %% for a percent sign"
        except configparser.InterpolationDepthError:
            fact, hint = "refers to itself", "break the circle of %(name)s"
        except configparser.InterpolationSyntaxError:
            fact, hint = "has a percent sign that is neither %% nor %(name)s", "write %% for a percent sign"
        except configparser.NoSectionError:
            fact, hint = "stands outside any section", "give the section with -n SECTION"
        raise UsageError(f"{self.place(section, option)}: {option} in [{section}] {fact}", hint=hint)

    def own_options(self, section: str) -> tuple[str, ...]:
        """Names of the options that the section itself sets, those of [DEFAULT] left out; none without the section."""
        import configparser

        parser = configparser.RawConfigParser(default_section="")
        parser.read_string(self._text, source=self.path)
        return tuple(parser.options(section)) if parser.has_section(section) else ()

    def place(self, section: str, option: str | None = None) -> str:
        """`path:line` of the option, or of the section's header without one; the path alone when neither is there."""
        line = self._line(section, option) or (self._line("DEFAULT", option) if option else None)
        return self.path if line is None else f"{self.path}:{line}"

    def _line(self, section: str, option: str | None) -> int | None:
        inside = False
        for number, line in enumerate(self._text.split("\n"), 1):
            if line.startswith("[") and "]" in line:
                inside = line[1 : line.rindex("]")] == section
                if inside and option is None:
                    return number
            elif inside and line.replace(":", "=").partition("=")[0].strip().lower() == option:
                return number
        return None

    def _unparsable(self, error: configparser.Error) -> UsageError:
        """The error of ConfigParser without the text of the file that it quotes."""
        import configparser

        number = getattr(error, "lineno", 0)
        if self._text.startswith("\ufeff"):
            fact, hint = "begins with a byte-order mark, which Alembic cannot read", "save it as UTF-8 without one"
        elif isinstance(error, configparser.MissingSectionHeaderError):
            fact, hint = "something stands before the first [section]", "write [alembic] above it"
        elif isinstance(error, configparser.DuplicateOptionError):
            fact, hint = f"{error.option} is set twice in [{error.section}]", "keep one of the two"
        elif isinstance(error, configparser.DuplicateSectionError):
            fact, hint = f"section [{error.section}] stands here for the second time", "keep one of the two"
        else:
            number = number or getattr(error, "errors", [(0, "")])[0][0]
            fact, hint = "neither a [section] nor name = value", "correct the line"
        lines = self._text.split("\n")
        if 0 < number <= len(lines) and is_template(lines[number - 1]):
            hint = _RENDER
        return UsageError(f"{self.path}:{number or 1}: {fact}", hint=hint)


class Options(Mapping[str, str]):
    """Every option of one section, those of [DEFAULT] and `here` included; filled in when asked for.

    Asking for one that cannot be filled in raises UsageError.  The representation shows names only.
    """

    __slots__ = ("_ini", "_section")

    def __init__(self, ini: IniFile | None, section: str) -> None:
        self._ini = ini if ini is not None and ini.parser.has_section(section) else None
        self._section = section

    def __getitem__(self, name: str) -> str:
        value = self._ini.get(self._section, name) if self._ini is not None else None
        if value is None:
            raise KeyError(name)
        return value

    def __contains__(self, name: object) -> bool:
        return self._ini is not None and isinstance(name, str) and self._ini.has(self._section, name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ini.parser.options(self._section) if self._ini is not None else ())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return f"<options of [{self._section}]: {', '.join(self)}>"


class TomlFile:
    """A pyproject.toml, its tables `[tool.alembic]` and `[tool.limbeck]`.

    Attributes:
        path: absolute path.
        folder: the folder it lies in, which `%(here)s` stands for.
        alembic: the table of Alembic, or None without one.
        limbeck: the table of limbeck, or None without one.
    """

    __slots__ = ("_text", "alembic", "folder", "limbeck", "path")

    def __init__(self, path: str) -> None:
        """Read the file; one that has neither table is not parsed.

        Raises:
            UsageError: it cannot be read, or is no TOML.
        """
        self.path = path
        self.folder = os.path.dirname(path)
        try:
            with open(path, "rb") as file:
                data = file.read()
        except OSError as error:
            raise _unreadable(path, error) from None
        try:
            self._text = data.decode()
        except UnicodeDecodeError as error:
            raise _undecodable(path, error) from None
        tool = self._parse().get("tool", {}) if _may_hold_tables(self._text) else {}
        if not isinstance(tool, dict):
            raise UsageError(f"{path}: tool is not a table", hint="write [tool.alembic]")
        self.alembic = self._table(tool, "alembic")
        self.limbeck = self._table(tool, "limbeck")

    def _parse(self) -> dict[str, Any]:
        import tomllib

        try:
            return tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            fact, _, position = str(error).rpartition(" (at ")
            line = position.removeprefix("line ").partition(",")[0]
            number = int(line) if line.isdecimal() else self._text.count("\n") + 1
        if self._text.startswith("\ufeff"):
            fact = "begins with a byte-order mark, which Alembic cannot read"
        raise UsageError(f"{self.path}:{number}: not TOML: {fact[:1].lower()}{fact[1:]}", hint="correct the line")

    def _table(self, tool: dict[str, Any], name: str) -> dict[str, Any] | None:
        table = tool.get(name)
        if table is None or isinstance(table, dict):
            return table
        raise UsageError(f"{self.path}: tool.{name} is not a table", hint=f"write [tool.{name}]")

    def expanded(self, table: str, name: str, value: Any) -> Any:
        """A value of `[tool.TABLE]` as Alembic hands it out: `%(here)s` filled in and `%%` made `%`, in lists too.

        Raises:
            UsageError: it has another percent sign, or a type that Alembic does not take.
        """
        if isinstance(value, int):
            return value
        if isinstance(value, list):
            return [self._entry(table, name, item) for item in value]
        return self._entry(table, name, value)

    def _entry(self, table: str, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(table, name, item) for key, item in value.items()}
        return self._filled(table, name, value)

    def _filled(self, table: str, name: str, value: Any) -> str:
        place = f"{self.place(table, name)}: {name} in [tool.{table}]"
        if not isinstance(value, str):
            raise UsageError(f"{place} holds a {type(value).__name__}", hint="write a string or a list of strings")
        try:
            return value % {"here": _posix(self.folder)}
        except (KeyError, TypeError, ValueError):
            raise UsageError(
                f"{place} has a percent sign that is neither %% nor %(here)s", hint="write %% for a percent sign"
            ) from None

    def place(self, table: str, key: str | None = None) -> str:
        """`path:line` of the key, or of the table's header without one; the path alone when it is written otherwise."""
        inside = False
        for number, line in enumerate(self._text.split("\n"), 1):
            line = line.strip()
            if line.startswith("["):
                inside = line.partition("#")[0].strip() == f"[tool.{table}]"
                if inside and key is None:
                    return f"{self.path}:{number}"
            elif inside and key is not None and line.partition("=")[0].strip("\"' ") == key:
                return f"{self.path}:{number}"
        return self.path


def _may_hold_tables(text: str) -> bool:
    """False only when the text surely has neither `[tool.alembic]` nor `[tool.limbeck]`, however they may be spelled.

    Most files name Alembic among their dependencies only.  To import tomllib costs ten milliseconds, this nothing.
    """
    if "\\u" in text or "\\U" in text or text.startswith("\ufeff"):
        return True
    for word in ("alembic", "limbeck"):
        for line in text.splitlines() if word in text else ():
            for rest in line.split(word)[1:]:
                rest = rest.lstrip("\"' \t")
                value = rest.removeprefix("=").lstrip(" \t")
                dotted = rest.startswith(".") and "=" in rest
                if line.lstrip().startswith("[") or dotted or (rest.startswith("=") and value.startswith("{")):
                    return True
    return False


def _posix(folder: str) -> str:
    """The folder with forward slashes, as `%(here)s` has them on every system."""
    return folder.replace(os.sep, "/")


def _unreadable(path: str, error: OSError) -> UsageError:
    return UsageError(f"cannot read {path}: {error.strerror}", hint=f"ls -l {path}")


def _undecodable(path: str, error: UnicodeDecodeError) -> UsageError:
    line = error.object[: error.start].count(b"\n") + 1
    # Alembic, too, reads an ini file in the encoding of the locale, which LC_ALL=C makes ASCII.
    hint = "save the file as UTF-8" if error.encoding.startswith("utf") else "export LC_ALL=C.UTF-8"
    return UsageError(f"{path}:{line}: byte 0x{error.object[error.start]:02x} is not {error.encoding}", hint=hint)
