"""A CREATE TABLE of SQLite taken apart: a constraint may stand with its column or by itself, it is the same."""

from __future__ import annotations

from typing import NamedTuple

from limbeck.database.catalogue.sqlite.tokens import Token, group, parts, spelled, tokens

_CONSTRAINTS = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
# Words with which a clause of a column begins; what stands before the first of them is its type.
_CLAUSES = ("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "NOT", "NULL", "DEFAULT", "COLLATE", "REFERENCES")
_MORE = (*_CLAUSES, "GENERATED", "AS", "AUTOINCREMENT")


class Constraint(NamedTuple):
    """A constraint; without a name of its own, it is called by its definition."""

    name: str
    type: str
    definition: str


class ColumnDefinition(NamedTuple):
    """What the text says of a column that nothing else tells: `collation`, `generated`, `autoincrement`."""

    name: str
    properties: dict[str, str]


class TableDefinition(NamedTuple):
    """The columns, the constraints, and what stands behind the parentheses."""

    columns: tuple[ColumnDefinition, ...]
    constraints: tuple[Constraint, ...]
    options: str


def table_definition(sql: str) -> TableDefinition:
    """Of a CREATE TABLE as `sqlite_master` keeps it; of a virtual table, or of one made by a query, everything is in
    the options.
    """
    found = tokens(sql)
    start = next((place for place, token in enumerate(found) if token.text == "(" and token.kind == "sign"), None)
    if start is None or any(token.upper in ("VIRTUAL",) for token in found[:start]):
        return TableDefinition((), (), spelled(found[1:]))
    end = group(found, start)
    columns, constraints = [], []
    for part in parts(found[start + 1 : end - 1]):
        if part and part[0].upper in _CONSTRAINTS:
            constraints.append(_of_table(part))
        elif part:
            column, own = _Column(part).read()
            columns.append(column)
            constraints += own
    return TableDefinition(tuple(columns), tuple(constraints), spelled(found[end:]).upper())


def _of_table(part: list[Token]) -> Constraint:
    name = ""
    if part[0].upper == "CONSTRAINT":
        name, part = part[1].text, part[2:]
    kind = {"PRIMARY": "primary key", "UNIQUE": "unique", "CHECK": "check", "FOREIGN": "foreign key"}.get(
        part[0].upper if part else "", ""
    )
    return _named(name, kind, spelled(part))


def _named(name: str, kind: str, definition: str) -> Constraint:
    return Constraint(name or definition, kind, definition)


class _Column:
    """Reads the definition of one column."""

    def __init__(self, part: list[Token]) -> None:
        self._name = part[0].text
        self._found = part
        self._at = 1
        self._called = ""
        self._properties: dict[str, str] = {}
        self._constraints: list[Constraint] = []

    def read(self) -> tuple[ColumnDefinition, list[Constraint]]:
        """The column, and the constraints that stand with it."""
        self._until(_MORE)  # the type, which the pragma tells
        while self._at < len(self._found):
            self._clause(self._take().upper)
        return ColumnDefinition(self._name, self._properties), self._constraints

    def _clause(self, word: str) -> None:
        mine = Token("name", self._name).spelling
        if word == "CONSTRAINT":
            self._called = self._take().text
        elif word == "PRIMARY":
            self._until(_MORE)
            self._add("primary key", f"PRIMARY KEY ({mine})")
        elif word == "UNIQUE":
            self._add("unique", f"UNIQUE ({mine}) {self._until(_MORE)}".rstrip())
        elif word == "CHECK":
            self._add("check", f"CHECK {self._parentheses()}")
        elif word == "REFERENCES":
            self._add("foreign key", f"FOREIGN KEY ({mine}) REFERENCES {self._target()}")
        elif word == "COLLATE":
            self._properties["collation"] = self._take().text.upper()
        elif word == "AUTOINCREMENT":
            self._properties["autoincrement"] = "yes"
        elif word == "AS":
            self._properties["generated"] = f"{self._parentheses()} {(self._until(_MORE) or 'virtual').lower()}"
        elif word == "DEFAULT":
            self._default()
        else:
            self._until(_MORE)

    def _add(self, kind: str, definition: str) -> None:
        self._constraints.append(_named(self._called, kind, definition))
        self._called = ""

    def _peek(self) -> Token:
        return self._found[self._at] if self._at < len(self._found) else Token("", "")

    def _take(self) -> Token:
        token = self._peek()
        self._at += 1
        return token

    def _until(self, words: tuple[str, ...]) -> str:
        """The text up to the next of these words, which is not taken."""
        start = self._at
        while self._at < len(self._found) and self._peek().upper not in words:
            self._at = group(self._found, self._at) if self._peek().text == "(" else self._at + 1
        return spelled(self._found[start : self._at])

    def _parentheses(self) -> str:
        start = self._at
        self._at = group(self._found, start)
        return spelled(self._found[start : self._at])

    def _default(self) -> None:
        """The pragma tells the default."""
        if self._peek().text == "(":
            self._parentheses()
        else:
            self._at += 2 if self._peek().text in ("+", "-") else 1

    def _target(self) -> str:
        """The table and the columns that are pointed to, and what happens with their rows."""
        start = self._at
        self._at += 1
        if self._peek().text == "(":
            self._parentheses()
        while True:
            word = self._peek().upper
            following = self._found[self._at + 1].upper if self._at + 1 < len(self._found) else ""
            if word == "ON":
                self._at += 4 if self._found[self._at + 2].upper in ("SET", "NO") else 3
            elif word in ("MATCH", "INITIALLY") or (word == "NOT" and following == "DEFERRABLE"):
                self._at += 2
            elif word == "DEFERRABLE":
                self._at += 1
            else:
                return spelled(self._found[start : self._at])
