"""Python files that import a revision file by its file name, found in their text."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping

from limbeck.model.record import NamedTuple

_WORD = re.compile(rb"[\w.\-]+")
_IMPORTERS = frozenset({"import_module", "__import__", "load_module", "find_spec", "load_source"})


class ImportedByName(NamedTuple):
    """A line that imports the file `target` by its name."""

    path: str
    line: int
    target: str


def importers(targets: Iterable[str], folders: Iterable[str]) -> Iterator[ImportedByName]:
    """Every import of one of the files `targets` in the Python files of some folders and of the folders below them.

    What counts: `from .name import x`, `from versions import name`, `import versions.name`, `import_module("...name")`,
    and strings that end in `versions.name` or in `name.py`.  A file that is no Python imports nothing.
    """
    wanted = {os.path.basename(path).removesuffix(".py"): path for path in targets}
    homes = frozenset(os.path.basename(os.path.dirname(path)) for path in wanted.values())
    other = [name.encode() for name in wanted if not name.isascii()]
    for path in _python_files(folders):
        with open(path, "rb") as file:
            source = file.read()
        if not _may_name(source, wanted) and not any(name in source for name in other):
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # invalid escapes
                tree = ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            for package, module in _named(node, path):
                if module in wanted and (not package or package in homes):
                    yield ImportedByName(path, getattr(node, "lineno", 1), wanted[module])


def _may_name(source: bytes, wanted: Mapping[str, str]) -> bool:
    """A cheap look for names in ASCII, so that hundreds of files need not be parsed."""
    for found in _WORD.finditer(source):
        word = found.group().decode("ascii", "replace")
        if word in wanted or word.removesuffix(".py") in wanted or any(part in wanted for part in word.split(".")):
            return True
    return False


def _named(node: ast.AST, path: str) -> Iterator[tuple[str, str]]:
    """What a piece of the file `path` imports: each module, behind the last name of its package or an empty string."""
    if isinstance(node, ast.Import):
        yield from (_split(alias.name) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = os.path.dirname(path)
        for _ in range(node.level - 1):
            above = os.path.dirname(above)
        package = os.path.basename(above) if node.level else ""
        if node.module:
            yield _split(f"{package}.{node.module}" if package else node.module)
            package = node.module.rpartition(".")[2]
        yield from ((package, alias.name) for alias in node.names)
    elif isinstance(node, ast.Call) and node.args:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        argument = node.args[0]
        if name in _IMPORTERS and isinstance(argument, ast.Constant) and isinstance(argument.value, str):
            yield _split(argument.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        folder, file = ("/" + node.value.replace("\\", "/")).rsplit("/", 1)
        if file.endswith(".py"):
            yield folder.rpartition("/")[2], file.removesuffix(".py")
        elif "." in node.value:
            yield _split(node.value)


def _split(name: str) -> tuple[str, str]:
    package, _, module = name.rpartition(".")
    return package.rpartition(".")[2], module


def _python_files(folders: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for place in folders:
        for folder, below, files in os.walk(place):
            below[:] = sorted(name for name in below if name != "__pycache__" and not name.startswith("."))
            for name in sorted(files):
                path = os.path.join(folder, name)
                if name.endswith(".py") and path not in seen and os.path.isfile(path):
                    seen.add(path)
                    yield path
