"""A revision file as Python: its functions, what they call, what it imports."""

from __future__ import annotations

import ast
import os
import re
import warnings
from collections.abc import Iterable, Iterator
from functools import lru_cache

_OPERATIONS = ("op", "batch_op")
_IMPORT = re.compile(rb"\bimport\b")
_IMPORT_LINE = re.compile(
    rb"^[ \t]*((?:from[ \t]+[\w.]+[ \t]+)?import[ \t]+[\w., \t]+?)[ \t]*(?:#.*)?\r?$", re.MULTILINE
)
_EXECUTING = ("execute", "exec_driver_sql", "scalar", "scalars", "executemany")


def parsed(path: str) -> ast.Module | None:
    """The file as a tree; None when it cannot be read, or is no Python."""
    return _parsed(source_of(path))


def source_of(path: str) -> bytes:
    """The bytes of a file; of one that cannot be read, some that are no Python."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b"("


def imports_of(path: str) -> frozenset[str]:
    """The names of `imported_names` of a whole file; none of one that is no Python.

    Where each import is a line of its own, the other lines are not parsed; so a line of a longer text may count as one.
    """
    source = source_of(path)
    lines = _IMPORT_LINE.findall(source)
    simple = len(_IMPORT.findall(source)) == len(lines)
    tree = _parsed(b"\n".join(lines)) if simple else None
    tree = tree or _parsed(source)
    return frozenset(name for node in (imports(tree) if tree else ()) for name in imported_names(node))


@lru_cache(maxsize=64)  # a revision is asked for several times in a row
def _parsed(source: bytes) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # invalid escapes: the file's own business
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


@lru_cache(maxsize=64)
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Every node of a file."""
    return tuple(ast.walk(tree))


def function(tree: ast.Module, name: str) -> ast.FunctionDef | None:
    """The function of that name at the top level; the last one counts."""
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name]
    return found[-1] if found else None


@lru_cache(maxsize=4096)
def reached(tree: ast.Module, name: str) -> tuple[ast.AST, ...]:
    """Every node of a function, and of the functions of the same file that it calls.

    Several rules ask for them, one rule after the other of every file.
    """
    return tuple(_reached(tree, name))


def _reached(tree: ast.Module, name: str) -> Iterator[ast.AST]:
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    open_, seen = [name], set[str]()
    while open_:
        current = functions.get(open_.pop())
        if current is None or current.name in seen:
            continue
        seen.add(current.name)
        for node in ast.walk(current):
            yield node
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                open_.append(node.func.id)


def dotted(node: ast.AST) -> str:
    """`op.get_bind` for an attribute; calls on the way are left out."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    if isinstance(node, ast.Call):
        return dotted(node.func)
    return node.id if isinstance(node, ast.Name) else ""


def calls(nodes: Iterable[ast.AST]) -> Iterator[ast.Call]:
    """The calls among the nodes."""
    return (node for node in nodes if isinstance(node, ast.Call))


def is_operation(call: ast.Call) -> bool:
    """Whether it is one of Alembic's operations, or sends SQL to the database."""
    name = dotted(call.func)
    first, _, last = name.partition(".")[0], "", name.rpartition(".")[2]
    if first in _OPERATIONS and last not in ("get_bind", "get_context", "f", "inline_literal"):
        return True
    return last in _EXECUTING and "." in name


def does_nothing(body: list[ast.stmt]) -> bool:
    """Whether a body holds nothing but `pass`, `...`, docstrings and `return`."""
    return all(
        isinstance(node, ast.Pass)
        or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant))
        or (isinstance(node, ast.Return) and (node.value is None or isinstance(node.value, ast.Constant)))
        for node in body
    )


def imports(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Every import, wherever it stands; what is no statement holds none, and is not looked at."""
    open_: list[ast.AST] = [tree]
    while open_:
        node = open_.pop()
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield node
            continue
        for field in ("body", "orelse", "handlers", "finalbody", "cases"):
            held = getattr(node, field, None)
            if isinstance(held, list):
                open_ += held


def imported_names(node: ast.AST) -> tuple[str, ...]:
    """The modules that an import may load, dots of relative ones included; none for anything else."""
    if isinstance(node, ast.Import):
        return tuple(alias.name for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        module = "." * node.level + (node.module or "")
        parent = module if module.endswith(".") or not module else f"{module}."
        return (module, *(f"{parent}{alias.name}" for alias in node.names))
    return ()


def file_of_module(name: str, path: str) -> str | None:
    """The file of a module of the project: one in a folder above the file that imports it, or in `src` there."""
    relative = name.lstrip(".").replace(".", os.sep)
    folder = os.path.dirname(path)
    while relative and os.path.dirname(folder) != folder:
        for place in (folder, os.path.join(folder, "src")):
            for file in (f"{relative}.py", os.path.join(relative, "__init__.py")):
                found = os.path.join(place, file)
                if os.path.isfile(found):
                    return found
        folder = os.path.dirname(folder)
    return None
