"""The lines on which the operations of a `with op.batch_alter_table(...)` block were written.

Alembic keeps the operations of a block, and runs them at its end: what is on the stack then is the line of the `with`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FrameType
from typing import Any, NamedTuple

from alembic.operations.batch import BatchOperationsImpl


class Caller(NamedTuple):
    """A place in running Python.

    Attributes:
        code: what runs.
        instruction: the offset of the instruction that is under way.
    """

    code: CodeType
    instruction: int


class _Operations(list[Any]):
    """The operations of a block, each with its callers; while they are gone through, those of the one under way."""

    def __init__(self, operations: Iterable[Any] = ()) -> None:
        super().__init__(operations)
        self._callers: list[tuple[Caller, ...]] = [()] * len(self)

    def append(self, operation: Any) -> None:
        super().append(operation)
        self._callers.append(tuple(_on_the_stack(sys._getframe(1))))

    def __iter__(self) -> Iterator[Any]:
        for operation, callers in zip(list(super().__iter__()), self._callers, strict=False):
            _Under.way = callers
            yield operation
        _Under.way = ()


class _Under:
    """The callers of the operation of a block that is under way."""

    way: tuple[Caller, ...] = ()


_FLUSH = BatchOperationsImpl.flush.__code__


def note_lines_of_batches() -> None:
    """From here on, know where each operation of a block was written; once in a process."""
    begin: Callable[..., None] = BatchOperationsImpl.__init__
    if begin.__module__ == __name__:
        return

    def begin_noting(self: BatchOperationsImpl, *arguments: Any, **named: Any) -> None:
        begin(self, *arguments, **named)
        self.batch = _Operations(self.batch)

    BatchOperationsImpl.__init__ = begin_noting  # type: ignore[method-assign]


def callers() -> Iterator[Caller]:
    """Who called this, innermost first; for an operation of a block, before the `with` those who wrote it."""
    return _on_the_stack(sys._getframe(1))


def _on_the_stack(frame: FrameType | None) -> Iterator[Caller]:
    while frame is not None:
        if frame.f_code is _FLUSH:
            yield from _Under.way
        yield Caller(frame.f_code, frame.f_lasti)
        frame = frame.f_back
