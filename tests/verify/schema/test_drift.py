"""What somebody has changed by hand is told, with what would take it back; what a chain makes is not."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from sqlalchemy.engine import make_url

from tests.cli.command import limbeck
from tests.verify.schema.projects import SchemaProject

CHAIN = (
    "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    "CREATE TABLE users (id serial PRIMARY KEY, email varchar(255) NOT NULL UNIQUE, age integer DEFAULT 18, nick varchar(255), "
    "mood mood, CONSTRAINT grown CHECK (age > 0))",
    "CREATE INDEX ix_users_age ON users (age)",
    "CREATE TABLE orders (id integer PRIMARY KEY, user_id integer REFERENCES users)",
    "COMMENT ON TABLE users IS 'people'",
    "CREATE VIEW grown_ups AS SELECT u.id, u.email FROM users u WHERE u.age >= 18",
    "CREATE FUNCTION f(a integer) RETURNS integer LANGUAGE sql AS 'SELECT a'",
)

_READ_ONLY = "SET default_transaction_read_only = on"


class Case(NamedTuple):
    """Something done by hand, the sentences of it, and what would take it back."""

    by_hand: str
    sentences: tuple[str, ...]
    sql: tuple[str, ...] = ()


CASES = (
    Case(
        "DROP INDEX ix_users_age",
        ("index ix_users_age of public.users is in the chain, and not in the database",),
        ("CREATE INDEX ix_users_age ON public.users USING btree (age)",),
    ),
    Case(
        "CREATE INDEX by_hand ON users (lower(email))",
        ("index by_hand of public.users is in the database, and not in the chain",),
        ("DROP INDEX by_hand",),
    ),
    Case(
        "ALTER TABLE users ALTER nick TYPE varchar(100)",
        (
            "column nick of public.users: type is character varying(100) in the database, "
            "character varying(255) in the chain",
        ),
        ("ALTER TABLE users ALTER COLUMN nick TYPE character varying(255)",),
    ),
    Case(
        "ALTER TABLE users ALTER email DROP NOT NULL",
        ("column email of public.users: nullable is yes in the database, no in the chain",),
        ("ALTER TABLE users ALTER COLUMN email SET NOT NULL",),
    ),
    Case(
        "ALTER TABLE users ALTER age SET DEFAULT 21",
        ("column age of public.users: default is 21 in the database, 18 in the chain",),
        ("ALTER TABLE users ALTER COLUMN age SET DEFAULT 18",),
    ),
    Case(
        "ALTER TABLE orders ADD note text",
        ("column note of public.orders is in the database, and not in the chain",),
        ("ALTER TABLE orders DROP COLUMN note",),
    ),
    Case(
        "ALTER TABLE orders DROP user_id",
        (
            "column user_id of public.orders is in the chain, and not in the database",
            "constraint orders_user_id_fkey of public.orders is in the chain, and not in the database",
        ),
        (
            "ALTER TABLE orders ADD COLUMN user_id integer",
            "ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES public.users(id)",
        ),
    ),
    Case(
        "ALTER TYPE mood ADD VALUE 'happy' BEFORE 'ok'",
        ("enum public.mood: labels is 'sad', 'happy', 'ok' in the database, 'sad', 'ok' in the chain",),
    ),
    Case(
        "ALTER TYPE mood RENAME TO moods",
        (
            "enum public.mood of the chain is called moods in the database",
            "column mood of public.users: type is public.moods in the database, public.mood in the chain",
        ),
        ("ALTER TYPE moods RENAME TO mood", "ALTER TABLE users ALTER COLUMN mood TYPE public.mood"),
    ),
    Case(
        "ALTER TABLE users RENAME CONSTRAINT grown TO adult",
        ("constraint grown of public.users of the chain is called adult in the database",),
        ("ALTER TABLE users RENAME CONSTRAINT adult TO grown",),
    ),
    Case(
        "ALTER TABLE users DROP CONSTRAINT users_email_key",
        ("constraint users_email_key of public.users is in the chain, and not in the database",),
        ("ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email)",),
    ),
    Case(
        "ALTER TABLE users DROP CONSTRAINT grown; ALTER TABLE users ADD CONSTRAINT grown CHECK (age > 0) NOT VALID",
        ("constraint grown of public.users: validated is no in the database, nothing in the chain",),
        ("ALTER TABLE users VALIDATE CONSTRAINT grown",),
    ),
    Case(
        "COMMENT ON TABLE users IS 'persons'",
        ("table public.users: comment is persons in the database, people in the chain",),
        ("COMMENT ON TABLE users IS 'people'",),
    ),
    Case("DROP TABLE orders", ("table public.orders is in the chain, and not in the database",)),
    Case(
        "CREATE TABLE by_hand (id serial PRIMARY KEY)",
        ("table public.by_hand is in the database, and not in the chain",),
        ("DROP TABLE by_hand",),
    ),
    Case(
        "CREATE SCHEMA audit; CREATE TABLE audit.log (id serial PRIMARY KEY, at timestamptz)",
        ("schema audit is in the database, and not in the chain",),
    ),
    Case(
        "CREATE OR REPLACE VIEW grown_ups AS SELECT u.id, u.email FROM users u WHERE u.age >= 21",
        (
            "view public.grown_ups: definition is SELECT id, email FROM public.users u WHERE (age >= 21); in the "
            "database, SELECT id, email FROM public.users u WHERE (age >= 18); in the chain",
        ),
    ),
    Case(
        "CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        ("trigger t of public.users is in the database, and not in the chain",),
        ("DROP TRIGGER t ON users",),
    ),
    Case("GRANT SELECT ON users TO PUBLIC", ()),
    Case("INSERT INTO users (email) VALUES ('a'); ANALYZE users; VACUUM users", ()),
    Case(
        "ALTER TABLE users ENABLE ROW LEVEL SECURITY",
        ("table public.users: row security is yes in the database, nothing in the chain",),
        ("ALTER TABLE users DISABLE ROW LEVEL SECURITY",),
    ),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.by_hand[:40])
def test_change_by_hand(project: SchemaProject, case: Case) -> None:
    project.revision("aaa111", None, *CHAIN)
    assert limbeck("upgrade", "-q").status == 0
    project.by_hand(*case.by_hand.split("; "))
    outcome = limbeck("drift", "--json")
    told = outcome.document["databases"][0]["differences"]
    assert tuple(each["sentence"] for each in told) == case.sentences
    assert outcome.status == int(bool(case.sentences))
    if case.sql:
        assert tuple(sql for each in told for sql in each["sql"]) == case.sql
    for each in told:
        project.by_hand(*each["sql"])
    if all(each["sql"] for each in told):
        assert limbeck("drift").status == 0, "what was said to close it does"


def test_a_database_part_of_the_way(project: SchemaProject) -> None:
    project.revision("aaa111", None, *CHAIN)
    project.revision("bbb222", "aaa111", "CREATE TABLE later (id integer)")
    assert limbeck("upgrade", "aaa111", "-q").status == 0
    assert limbeck("drift").status == 0
    assert limbeck("upgrade", "-q").status == 0
    assert limbeck("drift").status == 0


def test_what_is_known_is_ignored_with_its_reason(project: SchemaProject) -> None:
    project.revision("aaa111", None, *CHAIN)
    limbeck("upgrade", "-q")
    project.by_hand("CREATE TABLE by_hand (id integer)", "COMMENT ON TABLE users IS 'persons'")
    project.settings(
        "ignore_drift =\n    table by_hand: of the operators\n    * (comment): nobody minds\n    index x of y: of old"
    )
    outcome = limbeck("drift")
    assert outcome.status == 0
    assert "table public.by_hand is in the database, and not in the chain: of the operators" in outcome.out
    assert "note: ignore_drift covers nothing here: index x of y" in outcome.out


def test_another_order_of_columns_is_told_and_is_no_difference(project: SchemaProject) -> None:
    project.revision("aaa111", None, "CREATE TABLE users (id integer, name text)")
    limbeck("upgrade", "-q")
    project.by_hand("ALTER TABLE users DROP id", "ALTER TABLE users ADD id integer")
    outcome = limbeck("drift")
    assert outcome.status == 0
    assert outcome.out.splitlines()[1:] == [
        "columns in another order, which is no difference:",
        "  table public.users: the order of its columns was id, name, is name, id",
        "no differences",
    ]
    (database,) = limbeck("drift", "--json").document["databases"]
    assert (database["differences"], len(database["order"])) == ([], 1)


def test_a_rule_without_a_reason_is_refused(project: SchemaProject) -> None:
    project.revision("aaa111", None, *CHAIN)
    project.settings("ignore_drift = table by_hand")
    outcome = limbeck("drift")
    assert (outcome.status, outcome.err.splitlines()[0]) == (
        2,
        "limbeck: ignore_drift: no object and reason: table by_hand",
    )


def test_a_chain_that_does_not_run(project: SchemaProject) -> None:
    project.revision("aaa111", None, *CHAIN)
    limbeck("upgrade", "-q")
    project.revision("aaa111", None, "SELECT * FROM nowhere")
    outcome = limbeck("drift")
    assert outcome.status == 2
    assert "aaa111 does not run on a scratch database" in outcome.err
    assert outcome.err.splitlines()[-1] == "hint: limbeck verify aaa111"


def test_nothing_is_written(project: SchemaProject) -> None:
    project.revision("aaa111", None, *CHAIN)
    assert limbeck("drift").status == 0, "an empty database is at base"
    project.by_hand(
        "CREATE TABLE by_hand (id integer)", f"ALTER DATABASE {make_url(project.url).database} {_READ_ONLY}"
    )
    assert limbeck("drift").status == 1
