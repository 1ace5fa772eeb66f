"""The roles that SQL names, as far as its text tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain

NAME = r'(?:"(?:[^"]|"")+"|[a-z_][\w$]*)'
_NAMES = rf"(?:group\s+)?{NAME}(?:\s*,\s*(?:group\s+)?{NAME})*"
_USES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:grant|revoke)\b[^;]*?\b(?:to|from)\s+({_NAMES})",
        rf"\bgrant\s+({_NAMES})\s+to\b",
        rf"\b(?:create|alter)\s+policy\b[^;]*?(?<!rename)\s+to\s+({_NAMES})",
        rf"\bowner\s+to\s+({NAME})",
        rf"\bauthorization\s+({NAME})",
        rf"\bset\s+(?:local\s+|session\s+)?role\s+(?:to\s+|=\s*)?({NAME})",
        rf"\bdefault\s+privileges\s+for\s+(?:role|user)\s+({_NAMES})",
    )
)
_MAKES = re.compile(rf"\bcreate\s+(?:role|user|group)\s+({NAME})", re.IGNORECASE)
_MAKES_ONE = re.compile(rf"\s*create\s+(?:role|user|group)\s+({NAME})[^;]*;?\s*", re.IGNORECASE)
MAY_NAME_ONE = re.compile(r"\b(?:grant|revoke|policy|role|user|group|owner|authorization|privileges)\b", re.IGNORECASE)
_ONE_NAME = re.compile(rf"(?:\bgroup\s+)?({NAME})", re.IGNORECASE)
_NO_ROLES = frozenset({"public", "current_user", "current_role", "session_user", "none", "default", "mapping"})
# A role that nobody can log in with. On a server of limbeck's own (scratch/settings) it may do everything, so that what
# runs after SET ROLE does; on somebody else's, where it stays, it may do nothing.
_MAKE = """DO $limbeck$ BEGIN
    IF current_setting('cluster_name') = 'limbeck' THEN CREATE ROLE {0} SUPERUSER; ELSE CREATE ROLE {0}; END IF;
EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege OR reserved_name THEN NULL;
END $limbeck$"""


def roles_of_others(sql: str) -> tuple[str, ...]:
    """The roles that a text uses, and does not make."""
    if not MAY_NAME_ONE.search(sql):
        return ()
    made = {plain(match[1]) for match in _MAKES.finditer(sql)}
    return tuple(name for name in dict.fromkeys(used_roles(sql)) if name not in made)


def making(name: str) -> str:
    """The statement that makes a role, unless it is there."""
    return _MAKE.format(_quoted(name))


def made_role(sql: str) -> str | None:
    """The role that a statement makes, and does nothing else."""
    made = _MAKES_ONE.fullmatch(sql)
    return None if made is None else plain(made[1])


def used_roles(sql: str) -> Iterator[str]:
    """The roles that a statement uses."""
    for match in chain.from_iterable(pattern.finditer(sql) for pattern in _USES):
        for name in _ONE_NAME.finditer(match[1]):
            if plain(name[1]) not in _NO_ROLES:
                yield plain(name[1])


def plain(name: str) -> str:
    """A name as the catalogue has it."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
