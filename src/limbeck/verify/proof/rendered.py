"""The SQL of a whole chain, as `--sql` renders it, and what comes of executing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from limbeck.database.catalogue import Catalogue


class Rendered(NamedTuple):
    """What `--sql` writes for one revision.

    Attributes:
        revision: its identifier.
        sql: the text, with what ends and begins the transaction around it.
        error: why it cannot be rendered; None when it can.
        line: the line of its file where it stopped.
        own: the part of the text that its function has written, by begin and end.
    """

    revision: str
    sql: str
    error: str | None = None
    line: int | None = None
    own: tuple[int, int] = (0, 0)


class Executed(NamedTuple):
    """What came of the SQL.

    Attributes:
        catalogue: after the last revision that was rendered; None when a statement failed.
        revision: the last one executed.
        error: why a statement failed.
        sqlstate: its code.
    """

    catalogue: Catalogue | None
    revision: str
    error: str | None = None
    sqlstate: str | None = None


class AsSql(NamedTuple):
    """The chain as SQL.

    Attributes:
        rendered: each revision.
        ran: what came of executing it; None when not even the first revision can be rendered.
        refused: why `env.py` renders nothing; None when it does.
        is_issued: it was not executed, as it is word by word what the revisions issue.
    """

    rendered: tuple[Rendered, ...]
    ran: Executed | None
    refused: str | None = None
    is_issued: bool = False
