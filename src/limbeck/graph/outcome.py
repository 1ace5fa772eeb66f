"""What came of reading one file."""

from __future__ import annotations

from limbeck.model.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limbeck.graph.header import Header


class Problem(NamedTuple):
    """A fault of one file, wherever it lies: see `limbeck.model.revision.Fault`."""

    rule: str
    line: int
    message: str
    hint: str
    broken: bool = True


class Outcome(NamedTuple):
    """The values of a file, if it could be read, and what is wrong with it.

    Attributes:
        portable: whether the same bytes say the same in any other place; not so when another file was followed, or
            the file's own name counts.
        compiled: whether Python was asked to compile it.
    """

    header: Header | None
    problems: tuple[Problem, ...] = ()
    portable: bool = True
    compiled: bool = True
