"""The project's `env.py`, run for its options alone, when SQL is wanted and no database is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limbeck.cli.session import Session
    from limbeck.environment.alembic_environment import AlembicEnvironment
    from limbeck.environment.reached import Reached


@contextmanager
def offline_databases(
    session: Session, dialect: str | None
) -> Iterator[tuple[AlembicEnvironment, tuple[Reached, ...]]]:
    """Run the part of `env.py` that `alembic upgrade --sql` runs; nothing is connected to.

    Args:
        dialect: rendered for, in place of the dialect of the address that is configured.
    """
    from limbeck.environment.alembic_environment import AlembicEnvironment

    address = f"{dialect}://" if dialect is not None else session.named_address
    with (
        AlembicEnvironment(
            session.project, address=address, logging_of_project=session.arguments.verbose
        ) as environment,
        environment.reach(offline=True) as databases,
    ):
        yield environment, databases
