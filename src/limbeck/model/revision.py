"""Revisions, and the faults of the files that should hold them."""

from __future__ import annotations

from limbeck.model.record import NamedTuple


class Span(NamedTuple):
    """A place in a Python file; line and column count from 1."""

    path: str
    line: int
    column: int = 1


class Revision(NamedTuple):
    """One revision file, as its text says it.

    Attributes:
        id: the revision identifier; any string, most often twelve hex digits.
        parents: full identifiers of `down_revision`, in the order of the file; empty for a base.
        depends_on: full identifiers of `depends_on`, in the order of the file.
        labels: branch labels written in this file.
        path: absolute path of the file.
        message: first paragraph of the docstring, Alembic's `Script.doc`; may hold several lines, or none.
        created: the docstring's Create Date, as written there; None without one.
        line: line on which `revision` is assigned, from 1.
    """

    id: str
    parents: tuple[str, ...]
    depends_on: tuple[str, ...]
    labels: tuple[str, ...]
    path: str
    message: str
    created: str | None
    line: int

    @property
    def headline(self) -> str:
        """The revision in one line: identifier, labels, date, the first line of the message, what it depends on."""
        label = f" ({', '.join(self.labels)})" if self.labels else ""
        date = f"  {self.created[:10]}" if self.created else ""
        depends = f"  (depends on {', '.join(self.depends_on)})" if self.depends_on else ""
        title = self.message.partition("\n")[0]
        return f"{self.id}{label}{date}  {title}{depends}"


class Fault(NamedTuple):
    """Something wrong with a chain: which rule, where, what, and what to do about it.

    Attributes:
        rule: the fault's name, as in `unknown-parent`.
        path: absolute path of the file, or of the folder when no single file is at fault.
        line: line in that file, from 1.
        message: the fact, then the value.
        hint: what to do about it.
        broken: True when Alembic could not work with this chain; False for what works today and will hurt later.
    """

    rule: str
    path: str
    line: int
    message: str
    hint: str
    broken: bool = True
