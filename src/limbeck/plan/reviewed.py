"""A plan in a file: reviewed by people, then run as it is or not at all.

reviewed = reviewed_plan(direction, target, databases)
text = write_plan(reviewed)          # limbeck plan --out FILE
reviewed = read_plan(text, FILE)     # limbeck upgrade --plan FILE
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from limbeck.graph import RevisionGraph
from limbeck.model.errors import TargetMoved, UsageError
from limbeck.model.plan import DatabaseState, Direction, Plan, Statement, Step
from limbeck.model.record import NamedTuple

FORMAT = "limbeck-plan/1"
_FAMILY = FORMAT.partition("/")[0]


Address = Callable[[DatabaseState], str]


class ReviewedDatabase(NamedTuple):
    """The plan of one database.

    Attributes:
        place: what tells the database from others: its name, address without password, and version table.
        plan: the plan, its statements without places.
        files: by revision, name and SHA-256 of its file.
    """

    place: Mapping[str, str | None]
    plan: Plan
    files: Mapping[str, tuple[str, str]]


class ReviewedPlan(NamedTuple):
    """What is in the file: the plans of all databases, and what was asked for."""

    direction: Direction
    target: str
    databases: tuple[ReviewedDatabase, ...]

    def of(self, state: DatabaseState, address: str) -> ReviewedDatabase:
        """The plan of the database that was reached.

        Raises:
            UsageError: there is none, or it is for another database.
            TargetMoved: the database is not where the plan begins.
        """
        found = [one for one in self.databases if one.place["name"] == state.name]
        place = place_of(state, address)
        if not found or found[0].place != place:
            wanted = _words(found[0].place) if found else "none of that name"
            raise UsageError(
                f"the plan is for another database: it is for {wanted}, and this is {_words(place)}; nothing was run",
                hint="limbeck plan --out FILE plans for this one",
            )
        start = found[0].plan.start
        if sorted(start) != sorted(state.rows):
            begins, now = (", ".join(rows) or "base" for rows in (start, state.rows))
            done = ", where the plan ends" if sorted(state.rows) == sorted(found[0].plan.target) else ""
            raise TargetMoved(
                f"the database has moved since the plan was made: from {begins} to {now}{done}; nothing was run",
                hint="limbeck plan --out FILE plans from there",
            )
        return found[0]


def place_of(state: DatabaseState, address: str) -> dict[str, str | None]:
    """What tells a database and its version table from others; the driver is no part of it."""
    scheme, mark, rest = address.partition("://")
    return {
        "name": state.name,
        "address": f"{scheme.partition('+')[0]}{mark}{rest}",
        "version_table": state.version_table,
        "version_table_schema": state.version_table_schema,
    }


def _words(place: Mapping[str, str | None]) -> str:
    table = ".".join(filter(None, (place["version_table_schema"], place["version_table"])))
    return f"{place['address']} ({table})"


def file_digest(path: str) -> str:
    """SHA-256 of the file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def files_of(graph: RevisionGraph, plan: Plan) -> dict[str, tuple[str, str]]:
    """By revision, the name and the digest of its file."""
    paths = ((step.revision, graph.revisions[step.revision].path) for step in plan.steps)
    return {revision: (os.path.basename(path), file_digest(path)) for revision, path in paths}


def refuse_other_files(graph: RevisionGraph, reviewed: ReviewedDatabase, plan: Plan) -> None:
    """Refuse when the files make another plan than the reviewed one.

    Raises:
        UsageError: with the revisions that are different.
    """
    steps = [step.revision for step in plan.steps]
    planned = [step.revision for step in reviewed.plan.steps]
    if steps != planned:
        more = [f"{revision} is new" for revision in steps if revision not in planned]
        less = [f"{revision} is gone" for revision in planned if revision not in steps]
        changes = [*more, *less] or ["their order is another"]
    else:
        now = files_of(graph, plan)
        changes = [
            f"{revision} has been edited ({now[revision][0]})"
            for revision in steps
            if now[revision][1] != reviewed.files[revision][1]
        ]
    if changes:
        raise UsageError(
            f"the files have changed since the plan was made: {', '.join(changes)}; nothing was run",
            hint="limbeck plan --out FILE plans with these",
        )


def write_plan(reviewed: ReviewedPlan, version: str) -> str:
    """The text of the file; `version` is limbeck's."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "limbeck": version,
        "direction": reviewed.direction.value,
        "target": reviewed.target,
        "databases": [_database_json(one) for one in reviewed.databases],
    }
    return json.dumps({**document, "checksum": _checksum(document)}, indent=2) + "\n"


def _database_json(one: ReviewedDatabase) -> dict[str, Any]:
    return {
        **one.place,
        "from": list(one.plan.start),
        "to": list(one.plan.target),
        "digest": one.plan.digest,
        "steps": [
            {
                "revision": step.revision,
                "file": one.files[step.revision][0],
                "sha256": one.files[step.revision][1],
                "statements": [statement.sql for statement in step.statements],
                "unrendered": step.unrendered,
            }
            for step in one.plan.steps
        ],
    }


def _checksum(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def read_plan(text: str, name: str) -> ReviewedPlan:
    """The plan in a file.

    Args:
        name: of the file, for messages.

    Raises:
        UsageError: it is no plan, or has been changed since limbeck wrote it.
    """
    again = "limbeck plan --out FILE writes one"
    try:
        document = json.loads(text)
        form = document["format"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise UsageError(f"{name} is no plan that limbeck has written", hint=again) from None
    if not isinstance(form, str) or form.partition("/")[0] != _FAMILY:
        raise UsageError(f"{name} is no plan that limbeck has written", hint=again)
    if form != FORMAT:
        raise UsageError(f"{name} is in the format {form}, and this limbeck reads {FORMAT}", hint=again)
    checksum = document.pop("checksum", None)
    if checksum != _checksum(document):
        raise UsageError(f"{name} has been changed since limbeck wrote it, or is damaged", hint=again)
    try:
        direction = Direction(document["direction"])
        databases = tuple(_database(one, direction) for one in document["databases"])
        return ReviewedPlan(direction, document["target"], databases)
    except (KeyError, TypeError, ValueError):
        raise UsageError(f"{name} is no plan that limbeck has written", hint=again) from None


def _database(one: Mapping[str, Any], direction: Direction) -> ReviewedDatabase:
    place = {key: one[key] for key in ("name", "address", "version_table", "version_table_schema")}
    steps = tuple(
        Step(step["revision"], direction, tuple(Statement(sql, None) for sql in step["statements"]), step["unrendered"])
        for step in one["steps"]
    )
    plan = Plan(tuple(one["from"]), tuple(one["to"]), steps, one["digest"], one["name"])
    return ReviewedDatabase(place, plan, {step["revision"]: (step["file"], step["sha256"]) for step in one["steps"]})


def reviewed_plan(
    graph: RevisionGraph,
    direction: Direction,
    target: str,
    plans: Iterable[tuple[Plan, DatabaseState]],
    address: Address,
) -> ReviewedPlan:
    """The plans as they are to be reviewed.

    Args:
        address: of a database, without a password, as it is told again later.
    """
    databases = (
        ReviewedDatabase(place_of(state, address(state)), plan, files_of(graph, plan)) for plan, state in plans
    )
    return ReviewedPlan(direction, target, tuple(databases))


class Terms(NamedTuple):
    """The reviewed plan that a run holds to.

    Attributes:
        graph: the revisions as the files are now.
        reviewed: the plan.
        address: of a database, without a password, as it was told when the plan was made.
    """

    graph: RevisionGraph
    reviewed: ReviewedPlan
    address: Address

    def hold_for(self, state: DatabaseState) -> None:
        """Refuse a database that the plan is not for, or that has moved.

        Raises:
            UsageError: it is another one.
            TargetMoved: it has moved.
        """
        self.reviewed.of(state, self.address(state))

    def hold_with(self, state: DatabaseState, plan: Plan) -> None:
        """Refuse when the files make another plan by now.

        Raises:
            UsageError: they do.
        """
        refuse_other_files(self.graph, self.reviewed.of(state, self.address(state)), plan)

    def hold_for_all(self, names: Iterable[str]) -> None:
        """Refuse when `env.py` does not reach a database any more; `names` are of those that it does.

        Raises:
            UsageError: it does not.
        """
        missing = {str(one.place["name"]) for one in self.reviewed.databases} - set(names)
        if missing:
            raise UsageError(
                f"env.py does not reach the database {', '.join(sorted(missing))} of the plan; nothing was run",
                hint="limbeck plan --out FILE plans for those that it reaches",
            )
