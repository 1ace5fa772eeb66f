"""Models beside their chain: what differs is told with the call that closes it, and that call does close it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, write_project
from tests.verify.schema.projects import SchemaProject

_MODELS = """\
import enum
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData()


class Mood(enum.Enum):
    sad = "sad"
    ok = "ok"


users = sa.Table(
    "users", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(255), nullable=False, unique=True),
    sa.Column("age", sa.Integer, server_default="18"),
    sa.Column("mood", sa.Enum(Mood, name="mood"), nullable=False, server_default="ok"),
    sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now()),
    sa.CheckConstraint("age > 0", name="grown"),
    comment="people",
)
sa.Index("ix_users_age", users.c.age, postgresql_where=users.c.age > 17)
orders = sa.Table(
    "orders", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE")),
)
"""
_CHAIN = (
    "CREATE TYPE mood AS ENUM ('sad', 'ok')",
    "CREATE TABLE users (id serial PRIMARY KEY, at timestamptz DEFAULT CURRENT_TIMESTAMP, email varchar(255) NOT NULL, "
    "age integer DEFAULT 18, mood mood NOT NULL DEFAULT 'ok', CONSTRAINT grown CHECK (age > 0), "
    "CONSTRAINT one_email_each UNIQUE (email))",
    "COMMENT ON TABLE users IS 'people'",
    "CREATE INDEX ix_users_age ON users (age) WHERE age > 17",
    "CREATE TABLE orders (id serial PRIMARY KEY, user_id integer, "
    "CONSTRAINT whose FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)",
    "CREATE VIEW grown_ups AS SELECT id FROM users WHERE age > 17",
)


class Case(NamedTuple):
    """A change to the models, what is told of it, and the first line of the call that closes it."""

    before: str
    after: str
    sentences: tuple[str, ...]
    call: str = ""


CASES = (
    Case("", "", ()),
    Case(
        'server_default="18"',
        'server_default="21"',
        ("column age of public.users: default is 18 in the chain, 21 in the models",),
        'op.alter_column("users", "age", server_default=sa.text("21"), existing_type=sa.Integer())',
    ),
    Case(
        ', server_default="18"',
        "",
        ("column age of public.users: default is 18 in the chain, nothing in the models",),
        'op.alter_column("users", "age", server_default=None, existing_type=sa.Integer())',
    ),
    Case(
        'ok = "ok"',
        'ok = "ok"\n    happy = "happy"',
        ("enum public.mood: labels is 'sad', 'ok' in the chain, 'sad', 'ok', 'happy' in the models",),
        "op.execute(\"ALTER TYPE mood ADD VALUE 'happy'\")",
    ),
    Case(
        'name="mood"',
        'name="usermood"',
        (
            "enum public.usermood of the models is called mood in the chain",
            "column mood of public.users: default is 'ok'::public.mood in the chain, 'ok'::public.usermood in the models",
            "column mood of public.users: type is public.mood in the chain, public.usermood in the models",
        ),
        'op.execute("ALTER TYPE mood RENAME TO usermood")',
    ),
    Case(
        "age > 0",
        "age > 17",
        (
            "constraint grown of public.users: definition is CHECK ((age > 0)) in the chain, "
            "CHECK ((age > 17)) in the models",
        ),
        'op.drop_constraint("grown", "users")',
    ),
    Case(
        "users.c.age > 17",
        "users.c.age > 20",
        (
            "index ix_users_age of public.users: definition is CREATE INDEX ix_users_age ON public.users USING btree "
            "(age) WHERE (age > 17) in the chain, CREATE INDEX ix_users_age ON public.users USING btree (age) "
            "WHERE (age > 20) in the models",
        ),
        'op.execute("DROP INDEX ix_users_age")',
    ),
    Case(
        'comment="people"',
        'comment="persons"',
        ("table public.users: comment is people in the chain, persons in the models",),
        'op.create_table_comment("users", "persons")',
    ),
    Case(
        "sa.String(255)",
        "sa.String(300)",
        (
            "column email of public.users: type is character varying(255) in the chain, "
            "character varying(300) in the models",
        ),
        'op.alter_column("users", "email", type_=sa.String(300), existing_type=sa.String(255))',
    ),
    Case(
        "nullable=False, unique",
        "unique",
        ("column email of public.users: nullable is no in the chain, yes in the models",),
        'op.alter_column("users", "email", nullable=True, existing_type=sa.String(255))',
    ),
    Case(
        ', ondelete="CASCADE"',
        "",
        (
            "constraint orders_user_id_fkey of public.orders is in the models, and not in the chain",
            "constraint whose of public.orders is in the chain, and not in the models",
        ),
        'op.create_foreign_key("orders_user_id_fkey", "orders", "users", ["user_id"], ["id"])',
    ),
    Case(
        'sa.Column("age", sa.Integer',
        'sa.Column("nick", sa.String(20), nullable=False, server_default="x"), sa.Column("age", sa.Integer',
        ("column nick of public.users is in the models, and not in the chain",),
        'op.add_column("users", sa.Column("nick", sa.String(20), '
        "server_default=sa.text(\"'x'::character varying\"), nullable=False))",
    ),
    Case(
        "orders = ",
        'sa.Table("boats", metadata, sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False))\norders = ',
        ("table public.boats is in the models, and not in the chain",),
        "op.create_table(",
    ),
    Case(
        'name="grown"',
        'name="adult"',
        ("constraint adult of public.users of the models is called grown in the chain",),
        'op.execute("ALTER TABLE users RENAME CONSTRAINT grown TO adult")',
    ),
    Case(
        "postgresql_where=users.c.age > 17",
        "postgresql_using='hash'",
        (
            "index ix_users_age of public.users: definition is CREATE INDEX ix_users_age ON public.users USING btree "
            "(age) WHERE (age > 17) in the chain, CREATE INDEX ix_users_age ON public.users USING hash (age) in the models",
        ),
        'op.execute("DROP INDEX ix_users_age")',
    ),
)


@pytest.fixture
def models(project: SchemaProject) -> SchemaProject:
    """A chain and models that agree."""
    env_py = ENV_PY.replace("connection=connection", "connection=connection, target_metadata=metadata")
    write_project(project.folder, project.url, f"from models import metadata\n{env_py}")
    project.revision("aaa111", None, *_CHAIN)
    ini = project.folder / "alembic.ini"
    ini.write_text(f"{ini.read_text()}prepend_sys_path = %(here)s\npath_separator = os\n")
    (project.folder / "models.py").write_text(_MODELS)
    return project


def told() -> tuple[int, list[str], str]:
    """Status, sentences, and the calls as the body of a function."""
    import sys

    sys.modules.pop("models", None)
    outcome = limbeck("drift", "--models", "--json")
    assert outcome.status in (0, 1), outcome.err
    differences = outcome.document["differences"]
    calls = "\n".join(each["operation"] for each in differences if each["operation"])
    return outcome.status, [each["sentence"] for each in differences], calls


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.after[:40] or "agrees")
def test_models_beside_their_chain(models: SchemaProject, case: Case) -> None:
    (models.folder / "models.py").write_text(_MODELS.replace(case.before, case.after, 1))
    status, sentences, calls = told()
    assert tuple(sentences) == case.sentences
    assert status == int(bool(case.sentences))
    assert bool(calls) == bool(case.sentences)
    if calls:
        assert calls.splitlines()[0] == case.call
        body = "\n".join(f"    {line}" for line in calls.splitlines())
        (models.folder / "migrations" / "versions" / "bbb222.py").write_text(
            "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import postgresql\n\n"
            f'revision = "bbb222"\ndown_revision = "aaa111"\n\n\ndef upgrade():\n{body}\n'
        )
        assert told()[:2] == (0, []), "what was said to close it does"


def test_what_models_do_not_say_is_counted(models: SchemaProject) -> None:
    assert "note: models say nothing of these, which are not compared: 1 view" in limbeck("drift", "--models").out


def test_tables_that_env_py_leaves_out(models: SchemaProject) -> None:
    models.revision("bbb222", "aaa111", "CREATE TABLE legacy (id integer)")
    assert told()[1] == ["table public.legacy is in the chain, and not in the models"]
    env_py = models.folder / "migrations" / "env.py"
    excluding = "target_metadata=metadata, include_name=lambda name, kind, parents: name != 'legacy'"
    env_py.write_text(env_py.read_text().replace("target_metadata=metadata", excluding))
    assert told()[1] == []
    excluding = "target_metadata=metadata, include_object=lambda o, name, kind, reflected, other: name != 'legacy'"
    env_py.write_text(
        env_py.read_text().replace(
            env_py.read_text().split("context.configure(")[2].split(")\n")[0], "connection=connection, " + excluding
        )
    )
    assert told()[1] == []


def test_an_env_py_without_models(project: SchemaProject) -> None:
    project.revision("aaa111", None, *_CHAIN)
    outcome = limbeck("drift", "--models")
    assert outcome.status == 2
    assert "env.py gives no target_metadata" in outcome.err
