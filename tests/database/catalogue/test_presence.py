"""Rare objects are found where there is nothing else of their kind, and while others make the first one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
import pytest
from psycopg import Connection

from limbeck.database.catalogue import difference, snapshot
from limbeck.database.catalogue.postgresql import presence
from limbeck.database.catalogue.postgresql.scope import WHOLE
from limbeck.database.catalogue.postgresql.snapshot import parts
from limbeck.scratch import Server
from tests.database.postgresql import taken

# What is made, and the object or the property of one that it is alone of its kind.
ALONE = (
    ("CREATE SEQUENCE s", "sequence public.s was created"),
    ("CREATE TYPE e AS ENUM ()", "enum public.e was created"),
    ("CREATE DOMAIN d AS integer CHECK (value > 0)", "constraint d_check of public.d was created"),
    ("CREATE TYPE r AS RANGE (subtype = integer)", "range public.r was created"),
    ("CREATE TABLE t (); CREATE RULE r AS ON INSERT TO t DO INSTEAD NOTHING", "rule r of public.t was created"),
    ("CREATE TABLE t (); CREATE POLICY p ON t", "policy p of public.t was created"),
    ("CREATE TABLE t (a int, b int); CREATE STATISTICS n ON a, b FROM t", "statistics public.n was created"),
    (
        "CREATE TABLE t (); CREATE TRIGGER g BEFORE INSERT ON t "
        "FOR EACH ROW EXECUTE FUNCTION pg_catalog.suppress_redundant_updates_trigger()",
        "trigger g of public.t was created",
    ),
    ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", "function public.f() was created"),
    ("CREATE AGGREGATE a (int) (sfunc = int4pl, stype = int)", "aggregate public.a(integer) was created"),
    ("CREATE FOREIGN DATA WRAPPER w", "foreign data wrapper w was created"),
    ("CREATE FOREIGN DATA WRAPPER w; CREATE SERVER v FOREIGN DATA WRAPPER w", "foreign server v was created"),
    ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC", "default privileges tables made by "),
    ("CREATE COLLATION c (locale = 'C')", "collation public.c was created"),
    ("CREATE TEXT SEARCH DICTIONARY d (template = simple)", "text search dictionary public.d was created"),
    ("CREATE TEXT SEARCH CONFIGURATION c (copy = simple)", "text search configuration public.c was created"),
    ("CREATE CAST (date AS money) WITH INOUT", "cast (pg_catalog.date AS pg_catalog.money) was created"),
    ("CREATE OPERATOR === (leftarg = int, rightarg = int, function = int4eq)", "operator public.===(integer,integer) "),
    ("CREATE CONVERSION v FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", "conversion public.v was created"),
    ("CREATE ACCESS METHOD m TYPE INDEX HANDLER bthandler", "access method m was created"),
    ("GRANT CREATE ON SCHEMA public TO PUBLIC", "schema public: privileges was "),
)


@pytest.mark.parametrize(("made", "sentence"), ALONE, ids=[made[:40] for made, _ in ALONE])
def test_what_is_alone_of_its_kind_is_found(made: str, sentence: str, connection: Connection[Any]) -> None:
    before = taken(connection)
    connection.execute(made)
    changes = [change.sentence for change in difference(before, taken(connection))]
    assert any(told.startswith(sentence) for told in changes), changes


@pytest.mark.parametrize(
    ("made", "of", "sentence"),
    [
        ("CREATE TABLE t ()", "TABLE t", "table public.t: privileges was nothing"),
        ("CREATE TYPE e AS ENUM ()", "TYPE e", "enum public.e: privileges was nothing"),
        ("CREATE PROCEDURE p() LANGUAGE sql AS ''", "PROCEDURE p", "procedure public.p(): privileges was nothing"),
        ("CREATE FOREIGN DATA WRAPPER w", "FOREIGN DATA WRAPPER w", "foreign data wrapper w: privileges was nothing"),
    ],
)
def test_the_only_rights_are_found(made: str, of: str, sentence: str, connection: Connection[Any]) -> None:
    connection.execute(f"{made}; CREATE ROLE the_only_reader")
    before = taken(connection)
    connection.execute(f"GRANT ALL ON {of} TO the_only_reader")
    (change,) = difference(before, taken(connection))
    assert change.sentence.startswith(sentence)


def test_maintain_is_a_right_like_others(connection: Connection[Any]) -> None:
    connection.execute("CREATE TABLE t (); CREATE ROLE keeper; GRANT SELECT ON t TO keeper")
    before = taken(connection)
    connection.execute("GRANT MAINTAIN ON t TO keeper")
    (change,) = difference(before, taken(connection))
    assert change.after is not None
    assert change.after.endswith("role keeper: MAINTAIN, SELECT")


def test_what_somebody_makes_in_between_is_whole(connection: Connection[Any]) -> None:
    asked: list[str] = []

    def query(sql: str) -> Sequence[tuple[Any, ...]]:
        asked.append(sql)
        if len(asked) == 2:  # between the look for what there is, and the reading
            connection.execute("CREATE TABLE public.t (); CREATE POLICY p ON public.t")
        return connection.execute(sql).fetchall()

    found = snapshot(query)
    assert [str(identity) for identity in found.objects if identity.of == "t"] == ["policy p of public.t"]
    assert found.objects == taken(connection).objects


@pytest.mark.majors
def test_on_every_major_it_can_be_asked(major_server: Server) -> None:
    with psycopg.connect(major_server.url()) as connection:
        ((told,),) = connection.execute(f"SELECT {presence.PRESENT}").fetchall()
    assert presence.more(presence.EVERYTHING, told)
    assert not presence.more(told, presence.EVERYTHING)


def test_every_word_of_a_part_is_known_and_none_is_in_vain() -> None:
    used = {part.when for part in parts(18, WHOLE)} - {""}
    assert used == set(presence.EVERYTHING.strip(",").split(","))
