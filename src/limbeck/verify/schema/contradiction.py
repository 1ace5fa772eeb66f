"""A version table and a schema that contradict each other, as far as it is known without running anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from limbeck.database.catalogue import Action, Change, Kind
from limbeck.database.catalogue.catalogue import CONTAINERS
from limbeck.model.errors import TargetUnavailable, UsageError
from limbeck.verify.schema.state_files import kept_versions

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue
    from limbeck.environment.configuration import Project
    from limbeck.environment.reached import Reached
    from limbeck.graph import RevisionGraph
    from limbeck.verify.schema.matching import Candidate
    from limbeck.verify.schema.states import States
    from limbeck.verify.schema.tree import Rows


def refuse_contradiction(project: Project, graph: RevisionGraph, reached: Reached) -> tuple[str, ...]:
    """Go no further where the schema is that of another revision than the one in the version table.

    So it is also where changes by hand are all that separates it from the other, and not all from the table's own.
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
    from limbeck.verify.schema.live import live_catalogue, schemas_looked_into
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
        live = live_catalogue(reached, project.settings.journal)
    except TargetUnavailable as error:
        return (f"whether the schema is that of the version table is not known: {error.message}",)
    found = schema_digest(live)
    if found == digests[rows]:
        return ()
    others = [each for each, digest in digests.items() if digest == found]
    if others:
        told = f"exactly that of {' or '.join(map(_words, others))}"
    else:
        other = _other_with_differences(project, states, live, schemas_looked_into(reached), rows)
        if other is None:
            return ()
        told = f"that of {_words(other.rows)}"
        if other.drift.differences:
            count = len(other.drift.differences)
            told += f" with {count} {'difference' if count == 1 else 'differences'}"
    raise UsageError(
        f"the version table says {_words(rows)}, but the schema is {told}; nothing was run",
        hint="limbeck match shows both, limbeck repair sets the version table; --no-preflight runs all the same",
    )


def _words(rows: Rows) -> str:
    return ", ".join(rows) or "base"


def _other_with_differences(
    project: Project, states: States, live: Catalogue, path: tuple[str, ...], rows: Rows
) -> Candidate | None:
    """The state that a schema is at but for a few differences, where it is not the one of the version table.

    What differs from that state has to differ from the version table's as well, and what lies between the two to be
    more than names and properties: then somebody's changes by hand explain the one, and not the other.
    """
    from limbeck.verify.schema.drift import within
    from limbeck.verify.schema.ignored import ignore_rules
    from limbeck.verify.schema.matching import matched

    base = states.state(states.tree.root)
    state = states.state(states.tree.at(rows))
    if base is None or base.incomplete or state is None:
        return None
    rules = ignore_rules(project.settings.ignore_drift)
    catalogue, _ = within(live, path, states.known() if path else ())
    whole = (each for each in states.known() if not each.incomplete)
    match = matched(catalogue, whole, base, rules, rows, ())
    first, own = match.candidates[0], match.at(rows)
    if own is None or own.exact or first.objects >= own.objects:
        return None
    if first.exact:
        return first
    mine = {difference.change for difference in own.drift.differences}
    theirs = {difference.change for difference in first.drift.differences}
    parents = {each.identity[1:3] for each in mine if each.identity.kind in CONTAINERS and _came_or_went(each)}

    def differs_from_own(change: Change) -> bool:
        if change in mine or (change.identity.schema, change.identity.of) in parents:
            return True
        return change.action is not Action.DROPPED and change.identity not in state.catalogue.objects

    decisive = any(each.identity.kind in (Kind.TABLE, Kind.COLUMN) and _came_or_went(each) for each in mine - theirs)
    return first if decisive and all(map(differs_from_own, theirs)) else None


def _came_or_went(change: Change) -> bool:
    return change.action in (Action.CREATED, Action.DROPPED)
