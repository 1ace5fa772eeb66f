"""Ctrl-C that another error has taken the place of."""

from __future__ import annotations


def came_of_interrupt(error: BaseException) -> bool:
    """Whether an error was raised while an interrupt was on its way out.

    What ends a block, a ROLLBACK say, fails on a connection that was left in the middle of a statement, and its error
    is the one that is seen.
    """
    open_: list[BaseException | None] = [error]
    seen: set[int] = set()
    while open_:
        each = open_.pop()
        if each is None or id(each) in seen:
            continue
        if isinstance(each, KeyboardInterrupt):
            return True
        seen.add(id(each))
        open_ += (each.__cause__, each.__context__)
    return False


def refuse_interrupt(error: BaseException) -> None:
    """Where an error is about to be taken for what a project's code has done.

    Raises:
        KeyboardInterrupt: it came of one.
    """
    if came_of_interrupt(error):
        raise KeyboardInterrupt from error
