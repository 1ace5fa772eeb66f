"""Memory for what lives for a moment: a server that is thrown away, the copies of another's databases, SQLite's files.

On a disk that others use, too, a copy of a database waits for them: it is seven hundred files and more.  And on ext4, a
file that is made costs the more, the more files were deleted in the last minutes: their inodes are passed over.
"""

from __future__ import annotations

import os
import stat

from limbeck.scratch.account import server_account

PLACE = "/dev/shm"  # noqa: S108 - the folder in it is made with mode 0700, and looked at
LEAST_FREE = 1 << 30  # bytes


def memory(place: str = PLACE, least: int = LEAST_FREE) -> str | None:
    """The folder of a file system in memory, in which we may make others; None where there is no room, or no memory.

    Args:
        place: that folder.
        least: how many bytes must be free there.
    """
    try:
        space = os.statvfs(place)
    except OSError:
        return None  # as on macOS
    has_room = space.f_bavail * space.f_frsize >= least
    return place if has_room and os.access(place, os.W_OK | os.X_OK) else None


def memory_folder(name: str, place: str = PLACE, least: int = LEAST_FREE) -> str | None:
    """The folder of that name, which belongs to the account of our servers; None as for `memory`.

    Args:
        name: one that no other server has.
        place, least: as for `memory`.
    """
    if memory(place, least) is None:
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
