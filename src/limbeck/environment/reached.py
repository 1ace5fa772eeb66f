"""A database that a project's `env.py` has configured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from limbeck.model.record import NamedTuple

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext

    from limbeck.model.plan import DatabaseState


class Reached(NamedTuple):
    """A database that `env.py` has configured and is about to migrate.

    Attributes:
        state: where it is and where it stands.
        context: Alembic's migration context, with the options that `env.py` gave.
        arguments: what `env.py` hands to each `upgrade()` and `downgrade()`.
        own_transaction: True when `env.py` itself holds the transaction, or asked for one over all revisions.
        search_path: the schemas that the connection looks into (PostgreSQL), which `env.py` may have set by tenant.
    """

    state: DatabaseState
    context: MigrationContext
    arguments: dict[str, Any]
    own_transaction: bool
    search_path: str | None
