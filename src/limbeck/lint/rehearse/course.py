"""The way through a chain to the revisions that are to be measured: from the nearest state that is kept.

Tables get rows as soon as they are there.  Where made-up rows stop a revision, it is run once more with no rows but
those that the chain itself has written, and the chain goes on from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from limbeck.lint.rehearse.databases import Databases, Template
from limbeck.lint.rehearse.extensions import Extensions
from limbeck.lint.rehearse.rehearsal import Outcome, Rehearsal, Scene
from limbeck.model.facts import Rehearsed

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project
    from limbeck.model.revision import Revision

_LONG = 20  # steps; behind so many, the state before the first measured revision is worth a copy
_DUPLICATE = "42710"  # duplicate_object
_BARE = "bare"  # the state of a database to which nobody gave rows


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
        texts: Mapping[str, bytes] = MappingProxyType({}),
        further_versions: Sequence[str] = (),
        imported_late: Iterable[Revision] = (),
    ) -> None:
        """Nothing runs yet.

        Args:
            order: every revision of the chain, in the order of execution.
            paths: the file of each.
            states: digests of the state before each of them, and after the last.
            databases: where to work.
            texts: what stands in place of the files of some revisions.
            further_versions: folders of revisions besides those of the project.
            imported_late: revisions whose files, where they cannot be imported, are not measured, with all behind them.
        """
        self._project = project
        self._order = order
        self._paths = paths
        self._states = states
        self._databases = databases
        self._logging = logging_of_project
        self._texts = texts
        self._further_versions = further_versions
        self._imported_late = tuple(imported_late)

    def measure(self, wanted: Sequence[str]) -> list[Rehearsed]:
        """Run the chain up to the last of the revisions that are wanted, and measure these.

        Revisions behind one that does not run are not measured, and say so.
        """
        places = [self._order.index(identifier) for identifier in wanted]
        found = {each.revision: each for each in self._run_all(min(places), max(places) + 1, frozenset(wanted))}
        self._databases.forget_oldest()
        stopped = next((each.revision for each in found.values() if each.failed is not None), None)
        reason = f"an earlier revision does not run: {stopped}"
        version = self._databases.version
        return [found.get(each) or Rehearsed(each, version, unmeasured=reason) for each in wanted] + [
            each for name, each in found.items() if name not in wanted
        ]

    def end_of(self, place: int) -> Template | None:
        """The state behind a revision, by its place in the order, when it is kept; None when not."""
        templates = self._databases.templates()
        return templates.get(self._states[place + 1]) or templates.get(_BARE + self._states[place + 1])

    def _run_all(self, first: int, last: int, wanted: frozenset[str]) -> Iterator[Rehearsed]:
        """What the wanted revisions did, and the one, wanted or not, behind which nothing runs."""
        place, template = self._nearest(first)
        stops = self._stops(place, first, last)
        while place < last:
            outcome, kept = self._run(place, next(stop for stop in stops if stop > place), template, wanted, rows=True)
            yield from outcome.measured
            place += outcome.applied
            if outcome.failed is None:
                template = kept
                continue
            without, template = self._without_rows(place)
            again = without.measured[0] if without.measured else without.failed
            if again is not None and _makes_again(again):
                without, template = self._without_rows(place, together=True)
                if without.measured:
                    again = without.measured[0]._replace(alone=again.failed, place=again.statements[-1].span)
            if again is None or again.failed is not None:
                yield again or outcome.failed
                return
            if outcome.failed.revision in wanted:
                yield again if again.alone is not None else _joined(outcome.failed, again)
            place += 1

    def _stops(self, place: int, first: int, last: int) -> tuple[int, ...]:
        """Where the state is kept on the way, because it will be wanted again: before what is edited most."""
        if first - place >= _LONG:
            return first, last
        return (last - 1, last) if last - first >= _LONG else (last,)

    def _without_rows(self, place: int, *, together: bool = False) -> tuple[Outcome, Template | None]:
        """Run one revision on a database to which nobody gave rows, and measure it.

        Args:
            together: as behind others in one run.
        """
        begin, template = self._nearest(place, _BARE)
        if begin < place:
            outcome, template = self._run(begin, place, template, frozenset(), rows=False, together=True)
            if outcome.failed is not None:
                return outcome, None
        return self._run(place, place + 1, template, frozenset({self._order[place]}), rows=False, together=together)

    def _nearest(self, first: int, kind: str = "") -> tuple[int, Template | None]:
        """The longest prefix of the chain, up to a place, whose state is kept; and that state."""
        templates = self._databases.templates()
        for place in range(first, 0, -1):
            if kind + self._states[place] in templates:
                return place, templates[kind + self._states[place]]
        return 0, None

    def _run(
        self,
        begin: int,
        end: int,
        template: Template | None,
        wanted: frozenset[str],
        *,
        rows: bool,
        together: bool = False,
    ) -> tuple[Outcome, Template | None]:
        """Run the revisions from one place to another on a copy of the template, and keep the state."""
        databases = self._databases
        name = databases.make(template)
        try:
            born = dict(template.born) if template is not None else {}
            extensions = Extensions(template.missing if template is not None else ())
            scene = Scene(databases.url(name), databases.version, born, extensions, rows, together)
            rehearsal = Rehearsal(
                self._project,
                scene,
                self._paths,
                self._texts,
                logging_of_project=self._logging,
                further_versions=self._further_versions,
                imported_late=self._imported_late,
            )
            outcome = rehearsal.run(self._order[begin:end], wanted)
        except BaseException:
            databases.drop(name)
            raise
        if outcome.failed is not None:
            databases.drop(name)
            return outcome, None
        state = self._states[end] if rows else _BARE + self._states[end]
        return outcome, databases.keep(name, state, born, extensions.missing)


def _makes_again(failed: Rehearsed) -> bool:
    """Whether a revision was stopped by something that is there already."""
    last = failed.statements[-1] if failed.statements else None
    return failed.failed is not None and last is not None and last.sqlstate == _DUPLICATE


def _joined(with_rows: Rehearsed, without: Rehearsed) -> Rehearsed:
    """Up to the statement that the rows have stopped, what was measured with them; from there on, without."""
    count = len(with_rows.statements)
    if not count or with_rows.statements[-1].error is None:
        return without
    return without._replace(statements=with_rows.statements + without.statements[count - 1 :])
