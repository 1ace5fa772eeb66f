"""The steps of one run on one database, each taken down, and the one gone on with that an earlier run has left."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from limbeck.environment.catalogue_state import state_of
from limbeck.model.errors import StepUnfinished
from limbeck.run.resume.layer import Resumption
from limbeck.run.resume.ledger import JournalLedger

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.second_connection import SecondConnection
    from limbeck.model.plan import Plan, Step
    from limbeck.run.journal import Recorder
    from limbeck.run.resume.records import Unfinished
    from limbeck.sql.names import NameInText

_SHOWN = 5  # statements that are told of what was done


class Parts:
    """Of one database, for the length of a run.

    Attributes:
        remarks: what an earlier run had done, each line to be told.
    """

    def __init__(
        self,
        connection: Connection,
        journal: Recorder,
        unfinished: Unfinished | None,
        masked: Callable[[str], str],
        remark: Callable[[str], None],
    ) -> None:
        """Nothing runs yet.

        Args:
            connection: the run's.
            journal: where what is done is written down.
            unfinished: what an earlier run has left; None when nothing.
            masked: takes passwords out of a text.
            remark: tells the user.
        """
        self._connection = connection
        self._journal = journal
        self._unfinished = unfinished
        self._masked = masked
        self._remark = remark
        self._afresh = False
        self.remarks: tuple[str, ...] = ()

    @property
    def unfinished(self) -> bool:
        """Whether the step that begins next is gone on with."""
        return self._unfinished is not None

    def allow(self, plan: Plan, second: SecondConnection, *, afresh: bool) -> None:
        """See whether the plan can run on what an earlier run has left.

        Args:
            second: sees what is committed.
            afresh: what it did was undone by hand, and does not count.

        Raises:
            StepUnfinished: the plan begins with something else, or what was done is not as it was.
        """
        left = self._unfinished
        if left is None:
            return
        if afresh:
            self._unfinished, self._afresh = None, True
            return
        first = plan.steps[0] if plan.steps else None
        if first is None or (first.revision, first.direction.value) != (left.revision, left.direction):
            raise StepUnfinished(
                f"a part of {left.revision} is in the database: its {left.direction} was begun by {left.who}, and did "
                f"not end",
                hint=f"limbeck {left.direction} {_target(left)} goes on with it; --afresh does not count what was done",
            )
        if any(statement.temporary for statement in left.done):
            raise StepUnfinished.unsure(left.revision, "it made a temporary table, which is gone")
        self._refuse_changes(left, second)
        self.remarks = tuple(_told(left))

    def step(self, step: Step) -> Resumption | None:
        """What takes down the step that begins now, and leaves out what was done of it; None without a journal.

        Raises:
            StepUnfinished: there is something to go on with, and the journal cannot be written.
        """
        left = self._unfinished
        if left is not None and (step.revision, step.direction.value) != (left.revision, left.direction):
            left = None
        self._unfinished = None
        if self._afresh:
            self._afresh = False
            self._journal.afresh()
        place, entry = self._journal.place, self._journal.of_step
        if place is None:
            if left is not None:
                raise StepUnfinished.unsure(left.revision, "the journal cannot be written, and it must be to go on")
            return None
        ledger = JournalLedger(self._connection, place.table, entry, self._masked, self._remark)
        return Resumption(self._connection, ledger, left, self._journal.fingerprint, self._remark)

    def _refuse_changes(self, left: Unfinished, second: SecondConnection) -> None:
        """Raise StepUnfinished when what was done is not as it was, but for what the doubtful statement names."""
        doubtful = {name.name.lower() for name in left.doubtful.names} if left.doubtful is not None else set()
        expected = {name: digest for name, digest in left.state.items() if name.name.lower() not in doubtful}
        now = state_of(second.rows, second.dialect, expected)
        other = [name for name, digest in expected.items() if now.get(name, "") != digest]
        if other:
            raise StepUnfinished.unsure(
                left.revision, f"what it has made or changed is not as it was then: {_words(other)}"
            )


def _target(left: Unfinished) -> str:
    """What to type, to go on with it."""
    return left.revision if left.direction == "upgrade" else "-1"


def _told(left: Unfinished) -> Iterator[str]:
    """What was done of it, a line each."""
    done = [one for one in left.done if not one.failed and not one.undone]
    count = len(done)
    said = f"{count} statement{'' if count == 1 else 's'} of it {'is' if count == 1 else 'are'} done"
    yield f"{left.revision} was begun by {left.who}, and did not end; {said}{', the last of them:' if count else ''}"
    for one in done[-_SHOWN:]:
        yield f"  {one.number} {one.words}"
    if left.doubtful is not None:
        yield f"  {left.doubtful.number} {left.doubtful.words}: nobody saw its end, the catalogue will be asked"


def _words(things: Iterable[NameInText]) -> str:
    return ", ".join(f"{thing.schema}.{thing.name}" if thing.schema else thing.name for thing in things)
