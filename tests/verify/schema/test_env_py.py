"""Whatever `env.py` does: asynchronous engines, transactions of its own, tenants' schemas, several databases."""

from __future__ import annotations

import gc

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import ASYNC_ENV_PY, ENV_PY, write_project
from tests.verify.schema.projects import SchemaProject

_OWN_TRANSACTION = ENV_PY.replace("engine.connect()", "engine.begin()")
_ONE_TRANSACTION = ENV_PY.replace("connection=connection", "connection=connection, transaction_per_migration=False")
_POOLED = ENV_PY.replace(", poolclass=pool.NullPool", "")
_TENANT = ENV_PY.replace(
    "        context.configure(connection=connection)",
    "        connection.exec_driver_sql('CREATE SCHEMA IF NOT EXISTS tenant')\n"
    "        connection.exec_driver_sql('SET search_path TO tenant')\n"
    "        connection.commit()\n"
    "        context.configure(connection=connection)",
)
_ELSEWHERE = ENV_PY.replace(
    "        context.configure(connection=connection)",
    "        connection.exec_driver_sql('CREATE SCHEMA IF NOT EXISTS meta')\n"
    "        connection.commit()\n"
    "        context.configure(connection=connection, version_table='v', version_table_schema='meta')",
)


@pytest.mark.filterwarnings("ignore:.*was deleted while still open:ResourceWarning")  # a pool's, of env.py
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(
    "env_py",
    [ASYNC_ENV_PY, _OWN_TRANSACTION, _ONE_TRANSACTION, _POOLED, _TENANT, _ELSEWHERE],
    ids=["async", "its own transaction", "one transaction", "pooled", "tenant", "version table elsewhere"],
)
def test_an_env_py(project: SchemaProject, env_py: str) -> None:
    write_project(project.folder, project.url, env_py)
    project.revision("aaa111", None, "CREATE TABLE users (id serial PRIMARY KEY, name text)")
    project.revision("bbb222", "aaa111", "CREATE TYPE mood AS ENUM ('a')", "ALTER TYPE mood ADD VALUE 'b'")
    project.revision("ccc333", "bbb222", "ALTER TABLE users ADD mood mood DEFAULT 'b'")
    for target in ("aaa111", "bbb222", "ccc333"):
        assert limbeck("upgrade", target, "-q").status == 0
    outcome = limbeck("drift")
    assert (outcome.status, outcome.out.splitlines()[-1]) == (0, "no differences"), outcome
    assert limbeck("match").status == 0
    schema = "tenant" if env_py == _TENANT else "public"
    project.by_hand(f"ALTER TABLE {schema}.users DROP name")
    assert limbeck("drift").status == 1
    gc.collect()  # what env.py has left open goes here, where nobody minds


def test_a_revision_that_fails_under_an_async_env_py(project: SchemaProject) -> None:
    write_project(project.folder, project.url, ASYNC_ENV_PY)
    project.revision("aaa111", None, "CREATE TABLE users (id serial PRIMARY KEY)")
    limbeck("upgrade", "-q")
    project.revision("bbb222", "aaa111", "SELECT * FROM nowhere")
    assert limbeck("drift").status == 0
    outcome = limbeck("match")
    assert (outcome.status, "bbb222 does not run on a scratch database" in outcome.out) == (0, True)


def test_other_tenants_are_not_compared(project: SchemaProject) -> None:
    write_project(project.folder, project.url, _TENANT)
    project.revision("aaa111", None, "CREATE SCHEMA shared", "CREATE TABLE users (id integer)")
    assert limbeck("upgrade", "-q").status == 0
    project.by_hand(
        "CREATE SCHEMA other", "CREATE TABLE other.users (id integer)", "CREATE TABLE shared.t (id integer)"
    )
    outcome = limbeck("drift")
    assert outcome.status == 1
    assert "note: 1 other schema is not compared: env.py looks into tenant" in outcome.out
    assert "table shared.t is in the database, and not in the chain" in outcome.out
    assert "other.users" not in outcome.out
    project.by_hand("DROP TABLE shared.t")
    assert limbeck("drift").status == 0
    assert limbeck("match").status == 0


def test_several_databases(project: SchemaProject) -> None:
    head, _, body = ENV_PY.partition("else:\n")
    body = body.replace("run_migrations()", "run_migrations(engine_name=name)").replace("\n", "\n    ")
    body = body.replace("create_engine(url,", "create_engine(url + (chr(38) + 'application_name=' + name),")
    env_py = f'{head}else:\n    for name in ("one", "two"):\n    {body}'
    write_project(project.folder, project.url, env_py)
    project.revision("aaa111", None, "SELECT 1")
    outcome = limbeck("drift")
    assert outcome.status == 2, outcome
    assert "env.py migrates several databases" in outcome.err
    (project.folder / "migrations" / "env.py").write_text(
        env_py.replace(
            'in ("one", "two")', 'in context.get_x_argument(as_dictionary=True).get("database", "one,two").split(",")'
        )
    )
    outcome = limbeck("verify")
    assert "env.py migrates several databases (one, two, ...), and a scratch database stands for one" in outcome.out
    assert "add -x database=one" in outcome.out
    for name in ("one", "two"):
        outcome = limbeck("verify", "-x", f"database={name}")
        assert "1 revision proved (all), up, down and up on" in outcome.out
        assert "earlier" not in outcome.out, "what was proved of one database is not known of the other"


def test_a_database_that_does_not_answer(project: SchemaProject) -> None:
    project.revision("aaa111", None, "SELECT 1")
    for command in ("drift", "match", "repair"):
        outcome = limbeck(command, "--url", "postgresql+psycopg://postgres:hunter2@localhost:1/none")
        assert outcome.status == 4
        assert "hunter2" not in outcome.err + outcome.out


def test_no_revisions_at_all(project: SchemaProject) -> None:
    assert limbeck("drift").status == 0
    project.by_hand("CREATE TABLE by_hand (id integer)")
    assert limbeck("drift").status == 1
    assert limbeck("match").status == 1


def test_an_extension_that_the_scratch_server_lacks(project: SchemaProject) -> None:
    project.revision("aaa111", None, "CREATE TABLE users (id integer)")
    assert limbeck("upgrade", "-q").status == 0
    project.revision("bbb222", "aaa111", "CREATE EXTENSION no_such_thing", "CREATE TABLE g (p no_such_type)")
    project.by_hand("UPDATE alembic_version SET version_num = 'bbb222'")
    outcome = limbeck("drift")
    assert outcome.status == 2
    assert "it needs no_such_thing, which the scratch server does not have" in outcome.err
    outcome = limbeck("match")
    assert outcome.status == 1
    assert "note: bbb222 is not looked at" in outcome.out


def test_an_extension_that_is_replaced(project: SchemaProject) -> None:
    create = 'CREATE EXTENSION IF NOT EXISTS "uuid-ossp"'
    project.revision("aaa111", None, create, "CREATE TABLE users (id uuid DEFAULT uuid_generate_v4())")
    function = "CREATE FUNCTION uuid_generate_v4() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'"
    project.by_hand(function, "CREATE TABLE users (id uuid DEFAULT uuid_generate_v4())")
    project.by_hand(
        "CREATE TABLE alembic_version (version_num varchar(32))", "INSERT INTO alembic_version VALUES ('aaa111')"
    )
    outcome = limbeck("drift", "--json")
    sentences = [each["sentence"] for each in outcome.document["databases"][0]["differences"]]
    assert "extension uuid-ossp is in the chain, and not in the database" in sentences
    assert not [sentence for sentence in sentences if "uuid_generate_v1" in sentence]


@pytest.mark.parametrize("form", ["json", "sarif", "text", "junit", "github", "gitlab", "markdown"])
def test_what_env_py_makes_and_its_sql_does_not(project: SchemaProject, form: str) -> None:
    made = "    with engine.begin() as connection:\n        connection.exec_driver_sql('CREATE SCHEMA IF NOT EXISTS meta')\n"
    write_project(
        project.folder, project.url, ENV_PY.replace("    with engine.connect()", made + "    with engine.connect()")
    )
    project.revision("aaa111", None, "CREATE TABLE users (id integer)")
    outcome = limbeck("verify", "--format", form)
    assert outcome.status == 1, outcome
    assert "schema meta" in outcome.out
    assert "aaa111_step_aaa111.py" in outcome.out
