"""Roles that no revision makes are there for the SQL of `--sql`, too, whether or not a revision has been run before."""

from __future__ import annotations

import psycopg

from limbeck.scratch import Server
from limbeck.verify.proof.executing import executed
from limbeck.verify.proof.rendered import Rendered

ASKED = "SELECT count(*) FROM pg_roles WHERE rolname LIKE 'limbeck_role_of_%'"
FIRST = "BEGIN;\nCREATE TABLE t (id int);\nGRANT SELECT ON t TO limbeck_role_of_others;\n"
LAST = """
DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'limbeck_role_of_some') THEN
GRANT UPDATE ON t TO limbeck_role_of_some; END IF; END $$;
COMMIT;
"""


def test_the_sql_of_a_chain_finds_the_roles_that_it_uses(postgres_server: Server) -> None:
    postgres_server.create_database("roles_of_others")
    address = postgres_server.url("roles_of_others")
    try:
        ran = executed(address, (Rendered("one", FIRST), Rendered("two", LAST)), "alembic_version")
        assert ran is not None
        assert (ran.revision, ran.error) == ("two", None)
        with psycopg.connect(address) as connection:
            assert connection.execute(ASKED).fetchall() == [(2,)]
            privileges = connection.execute("SELECT relacl::text FROM pg_class WHERE relname = 't'").fetchone()
            assert privileges is not None
            assert "limbeck_role_of_others=r/" in privileges[0]
            assert "limbeck_role_of_some=w/" in privileges[0]
    finally:
        postgres_server.drop_database("roles_of_others")
        with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
            connection.execute("DROP ROLE IF EXISTS limbeck_role_of_others, limbeck_role_of_some")
