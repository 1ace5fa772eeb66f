"""Who runs: written where the ones that wait can read it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from limbeck.model.record import NamedTuple

_NAME = re.compile(r"limbeck (?P<pid>\d+)@(?P<host>\S+) since (?P<since>\S+)")
_UNREADABLE = re.compile(r"[^!-~]")
_HOST_CHARACTERS = 20  # PostgreSQL cuts an application's name at 63 bytes


class Holder(NamedTuple):
    """The process that holds a run lock.

    Attributes:
        host: name of its machine; the address that the database sees, when that is all there is; None if unknown.
        pid: its process there; None if unknown.
        since: when it got the lock, in UTC; None if unknown.
        step: the revision that it runs now, and the number of that step; None if unknown.
        rows: of the version table, as others see them; None if unknown.
    """

    host: str | None = None
    pid: int | None = None
    since: datetime | None = None
    step: str | None = None
    rows: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """The holder in at most 63 bytes, as `application_name` takes it."""
        assert self.since is not None
        host = _UNREADABLE.sub("-", self.host or "localhost")[:_HOST_CHARACTERS]
        return f"limbeck {self.pid}@{host or '-'} since {self.since:%Y-%m-%dT%H:%M:%SZ}"

    @classmethod
    def of_name(cls, name: str) -> Holder | None:
        """The holder of that name; None when it is no name of limbeck's."""
        found = _NAME.fullmatch(name)
        if found is None:
            return None
        try:
            since = datetime.strptime(found["since"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:
            return None
        return cls(found["host"], int(found["pid"]), since)

    def words(self) -> str:
        """The holder for people: `process 4711 on web-1, since 04:14:10 UTC, runs bbb222 (2 of 3); the database is at
        aaa111`.
        """
        process = f"process {self.pid}" if self.pid is not None else "a process"
        host = f" on {self.host}" if self.host else ""
        since = f", since {self.since:%H:%M:%S} UTC" if self.since is not None else ""
        step = f", runs {self.step}" if self.step is not None else ""
        at = f"; the database is at {', '.join(self.rows) or 'base'}" if self.rows is not None else ""
        return f"{process}{host}{since}{step}{at}"
