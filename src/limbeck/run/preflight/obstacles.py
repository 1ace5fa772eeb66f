"""What stands in the way of steps that concern rows: asked of the rows, one question for each thing that is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from limbeck.graph.functions import file_shape
from limbeck.model.effects import AddColumn, AddUnique, TableName
from limbeck.model.preflight import ALWAYS_FITS, Findings, Obstacle, ObstacleKind, Unchecked
from limbeck.run.preflight.catalogue import Catalogue
from limbeck.run.preflight.checks import Check, Checks
from limbeck.run.preflight.identifiers import too_long
from limbeck.run.preflight.influence import Relations, mender, relations_of
from limbeck.run.preflight.inquiry import Inquiry, Unanswered
from limbeck.run.preflight.loss import Loss, told_loss
from limbeck.run.preflight.pending import Pending, pending_effects
from limbeck.sql.types import shape

if TYPE_CHECKING:
    from limbeck.environment.foreseen import ForeseenStep
    from limbeck.graph import RevisionGraph
    from limbeck.model.plan import DatabaseState
    from limbeck.run.preflight.look import Written


class Obstacles:
    """Those on one database that holds something; `findings` asks."""

    def __init__(
        self,
        graph: RevisionGraph,
        written: Sequence[Written],
        state: DatabaseState,
        inquiry: Inquiry,
        journal: str,
    ) -> None:
        """Ask nothing yet.

        Args:
            written: by each step, in order; there is one at least.
            journal: name of limbeck's own table.
        """
        self._graph = graph
        self._written = written
        self._first = written[0][0]
        self._state = state
        self._inquiry = inquiry
        self._journal = journal
        self._catalogue = Catalogue(inquiry)
        self._relations: Relations | None = None
        self._unchecked: list[Unchecked] = []

    def findings(self, steps: Sequence[ForeseenStep], *, back: bool) -> Findings:
        """Everything that is found; of a way back, also what it destroys."""
        pending = pending_effects(steps, self._inquiry.dialect)
        for foreseen in steps:
            if foreseen.step.unrendered is not None:
                self._leave(foreseen.step.revision, f"the rest of it: {foreseen.step.unrendered}")
        obstacles = self._identifiers(pending)
        quote = self._inquiry.connection.dialect.identifier_preparer.quote
        checks = Checks(self._catalogue, quote, self._catalogue.server).of(pending)
        while True:
            try:
                check = next(checks, None)
            except Unanswered as unanswered:
                self._leave(self._first, f"what comes next: {unanswered.reason}")
                break
            if check is None:
                break
            if isinstance(check, Unchecked):
                self._leave(check.revision, check.reason)
            else:
                obstacles += self._asked(check, pending)
        loss = told_loss(self._inquiry, self._catalogue, pending, self._is_own) if back else Loss()
        for left in loss.unchecked:
            self._leave(left.revision, left.reason)
        return Findings(tuple(obstacles), tuple(self._unchecked), loss.destroyed, loss.unsure)

    def _is_own(self, table: str) -> bool:
        """Whether a table is Alembic's or limbeck's."""
        return table.lower().startswith("limbeck_") or table in (self._state.version_table, self._journal)

    def _leave(self, revision: str, reason: str) -> None:
        left = Unchecked(revision, reason)
        if left not in self._unchecked:
            self._unchecked.append(left)

    def _identifiers(self, pending: Sequence[Pending]) -> list[Obstacle]:
        """SQLite bounds no text; elsewhere the column is asked how much it holds."""
        if self._inquiry.dialect == "sqlite":
            return []
        name = TableName(self._state.version_table, self._state.version_table_schema)
        try:
            table = self._catalogue.table(name)
        except Unanswered as unanswered:
            self._leave(self._first, f"the width of {name}: {unanswered.reason}")
            return []
        column = table.column("version_num") if table is not None else None
        width = shape(column.type, self._inquiry.dialect).size if column is not None else ALWAYS_FITS
        return list(too_long(self._written, pending, name, width, self._inquiry.dialect))

    def _asked(self, check: Check, pending: Sequence[Pending]) -> Iterator[Obstacle]:
        """Ask the rows, and when some are in the way, whether they will be by then."""
        one = pending[check.position]
        try:
            count = int(self._inquiry.value(check.count_query) or 0)
            if count and not self._void(check, one):
                words = check.found[0] if count == 1 else check.found[1].format(f"{count:,}")
                yield Obstacle(
                    revision=one.revision,
                    kind=check.kind,
                    table=str(check.table),
                    columns=check.columns,
                    message=f"{check.subject}, and {words}",
                    rows=count,
                    query=check.rows_query,
                    span=one.span,
                    mended_by=self._mended_by(check, pending),
                )
        except Unanswered as unanswered:
            self._leave(one.revision, f"whether {check.subject} can be: {unanswered.reason}")

    def _void(self, check: Check, one: Pending) -> bool:
        """Whether the database does not mind."""
        effect = one.effect
        if isinstance(effect, AddUnique) and effect.if_not_exists and effect.name is not None:
            return self._catalogue.has_index(effect.table, effect.name)
        if isinstance(effect, AddColumn):
            return self._catalogue.may_give_values(effect.type)
        return check.kind is ObstacleKind.ORPHANS and not self._catalogue.foreign_keys_hold()

    def _mended_by(self, check: Check, pending: Sequence[Pending]) -> str | None:
        one = pending[check.position]
        before = mender(check, pending, self._catalogue, self._inquiry.dialect, self._asked_relations)
        if before is not None:
            return before.place
        if file_shape(self._graph.revisions[one.revision].path).catches:
            return f"{one.revision}, which catches errors"
        if check.kind in (ObstacleKind.NULLS, ObstacleKind.MISFITS) and not self._catalogue.is_strict():
            return "the server, which is not strict and puts other values in their place"
        return None

    def _asked_relations(self) -> Relations:
        if self._relations is None:
            self._relations = relations_of(self._inquiry)
        return self._relations
