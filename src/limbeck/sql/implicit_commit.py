"""Statements before and after which MySQL and MariaDB commit by themselves."""

from __future__ import annotations

import re

from limbeck.sql.opening import first_word

_COMMITTING = frozenset(
    (
        *("create", "alter", "drop", "rename", "truncate", "grant", "revoke", "install", "uninstall"),
        *("analyze", "optimize", "repair", "check", "cache", "flush", "reset", "lock", "begin", "start"),
    )
)
_TEMPORARY = re.compile(r"\W*(create(\s+or\s+replace)?|drop)\s+temporary\s", re.IGNORECASE)


def commits_implicitly(sql: str) -> bool:
    """Whether the server commits what was done before the statement; a temporary table makes it commit nothing."""
    return first_word(sql) in _COMMITTING and _TEMPORARY.match(sql) is None
