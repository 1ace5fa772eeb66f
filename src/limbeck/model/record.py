"""Named tuples as `typing` makes them, without `typing`: its import takes longer than a thousand revision files.

Reading commands, and an upgrade with nothing to do, live by their start-up; everything that they import takes its
`NamedTuple` from here, and what a run imports does, since one of `typing`'s takes twice as long to make.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple
else:

    class _Record(type):
        """Turns the body of a class into a named tuple with the same methods."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = body.get("__annotations__", ())
            defaults = [body.pop(field) for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            for attribute, value in body.items():
                setattr(made, attribute, value)
            return made

    class NamedTuple(metaclass=_Record):
        """Base of a named tuple whose fields are the annotations of the class."""


__all__ = ["NamedTuple"]
