"""A real PostgreSQL server of limbeck's own: throw-away, or shared by several processes, as root and as anybody.

Nothing is installed and nothing is left behind: no system user, no changed mode, no process.  `find_binaries` says
which PostgreSQL is used, `start_server` starts one for the caller alone, `shared_server` one for all processes of
this user.
"""

from __future__ import annotations

from limbeck.scratch.binaries import PostgresBinaries, find_binaries
from limbeck.scratch.server import Server
from limbeck.scratch.start import shared_server, start_server

__all__ = ["PostgresBinaries", "Server", "find_binaries", "shared_server", "start_server"]
