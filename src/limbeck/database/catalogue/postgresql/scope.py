"""Which objects a statement reads: all of them, or those that were touched."""

from __future__ import annotations

from typing import NamedTuple

FIRST_OF_USERS = 16384  # oids below are of initdb
WATCH = "limbeck_watch"  # schema, and beginning of the names of event triggers, that belong to limbeck


class Scope(NamedTuple):
    """Conditions on an oid, with `{}` where it stands.

    Attributes:
        whole: whether everything is read, also what is neither a relation nor a type nor a function.
        relations: on the oid of a relation.
        types: on that of a type.
        functions: on that of a function.
        noted: on that of anything that may have a comment.
        members: further conditions on pg_depend, to find what extensions brought.
    """

    whole: bool
    relations: str
    types: str
    functions: str
    noted: str
    members: str

    def relation(self, oid: str) -> str:
        """The condition on this relation."""
        return self.relations.format(oid)

    def type(self, oid: str) -> str:
        """The condition on this type."""
        return self.types.format(oid)

    def function(self, oid: str) -> str:
        """The condition on this function."""
        return self.functions.format(oid)


_OF_USERS = f"{{}} >= {FIRST_OF_USERS}"
WHOLE = Scope(True, _OF_USERS, _OF_USERS, _OF_USERS, _OF_USERS, "")
# The arrays are variables of the function that the statement stands in.
TOUCHED = Scope(
    False,
    "{} = ANY (touched_relations)",
    "{} = ANY (touched_types)",
    "{} = ANY (touched_functions)",
    "{} = ANY (noted)",
    "AND classid IN ('pg_class'::regclass, 'pg_type'::regclass, 'pg_proc'::regclass) "
    "AND objid = ANY (touched_relations || touched_types || touched_functions)",
)
