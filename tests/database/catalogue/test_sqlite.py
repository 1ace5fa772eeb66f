"""What is read of SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from limbeck.database.catalogue import Catalogue, Identity, difference, digest, reordered, snapshot

SETTING = """
CREATE TABLE owners (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE);
CREATE TABLE pets (
    id INTEGER NOT NULL, -- a comment
    "name" VARCHAR(20) DEFAULT 'Rex' COLLATE NOCASE,
    owner_id INTEGER CONSTRAINT fk REFERENCES owners (id) ON DELETE SET NULL,
    age INTEGER CHECK (age > 0),
    CONSTRAINT pk PRIMARY KEY (id),
    CONSTRAINT old CHECK (age < 100)
);
CREATE INDEX i ON pets (name);
CREATE VIEW v AS SELECT id FROM pets;
CREATE TRIGGER t AFTER INSERT ON pets BEGIN UPDATE owners SET name = 'x' WHERE id = new.owner_id; END;
"""


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


def taken(connection: sqlite3.Connection, *without: str) -> Catalogue:
    return snapshot(lambda sql: connection.execute(sql).fetchall(), dialect="sqlite", without=without)


def remade(columns: str, options: str = "") -> str:
    """The table `pets` made anew, as batch operations do."""
    return f"""
        DROP VIEW v; DROP TRIGGER t; ALTER TABLE pets RENAME TO gone; CREATE TABLE pets ({columns}) {options};
        DROP TABLE gone; CREATE INDEX i ON pets (name); CREATE VIEW v AS SELECT id FROM pets;
        CREATE TRIGGER t AFTER INSERT ON pets BEGIN UPDATE owners SET name = 'x' WHERE id = new.owner_id; END;
    """


COLUMNS = {
    "id": "[id] integer not null constraint pk primary key",
    "name": "name varchar(20) default 'Rex' collate nocase",
    "owner_id": "owner_id integer",
    "age": "age integer",
    "check": "check (age>0)",
    "old": "constraint old check (age<100)",
    "fk": "constraint fk foreign key (owner_id) references owners(id) on delete set null",
}


def with_(**changes: str) -> str:
    return ", ".join(part for part in {**COLUMNS, **changes}.values() if part)


CASES = {
    "spelled otherwise": (remade(with_()), ()),
    "table": (
        "CREATE TABLE x (a)",
        ("table x was created", "column a of x was created"),
    ),
    "column": ("ALTER TABLE pets ADD COLUMN x TEXT", ("column x of pets was created",)),
    "type": (remade(with_(age="age bigint")), ("column age of pets: type was INTEGER, is BIGINT",)),
    "mandatory": (remade(with_(age="age integer not null")), ("column age of pets: nullable was yes, is no",)),
    "default": (
        remade(with_(age="age integer default (1+ 2)")),
        ("column age of pets: default was nothing, is 1 + 2",),
    ),
    "collation": (
        remade(with_(name="name varchar(20) default 'Rex'")),
        ("column name of pets: collation was NOCASE, is nothing",),
    ),
    "check dropped": (remade(with_(old="")), ("constraint old of pets was dropped",)),
    "check changed": (
        remade(with_(old="constraint old check (age < 99)")),
        ("constraint old of pets: definition was CHECK (age < 100), is CHECK (age < 99)",),
    ),
    "nameless check dropped": (remade(with_(check="")), ("constraint CHECK (age > 0) of pets was dropped",)),
    "foreign key": (
        remade(with_(fk="constraint fk foreign key (owner_id) references owners(id) on delete cascade")),
        (
            "constraint fk of pets: definition was FOREIGN KEY (owner_id) REFERENCES owners(id) ON DELETE SET NULL, "
            "is FOREIGN KEY (owner_id) REFERENCES owners(id) ON DELETE CASCADE",
        ),
    ),
    "unique": (
        remade(with_(u="unique (name, age)")),
        ("constraint UNIQUE (name, age) of pets was created",),
    ),
    "generated": (
        remade(with_(age="age integer generated always as (id*2) stored")),
        ("column age of pets: generated was nothing, is (id * 2) stored",),
    ),
    "options": (remade(with_(), "WITHOUT ROWID"), ("table pets: options was nothing, is WITHOUT ROWID",)),
    "index": (
        "DROP INDEX i; CREATE UNIQUE INDEX i ON pets(name COLLATE nocase) WHERE age > 1",
        (
            "index i of pets: definition was CREATE INDEX i ON pets(name), "
            "is CREATE UNIQUE INDEX i ON pets(name COLLATE nocase) WHERE age > 1",
        ),
    ),
    "view": ("DROP VIEW v", ("view v was dropped",)),
    "trigger": ("DROP TRIGGER t", ("trigger t of pets was dropped",)),
    "virtual": (
        "CREATE VIRTUAL TABLE f USING fts5(a, b)",
        ("table f was created", "column a of f was created", "column b of f was created"),
    ),
    "left behind": (
        "CREATE TABLE _alembic_tmp_pets (id INTEGER)",
        (
            "table _alembic_tmp_pets was created",
            "column id of _alembic_tmp_pets was created",
        ),
    ),
}


@pytest.mark.parametrize(("change", "sentences"), CASES.values(), ids=CASES)
def test_one_change(change: str, sentences: tuple[str, ...], connection: sqlite3.Connection) -> None:
    connection.executescript(SETTING)
    before = taken(connection)
    connection.executescript(change)
    found = tuple(c.sentence for c in difference(before, taken(connection)) if not c.identity.name.startswith("f_"))
    assert tuple(s for s in found if " of f_" not in s) == sentences


def test_order_and_tables_left_out(connection: sqlite3.Connection) -> None:
    connection.executescript(SETTING)
    before = taken(connection, "owners")
    connection.executescript(
        remade(with_(id="", old="", check="", fk="", owner_id="", age="", aged=COLUMNS["age"], last=COLUMNS["id"]))
    )
    after = taken(connection, "owners")
    assert Identity("table", "", "owners") not in before.objects
    assert before.columns[Identity("table", "", "pets")] == ("id", "name", "owner_id", "age")
    assert [change.sentence for change in reordered(before, after)] == [
        "table pets: the order of its columns was id, name, age, is name, age, id"
    ]
    assert digest(before) != digest(after) == digest(taken(connection, "owners"))
