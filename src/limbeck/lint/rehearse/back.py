"""A revision's downgrade, run after its upgrade, looked at, and rolled back."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from limbeck.database.catalogue import Action, Catalogue, Change, Kind, difference, outermost
from limbeck.environment.failure import line_in_file, one_line, sqlstate
from limbeck.lint.python_file import calls, does_nothing, dotted, function, parsed, reached
from limbeck.lint.rehearse.asking import execute, rows_of, session_of
from limbeck.lint.rehearse.roles import roles
from limbeck.model.facts import WayBack
from limbeck.model.interrupt import refuse_interrupt
from limbeck.model.revision import Span

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from limbeck.database.catalogue.postgresql.written import Written
    from limbeck.environment.executions import Executions
    from limbeck.lint.rehearse.extensions import Extensions

_ROW_ERRORS = "23"  # integrity constraint violation: made-up rows may be the reason
_TYPES = (Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE_TYPE, Kind.RANGE)


def can_be_tried(path: str) -> bool:
    """Whether the file has a downgrade that does something, and commits nothing by itself."""
    tree = parsed(path)
    downgrade = None if tree is None else function(tree, "downgrade")
    if (
        tree is None
        or downgrade is None
        or does_nothing(downgrade.body)
        or all(isinstance(node, ast.Raise) for node in _real(downgrade))
    ):
        return False
    names = [dotted(call.func).rpartition(".")[2] for call in calls(reached(tree, "downgrade"))]
    texts = [node.value for node in reached(tree, "downgrade") if isinstance(node, ast.Constant)]
    words = " ".join(text.lower() for text in texts if isinstance(text, str))
    return not {"autocommit_block", "commit", "rollback"}.intersection(names) and "concurrently" not in words


def _real(node: ast.FunctionDef) -> list[ast.stmt]:
    return [each for each in node.body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]


def way_back(
    connection: Connection,
    executions: Executions,
    downgrade: Callable[[], object],
    path: str,
    before: Written,
    extensions: Extensions,
    masked: Callable[[str], str],
) -> WayBack | None:
    """What the downgrade leaves, loses and changes; None when a transaction is under way that is not ours to end.

    Where rows stop it, it is run once more without any.

    Args:
        executions: those on the connection.
        downgrade: the function, with its arguments.
        path: the revision's file.
        before: the catalogue before the upgrade.
        masked: takes passwords out of a text.
    """
    if connection.in_transaction():
        return None
    stopped: WayBack | None = None
    for without_rows in (False, True):
        with connection.begin() as transaction:
            try:
                if without_rows:
                    _empty(connection)
                with executions.through((roles, extensions.layer)):
                    downgrade()
                session = session_of(connection)
                session.doubt()  # the revision may have taken away what was planned
                return _compared(*before.compared(session))
            except Exception as error:
                refuse_interrupt(error)
                line = line_in_file(error, path)
                span = Span(path, line) if line is not None else None
                stopped = WayBack(masked(one_line(error)), sqlstate(error), span)
                if without_rows or not _is_of_rows(error):
                    return stopped
            finally:
                if transaction.is_active:
                    transaction.rollback()
    return stopped


def _is_of_rows(error: Exception) -> bool:
    """Whether rows may be what stopped it: a constraint, a value, or what the project itself raises."""
    code = sqlstate(error)
    return code is None or code.startswith((_ROW_ERRORS, "22", "P0", "IR"))


def _empty(connection: Connection) -> None:
    """Take every row away, the version table's too; it is rolled back with the rest."""
    tables = rows_of(
        connection,
        "SELECT quote_ident(nspname) || '.' || quote_ident(relname) "
        "FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace "
        "WHERE relkind IN ('r', 'p') AND pg_class.oid >= 16384 AND left(nspname, 3) <> 'pg_'",
    )
    if tables:
        execute(connection, f"TRUNCATE {', '.join(name for (name,) in tables)} CASCADE")


def _compared(before: Catalogue, after: Catalogue) -> WayBack:
    changes = outermost(difference(before, after))
    by_action = {action: [each for each in changes if each.action is action] for action in Action}
    others = [*by_action[Action.CHANGED], *by_action[Action.RENAMED]]
    left = by_action[Action.CREATED]
    return WayBack(
        left=_sentences(left),
        lost=_sentences(by_action[Action.DROPPED]),
        changed=_sentences(others),
        types=tuple(each.identity.name for each in left if each.identity.kind in _TYPES),
    )


def _sentences(changes: list[Change]) -> tuple[str, ...]:
    return tuple(str(each.identity) if each.action is not Action.CHANGED else each.sentence for each in changes)
