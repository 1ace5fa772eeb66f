"""One statement for the whole catalogue: a UNION ALL of branches, each of one kind of object, in rows of one shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

WIDTH = 4  # columns for what most objects of a branch have; the fewer, the faster
PARTS = 10_000  # more than a relation has columns


class Branch(NamedTuple):
    """How objects of one kind are read.  All but `catalog` and the names of properties are SQL expressions.

    What stands by itself has a kind, a schema and an owner; what belongs to another object has a parent instead, and
    its kind is a plain word.

    Attributes:
        kind: what the object is.
        catalog: name of the system catalogue that holds it.
        oid: its oid there.
        source: what follows FROM.
        name: its name.
        schema: its schema.
        owner: the oid of its owner.
        parent: the oid of the object that it belongs to, which a branch before has read; empty when it stands alone.
        within: name of the system catalogue that holds the parent.
        usual: properties that most have, at most WIDTH, or WIDTH - 3 of what stands by itself; NULL where they are as
            by default.
        rare: properties that few objects have; all together travel in one column.
        when: a word of the module `presence`; a database without such has no such objects.
    """

    kind: str
    catalog: str
    oid: str
    source: str
    name: str
    schema: str = "''"
    owner: str = "NULL"
    parent: str = ""
    within: str = "pg_class"
    usual: Mapping[str, str] = {}
    rare: Mapping[str, str] = {}
    when: str = ""

    def sql(self, number: int) -> str:
        """The branch's SELECT: its number, the address, the parent, the name, WIDTH texts, the rare properties."""
        owner = f"pg_get_userbyid({self.owner})" if self.owner != "NULL" else "NULL"
        own = [] if self.parent else [self.kind, self.schema, owner]
        columns = [f"{number}", f"{self.oid}::oid", "0", f"{self.parent or 'NULL'}::oid"]
        columns += _texts([self.name, *_filled([*own, *self.usual.values()])])
        return f"SELECT {', '.join(columns)}, {rare_texts(self.rare)} FROM {self.source}"


class Alike(NamedTuple):
    """How parts of relations are read of which most are like many others: columns.

    All that have the same properties come in one row, and their properties are told once.

    Attributes:
        kind: what each is, a plain word.
        catalog: name of the system catalogue that holds what they belong to.
        source: a SELECT of `oid`, `part` and `name` of each, of what `keys` name, and of `rare`, a text.
        keys: what those have in common that come in one row, besides `rare`.
        usual: properties that most have, at most WIDTH, computed from `keys` or by aggregates.
        when: as a branch's.
    """

    kind: str
    catalog: str
    source: str
    keys: tuple[str, ...]
    usual: Mapping[str, str]
    when: str = ""

    @property
    def within(self) -> str:
        """Name of the system catalogue that holds what they belong to."""
        return self.catalog

    def sql(self, number: int) -> str:
        """Its SELECT, in the shape of a branch: numbers and names of all in place of a name, as JSON."""
        parts = f"json_agg(oid::bigint * {PARTS} + part)::text || ',' || json_agg(name)::text"
        columns = [f"{number}", "NULL::oid", "NULL::int", "NULL::oid"]
        columns += _texts([f"'[' || {parts} || ']'", *_filled(list(self.usual.values()))])
        return f"SELECT {', '.join(columns)}, rare FROM ({self.source}) a GROUP BY {', '.join(self.keys)}, rare"


class Note(NamedTuple):
    """How a property is read that any object may have: a comment, its privileges.

    Attributes:
        name: the property.
        source: a SELECT of catalogue, oid, part, value, and what the value is by default.
        when: as a branch's.
    """

    name: str
    source: str
    when: str = ""

    def sql(self, number: int) -> str:
        """Its SELECT, in the shape of a branch: the catalogue in place of a name, the value and what it normally is."""
        columns = [f"{number}", "n.oid::oid", "n.part::int", "NULL::oid"]
        columns += _texts(["n.catalog", *_filled(["n.value", "n.normal"]), "NULL"])
        return f"SELECT {', '.join(columns)} FROM ({self.source}) n"


Part = Branch | Alike | Note


def _filled(texts: list[str]) -> list[str]:
    assert len(texts) <= WIDTH, texts
    return texts + ["NULL"] * (WIDTH - len(texts))


def statement(common: str, parts: Iterable[tuple[int, Part]]) -> str:
    """Numbered parts, after the common table expressions; the rows come in the order of the parts."""
    return f"{common}\n" + "\nUNION ALL\n".join(part.sql(number) for number, part in parts)


def rare_texts(rare: Mapping[str, str]) -> str:
    """Properties that few objects have as what stands between the braces of a JSON object; NULL if there is none.

    Each is written once: to plan it takes longer than to compute it.
    """
    if not rare:
        return "NULL::text"
    pairs = (f"""'"{name}":' || to_json(({value})::text)::text""" for name, value in rare.items())
    return f"NULLIF(concat_ws(',', {', '.join(pairs)}), '')"


def yes(condition: str) -> str:
    """The property `yes` where the condition holds, else none."""
    return f"CASE WHEN {condition} THEN 'yes' END"


def no(condition: str) -> str:
    """The property `no` where the condition does not hold, else none."""
    return f"CASE WHEN NOT {condition} THEN 'no' END"


def options(column: str) -> str:
    """An array of `name=value` as text, in the order of the names; what may be a secret is masked."""
    named_so = "o ~* '^[^=]*(pass|pwd|secret|token|credential|[a-z]_?key)[^=]*='"
    masked = f"CASE WHEN {named_so} THEN split_part(o, '=', 1) || '=***' ELSE o END"
    text = f"""(SELECT string_agg({masked}, ', ' ORDER BY o COLLATE "C") FROM unnest({column}) o)"""
    return f"CASE WHEN {column} IS NOT NULL THEN {text} END"


def member(catalog: str, oid: str) -> str:
    """The condition that an object came with an extension."""
    return f"EXISTS (SELECT FROM member WHERE classid = '{catalog}'::regclass AND objid = {oid})"


def _texts(expressions: Iterable[str]) -> list[str]:
    return [f"({expression})::text" for expression in expressions]
