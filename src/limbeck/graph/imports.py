"""Finding the file of an imported module, and reading its constants there.  Nothing is imported."""

from __future__ import annotations

import ast
import os
import sys

from limbeck.graph.module import Module
from limbeck.graph.values import Followed, Imported, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_FALSE_AT_RUN_TIME = {("typing", "TYPE_CHECKING"), ("typing_extensions", "TYPE_CHECKING")}


class Imports:
    """Modules that were asked for, each read once.

    Attributes:
        search_path: folders to look in, in this order.
        followed: whether any module was looked for.
    """

    def __init__(self, search_path: Sequence[str], beside: str = "") -> None:
        """Where to look.

        Args:
            search_path: folders to look in first; those of this interpreter come after them.
            beside: a file whose own folders come last, the nearest first: an application that is not installed.
        """
        self.search_path = [*search_path, *(entry or os.getcwd() for entry in sys.path)]
        while beside != os.path.dirname(beside):
            beside = os.path.dirname(beside)
            self.search_path.append(beside)
        self.followed = False
        self._modules: dict[str, Module | Unknown] = {}
        self._reading: set[str] = set()

    def follow(self, wanted: Imported, where: Module) -> object:
        """The value that an import gives: a `Followed` module, a constant, or an `Unknown`."""
        if (wanted.module, wanted.name) in _FALSE_AT_RUN_TIME:
            return False
        if (wanted.module, wanted.name) == ("sys", "version_info"):
            return tuple(sys.version_info)
        if wanted.name is None and wanted.module.partition(".")[0] in sys.stdlib_module_names:
            return wanted
        name = _absolute(wanted.module, where.package)
        if name is None:
            return Unknown(wanted.line, f"a relative import, {wanted.module}, in a file that is no part of a package")
        module = self._module(name, wanted.line)
        if wanted.name is None:
            return Followed(module, name) if isinstance(module, Module) else module
        if isinstance(module, Module) and (module.assigns(wanted.name) or not self._find(f"{name}.{wanted.name}")):
            return module.attribute(wanted.name, wanted.line)
        inner = self._module(f"{name}.{wanted.name}", wanted.line)
        if isinstance(inner, Module):
            return Followed(inner, f"{name}.{wanted.name}")
        return module if isinstance(module, Unknown) else inner

    def starred(self, star: Imported, where: Module) -> dict[str, object]:
        """The names that `from module import *` brings; none when the module's file is not found."""
        value = self.follow(Imported(star.module, None, star.line), where)
        if not isinstance(value, Followed):
            return {}
        module = value.module
        public = module.names.get("__all__")
        names = public if isinstance(public, list | tuple) else [n for n in module.names if not n.startswith("_")]
        return {name: module.attribute(name, star.line) for name in names if isinstance(name, str)}

    def _module(self, name: str, line: int) -> Module | Unknown:
        if name.partition(".")[0] in sys.stdlib_module_names:
            return Unknown(line, f"a value of the standard library's {name}")
        self.followed = True
        if name in self._modules:
            return self._modules[name]
        path = self._find(name)
        if path is None:
            return Unknown(line, f"a value of {name}, a module that is not found")
        if path in self._reading:
            return Unknown(line, f"a value of {name}, which imports itself")
        self._reading.add(path)
        try:
            with open(path, "rb") as file:
                tree = parsed(file.read(), path)
            package = name if path.endswith("__init__.py") else name.rpartition(".")[0]
            self._modules[name] = Module(tree, path, name, package, self)
        except (OSError, SyntaxError, ValueError, RecursionError) as error:
            self._modules[name] = Unknown(line, f"a value of {name}, which cannot be read ({error})")
        finally:
            self._reading.discard(path)
        return self._modules[name]

    def _find(self, name: str) -> str | None:
        """The file of a module: a package before a plain module, the first folder before the others."""
        parts = name.split(".")
        for folder in self.search_path:
            stem = os.path.join(folder, *parts)
            if not all(os.path.isdir(os.path.join(folder, *parts[:n])) for n in range(1, len(parts))):
                continue
            for candidate in (os.path.join(stem, "__init__.py"), stem + ".py"):
                if os.path.isfile(candidate):
                    return candidate
        return None


def parsed(data: bytes, path: str) -> ast.Module:
    """The syntax tree of a file; what Python would warn of is not said.

    Raises:
        SyntaxError, ValueError: it does not parse.
    """
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(data, path)


def _absolute(module: str, package: str | None) -> str | None:
    level = len(module) - len(module.lstrip("."))
    if not level:
        return module
    parts = (package or "").split(".")
    if not package or level > len(parts):
        return None
    base = ".".join(parts[: len(parts) - level + 1])
    return f"{base}.{module[level:]}" if module[level:] else base
