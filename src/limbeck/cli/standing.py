"""Where the project's databases stand, what their journals know, and what is known of revisions that no file has."""

from __future__ import annotations

from limbeck.graph import pending, upgrade_route
from limbeck.graph.applied import effective_current
from limbeck.graph.since import changed_files
from limbeck.model.errors import LimbeckError
from limbeck.model.standing import Standing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from limbeck.cli.session import Session
    from limbeck.environment.reached import Reached
    from limbeck.graph import RevisionGraph
    from limbeck.model.journal import RanRevision
    from limbeck.model.lost import LostRevision
    from limbeck.model.plan import DatabaseState, Direction
    from limbeck.model.preflight import NoRoute
    from limbeck.model.standing import LastStep


def standings(session: Session) -> tuple[Standing, ...]:
    """Where each database stands; `env.py` is run to ask them, unless there is a shorter way."""
    from limbeck.environment.settings import NO_JOURNAL

    journal = session.project.settings.journal
    found = session.quick_look(journal if journal != NO_JOURNAL else None)
    if found is not None and all(row in session.graph.revisions for row in found[0].rows):
        return (standing(session, *found, {}),)
    try:
        return _asked_through_env_py(session)
    except LimbeckError as error:
        if found is None:
            raise
        session.note(f"what the journal knows of it is not told: {error.message}")
        return (standing(session, *found, {}),)


def _asked_through_env_py(session: Session) -> tuple[Standing, ...]:
    memories = Memories(session)
    with session.environment() as environment, environment.reach(each=memories.read) as databases:
        states = [reached.state for reached in databases]
    return tuple(memories.standing(number, state) for number, state in enumerate(states))


class Memories:
    """What the journals of the databases know that `env.py` reaches; `read` is called for each of them in turn."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read: list[tuple[tuple[LastStep, ...], Mapping[str, RanRevision]]] = []

    def read(self, reached: Reached) -> None:
        """Read the journal of a database while its connection is open; one that may not be read is told."""
        from sqlalchemy.exc import DBAPIError

        from limbeck.environment.failure import one_line
        from limbeck.run.journal.reader import opened_journal

        session, known = self._session, self._session.graph.revisions
        found: tuple[tuple[LastStep, ...], Mapping[str, RanRevision]] = ((), {})
        connection = reached.context.connection
        assert connection is not None
        try:
            with opened_journal(reached.context, connection, session.project.settings.journal) as journal:
                if journal is not None:
                    unknown = [row for row in reached.state.rows if row not in known]
                    found = journal.last_steps(), journal.lineage(unknown, known)
        except DBAPIError as error:
            session.note(f"the journal cannot be read: {one_line(error)}")
        self._read.append(found)

    def lineage(self, number: int) -> Mapping[str, RanRevision]:
        """Of a database, by the order of `read`: revisions that no file has, as they were run."""
        return self._read[number][1]

    def standing(self, number: int, state: DatabaseState) -> Standing:
        """Where a database stands, by the order of `read`."""
        return standing(self._session, state, *self._read[number])


def standing(
    session: Session, state: DatabaseState, last_steps: tuple[LastStep, ...], lineage: Mapping[str, RanRevision]
) -> Standing:
    """Where a database stands.

    Args:
        last_steps: what its journal knows of each revision.
        lineage: the revisions that no file has, from the rows down, as far as the journal knows them.
    """
    graph = session.graph
    unknown = tuple(row for row in state.rows if row not in graph.revisions)
    waiting = () if unknown else pending(graph, state.rows, "heads")
    # What lies below a row that no file has is told with it.
    changed = changed_files(graph, state.rows, [step for step in last_steps if step.revision not in lineage])
    return Standing(state, unknown, waiting, changed, _lost(session, unknown, lineage))


def _lost(session: Session, unknown: tuple[str, ...], lineage: Mapping[str, RanRevision]) -> tuple[LostRevision, ...]:
    if not unknown:
        return ()
    from limbeck.edit.git_history import repository_of
    from limbeck.model.lost import LostRevision

    history = repository_of(session.project.version_locations)
    known = session.graph.revisions
    return tuple(
        LostRevision(
            row,
            lineage.get(row),
            history.find(row) if history is not None else None,
            way_back(row, lineage, set(known)),
        )
        for row in unknown
    )


def lost_revisions(session: Session) -> tuple[LostRevision, ...]:
    """What is known of the rows that no file has, of all databases together."""
    return tuple(dict.fromkeys(lost for standing in standings(session) for lost in standing.lost))


def way_back(row: str, lineage: Mapping[str, RanRevision], known: set[str]) -> str:
    """To which revision the source in the journal leads back from a row; empty when part of it is not there.

    Args:
        known: revisions that files have.
    """
    seen: set[str] = set()
    while row not in known:
        ran = lineage.get(row)
        if ran is None or not ran.genuine or row in seen:
            return ""
        seen.add(row)
        parents = ran.step.parents
        if not parents:
            return "base"
        if any(parent not in known and parent not in lineage for parent in parents):
            return ""
        row = parents[0]
    return row


def no_route(
    graph: RevisionGraph, standing: Standing, lineage: Mapping[str, RanRevision], direction: Direction, target: str
) -> NoRoute:
    """What can be told where there is no way from a revision that no file has.

    Raises:
        UnknownRevision: an upgrade to the target is asked for, and it is no revision.
    """
    from limbeck.model.plan import Direction
    from limbeck.model.preflight import NoRoute

    known = [row for row in standing.state.rows if row in graph.revisions]
    below = [_files_below(row, lineage, graph.revisions) for row in standing.unknown]
    sure = None if any(each is None for each in below) else {found for each in below for found in each or ()}
    newest = effective_current(graph, [*known, *(sure or ())])
    untold = upgrade_route(graph, newest, target) if direction is Direction.UPGRADE else ()
    return NoRoute(standing.lost, None if sure is None else newest, untold)


def _files_below(row: str, lineage: Mapping[str, RanRevision], known: Container[str]) -> set[str] | None:
    """The newest revisions with a file that a row stands on, by the journal; None when it does not lead to them."""
    found: set[str] = set()
    seen: set[str] = set()
    ahead = [row]
    while ahead:
        each = ahead.pop()
        if each in known:
            found.add(each)
        elif each not in lineage:
            return None
        elif each not in seen:
            seen.add(each)
            ahead += lineage[each].step.parents
    return found
