"""The statements of an unfinished step, held against those that its revision issues now."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from limbeck.model.errors import StepUnfinished
from limbeck.run.resume.doubt import Answer
from limbeck.run.resume.records import DoneStatement, StartedStatement, Unfinished

Numbered = tuple[int, str]  # a statement: its number, and how it begins


class Replay:
    """Goes along with the revision, from its first statement to where it was interrupted.

    A revision may issue fewer statements than before, if its file is the same: it looks at what is there, as by
    `checkfirst`, and finds it.
    """

    def __init__(self, unfinished: Unfinished, fingerprint: str, answer: Callable[[StartedStatement], Answer]) -> None:
        """Begin at the first statement.

        Args:
            fingerprint: SHA-256 of the revision's file as it is now.
            answer: tells whether the doubtful statement has happened.
        """
        self._revision = unfinished.revision
        self._remaining = list(unfinished.done)
        self._doubtful = unfinished.doubtful
        self._same_file = unfinished.fingerprint == fingerprint
        self._answer = answer
        self.next_number = max((one.number for one in unfinished.done), default=0) + 1

    @property
    def over(self) -> bool:
        """Whether everything that was done has been passed."""
        return not self._remaining and self._doubtful is None

    def was_done(self, mark: str) -> DoneStatement | None:
        """The record of this statement, if it is among those that were done.

        Raises:
            StepUnfinished: others come before it, and the file has been changed.
        """
        for place, record in enumerate(self._remaining):
            if record.mark == mark:
                passed = self._left(self._remaining[:place])
                if passed and not self._same_file:
                    raise self._differs(passed[0])
                del self._remaining[: place + 1]
                return record
        return None

    def happened(self, mark: str, words: str) -> StartedStatement | None:
        """The doubtful statement, if this is the one and it has happened; otherwise this one is to be executed.

        Raises:
            StepUnfinished: it is another statement than the one that was done at this place, or nobody knows whether it
            was.
        """
        doubtful = self._doubtful
        is_this = doubtful is not None and doubtful.mark == mark
        left = self._left(self._remaining)
        if left and not (is_this and self._same_file):
            raise self._differs(left[0], words)
        self._remaining, self._doubtful = [], None
        if doubtful is None:
            return None
        told = self._answer(doubtful)
        if told is Answer.UNSURE:
            raise StepUnfinished.unsure(
                self._revision,
                f"nobody saw the end of statement {doubtful.number}, {doubtful.words}, and the catalogue does not tell",
            )
        if told is Answer.YES and not is_this:
            raise self._differs((doubtful.number, doubtful.words), words)
        return doubtful if told is Answer.YES else None

    def end(self) -> None:
        """The revision has issued its last statement.

        Raises:
            StepUnfinished: some that were done are not in the file any more.
        """
        left = self._left(self._remaining)
        if self._doubtful is not None and self._answer(self._doubtful) not in (Answer.NO, Answer.AGAIN):
            left.append((self._doubtful.number, self._doubtful.words))
        if left and not self._same_file:
            raise self._differs(left[0])
        self._remaining, self._doubtful = [], None

    def _left(self, records: Sequence[DoneStatement]) -> list[Numbered]:
        """Those of which something is there."""
        return [(one.number, one.words) for one in records if not one.failed and not one.undone]

    def _differs(self, done: Numbered, now: str = "") -> StepUnfinished:
        number, words = done
        instead = f"has in its place, with other words or values, {now}" if now else "does not have it any more"
        return StepUnfinished.unsure(self._revision, f"statement {number} was {words}; the file {instead}")
