"""The values of an Alembic configuration: each from the ini file, else from the TOML file, typed."""

from __future__ import annotations

import os

from limbeck.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from limbeck.environment.configuration_files import IniFile, TomlFile

_SEPARATORS = {"space": " ", "newline": "\n", "os": os.pathsep, ":": ":", ";": ";"}


class Values:
    """The options of one section of the ini file and of `[tool.alembic]`, either of which may be missing.

    Every method raises UsageError, with file and line, for a value that Alembic refuses.
    """

    __slots__ = ("ini", "section", "toml")

    def __init__(self, ini: IniFile | None, toml: TomlFile | None, section: str) -> None:
        self.ini = ini
        self.toml = toml if toml is not None and toml.alembic is not None else None
        self.section = section

    def has_section(self) -> bool:
        """True when there is an ini file and it has the section."""
        return self.ini is not None and self.ini.parser.has_section(self.section)

    def place(self, option: str) -> str:
        """File and line in which the option is set; of the section when it is not set."""
        if self.toml is not None and (self.ini is None or not self.ini.has(self.section, option)):
            return self.toml.place("alembic", option)
        if self.ini is None:
            return option
        return self.ini.place(self.section, option if self.ini.has(self.section, option) else None)

    def text(self, option: str) -> str | None:
        """A string; None when it is not set."""
        value = self._either(option)
        if value is None or isinstance(value, str):
            return value
        raise self._refused(option, "is not a string", f'write {option} = "..."')

    def boolean(self, option: str) -> bool:
        """In an ini file only `true` is true; in TOML anything but a boolean is refused."""
        text = self._of_ini(option)
        if text is not None:
            return text == "true"
        value = self._of_toml(option)
        if value is None or isinstance(value, bool):
            return bool(value)
        raise self._refused(option, "is not true or false", f"write {option} = true")

    def whole_number(self, option: str, default: int) -> int:
        """A whole number; the default when it is not set, or 0."""
        value = self._either(option)
        try:
            return (int(value) if value is not None else 0) or default
        except (TypeError, ValueError):
            raise self._refused(option, "is not a whole number", f"write {option} = {default}") from None

    def search_path(self) -> Sequence[str]:
        """`prepend_sys_path`; in TOML a string counts as its letters, as it does in Alembic: "." works, and is used."""
        text = self._of_ini("prepend_sys_path")
        if text:
            return self._split(text, ("path_separator",), legacy=r", *|(?: +)|\:")
        return self._strings("prepend_sys_path", (list, str))

    def version_locations(self) -> Sequence[str]:
        """`version_locations`; () when not set."""
        text = self._of_ini("version_locations")
        if text:
            return self._split(text, ("path_separator", "version_path_separator"), legacy=r", *|(?: +)")
        return self._strings("version_locations", (list,))

    def check_hooks(self) -> None:
        """Alembic reads the hooks of `alembic revision` for every command, and stops when they cannot be read."""
        if self.ini is not None and self.ini.parser.has_section("post_write_hooks"):
            for option in self.ini.parser.options("post_write_hooks"):
                self.ini.get("post_write_hooks", option)
            return
        hooks = self._of_toml("post_write_hooks") or []
        if not isinstance(hooks, list) or not all(isinstance(hook, dict) and "name" in hook for hook in hooks):
            raise self._refused("post_write_hooks", "has a hook without a name", 'write name = "..." in each')

    def _either(self, option: str) -> Any:
        value = self._of_ini(option)
        return value if value is not None else self._of_toml(option)

    def _of_ini(self, option: str) -> str | None:
        return self.ini.get(self.section, option) if self.ini is not None else None

    def _of_toml(self, option: str) -> Any:
        table = self.toml.alembic if self.toml is not None else None
        if self.toml is None or table is None or option not in table:
            return None
        return self.toml.expanded("alembic", option, table[option])

    def _strings(self, option: str, kinds: tuple[type, ...]) -> Sequence[str]:
        value: Any = self._of_toml(option) or ()
        if value != () and not isinstance(value, kinds):
            raise self._refused(option, "is not a list", f'write {option} = ["%(here)s/..."]')
        if not all(isinstance(item, str) for item in value):
            raise self._refused(option, "holds something else than strings", f'write {option} = ["%(here)s/..."]')
        return tuple(value)

    def _split(self, text: str, options: Sequence[str], *, legacy: str) -> Sequence[str]:
        """A list of paths.  The separator is looked at only here: a wrong one matters only where there is a list.

        Args:
            text: the list, not empty.
            options: names that the separator may have; the first one set counts.
            legacy: pattern of what separates when none is set.
        """
        option = next((name for name in options if self._of_ini(name) is not None), None)
        if option is None:
            import re

            return re.split(legacy, text)
        separator = _SEPARATORS.get(self._of_ini(option) or "")
        if separator is None:
            raise self._refused(
                option, f"is none of {', '.join(_SEPARATORS)}", f"write {option} = os, without a comment behind it"
            )
        return [path.strip() for path in text.split(separator) if path]

    def _refused(self, option: str, fact: str, hint: str) -> UsageError:
        return UsageError(f"{self.place(option)}: {option} {fact}", hint=hint)
