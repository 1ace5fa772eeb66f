"""The values of a revision file of which only the compiled form is there; its code does not run."""

from __future__ import annotations

import dis
import importlib.util
import marshal
import types

from limbeck.graph.header import Header, described
from limbeck.graph.outcome import Outcome, Problem

_HEADER_SIZE = 16  # bytes before the code: magic number, flags, time or hash, size
_NAMES = ("revision", "down_revision", "branch_labels", "depends_on", "__doc__")
_JUMPS = frozenset((*dis.hasjrel, *dis.hasjabs))
_WRITE_SOURCE = "put its source into the folder; limbeck reads compiled files only where they are simple"


def read_bytecode(data: bytes, name: str) -> Outcome:
    """What a compiled file says: constants that its top level stores under Alembic's names.

    Args:
        data: the whole file.
        name: its name, as in `abc.cpython-311.pyc`.
    """
    if name.endswith(".pyo") or data[:4] != importlib.util.MAGIC_NUMBER:
        return _refused(
            "does-not-parse", "was compiled by another version of Python", "compile it again, or keep sources"
        )
    try:
        code = marshal.loads(data[_HEADER_SIZE:])  # noqa: S302 - reads a code object, of a folder whose code is run anyway
    except (EOFError, ValueError, TypeError):
        return _refused("does-not-parse", "is not a compiled file", "compile it again, or keep sources")
    if not isinstance(code, types.CodeType):
        return _refused("does-not-parse", "is not a compiled file", "compile it again, or keep sources")
    stored, unknown = _stored(code)
    for wanted in ("revision", "down_revision"):
        if wanted not in stored and wanted not in unknown:
            rule = "no-revision" if wanted == "revision" else "no-down-revision"
            return _refused(rule, f"no {wanted} is assigned", _WRITE_SOURCE)
    values = {wanted: _as_ids(stored.get(wanted)) for wanted in _NAMES[1:4]}
    doubtful = sorted(unknown.intersection(_NAMES[:4]) | {wanted for wanted, ids in values.items() if ids is None})
    identifier = stored.get("revision")
    if doubtful or not isinstance(identifier, str):
        shown = ", ".join(doubtful or ["revision"])
        return _refused("needs-running", f"{shown} cannot be read from the compiled file", _WRITE_SOURCE)
    document = stored.get("__doc__")
    message, created = described(document) if isinstance(document, str) else ("", None)
    parents, labels, needs = (values[wanted] or () for wanted in _NAMES[1:4])
    functions = "upgrade" in code.co_names, "downgrade" in code.co_names
    return Outcome(Header(identifier, parents, needs, labels, message, created, 1, *functions), portable=False)


def _refused(rule: str, message: str, hint: str) -> Outcome:
    return Outcome(None, (Problem(rule, 1, message, hint),), portable=False)


def _stored(code: types.CodeType) -> tuple[dict[str, object], set[str]]:
    """Constants that the top level stores, and the names of which it cannot be said what is stored."""
    stored: dict[str, object] = {}
    unknown: set[str] = set()
    before: list[dis.Instruction] = []
    branches = False
    for instruction in dis.get_instructions(code):
        branches = branches or instruction.opcode in _JUMPS
        if instruction.opname == "STORE_NAME" and instruction.argval in _NAMES:
            name = str(instruction.argval)
            known, value = _value(before)
            if known and not branches:
                stored[name] = value
                unknown.discard(name)
            else:
                unknown.add(name)
        before.append(instruction)
    return stored, unknown


def _value(before: list[dis.Instruction]) -> tuple[bool, object]:
    """The constant that the last instructions leave: one that is loaded, or a list of several."""
    if not before:
        return False, None
    last = before[-1]
    if last.opname in ("LOAD_CONST", "RETURN_CONST"):
        return True, last.argval
    if (
        last.opname == "LIST_EXTEND"
        and len(before) > 2
        and [i.opname for i in before[-3:-1]] == ["BUILD_LIST", "LOAD_CONST"]
    ):
        return True, before[-2].argval
    if last.opname in ("BUILD_LIST", "BUILD_TUPLE"):
        size = last.arg or 0
        items = before[len(before) - 1 - size : -1]
        if all(item.opname == "LOAD_CONST" for item in items):
            return True, tuple(item.argval for item in items)
    return False, None


def _as_ids(value: object) -> tuple[str, ...] | None:
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, tuple) and all(isinstance(each, str) for each in value):
        return tuple(value)
    return None
