"""The account that a server runs as.

PostgreSQL refuses to run as root.  For root it runs as `nobody`, who is there already; its folders belong to `nobody`
with mode 0700, and root connects all the same, because modes do not hold root back.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TypedDict

NOBODY = 65534


class ProcessAccount(TypedDict, total=False):
    """The arguments of subprocess.Popen that change the account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server; `dropped` when that is somebody with fewer rights than we have."""

    uid: int
    gid: int
    dropped: bool

    def arguments(self) -> ProcessAccount:
        """What subprocess.Popen needs to start a process of this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.dropped else {}


def server_account() -> Account:
    """The account of the servers that this process starts."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), dropped=False)
    import pwd

    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        return Account(NOBODY, NOBODY, dropped=True)
    return Account(nobody.pw_uid, nobody.pw_gid, dropped=True)
