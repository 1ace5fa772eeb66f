"""What an SQL statement does to tables, as far as its text tells: the words that pre-flight checks are made of."""

from __future__ import annotations

from limbeck.model.record import NamedTuple


class TableName(NamedTuple):
    """A table, or a type, by its name; without a schema, the one that the connection finds."""

    name: str
    schema: str | None = None

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name


class Element(NamedTuple):
    """What a unique index is over: an SQL expression; `column` is its name when it is just that."""

    sql: str
    column: str | None


class SetNotNull(NamedTuple):
    """The column may hold no NULL any more; `only` leaves out tables that inherit from this one."""

    table: TableName
    column: str
    only: bool = False


class AddUnique(NamedTuple):
    """A unique index or constraint, or a primary key.

    Attributes:
        where: the condition of a partial index.
        nulls_equal: two NULLs are duplicates of each other.
        primary: a primary key, whose columns hold no NULL either.
        if_not_exists: nothing happens when there is an index of that name.
    """

    table: TableName
    elements: tuple[Element, ...]
    name: str | None = None
    where: str | None = None
    nulls_equal: bool = False
    primary: bool = False
    if_not_exists: bool = False


class AddForeignKey(NamedTuple):
    """A foreign key.

    Attributes:
        referent_columns: empty for the primary key of the referent.
        validated: False for NOT VALID, which looks at no row that is there.
        full: MATCH FULL, where a key that is NULL in part is refused.
    """

    table: TableName
    columns: tuple[str, ...]
    referent: TableName
    referent_columns: tuple[str, ...]
    name: str | None = None
    validated: bool = True
    full: bool = False


class AddCheck(NamedTuple):
    """A CHECK constraint; `validated` as for a foreign key, `only` as for SetNotNull."""

    table: TableName
    condition: str
    name: str | None = None
    validated: bool = True
    only: bool = False


class ValidateConstraint(NamedTuple):
    """A constraint that was added NOT VALID is held against the rows."""

    table: TableName
    name: str


class ChangeType(NamedTuple):
    """The column gets another type; `using` is the expression that makes the new values."""

    table: TableName
    column: str
    type: str
    using: str | None = None


class AddColumn(NamedTuple):
    """A new column; `required` when it is NOT NULL and the statement gives no value for the rows that are there, and
    `has_value` when it gives one.
    """

    table: TableName
    column: str
    type: str
    required: bool
    if_not_exists: bool = False
    has_value: bool = False


class DropColumn(NamedTuple):
    """A column goes, and what is in it."""

    table: TableName
    column: str


class RenameColumn(NamedTuple):
    """A column goes by another name."""

    table: TableName
    column: str
    new: str


class CreateTable(NamedTuple):
    """A new table."""

    table: TableName
    if_not_exists: bool = False


class DropTable(NamedTuple):
    """A table goes, and what is in it."""

    table: TableName


class RenameTable(NamedTuple):
    """A table goes by another name."""

    table: TableName
    new: TableName


class CreateEnum(NamedTuple):
    """A new enum type."""

    type: TableName
    labels: tuple[str, ...]


class AddLabel(NamedTuple):
    """An enum type gets one more label."""

    type: TableName
    label: str


class RenameType(NamedTuple):
    """A type goes by another name."""

    type: TableName
    new: TableName


class DeleteRows(NamedTuple):
    """Rows are deleted: those for which the condition holds, or all; which ones, is not told when it is not `exact`."""

    table: TableName
    condition: str | None
    exact: bool = True


class ChangeRows(NamedTuple):
    """Rows may change: of the tables whose names are among the words, in lower case; None when of any table."""

    words: frozenset[str] | None


class MakeTrigger(NamedTuple):
    """From here on, a change of rows may change others."""


class ForeignKeysUnchecked(NamedTuple):
    """From here on the session looks at no foreign key."""


Effect = (
    SetNotNull
    | AddUnique
    | AddForeignKey
    | AddCheck
    | ValidateConstraint
    | ChangeType
    | AddColumn
    | DropColumn
    | RenameColumn
    | CreateTable
    | DropTable
    | RenameTable
    | CreateEnum
    | AddLabel
    | RenameType
    | DeleteRows
    | ChangeRows
    | MakeTrigger
    | ForeignKeysUnchecked
)
