"""Models of SQLite and of MariaDB beside their chains: what differs is told with the call that closes it, which does."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, write_project, write_revision

_MODELS = """\
import sqlalchemy as sa

metadata = sa.MetaData()
users = sa.Table(
    "users", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("email", sa.String(255), nullable=False, unique=True),
    sa.Column("age", sa.Integer, server_default="18"),
    sa.Column("amount", sa.Numeric(10, 2)),
    sa.Column("mood", sa.Enum("sad", "ok", name="mood"), nullable=False, server_default="ok"),
    sa.Column("at", sa.DateTime, server_default=sa.func.now()),
    sa.CheckConstraint("age > 0", name="grown"),
    comment="people",
)
sa.Index("ix_users_age", users.c.age)
orders = sa.Table(
    "orders", metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.ForeignKey("users.id", ondelete="CASCADE")),
)
"""
# The same by hand: names where the models have none, none where they have, other spaces, another order.
_SQLITE = (
    "CREATE TABLE users (id INTEGER PRIMARY KEY, at DATETIME DEFAULT CURRENT_TIMESTAMP, email VARCHAR(255) NOT NULL, "
    "amount NUMERIC(10,2), age INTEGER DEFAULT '18', mood VARCHAR(3) NOT NULL DEFAULT ('ok'), CONSTRAINT grown CHECK (age > 0), "
    'CONSTRAINT "one_email_each" UNIQUE (email))',
    "CREATE INDEX ix_users_age ON users (age)",
    "CREATE TABLE orders (id INTEGER PRIMARY KEY NOT NULL, "
    "user_id INTEGER, CONSTRAINT whose FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)",
)
_MARIADB = (
    "CREATE TABLE users (id integer PRIMARY KEY AUTO_INCREMENT, at datetime DEFAULT CURRENT_TIMESTAMP, "
    "email varchar(255) NOT NULL, amount NUMERIC(10,2), age integer DEFAULT 18, "
    "mood enum('sad','ok') NOT NULL DEFAULT 'ok', CONSTRAINT grown CHECK (age > 0), "
    "CONSTRAINT one_email_each UNIQUE (email)) COMMENT 'people'",
    "CREATE INDEX ix_users_age ON users (age)",
    "CREATE TABLE orders (id integer PRIMARY KEY AUTO_INCREMENT, user_id integer, "
    "CONSTRAINT whose FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE)",
    "CREATE VIEW grown_ups AS SELECT id FROM users WHERE age > 17",
)


_OF_SERVER = re.compile(r" DEFAULT CHARSET=\S+ COLLATE=\S+")


class Case(NamedTuple):
    """A change to the models, what is told of it."""

    before: str
    after: str
    sqlite: tuple[str, ...]
    mariadb: tuple[str, ...]


def both(before: str, after: str, *told: str) -> Case:
    """A change of which both tell the same."""
    return Case(before, after, told, told)


CASES = (
    both("", ""),
    Case(
        'server_default="18"',
        'server_default="21"',
        ("column age of users: default is '18' in the chain, '21' in the models",),
        ("column age of users: default is 18 in the chain, 21 in the models",),
    ),
    Case(
        ', server_default="18"',
        "",
        ("column age of users: default is '18' in the chain, nothing in the models",),
        ("column age of users: default is 18 in the chain, nothing in the models",),
    ),
    Case(
        '"sad", "ok", name',
        '"sad", "ok", "happy", name',
        ("column mood of users: type is VARCHAR(3) in the chain, VARCHAR(5) in the models",),
        ("column mood of users: type is enum('sad','ok') in the chain, enum('sad','ok','happy') in the models",),
    ),
    Case(
        "age > 0",
        "age > 17",
        ("constraint grown of users: definition is CHECK (age > 0) in the chain, CHECK (age > 17) in the models",),
        ("constraint grown of users: definition is CHECK (`age` > 0) in the chain, CHECK (`age` > 17) in the models",),
    ),
    Case(
        'comment="people"',
        'comment="persons"',
        (),
        ("table users: comment is people in the chain, persons in the models",),
    ),
    Case(
        'comment="people"',
        'mysql_row_format="COMPRESSED", comment="people"',
        (),
        ("table users: options is ENGINE=InnoDB in the chain, ENGINE=InnoDB ROW_FORMAT=COMPRESSED in the models",),
    ),
    Case(
        "sa.String(255)",
        "sa.String(300)",
        ("column email of users: type is VARCHAR(255) in the chain, VARCHAR(300) in the models",),
        ("column email of users: type is varchar(255) in the chain, varchar(300) in the models",),
    ),
    both("nullable=False, unique", "unique", "column email of users: nullable is no in the chain, yes in the models"),
    Case(
        ', ondelete="CASCADE"',
        "",
        (
            "constraint whose of orders is in the chain, and not in the models",
            "constraint FOREIGN KEY (user_id) REFERENCES users(id) of orders is in the models, and not in the chain",
        ),
        (
            "constraint whose of orders is in the chain, and not in the models",
            "constraint orders_ibfk_1 of orders is in the models, and not in the chain",
        ),
    ),
    both(
        'sa.Column("age", sa.Integer',
        'sa.Column("nick", sa.String(20), nullable=False, server_default="x"), sa.Column("age", sa.Integer',
        "column nick of users is in the models, and not in the chain",
    ),
    both(
        'sa.Column("amount", sa.Numeric(10, 2)),', "", "column amount of users is in the chain, and not in the models"
    ),
    both(
        "orders = ",
        'sa.Table("boats", metadata, sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),'
        ' sa.Column("name", sa.String(20), index=True))\norders = ',
        "table boats is in the models, and not in the chain",
    ),
    both(
        'sa.Index("ix_users_age", users.c.age)',
        'sa.Index("ix_users_years", users.c.age)',
        "index ix_users_years of users of the models is called ix_users_age in the chain",
    ),
    Case(
        'sa.Index("ix_users_age", users.c.age)',
        'sa.Index("ix_users_age", users.c.age, unique=True)',
        (
            "index ix_users_age of users: definition is CREATE INDEX ix_users_age ON users(age) in the chain, "
            "CREATE UNIQUE INDEX ix_users_age ON users(age) in the models",
        ),
        ("index ix_users_age of users: definition is KEY (`age`) in the chain, UNIQUE KEY (`age`) in the models",),
    ),
    both(
        'sa.Index("ix_users_age", users.c.age)\n',
        "",
        "index ix_users_age of users is in the chain, and not in the models",
    ),
    Case(
        'sa.CheckConstraint("age > 0"',
        'sa.UniqueConstraint("age", "mood"), sa.CheckConstraint("age > 0"',
        ("constraint UNIQUE (age, mood) of users is in the models, and not in the chain",),
        ("index age of users is in the models, and not in the chain",),
    ),
)


def told() -> tuple[int, list[str], str]:
    """Status, sentences, and the calls as the body of a function."""
    sys.modules.pop("models", None)
    outcome = limbeck("drift", "--models", "--json")
    assert outcome.status in (0, 1), outcome.err
    differences = outcome.document["differences"]
    calls = "\n".join(each["operation"] for each in differences if each["operation"])
    return outcome.status, [each["sentence"] for each in differences], calls


def project(folder: Path, url: str, chain: tuple[str, ...], models: str) -> Path:
    """The chain, and models beside it."""
    env_py = ENV_PY.replace("connection=connection", "connection=connection, target_metadata=metadata")
    write_project(folder, url, f"from models import metadata\n{env_py}")
    up = "\n    ".join(f"op.execute({statement!r})" for statement in chain)
    write_revision(folder, "aaa111", None, "tables", up=up)
    ini = folder / "alembic.ini"
    ini.write_text(f"{ini.read_text()}prepend_sys_path = %(here)s\npath_separator = os\n")
    (folder / "models.py").write_text(models)
    return folder


def expect(folder: Path, sentences: tuple[str, ...]) -> None:
    """What is told; and nothing when the calls have been made."""
    status, found, calls = told()
    assert tuple(_OF_SERVER.sub("", each) for each in found) == sentences
    assert status == int(bool(sentences))
    if sentences:
        assert calls, "each difference has its call"
        body = "\n".join(f"    {line}" for line in calls.splitlines())
        (folder / "migrations" / "versions" / "bbb222.py").write_text(
            "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import mysql\n\n"
            f'revision = "bbb222"\ndown_revision = "aaa111"\n\n\ndef upgrade():\n{body}\n'
        )
        assert told()[:2] == (0, []), "what was said to close it does"


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is kept where the user would find it."""
    for name in ("HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "own"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.after[:40] or f"without {case.before[:30]}")
def test_sqlite(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    models = _MODELS.replace(case.before, case.after, 1)
    monkeypatch.chdir(project(tmp_path, "sqlite:///app.db", _SQLITE, models))
    expect(tmp_path, case.sqlite)
    assert not (tmp_path / "app.db").exists()


@pytest.mark.mariadb
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.after[:40] or f"without {case.before[:30]}")
def test_mariadb(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mariadb_url: str) -> None:
    models = _MODELS.replace(case.before, case.after, 1)
    monkeypatch.chdir(project(tmp_path, mariadb_url, _MARIADB, models))
    monkeypatch.setenv("LIMBECK_SCRATCH", mariadb_url)
    expect(tmp_path, case.mariadb)


def test_tables_of_other_databases_take_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = 'sa.Table("far", metadata, sa.Column("id", sa.Integer, primary_key=True), schema="elsewhere")\n'
    monkeypatch.chdir(project(tmp_path, "sqlite:///app.db", _SQLITE, _MODELS + elsewhere))
    assert told()[:2] == (0, [])


def test_models_that_cannot_be_created(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = 'sa.Table("wrong", metadata, sa.Column("n", sa.Integer), sa.CheckConstraint("1 1"))\n'
    monkeypatch.chdir(project(tmp_path, "sqlite:///app.db", _SQLITE, _MODELS + wrong))
    sys.modules.pop("models", None)
    outcome = limbeck("drift", "--models")
    assert (outcome.status, "the models cannot be created" in outcome.err) == (2, True)


def test_what_models_do_not_say_is_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = (*_SQLITE, "CREATE VIEW grown_ups AS SELECT id FROM users WHERE age > 17")
    monkeypatch.chdir(project(tmp_path, "sqlite:///app.db", chain, _MODELS))
    sys.modules.pop("models", None)
    assert "note: models say nothing of these, which are not compared: 1 view" in limbeck("drift", "--models").out


def test_an_address_that_only_env_py_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = project(tmp_path, "driver://user@nowhere/none", _SQLITE, _MODELS)
    env_py = folder / "migrations" / "env.py"
    text = env_py.read_text()
    env_py.write_text(text.replace('context.config.get_main_option("sqlalchemy.url")', '"sqlite:///app.db"'))
    monkeypatch.chdir(folder)
    assert told()[:2] == (0, [])


def test_what_a_chain_of_sqlite_leaves_without_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = tuple(
        each.replace("CONSTRAINT grown ", "")
        .replace("CONSTRAINT whose ", "")
        .replace('CONSTRAINT "one_email_each" ', "")
        for each in _SQLITE
    )
    monkeypatch.chdir(project(tmp_path, "sqlite:///app.db", chain, _MODELS))
    assert told()[:2] == (0, [])
