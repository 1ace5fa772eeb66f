"""A version table and a schema that contradict each other, as far as it is known without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.model.errors import TargetUnavailable, UsageError
from limbeck.verify.schema.state_files import kept_versions

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.environment.reached import Reached
    from limbeck.graph import RevisionGraph


def refuse_contradiction(project: Project, graph: RevisionGraph, reached: Reached) -> tuple[str, ...]:
    """Go no further where the schema is exactly that of another revision than the one in the version table.

    It is looked for only where `drift` or `match` have left the schemas of the chain's states, and nothing is run.

    Returns:
        a remark when the schema cannot be read.

    Raises:
        UsageError: it is.
    """
    connection = reached.context.connection
    dialect = reached.state.dialect
    versions = kept_versions(project.version_locations, dialect)
    if not versions or connection is None:
        return ()
    from limbeck.environment.second_connection import lives_in_its_connection
    from limbeck.verify.schema.live import live_catalogue
    from limbeck.verify.schema.spelling import schema_digest
    from limbeck.verify.schema.states import States

    if lives_in_its_connection(connection):
        return ()
    own = str((connection.dialect.server_version_info or ("",))[0])
    states = States(project, graph, dialect, own if own in versions else versions[-1])
    digests = states.digests()
    rows = tuple(sorted(reached.state.rows))
    if rows not in digests:
        return ()
    try:
        found = schema_digest(live_catalogue(reached, project.settings.journal))
    except TargetUnavailable as error:
        return (f"whether the schema is that of the version table is not known: {error.message}",)
    others = [each for each, digest in digests.items() if digest == found]
    if found == digests[rows] or not others:
        return ()
    told = " or ".join(", ".join(each) or "base" for each in others)
    own_words = ", ".join(rows) or "base"
    raise UsageError(
        f"the version table says {own_words}, but the schema is exactly that of {told}; nothing was run",
        hint="limbeck match shows both, limbeck repair sets the version table; --no-preflight runs all the same",
    )
