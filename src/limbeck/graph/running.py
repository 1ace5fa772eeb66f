"""Running one revision file in a process of its own, for what its text does not say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

from limbeck.graph.header import Header, described
from limbeck.graph.outcome import Outcome, Problem
from limbeck.graph.scope import without_passwords

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 120.0  # seconds; importing a large application may well take twenty
# Loads the file as Alembic does, and writes to a file of its own: revisions print.
_CHILD = """
import importlib.util, json, os, re, sys
path, answer, search_path = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
sys.path[:0] = search_path
spec = importlib.util.spec_from_file_location(re.sub(r"\\W", "_", os.path.basename(path)), path)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
def told(name):
    value = getattr(module, name, None)
    if value is None or isinstance(value, str):
        return value
    items = list(value)
    return items if all(isinstance(item, str) for item in items) else {"not strings": repr(value)}
names = ("revision", "down_revision", "branch_labels", "depends_on", "__doc__")
values = {name: told(name) for name in names}
values["functions"] = [hasattr(module, "upgrade"), hasattr(module, "downgrade")]
with open(answer, "w", encoding="utf-8") as file:
    json.dump(values, file)
"""


def run_file(path: str, search_path: Sequence[str], read: Outcome) -> Outcome:
    """The values of a file, by running its top level as Alembic would.

    Args:
        path: the file.
        search_path: folders that are put before the interpreter's own search path.
        read: what its text said; its other problems stay.
    """
    line = next((problem.line for problem in read.problems if problem.rule == "needs-running"), 1)
    kept = tuple(problem for problem in read.problems if problem.rule != "needs-running")
    with tempfile.TemporaryDirectory(prefix="limbeck-") as folder:
        answer = os.path.join(folder, "answer.json")
        command = [sys.executable, "-c", _CHILD, path, answer, json.dumps([*search_path])]
        try:
            done = subprocess.run(  # noqa: S603 - the user's leave is asked for before
                command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST, check=False
            )
        except subprocess.TimeoutExpired:
            return _failed(read, kept, line, f"did not end within {_LONGEST:.0f} seconds")
        if done.returncode != 0 or not os.path.exists(answer):
            said = done.stderr.decode(errors="replace").strip().splitlines()
            return _failed(read, kept, line, without_passwords(said[-1]) if said else f"exit status {done.returncode}")
        with open(answer, encoding="utf-8") as file:
            values = json.load(file)
    identifier = values["revision"]
    if not isinstance(identifier, str) or any(isinstance(value, dict) for value in values.values()):
        return _failed(read, kept, line, "its values are not strings")
    document = values["__doc__"]
    message, created = described(document) if isinstance(document, str) else ("", None)
    header = Header(
        identifier,
        _as_ids(values["down_revision"]),
        _as_ids(values["depends_on"]),
        _as_ids(values["branch_labels"]),
        message,
        created,
        read.header.line if read.header else line,
        *values["functions"],
    )
    return Outcome(header, kept, portable=False)


def _as_ids(value: str | list[str] | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(value)


def _failed(read: Outcome, kept: tuple[Problem, ...], line: int, reason: str) -> Outcome:
    problem = Problem(
        "needs-running", line, f"the file was run, and failed: {reason}", "python FILE shows the whole error"
    )
    return Outcome(read.header, (*kept, problem), portable=False)
