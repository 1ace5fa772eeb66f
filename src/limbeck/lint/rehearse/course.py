"""The way through a chain to the revisions that are to be measured: from the nearest state that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from limbeck.lint.rehearse.databases import Databases, Template
from limbeck.lint.rehearse.rehearsal import Outcome, Rehearsal
from limbeck.model.facts import Rehearsed

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project

_LONG = 20  # steps; behind so many, the state before the first measured revision is worth a copy


class Course:
    """One rehearsal of a chain; use `measure` once."""

    def __init__(
        self,
        project: Project,
        order: Sequence[str],
        paths: Mapping[str, str],
        states: Sequence[str],
        databases: Databases,
        logging_of_project: bool,
    ) -> None:
        """Nothing runs yet.

        Args:
            order: every revision of the chain, in the order of execution.
            paths: the file of each.
            states: digests of the state before each of them, and after the last.
            databases: where to work.
        """
        self._project = project
        self._order = order
        self._paths = paths
        self._states = states
        self._databases = databases
        self._logging = logging_of_project

    def measure(self, wanted: Sequence[str]) -> list[Rehearsed]:
        """Run the chain up to the last of the revisions that are wanted, and measure these.

        Revisions behind one that does not run are not measured, and say so.
        """
        places = [self._order.index(identifier) for identifier in wanted]
        first, last = min(places), max(places) + 1
        begin, template = self._nearest(first)
        outcome = Outcome((), 0, None)
        if first - begin >= _LONG or (last - first >= _LONG and begin < last - 1):
            # The state before the first wanted revision, or before the newest: it is the one that will be wanted again.
            middle = first if first - begin >= _LONG else last - 1
            outcome, template = self._run(begin, middle, template, wanted)
            begin = middle
        found = list(outcome.measured)
        if outcome.error is None:
            outcome, _ = self._run(begin, last, template, wanted)
            found += outcome.measured
        self._databases.forget_oldest()
        return found + self._behind(found, wanted)

    def _nearest(self, first: int) -> tuple[int, Template | None]:
        """The longest prefix of the chain, up to a place, whose state is kept; and that state."""
        templates = self._databases.templates()
        for place in range(first, 0, -1):
            if self._states[place] in templates:
                return place, templates[self._states[place]]
        return 0, None

    def _run(
        self, begin: int, end: int, template: Template | None, wanted: Sequence[str]
    ) -> tuple[Outcome, Template | None]:
        """Run the revisions from one place to another on a copy of the template, and keep the state."""
        databases = self._databases
        name = databases.make(template)
        try:
            born = dict(template.born) if template is not None else {}
            rehearsal = Rehearsal(
                self._project, databases.url(name), databases.version, born, logging_of_project=self._logging
            )
            outcome = rehearsal.run(self._order[begin:end], self._paths, frozenset(wanted))
        except BaseException:
            databases.drop(name)
            raise
        if outcome.error is not None:
            databases.drop(name)
            return outcome, None
        return outcome, databases.keep(name, self._states[end], born)

    def _behind(self, found: Sequence[Rehearsed], wanted: Sequence[str]) -> list[Rehearsed]:
        """Those that were not reached."""
        reached = {each.revision for each in found}
        stopped = next((each for each in found if each.failed is not None), None)
        reason = "an earlier revision does not run" + (f": {stopped.revision}" if stopped is not None else "")
        return [
            Rehearsed(identifier, self._databases.version, unmeasured=reason)
            for identifier in wanted
            if identifier not in reached
        ]
