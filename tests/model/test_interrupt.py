"""An interrupt is known behind the errors that take its place."""

from __future__ import annotations

import pytest

from limbeck.model.interrupt import came_of_interrupt


def failing_end(error: BaseException) -> BaseException:
    """What is seen when a block is left by an error, and its end fails, as a driver and then SQLAlchemy tell it."""
    try:
        try:
            raise error
        finally:
            try:
                raise OSError("another command is already in progress")
            except OSError as cause:
                raise ValueError("ROLLBACK") from cause
    except ValueError as seen:
        return seen
    return error


@pytest.mark.parametrize(("error", "came"), [(KeyboardInterrupt(), True), (KeyError("x"), False)])
def test_what_the_end_of_a_block_raises(error: BaseException, came: bool) -> None:
    assert came_of_interrupt(failing_end(error)) is came


def test_itself() -> None:
    assert came_of_interrupt(KeyboardInterrupt())
    assert not came_of_interrupt(ValueError())
