"""What is told of a statement from what it wrote is what a whole description tells."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlalchemy.engine import Connection

from limbeck.lint.rehearse.changed import Look, Looking
from limbeck.lint.rehearse.habits import Habits
from limbeck.lint.rehearse.queries import Group
from limbeck.lint.rehearse.session import Session
from limbeck.sql.words import split
from tests.database.catalogue.cases import CASES, SETTING

_ROLE = "CREATE ROLE catalogue_reader;"  # belongs to all databases of the server
FURTHER = """
CREATE TABLE homes (id integer PRIMARY KEY);
CREATE INDEX by_name ON pets (name) WHERE kind = 'cat';
CREATE INDEX by_owner ON pets (owner_id);
ALTER TABLE pets ADD CONSTRAINT old CHECK (born > '2000-01-01'), ADD FOREIGN KEY (owner_id) REFERENCES homes (id);
COMMENT ON COLUMN pets.name IS 'what it hears';
CREATE SCHEMA other
"""
CHANGES = {
    "column renamed": "ALTER TABLE pets RENAME COLUMN name TO called",
    "type changed freely": "ALTER TABLE pets ALTER COLUMN name TYPE varchar(40)",
    "type changed": "ALTER TABLE pets ALTER COLUMN name TYPE integer USING 1",
    "type of a key changed": "ALTER TABLE homes ALTER COLUMN id TYPE bigint",
    "renamed": "ALTER TABLE pets RENAME TO animals",
    "moved": "ALTER TABLE pets SET SCHEMA other",
    "index renamed": "ALTER INDEX by_owner RENAME TO belongs",
    "type renamed": "ALTER TABLE pets ADD COLUMN feels mood; ALTER TYPE mood RENAME TO humour",
    "column dropped": "ALTER TABLE pets DROP COLUMN born",
    "columns added": "ALTER TABLE pets ADD COLUMN age int DEFAULT 1, ADD CHECK (age > 0); ALTER TABLE pets ADD size int",
    "default dropped": "ALTER TABLE pets ALTER COLUMN kind DROP DEFAULT",
    "comment taken away": "COMMENT ON COLUMN pets.name IS NULL",
    "comment taken away in a block": "DO 'BEGIN ALTER TABLE pets ADD age int; COMMENT ON COLUMN pets.name IS NULL; END'",
    "constraint dropped": "ALTER TABLE pets DROP CONSTRAINT old",
    "index dropped": "DROP INDEX by_owner",
    "key added": "ALTER TABLE pets ALTER COLUMN id SET NOT NULL, ADD PRIMARY KEY (id)",
    "other table dropped": "DROP TABLE homes CASCADE",
    "dropped and made anew": "DROP TABLE pets; CREATE TABLE pets (id integer); CREATE INDEX by_owner ON pets (id)",
    "emptied": "TRUNCATE pets",
    "built anew": "REINDEX TABLE pets",
} | {
    case.name: f"{case.setting};{case.change}".strip(";")
    for case in CASES
    if "catalogue_reader" not in case.setting + case.change
}


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        connection.exec_driver_sql(SETTING.replace(_ROLE, "") + FURTHER)
        connection.commit()
        yield connection
        connection.rollback()
    engine.dispose()


@pytest.mark.parametrize("foreseen", [False, True], ids=["new", "seen before"])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_written_tells_everything(change: str, foreseen: bool, connection: Connection) -> None:
    connection.begin()
    session, habits = Session(connection), Habits()
    if foreseen:
        connection.exec_driver_sql("SAVEPOINT practice")
        for _ in _follow(change, session, Looking(session.described(), habits), connection):
            pass
        connection.exec_driver_sql("ROLLBACK TO SAVEPOINT practice")
        session.doubt()
    written, whole = session.described(), session.described()
    everything = Looking(whole)
    for sql, seen in _follow(change, session, Looking(written, habits), connection):
        again = session.observed(seen.before, None, 0)
        assert seen.changes == everything.look(session, sql, seen.before, None, *again).changes
        assert written.relations == whole.relations
        assert [list(each.parts) for each in written.relations.values()] == [
            list(whole.relations[number].parts) for number in written.relations
        ]


def _follow(change: str, session: Session, looking: Looking, connection: Connection) -> Iterator[tuple[str, Look]]:
    """Each statement, with what was seen of it as it had just been run."""
    before = session.first_observed()
    mark = before.mark
    for sql in split(change):
        connection.exec_driver_sql(sql.replace("%", "%%"))
        found = session.observed(before, looking.foreseen(sql), mark)
        seen = looking.look(session, sql, before, mark, *found)
        yield sql, seen
        before = seen.after


def test_what_was_not_written_is_not_read(connection: Connection) -> None:
    connection.begin()
    session = Session(connection)
    before = session.first_observed()
    connection.exec_driver_sql("ALTER TABLE pets ADD COLUMN age int")
    (number,) = (each.number for each in session.described().relations.values() if each.bare == "pets")
    after, _ = session.observed(before, None, 0)
    groups = after.written_since(before)
    assert groups == {Group.RELATIONS, Group.COLUMNS}
    found = session.written([number], before.mark, groups)
    assert [row["name"] for row in found.relations] == ["pets"] and found.parts.keys() == {Group.COLUMNS}
    there, rows = found.parts[Group.COLUMNS][number]
    assert [row["name"] for row in rows] == ["age"] and len(there) == 6


def test_a_statement_and_the_questions_about_it_take_one_exchange(connection: Connection, tmp_path: Path) -> None:
    connection.begin()
    session, statement = Session(connection), "ALTER TABLE pets ADD COLUMN {} int"
    looking = Looking(session.described())
    for _ in _follow(f"{statement.format('one')}; {statement.format('two')}", session, looking, connection):
        pass
    before, third = session.first_observed(), statement.format("three")
    pgconn = connection.connection.driver_connection.pgconn  # type: ignore[union-attr]
    with (tmp_path / "conversation").open("w+") as file:
        pgconn.trace(file.fileno())
        found = session.run(third, before, looking.foreseen(third), before.mark)
        pgconn.untrace()
        file.seek(0)
        sent = [line for line in file.read().splitlines() if "\tF\t" in line]
    assert found is not None
    assert len(sent) == 1
    changes = looking.look(session, third, before, before.mark, *found).changes
    assert [(change.what, change.name) for change in changes] == [("column", "three")]
