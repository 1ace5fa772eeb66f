"""Where a database stands, and what of its past does not agree with the files."""

from __future__ import annotations

from enum import StrEnum

from limbeck.model.record import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limbeck.model.lost import LostRevision
    from limbeck.model.plan import DatabaseState


class LastStep(NamedTuple):
    """The last time that a revision ran to its end, by the journal.

    Attributes:
        direction: `upgrade` or `downgrade`.
        fingerprint: SHA-256 of the file that ran, in hexadecimal; empty when it is not known.
        at: when, as 2025-01-02 03:04:05, in UTC.
        stamped_since: whether the version table has been stamped after that.
    """

    revision: str
    direction: str
    fingerprint: str
    at: str
    stamped_since: bool


class Change(StrEnum):
    """What became of the file of a revision since it ran."""

    EDITED = "edited"
    DELETED = "deleted"


class ChangedFile(NamedTuple):
    """An applied revision whose file is not what ran.

    Attributes:
        at: when it ran, as 2025-01-02 03:04:05, in UTC.
        path: the file; None when it was deleted.
    """

    revision: str
    change: Change
    at: str
    path: str | None


class Standing(NamedTuple):
    """Where one database stands.

    Attributes:
        unknown: rows of its version table that no file has.
        pending: revisions that `upgrade heads` would run, in their order; none when there are unknown rows.
        changed: applied revisions whose file is not what ran, in the order of execution.
        lost: what is known of each of the unknown rows.
    """

    state: DatabaseState
    unknown: tuple[str, ...]
    pending: tuple[str, ...]
    changed: tuple[ChangedFile, ...] = ()
    lost: tuple[LostRevision, ...] = ()
