"""The database that `--embedded` means: on a PostgreSQL of limbeck's own, one for each project, whose data stay."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager

from limbeck.scratch import shared_server


@contextmanager
def embedded_address(root: str) -> Iterator[tuple[str, str]]:
    """Its address, and the server's version; the server runs for the body.

    Args:
        root: the project's folder.
    """
    words = re.sub(r"[^a-z0-9]+", "-", root.rsplit("/", 1)[-1].lower()).strip("-") or "project"
    name = f"{words[:24]}-{hashlib.sha256(root.encode()).hexdigest()[:8]}"
    with shared_server(name=name, keep=True) as server:
        server.ensure_database("app")
        yield server.url("app", driver="psycopg"), ".".join(map(str, server.version))
