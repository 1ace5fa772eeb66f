"""What is known of a revision that a database is at, and that no file has."""

from __future__ import annotations

from limbeck.model.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limbeck.model.journal import RanRevision


class Commit(NamedTuple):
    """A commit of git that deleted a revision file.

    Attributes:
        id: abbreviated.
        date: of the committer, as 2025-01-02.
        path: of the file, from the root of the repository.
    """

    id: str
    date: str
    author: str
    subject: str
    path: str


class InGit(NamedTuple):
    """What git knows of a revision that no file has.

    Attributes:
        deleted: the newest commit that deleted its file; None when none did.
        branches: each branch that has a file of it, with its path there.
        gave_up: why git told less than it may know; None when it told all.
    """

    deleted: Commit | None = None
    branches: tuple[tuple[str, str], ...] = ()
    gave_up: str | None = None


class LostRevision(NamedTuple):
    """A row of the version table that no file has.

    Attributes:
        ran: what the journal has of it; None when it has nothing.
        in_git: what git knows of it; None when there is no repository.
        way_back: to which revision `downgrade --from-journal` could step; empty when it cannot.
    """

    revision: str
    ran: RanRevision | None
    in_git: InGit | None
    way_back: str
