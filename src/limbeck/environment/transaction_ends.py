"""Where SQLAlchemy ends transactions of the driver, told without its events: one listener makes every statement of the
connection take a longer way through SQLAlchemy.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

End = Callable[[Any], bool]


class _Method:
    """In place of a dialect's `do_commit` or `do_rollback`, for as long as anybody listens."""

    def __init__(self, own: Callable[[Any], None]) -> None:
        self.own = own
        self.listeners: list[End] = []

    def __call__(self, fairy: Any) -> None:
        if not any(listener(fairy) for listener in tuple(self.listeners)):
            self.own(fairy)


class Listening:
    """To one of the two, of a dialect that several engines and connections may share."""

    def __init__(self, dialect: Dialect, name: str, listener: End) -> None:
        """Listen.

        Args:
            name: `do_commit` or `do_rollback`.
            listener: is given SQLAlchemy's proxy of a driver's connection; what it raises is raised by SQLAlchemy as an
            error of the driver, and nothing is ended; it returns whether it has done that itself.
        """
        self._names = vars(dialect)
        self._name = name
        self._listener = listener
        known = self._names.get(name)
        self._method = known if isinstance(known, _Method) else _Method(getattr(dialect, name))
        self._method.listeners.append(listener)
        self._names[name] = self._method

    def close(self) -> None:
        """Listen no more; the last one puts the dialect's own back."""
        self._method.listeners.remove(self._listener)
        if not self._method.listeners and self._names.get(self._name) is self._method:
            del self._names[self._name]
