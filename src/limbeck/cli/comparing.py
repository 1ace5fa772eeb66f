"""What the commands share that hold a database against its chain: the live schema, and the chain's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from limbeck.cli.scratch_choice import chosen_scratch
from limbeck.model.errors import UsageError

if TYPE_CHECKING:
    from limbeck.cli.session import Session
    from limbeck.database.catalogue import Catalogue
    from limbeck.environment.reached import Reached
    from limbeck.model.plan import DatabaseState
    from limbeck.verify.schema.drift import Drift
    from limbeck.verify.schema.scratch import Scratch
    from limbeck.verify.schema.states import States

_KINDS = {"postgresql": "PostgreSQL", "sqlite": "SQLite", "mysql": "MySQL", "mariadb": "MariaDB"}


class Live(NamedTuple):
    """A database and its schema.

    Attributes:
        path: the schemas that `env.py` has its connection look into, as for one tenant of many; none where it leaves
        that to the database.
    """

    state: DatabaseState
    catalogue: Catalogue
    path: tuple[str, ...] = ()


def live_databases(session: Session, address: str | None = None) -> tuple[Live, ...]:
    """The schema of every database that `env.py` reaches; nothing is written.

    Args:
        address: where it is led to, in place of what the user named.
    """
    from limbeck.cli.alembic_import import import_alembic

    import_alembic(own_process=session.own_process)
    from limbeck.verify.schema.live import live_catalogue, schemas_looked_into

    found: list[Live] = []

    def read(reached: Reached) -> None:
        catalogue = live_catalogue(reached, session.project.settings.journal)
        found.append(Live(reached.state, catalogue, schemas_looked_into(reached)))

    with session.environment(address=address) as environment, environment.reach(each=read):
        return tuple(found)


class Chain:
    """The schema that the chain makes, on a scratch server that suits a database.

    Attributes:
        states: at each of its states.
        server: where they are made.
    """

    def __init__(self, session: Session, live: Live | None = None, dialect: str = "postgresql") -> None:
        """Nothing is run yet.

        Args:
            live: what the chain's schema is to be compared with, where that is a database.
            dialect: of the chain, where it is not.
        """
        from limbeck.verify.schema.states import States

        self._session = session
        dialect = live.state.dialect if live is not None else dialect
        major = int(live.catalogue.version.partition(".")[0]) if live is not None else None
        self.server: Scratch = chosen_scratch(session, dialect, major)
        self._kind = _KINDS.get(getattr(self.server, "dialect", dialect), dialect)
        version = self.server.version.partition(".")[0]
        self.states: States = States(session.project, session.graph, dialect, version)

    def know(self, rows: tuple[str, ...] | None = None) -> None:
        """See to it that the states up to these rows are known, or all of them, as far as they run."""
        nodes = self.states.tree.nodes if rows is None else self.states.tree.at(rows).path
        self.states.make(
            nodes, self.server, logging_of_project=self._session.arguments.verbose, told=self._tell_of_the_run
        )

    def beside_models(self, rows: tuple[str, ...]) -> Drift:
        """How the schema at these rows differs from that of the models."""
        from limbeck.verify.schema.ignored import ignore_rules
        from limbeck.verify.schema.models import models_of
        from limbeck.verify.schema.models_drift import models_drift
        from limbeck.verify.schema.states import refuse_incomplete

        settings, states = self._session.project.settings, self.states
        rules = ignore_rules(settings.ignore_drift)
        self.know(rows)
        node = states.tree.at(rows)
        head = refuse_incomplete(states.state(node), states.failed, rows).catalogue
        verbose = self._session.arguments.verbose
        with states.database_for_models(node, self.server, logging_of_project=verbose) as url:
            models = models_of(self._session.project, url, head, settings.journal, logging_of_project=verbose)
        return models_drift(models, head, rules)

    def _tell_of_the_run(self, count: int) -> None:
        if not count:
            return
        revisions = "1 revision" if count == 1 else f"{count} revisions"
        self._session.note(f"running {revisions} on a scratch {self._kind} {self.server.version}")


def refuse_unknown(session: Session, state: DatabaseState) -> None:
    """Go no further where the version table holds a revision that no file has.

    Raises:
        UsageError: it does.
    """
    unknown = [row for row in state.rows if row not in session.graph.revisions]
    if unknown:
        raise UsageError(
            f"the version table holds a revision that no file has: {', '.join(unknown)}",
            hint="limbeck match says which revision the schema is at",
        )
