"""What is read of MariaDB."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pymysql
import pytest

from limbeck.database.catalogue import Catalogue, Identity, difference, snapshot

Connection = pymysql.Connection

SETTING = (
    "CREATE TABLE owners (id integer PRIMARY KEY AUTO_INCREMENT, name varchar(20)) CHARSET utf8mb4",
    """CREATE TABLE pets (
        id integer PRIMARY KEY, name varchar(20) DEFAULT 'Rex', kind ENUM('cat', 'dog'), age integer CHECK (age > 0),
        owner_id integer, CONSTRAINT fk FOREIGN KEY (owner_id) REFERENCES owners (id),
        CONSTRAINT old CHECK (age < 100)
    )""",
    "CREATE INDEX i ON pets (name)",
    "CREATE VIEW v AS SELECT id FROM pets",
    "CREATE TRIGGER t BEFORE INSERT ON pets FOR EACH ROW SET NEW.age = 1",
    "CREATE FUNCTION f(a integer) RETURNS integer DETERMINISTIC RETURN a",
)


@pytest.fixture
def connection(mariadb_url: str) -> Iterator[Connection]:
    parts = urlsplit(mariadb_url)
    socket = parse_qs(parts.query)["unix_socket"][0]
    connection = pymysql.connect(unix_socket=socket, user="root", database=parts.path[1:], autocommit=True)
    yield connection
    connection.close()


def executed(connection: Connection, *statements: str) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
            rows = list(cursor.fetchall())
    return rows


def taken(connection: Connection, *without: str) -> Catalogue:
    return snapshot(lambda sql: executed(connection, sql), dialect="mysql", without=without)


CASES = {
    "table": (
        "CREATE TABLE x (a integer)",
        ("table x was created", "column a of x was created"),
    ),
    "options": (
        "ALTER TABLE owners ROW_FORMAT=COMPACT, COMMENT='c'",
        (
            "table owners: options was ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci, "
            "is ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci ROW_FORMAT=COMPACT COMMENT='c'",
        ),
    ),
    "counter": ("INSERT INTO owners (id) VALUES (70)", ()),
    "column": ("ALTER TABLE pets ADD x integer", ("column x of pets was created",)),
    "type": (
        "ALTER TABLE pets MODIFY name varchar(30) NOT NULL DEFAULT 'Rex'",
        (
            "column name of pets: nullable was yes, is no",
            "column name of pets: type was varchar(20), is varchar(30)",
        ),
    ),
    "label": (
        "ALTER TABLE pets MODIFY kind ENUM('cat', 'cow', 'dog')",
        ("column kind of pets: type was enum('cat','dog'), is enum('cat','cow','dog')",),
    ),
    "default": (
        "ALTER TABLE pets ALTER name SET DEFAULT ''",
        ("column name of pets: default was 'Rex', is ''",),
    ),
    "comment and check of a column": (
        "ALTER TABLE pets MODIFY age integer COMMENT 'c' CHECK (age > 1)",
        (
            "column age of pets: check was (`age` > 0), is (`age` > 1)",
            "column age of pets: comment was nothing, is c",
        ),
    ),
    "generated": (
        "ALTER TABLE pets ADD g integer AS (age * 2) STORED",
        ("column g of pets was created",),
    ),
    "check": ("ALTER TABLE pets DROP CONSTRAINT old", ("constraint old of pets was dropped",)),
    "foreign key": (
        "ALTER TABLE pets DROP FOREIGN KEY fk, ADD CONSTRAINT fk2 FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE",
        (
            "constraint fk of pets was dropped",
            "constraint fk2 of pets was created",
            "index fk of pets was dropped",
            "index fk2 of pets was created",
        ),
    ),
    "index": (
        "CREATE OR REPLACE UNIQUE INDEX i ON pets (name(5), age)",
        ("index i of pets: definition was KEY (`name`), is UNIQUE KEY (`name`(5),`age`)",),
    ),
    "full text": ("CREATE FULLTEXT INDEX w ON pets (name)", ("index w of pets was created",)),
    "view": (
        "ALTER VIEW v AS SELECT name FROM pets",
        (
            "view v: definition was select `pets`.`id` AS `id` from `pets`, "
            "is select `pets`.`name` AS `name` from `pets`",
        ),
    ),
    "trigger": (
        "CREATE OR REPLACE TRIGGER t BEFORE INSERT ON pets FOR EACH ROW SET NEW.age = 2",
        ("trigger t of pets: definition was BEFORE INSERT SET NEW.age = 1, is BEFORE INSERT SET NEW.age = 2",),
    ),
    "function": (
        "CREATE OR REPLACE FUNCTION f(a bigint) RETURNS integer DETERMINISTIC RETURN a",
        ("function f: parameters was IN a int(11), is IN a bigint(20)",),
    ),
    "procedure": ("CREATE PROCEDURE p() SELECT 1", ("procedure p was created",)),
    "event": ("CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO SELECT 1", ("event e was created",)),
    "sequence": ("CREATE SEQUENCE s", ("sequence s was created",)),
    "partitions": (
        "CREATE TABLE p (id integer) PARTITION BY HASH (id) PARTITIONS 2",
        ("table p was created", "column id of p was created"),
    ),
}


@pytest.mark.mariadb
@pytest.mark.parametrize(("change", "sentences"), CASES.values(), ids=CASES)
def test_one_change(change: str, sentences: tuple[str, ...], connection: Connection) -> None:
    executed(connection, *SETTING)
    before = taken(connection)
    assert difference(before, taken(connection)) == ()
    executed(connection, change)
    assert tuple(change.sentence for change in difference(before, taken(connection))) == sentences


@pytest.mark.mariadb
def test_tables_left_out_and_the_order_of_columns(connection: Connection) -> None:
    executed(connection, *SETTING)
    catalogue = taken(connection, "owners", "pets")
    assert {str(identity) for identity in catalogue.objects} == {"view v", "function f"}
    assert catalogue.dialect == "mariadb"
    order = taken(connection).columns[Identity("table", "", "pets")]
    assert order == ("id", "name", "kind", "age", "owner_id")
