"""The one database that may be reached while a rehearsal runs."""

from __future__ import annotations

from limbeck.model.errors import UsageError

POSTGRESQL = "postgresql"


class Target:
    """The one database that may be reached; None when nothing is isolated."""

    address: dict[str, str] | None = None
    backend = POSTGRESQL


def refuse(what: str) -> None:
    """There was to be a connection to something else."""
    raise UsageError(
        f"{what} opens a connection of its own, which is not to the scratch database",
        hint="let env.py connect through an SQLAlchemy engine; lint leads that to the scratch database by itself",
    )
