"""A folder in memory for the databases of a server of ours that live for a moment.

On a disk that others use, too, a copy of a database waits for them: it is seven hundred files and more.
"""

from __future__ import annotations

import os
import stat

from limbeck.scratch.account import server_account

PLACE = "/dev/shm"  # noqa: S108 - the folder in it is made with mode 0700, and looked at
LEAST_FREE = 1 << 30  # bytes


def memory_folder(name: str, place: str = PLACE, least: int = LEAST_FREE) -> str | None:
    """The folder of that name, which belongs to the account of our servers; None where there is no room, or no memory.

    Args:
        name: one that no other server has.
        place: a file system in memory.
        least: how many bytes must be free there.
    """
    try:
        space = os.statvfs(place)
    except OSError:
        return None  # as on macOS
    if space.f_bavail * space.f_frsize < least:
        return None
    account = server_account()
    folder = os.path.join(place, f"limbeck-{name}")
    try:
        os.mkdir(folder, 0o700)
        if account.dropped:
            os.chown(folder, account.uid, account.gid)
    except FileExistsError:
        pass  # ours from an earlier time, or somebody's trap: looked at below
    except OSError:
        return None  # it may not be written
    found = os.lstat(folder)
    ours = stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and stat.S_IMODE(found.st_mode) == 0o700
    return folder if ours else None
