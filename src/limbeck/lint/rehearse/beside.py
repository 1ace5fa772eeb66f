"""What a run on a scratch database is looked at through, and left by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from limbeck.environment.second_connection import SecondConnection

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.environment.reached import Reached


@contextmanager
def connection_beside(reached: Reached, connection: Connection) -> Iterator[Connection]:
    """A connection that sees what the last step has committed; within one transaction over all, the same one."""
    if reached.own_transaction:
        yield connection
        return
    second = SecondConnection(connection)
    try:
        yield second.connection
    finally:
        second.close()


def letting_go(function: Callable[..., None], close: Callable[[], None]) -> Callable[..., None]:
    """The function of a step, after whose error nothing of ours is left open.

    Alembic leaves the generator of the steps where it is then; and what an asynchronous driver has opened can only be
    closed from within.
    """

    def led(*arguments: Any, **options: Any) -> None:
        try:
            function(*arguments, **options)
        except BaseException:
            close()
            raise

    return led
