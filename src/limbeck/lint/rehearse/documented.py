"""The locks of statements that no transaction may hold, as PostgreSQL's manual names them.

They are gone when the statement has ended, so nobody can look at them from within.  Sources, in the reference pages of
PostgreSQL 18: CREATE INDEX ("Building Indexes Concurrently": SHARE UPDATE EXCLUSIVE), DROP INDEX, REINDEX ("Rebuilding
Indexes Concurrently"), ALTER TABLE (DETACH PARTITION CONCURRENTLY), VACUUM, CLUSTER, and the chapter "Explicit
Locking".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from limbeck.lint.rehearse.relation import Relation
from limbeck.model.facts import LockMode
from limbeck.sql.words import first_words, names_in

_ROWS_AND_FILE = ("vacuum", "cluster")


def documented_locks(
    sql: str, before: Mapping[int, Relation], after: Mapping[int, Relation]
) -> Iterator[tuple[Relation, LockMode]]:
    """The relations that a statement locked, each with its mode.

    Args:
        before: the relations before the statement, by their numbers.
        after: those after it.
    """
    names = names_in(sql)
    for relation in _about(names, before, after):
        yield relation, _mode(sql, names, relation)


def _about(names: frozenset[str], before: Mapping[int, Relation], after: Mapping[int, Relation]) -> Iterator[Relation]:
    """The tables that the statement names, or whose indexes it makes, drops or builds anew, or that it rewrites."""
    new_files = {number for number, old in before.items() if number in after and after[number].file != old.file}
    changed = before.keys() ^ after.keys() | new_files
    tables = {(before.get(number) or after[number]).table for number in changed}
    for number, relation in before.items():
        if relation.kind.has_rows and (relation.bare in names or number in tables):
            yield relation


def _mode(sql: str, names: frozenset[str], relation: Relation) -> LockMode:
    word = first_words(sql)[:1]
    if word and word[0] in _ROWS_AND_FILE and ("full" in names or word[0] == "cluster"):
        return LockMode.ACCESS_EXCLUSIVE
    if "reindex" in word and "concurrently" not in names:
        return LockMode.SHARE
    if "detach" in names and "concurrently" in names and relation.properties.get("bound"):
        return LockMode.ACCESS_EXCLUSIVE
    return LockMode.SHARE_UPDATE_EXCLUSIVE
