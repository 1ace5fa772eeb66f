"""Steps back that would destroy rows, refused before the first one runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from limbeck.environment.failure import one_line, sqlstate
from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from limbeck.environment.reached import Reached
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import Plan

_NO_SUCH_TABLE = ("42P01", "42S02")


def refuse_rows_in_the_way(graph: RevisionGraph, plan: Plan, reached: Reached) -> None:
    """Count the rows that the declarations of the plan's revisions name, and refuse when there are any.

    A declaration is a comment in the revision file, `# limbeck: irreversible[table: condition] reason`, or an entry of
    the setting `irreversible`.

    Raises:
        UsageError: rows are in the way, and every declaration with its count is listed; or they cannot be counted.
    """
    connection = reached.context.connection
    assert connection is not None
    in_the_way: list[str] = []
    for step in plan.steps:
        for declared in graph.irreversible(step.revision):
            try:
                with connection.begin_nested():
                    count = connection.execute(text(declared.count_query)).scalar_one()
            except DBAPIError as error:
                if sqlstate(error) in _NO_SUCH_TABLE:
                    continue  # it was made later, or goes by another name by now: a declaration names each
                place = f"{graph.revisions[step.revision].path}:{declared.line}"
                raise UsageError(
                    f"the rows in the way of {step.revision} cannot be counted: {one_line(error)}",
                    hint=f"correct the declaration: {place if declared.line else 'the setting irreversible'}",
                ) from error
            if count:
                in_the_way.append(
                    f"{step.revision}: {count} in {declared.table} where {declared.condition}: {declared.reason}"
                )
    if in_the_way:
        raise UsageError(
            "this way back destroys information, and rows are in its way:\n  " + "\n  ".join(in_the_way),
            hint="change or remove those rows first; nothing was run",
        )
