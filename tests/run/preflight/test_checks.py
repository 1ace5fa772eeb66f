"""From effects to questions, without a database."""

from __future__ import annotations

import pytest

from limbeck.model.effects import TableName
from limbeck.model.plan import Direction, Statement, Step
from limbeck.model.preflight import Findings, ObstacleKind, Unchecked
from limbeck.model.revision import Span
from limbeck.run.preflight.checks import Check, Checks
from limbeck.run.preflight.fit import Server
from limbeck.run.preflight.gate import remarks
from limbeck.run.preflight.identifiers import too_long
from limbeck.run.preflight.influence import Relations, mender
from limbeck.run.preflight.pending import Pending, pending_effects
from limbeck.run.preflight.tables import Column, Table

USERS = Table(
    TableName("users"),
    (
        Column("id", "INTEGER", False),
        Column("Full Name", "VARCHAR(20)"),
        Column("age", "INTEGER"),
        Column("mood", "mood"),
    ),
    ("id",),
)
ORDERS = Table(TableName("orders"), (Column("id", "INTEGER", False), Column("user_id", "INTEGER")), ("id",))


class Known:
    """Two tables, and one enum."""

    def table(self, name: TableName) -> Table | None:
        return {"users": USERS, "orders": ORDERS}.get(name.name)

    def labels(self, type_: TableName) -> tuple[str, ...] | None:
        return ("good", "bad") if type_.name == "mood" else None

    def unvalidated(self, table: TableName, constraint: str) -> str | None:
        return "CHECK (age > 0) NOT VALID" if constraint == "known" else None


def quote(name: str) -> str:
    return f'"{name}"' if " " in name else name


def pending(*statements: str, doubts: tuple[tuple[int, str], ...] = ()) -> tuple[Pending, ...]:
    step = Step("r1", Direction.UPGRADE, tuple(Statement(sql, Span("r1.py", n)) for n, sql in enumerate(statements, 1)))
    from limbeck.environment.foreseen import Doubt, ForeseenStep

    return pending_effects([ForeseenStep(step, tuple(Doubt(*doubt) for doubt in doubts))], "postgresql")


def checks(*statements: str) -> list[Check | Unchecked]:
    return list(Checks(Known(), quote, Server("postgresql", 18)).of(pending(*statements)))


@pytest.mark.parametrize(
    ("sql", "kind", "rows_query"),
    [
        ('ALTER TABLE users ALTER "Full Name" SET NOT NULL', "nulls", 'SELECT * FROM users WHERE "Full Name" IS NULL'),
        ("ALTER TABLE users ADD CHECK (age < 9)", "violations", "SELECT * FROM users WHERE NOT (age < 9)"),
        ("ALTER TABLE users VALIDATE CONSTRAINT known", "violations", "SELECT * FROM users WHERE NOT (age > 0)"),
        ("ALTER TABLE users ADD x int NOT NULL", "rows", "SELECT * FROM users"),
        (
            "ALTER TABLE users ALTER age TYPE smallint",
            "misfits",
            "SELECT * FROM users WHERE age < -32768 OR age > 32767",
        ),
        (
            "CREATE UNIQUE INDEX i ON users (lower(x), age) WHERE age > 1",
            "duplicates",
            "SELECT * FROM users WHERE (lower(x), age) IN (SELECT lower(x), age FROM users WHERE (age > 1) AND lower(x) IS NOT NULL"
            " AND age IS NOT NULL GROUP BY lower(x), age HAVING count(*) > 1) ORDER BY lower(x), age",
        ),
        (
            "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users",
            "orphans",
            "SELECT orphan.* FROM orders AS orphan WHERE orphan.user_id IS NOT NULL AND NOT EXISTS "
            "(SELECT 1 FROM users AS referent WHERE referent.id = orphan.user_id)",
        ),
    ],
)
def test_a_question(sql: str, kind: str, rows_query: str) -> None:
    (check,) = checks(sql)
    assert isinstance(check, Check)
    assert (check.kind, check.rows_query) == (ObstacleKind(kind), rows_query)


@pytest.mark.parametrize(
    "statements",
    [
        ("ALTER TABLE users ALTER id SET NOT NULL",),
        ("ALTER TABLE nowhere ALTER id SET NOT NULL",),
        ("ALTER TABLE users ALTER nowhere SET NOT NULL",),
        ("ALTER TABLE users ADD x int", "ALTER TABLE users ADD CHECK (X > 1)"),
        ("ALTER TABLE users RENAME age TO x", "ALTER TABLE users ALTER x SET NOT NULL"),
        (
            "ALTER TABLE users RENAME age TO x",
            "ALTER TABLE users ADD age int DEFAULT 1",
            "ALTER TABLE users ALTER age SET NOT NULL",
        ),
        ("DROP TABLE users", "CREATE TABLE users (age int)", "ALTER TABLE users ALTER age SET NOT NULL"),
        ("DROP TABLE users", "ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users"),
        ("ALTER TABLE users ADD CHECK (age < 9) NOT VALID",),
        ("ALTER TABLE users ALTER age TYPE bigint",),
        ("ALTER TABLE users ALTER mood TYPE mood",),
        ("CREATE TABLE IF NOT EXISTS new (age int)", "ALTER TABLE new ALTER age SET NOT NULL"),
    ],
)
def test_no_question(statements: tuple[str, ...]) -> None:
    assert checks(*statements) == []


def test_a_table_that_is_there_anyway_stays() -> None:
    assert len(checks("CREATE TABLE IF NOT EXISTS users (age int)", "ALTER TABLE users ALTER age SET NOT NULL")) == 1


def test_labels() -> None:
    (narrowed,) = checks(
        "CREATE TYPE mood2 AS ENUM ('good')", "ALTER TABLE users ALTER mood TYPE mood2 USING mood::text::mood2"
    )
    assert isinstance(narrowed, Check)
    assert narrowed.rows_query == "SELECT * FROM users WHERE CAST(mood AS text) NOT IN ('good')"
    (unsure,) = checks("ALTER TYPE mood ADD VALUE 'x'", "ALTER TABLE users ALTER age TYPE mood USING age::text::mood")
    assert isinstance(unsure, Unchecked)


# What runs before a NOT NULL on users.age, and whether it may change what is found there.
BEFORE = [
    ("UPDATE users SET age = 1", True),
    ("UPDATE orders SET id = 1", False),
    ("UPDATE parents SET id = 1", True),
    ("UPDATE grandparents SET id = 1", True),
    ("DELETE FROM watched", True),
    ("SELECT anything()", True),
    ("ALTER TABLE users ALTER age TYPE bigint", False),
    ("ALTER TABLE users ALTER age TYPE bigint USING coalesce(age, 0)", True),
    ("ALTER TABLE users ALTER age TYPE integer", False),
    ("ALTER TABLE users ALTER mood TYPE text", False),
    ("ALTER TABLE users ADD x int", False),
    ("SET session_replication_role = replica", False),
    ("CREATE TRIGGER x AFTER INSERT ON orders EXECUTE FUNCTION f()", False),
]


def relations() -> Relations:
    cascades = (("users", "parents"), ("parents", "grandparents"))
    return Relations(opaque=frozenset({"watched"}), cascades=cascades)


def mended(*before: str) -> bool:
    all_pending = pending(*before, "ALTER TABLE users ALTER age SET NOT NULL")
    (check,) = [
        one for one in Checks(Known(), quote, Server("postgresql", 18)).of(all_pending) if isinstance(one, Check)
    ]
    return mender(check, all_pending, Known(), "postgresql", relations) is not None


@pytest.mark.parametrize(("before", "may"), BEFORE)
def test_what_may_mend(before: str, may: bool) -> None:
    assert mended(before) == may


def test_a_new_trigger_reaches_further() -> None:
    assert mended("CREATE TRIGGER x AFTER INSERT ON orders EXECUTE FUNCTION f()", "INSERT INTO orders VALUES (1)")


def test_a_doubt_stands_where_it_arises() -> None:
    found = pending("SELECT 1", "ALTER TABLE users ADD x int", doubts=((1, "it reads"),))
    assert [one.place for one in found] == ["r1 (it reads)", "r1 line 2 (ALTER TABLE users ADD x int)"]


def test_identifiers() -> None:
    version = TableName("alembic_version")
    written = [("r1", ("a" * 33,)), ("r2", ("b" * 33, "c"))]
    found = list(too_long(written, (), version, 32, "postgresql"))
    assert [one.revision for one in found] == ["r1", "r2"]
    assert list(too_long(written, (), version, None, "postgresql")) == []
    widened = pending("ALTER TABLE alembic_version ALTER version_num TYPE varchar(64)")
    assert list(too_long(written, widened, version, 32, "postgresql")) == []
    (doubted, _) = too_long(written, pending("SELECT f()"), version, 32, "postgresql")
    assert doubted.mended_by == "r1 line 1 (SELECT f())"


def test_a_long_list_is_cut() -> None:
    left = tuple(Unchecked(f"r{number}", "no time was left") for number in range(10))
    assert remarks(Findings(unchecked=left))[-2:] == ["not looked at: r7: no time was left", "not looked at: 2 more"]
