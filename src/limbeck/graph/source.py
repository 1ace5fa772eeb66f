"""From the bytes of one revision file to its values, by parsing it: the whole language, nothing run."""

from __future__ import annotations

import re

from limbeck.graph.header import Header, described, scan
from limbeck.graph.imports import Imports, parsed
from limbeck.graph.module import Module
from limbeck.graph.outcome import Outcome, Problem
from limbeck.graph.scope import without_passwords
from limbeck.graph.syntax import syntax_problem
from limbeck.graph.values import ABSENT, Absent, OrderedSet, Unknown, unknown_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Ids = tuple[str, ...]

_LEGACY = re.compile(r"([a-f0-9]+)\.py$")


def read_source(data: bytes, path: str, search_path: Sequence[str] = ()) -> Outcome:
    """What a revision file says, and what is wrong with it.

    Args:
        data: the whole file.
        path: where it lies; its name may be its identifier, and its folder the start of an import.
        search_path: folders where imported modules are looked for, before those of this interpreter.
    """
    broken = syntax_problem(data, path)
    if broken is not None:
        return Outcome(scan(data), (broken,))
    file_name = path.replace("\\", "/").rpartition("/")[2]
    try:
        module = Module(parsed(data, path), path, re.sub(r"\W", "_", file_name), None, Imports(search_path, path))
        return _outcome(module, file_name)
    except RecursionError:
        return Outcome(scan(data), (_needs_running("revision", Unknown(1, "expressions that are nested too deeply")),))


def _outcome(module: Module, file_name: str) -> Outcome:
    problems: list[Problem] = []
    identifier = _identifier(module, file_name, problems)
    parents = _ids(module, "down_revision", problems)
    labels = _ids(module, "branch_labels", problems)
    needs = _ids(module, "depends_on", problems)
    if not _present(module, "upgrade"):
        problems.append(
            Problem(
                "no-upgrade",
                1,
                "there is no upgrade()",
                "write def upgrade(): pass where there is nothing to do",
                False,
            )
        )
    portable = not (module.imports.followed or module.self_aware or "revision" not in module.names)
    if identifier is None:
        return Outcome(None, tuple(problems), portable)
    document = module.names.get("__doc__")
    message, created = described(document) if isinstance(document, str) else ("", None)
    header = Header(
        identifier,
        parents,
        needs,
        labels,
        message,
        created,
        module.lines.get("revision", 1),
        _present(module, "upgrade"),
        _present(module, "downgrade"),
    )
    return Outcome(header, tuple(problems), portable)


def _present(module: Module, name: str) -> bool:
    """Whether a name is there; what cannot be known counts as there."""
    return module.assigns(name) or bool(module.stars)


def _settled(module: Module, name: str, fallback: object = ABSENT) -> object:
    """The final value of a name; `fallback` when it is not assigned."""
    value = module.value_of(name, 1) if module.assigns(name) else fallback
    if isinstance(value, Unknown) and value.options:
        options = [_as_ids(fallback if isinstance(option, Absent) else option) for option in value.options]
        if options[0] is not None and all(option == options[0] for option in options):
            return value.options[0] if not isinstance(value.options[0], Absent) else fallback
    return value


def _identifier(module: Module, file_name: str, problems: list[Problem]) -> str | None:
    value = _settled(module, "revision")
    line = module.lines.get("revision", 1)
    if isinstance(value, Absent):
        legacy = _LEGACY.match(file_name)
        if legacy:
            return legacy[1]
    if isinstance(value, Absent) or value == "":
        problems.append(
            Problem(
                "no-revision",
                line,
                "no revision is assigned",
                'write revision = "...", or move the file away: Alembic loads every .py file of its versions folder',
            )
        )
        return None
    if isinstance(value, Unknown):
        problems.append(_needs_running("revision", value))
        return None
    if not isinstance(value, str):
        problems.append(_not_text("revision", value, line))
        return None
    return value


def _ids(module: Module, name: str, problems: list[Problem]) -> Ids:
    """`down_revision`, `branch_labels` or `depends_on` as a tuple; empty when that cannot be said."""
    value = _settled(module, name, ABSENT if name == "down_revision" else None)
    line = module.lines.get(name, 1)
    if isinstance(value, Absent):
        problems.append(
            Problem(
                "no-down-revision",
                module.lines.get("revision", 1),
                "no down_revision is assigned",
                "write down_revision = None for the first revision of a chain, or name its parent",
            )
        )
        return ()
    unknown = unknown_in(value)
    if unknown is not None:
        problems.append(_needs_running(name, unknown))
        return ()
    ids = _as_ids(value)
    if ids is None:
        problems.append(_not_text(name, value, line))
    return ids or ()


def _as_ids(value: object) -> Ids | None:
    if value is None or isinstance(value, Absent):
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, OrderedSet):
        value = value.order
    if not isinstance(value, tuple | list | dict):
        return None
    if len(value) == 1 and next(iter(value)) is None:
        return ()
    return tuple(value) if all(isinstance(each, str) for each in value) else None


def _needs_running(name: str, value: Unknown) -> Problem:
    return Problem(
        "needs-running",
        value.line,
        f"{name} cannot be read without running the file: {without_passwords(value.why)}",
        "write the value itself; or set run_files = true in [tool.limbeck]: limbeck then runs this one file",
    )


def _not_text(name: str, value: object, line: int) -> Problem:
    shown = repr(value)
    return Problem(
        "not-a-string",
        line,
        f"{name} is not a string: {without_passwords(shown if len(shown) <= 60 else shown[:57] + '...')}",
        "put it in quotes",
    )
