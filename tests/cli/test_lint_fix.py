"""`lint --fix` on real files and a real server: what it writes, what it leaves alone and why."""

from __future__ import annotations

import subprocess
from pathlib import Path

import psycopg
import pytest

from limbeck.database.catalogue import Catalogue, snapshot
from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, fixable, write_project, write_revision
from tests.conftest import MakeDatabase

BLOCK = "    with op.get_context().autocommit_block():\n        "
TABLES = (
    "CREATE SCHEMA shop",
    'CREATE TABLE customers (id int PRIMARY KEY, "eMail" text, code int NOT NULL)',
    "CREATE TABLE orders (id int PRIMARY KEY, customer int, total int, note text)",
    "CREATE TABLE shop.items (id int PRIMARY KEY, orderid int)",
    "CREATE TABLE parts (a int) PARTITION BY RANGE (a)",
    "CREATE TABLE part PARTITION OF parts DEFAULT",
)
_FOREIGN_KEY = 'op.create_foreign_key("fk", "orders", "customers", ["customer"], ["id"]'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_database: MakeDatabase) -> Path:
    """A project with some tables, and nothing behind them yet."""
    url = make_database()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LIMBECK_SCRATCH", url)
    write_project(tmp_path, url)
    up = "\n    ".join(f"op.execute('{sql}')" for sql in TABLES)
    write_revision(tmp_path, "aaa111", None, "tables", up=up)
    return tmp_path


def bbb222(folder: Path, up: str) -> Path:
    return write_revision(
        folder, "bbb222", "aaa111", "work", up=up, down_code="raise NotImplementedError('no way back')"
    )


def end_of(url: str) -> Catalogue:
    """The schema when everything has run."""
    assert limbeck("upgrade", "-q", "--url", url).status == 0
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        return snapshot(lambda query: connection.execute(query.encode()).fetchall())


FIXED = {
    "unique index of some rows": (
        'op.create_index("ix", "orders", [sa.text("lower(note)")], unique=True, postgresql_where=sa.text("total > 0"))',
        f'{BLOCK}op.create_index("ix", "orders", [sa.text("lower(note)")], unique=True, '
        'postgresql_where=sa.text("total > 0"), postgresql_concurrently=True)\n',
    ),
    "index in a loop": (
        'for name in ("customer", "total"):\n        op.create_index(op.f(f"ix_{name}"), "orders", [name])',
        '    for name in ("customer", "total"):\n    '
        + BLOCK.replace("\n        ", "\n            ")
        + 'op.create_index(op.f(f"ix_{name}"), "orders", [name], postgresql_concurrently=True)\n',
    ),
    "foreign key with options": (
        f'{_FOREIGN_KEY}, ondelete="CASCADE", deferrable=True)',
        f'{BLOCK}op.execute("ALTER TABLE orders DROP CONSTRAINT IF EXISTS fk")\n        '
        f'{_FOREIGN_KEY}, ondelete="CASCADE", deferrable=True, postgresql_not_valid=True)\n        '
        'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT fk")\n',
    ),
    "foreign key of a schema": (
        'op.create_foreign_key("fk", "items", "orders", ["orderid"], ["id"], source_schema="shop")',
        f'{BLOCK}op.execute("ALTER TABLE shop.items DROP CONSTRAINT IF EXISTS fk")\n        '
        'op.create_foreign_key("fk", "items", "orders", ["orderid"], ["id"], source_schema="shop", '
        'postgresql_not_valid=True)\n        op.execute("ALTER TABLE shop.items VALIDATE CONSTRAINT fk")\n',
    ),
    "unique constraint by keywords": (
        'op.create_unique_constraint(constraint_name="uq", table_name="items", columns=["orderid"], schema="shop")',
        f'{BLOCK}op.execute("ALTER TABLE shop.items DROP CONSTRAINT IF EXISTS uq")\n        '
        'op.execute("DROP INDEX CONCURRENTLY IF EXISTS shop.uq")\n        '
        'op.create_index(index_name="uq", table_name="items", columns=["orderid"], schema="shop", unique=True, '
        "postgresql_concurrently=True)\n        "
        'op.execute("ALTER TABLE shop.items ADD CONSTRAINT uq UNIQUE USING INDEX uq")\n',
    ),
    "not null of a name in quotes": (
        'op.alter_column("customers", "eMail", existing_type=sa.Text(), nullable=False)',
        f'{BLOCK}op.execute("ALTER TABLE customers DROP CONSTRAINT IF EXISTS \\"eMail_not_null\\"")\n        '
        'op.execute("ALTER TABLE customers ADD CONSTRAINT \\"eMail_not_null\\" CHECK (\\"eMail\\" IS NOT NULL) '
        'NOT VALID")\n        op.execute("ALTER TABLE customers VALIDATE CONSTRAINT \\"eMail_not_null\\"")\n        '
        'op.alter_column("customers", "eMail", existing_type=sa.Text(), nullable=False)\n        '
        'op.execute("ALTER TABLE customers DROP CONSTRAINT \\"eMail_not_null\\"")\n',
    ),
    "sql of an index": (
        'op.execute("CREATE INDEX IF NOT EXISTS ix ON orders (total)")',
        f'{BLOCK}op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix ON orders (total)")\n',
    ),
    "sql of a check": (
        'op.execute("ALTER TABLE orders ADD CONSTRAINT ck CHECK (total > 0);")',
        f'{BLOCK}op.execute("ALTER TABLE orders DROP CONSTRAINT IF EXISTS ck")\n        '
        'op.execute("ALTER TABLE orders ADD CONSTRAINT ck CHECK (total > 0) NOT VALID;")\n        '
        'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT ck")\n',
    ),
    "sql of a foreign key": (
        'op.execute("ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer) REFERENCES customers")',
        f'{BLOCK}op.execute("ALTER TABLE orders DROP CONSTRAINT IF EXISTS fk")\n        '
        'op.execute("ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer) REFERENCES customers NOT VALID")\n'
        '        op.execute("ALTER TABLE orders VALIDATE CONSTRAINT fk")\n',
    ),
    "sql of not null": (
        'op.execute("ALTER TABLE orders ALTER total SET NOT NULL")',
        f'{BLOCK}op.execute("ALTER TABLE orders DROP CONSTRAINT IF EXISTS total_not_null")\n        '
        'op.execute("ALTER TABLE orders ADD CONSTRAINT total_not_null CHECK (total IS NOT NULL) NOT VALID")\n        '
        'op.execute("ALTER TABLE orders VALIDATE CONSTRAINT total_not_null")\n        '
        'op.execute("ALTER TABLE orders ALTER total SET NOT NULL")\n        '
        'op.execute("ALTER TABLE orders DROP CONSTRAINT total_not_null")\n',
    ),
}


@pytest.mark.parametrize("name", FIXED)
def test_what_is_rewritten(folder: Path, make_database: MakeDatabase, name: str) -> None:
    up, after = FIXED[name]
    path = bbb222(folder, up)
    text = path.read_text()
    before = end_of(make_database())
    lint = limbeck("lint", "--fix", "bbb222", "--json", "--fail-on", "warning")
    assert lint.status == 0, (lint.out, lint.err)
    (fix,) = lint.document["fixes"]
    assert (fix["written"], fix["left"], fix["remarks"]) == (True, [], [])
    assert path.read_text() == text.replace(f"    {up}\n", after)
    assert end_of(make_database()).objects == before.objects


_ADD = 'op.add_column("orders", sa.Column("c", sa.Integer()))'
_DROP = 'op.drop_column("orders", "c")'
_KEY = '"ALTER TABLE orders ADD CONSTRAINT orders_c_fkey FOREIGN KEY (c) REFERENCES customers(id){0} NOT VALID"'
_VALIDATE = '    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT {0}")\n'
_NOT_NULL = "ALTER TABLE orders {0} total_not_null"

# What the way up and down are, what they become, and what the second revision does.
IN_TWO = {
    "index of a new column": (
        (
            f'{_ADD}\n    op.create_index("ix", "orders", ["c"])',
            f'op.drop_index("ix", table_name="orders")\n    {_DROP}',
        ),
        (_ADD, _DROP),
        f'{BLOCK}op.create_index("ix", "orders", ["c"], postgresql_concurrently=True)\n',
        f'{BLOCK}op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix")\n',
    ),
    "foreign key of a new column": (
        (f'{_ADD}\n    op.create_foreign_key("fk", "orders", "customers", ["c"], ["id"])', _DROP),
        (
            f'{_ADD}\n    op.create_foreign_key("fk", "orders", "customers", ["c"], ["id"], postgresql_not_valid=True)',
            _DROP,
        ),
        _VALIDATE.format("fk"),
        "    pass\n",
    ),
    "foreign key within a new column": (
        (
            'op.add_column("orders", sa.Column("c", sa.Integer(), sa.ForeignKey("customers.id", ondelete="CASCADE"), '
            "nullable=True))",
            _DROP,
        ),
        (
            'op.add_column("orders", sa.Column("c", sa.Integer(), nullable=True))\n    '
            f"op.execute({_KEY.format(' ON DELETE CASCADE')})",
            _DROP,
        ),
        _VALIDATE.format("orders_c_fkey"),
        "    pass\n",
    ),
    "foreign key in a line of its own": (
        (
            'op.add_column(\n        "orders",\n        sa.Column(\n            "c",\n            sa.Integer(),\n'
            '            sa.ForeignKey("customers.id"),\n        ),\n    )',
            _DROP,
        ),
        (
            'op.add_column(\n        "orders",\n        sa.Column(\n            "c",\n            sa.Integer(),\n'
            f"        ),\n    )\n    op.execute({_KEY.format('')})",
            _DROP,
        ),
        _VALIDATE.format("orders_c_fkey"),
        "    pass\n",
    ),
    "several": (
        (
            f'{_ADD}\n    op.create_unique_constraint("uq", "orders", ["note"])  # one\n'
            '    op.alter_column("orders", "total", nullable=False)',
            f'op.alter_column("orders", "total", nullable=True)\n    op.drop_constraint("uq", "orders")\n    {_DROP}',
        ),
        (_ADD, _DROP),
        f'{BLOCK}op.execute("ALTER TABLE orders DROP CONSTRAINT IF EXISTS uq")\n'
        '        op.execute("DROP INDEX CONCURRENTLY IF EXISTS uq")\n'
        '        op.create_index("uq", "orders", ["note"], unique=True, postgresql_concurrently=True)\n'
        '        op.execute("ALTER TABLE orders ADD CONSTRAINT uq UNIQUE USING INDEX uq")\n'
        f'{BLOCK}op.execute("{_NOT_NULL.format("DROP CONSTRAINT IF EXISTS")}")\n'
        f'        op.execute("{_NOT_NULL.format("ADD CONSTRAINT")} CHECK (total IS NOT NULL) NOT VALID")\n'
        f'        op.execute("{_NOT_NULL.format("VALIDATE CONSTRAINT")}")\n'
        '        op.execute("ALTER TABLE orders ALTER COLUMN total SET NOT NULL")\n'
        f'        op.execute("{_NOT_NULL.format("DROP CONSTRAINT")}")\n',
        '    op.execute("ALTER TABLE orders ALTER COLUMN total DROP NOT NULL")\n'
        '    op.execute("ALTER TABLE orders DROP CONSTRAINT IF EXISTS uq")\n',
    ),
}


@pytest.mark.parametrize("name", IN_TWO)
def test_what_goes_into_a_second_revision(folder: Path, make_database: MakeDatabase, name: str) -> None:
    (up, down), (new_up, new_down), second_up, second_down = IN_TWO[name]
    path = write_revision(folder, "bbb222", "aaa111", "work", up=up, down_code=down)
    text = path.read_text()
    before = end_of(make_database())
    lint = limbeck("lint", "--fix", "bbb222", "--json")
    assert lint.status == 0, (lint.out, lint.err)
    (fix,) = lint.document["fixes"]
    assert (fix["written"], fix["left"], fix["remarks"]) == (True, [], [])
    assert path.read_text() == text.replace(f"    {up}\n", f"    {new_up}\n").replace(
        f"    {down}\n", f"    {new_down}\n"
    )
    second = Path(fix["second"]).read_text()
    assert second.partition("def upgrade() -> None:\n")[2] == f"{second_up}\n\ndef downgrade() -> None:\n{second_down}"
    url = make_database()
    assert end_of(url).objects == before.objects
    assert limbeck("downgrade", "aaa111", "--yes", "--url", url).status == 0
    assert end_of(url).objects == before.objects


def test_what_others_follow_stays_one_revision(folder: Path) -> None:
    path = write_revision(
        folder, "bbb222", "aaa111", "work", up=f'{_ADD}\n    op.create_index("ix", "orders", ["c"])', down_code=_DROP
    )
    write_revision(folder, "ccc333", "bbb222", "more")
    lint = limbeck("lint", "--fix", "bbb222", "--json")
    (fix,) = lint.document["fixes"]
    assert (lint.status, fix["second"], fix["written"]) == (0, None, True)
    assert [remark.partition(":")[0] for remark in fix["remarks"]] == ["half-applied"]
    assert "DROP INDEX CONCURRENTLY IF EXISTS ix" in path.read_text()
    assert len(list(path.parent.glob("*.py"))) == 3


LEFT = {
    "batch": (
        'with op.batch_alter_table("orders") as batch:\n        batch.create_index("ix", ["total"])',
        "it is no call that stands by itself|it stands in a with statement, such as a batch",
    ),
    "constraint in a loop": (
        f'for name in ("customer",):\n        {_FOREIGN_KEY})',
        "it stands in a loop",
    ),
    "no name": (_FOREIGN_KEY.replace('"fk"', "None") + ")", "the constraint has no name"),
    "no name in sql": (
        'op.execute("ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers")',
        "the constraint has no name",
    ),
    "deferrable": (
        'op.create_unique_constraint("uq", "orders", ["total"], deferrable=True)',
        "deferrable is the constraint's, and create_index does not take it",
    ),
    "several things at once": (
        'op.alter_column("orders", "total", nullable=False, new_column_name="sum")',
        "it changes more than nullable",
    ),
    "several statements": (
        'op.execute("CREATE INDEX ix ON orders (total); CREATE INDEX iy ON orders (note)")',
        "it runs 2 statements",
    ),
    "partitions": ('op.create_index("ix", "parts", ["a"])', "rewritten, it does not run to its end: .*partitioned.*"),
    "sql of a unique constraint": (
        'op.execute("ALTER TABLE orders ADD CONSTRAINT uq UNIQUE (total)")',
        "no rewriting of such a statement is known",
    ),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_left_alone(folder: Path, name: str) -> None:
    up, reason = LEFT[name]
    path = bbb222(folder, up)
    content = path.read_bytes()
    lint = limbeck("lint", "--fix", "bbb222", "--json")
    assert lint.status == 1, (lint.out, lint.err)
    (fix,) = lint.document["fixes"]
    assert (fix["written"], fix["fixed"], fix["difference"]) == (False, [], "")
    import re

    for each in fix["left"]:
        assert re.fullmatch(reason, each["reason"])
    assert fix["left"]
    assert path.read_bytes() == content


def test_what_can_be_fixed_is_beside_what_cannot(folder: Path) -> None:
    path = bbb222(folder, 'op.create_index("ix", "parts", ["a"])\n    op.create_index("iy", "orders", ["note"])')
    lint = limbeck("lint", "--fix", "bbb222", "--json")
    (fix,) = lint.document["fixes"]
    assert [each["line"] for each in fix["fixed"]] == [19]
    assert [each["line"] for each in fix["left"]] == [18]
    assert path.read_text().count("create_index") == 1
    assert 'op.create_index("iy", "orders", ["note"], postgresql_concurrently=True)' in Path(fix["second"]).read_text()


def test_every_way_back_still_works(folder: Path, make_database: MakeDatabase) -> None:
    for path in folder.glob("migrations/versions/*"):
        path.unlink()
    fixable(folder, make_database())
    assert limbeck("lint", "--fix", "bbb222:").status == 0
    url = make_database()
    assert limbeck("upgrade", "--url", url).status == 0
    down = limbeck("downgrade", "base", "--yes", "--url", url)
    assert down.status == 0, down.err
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        left = connection.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200").fetchall()
    assert {name for (name,) in left} == {"alembic_version", "limbeck_journal"}


def test_nothing_is_written_with_diff(folder: Path) -> None:
    path = bbb222(folder, 'op.create_index("ix", "orders", ["note"])')
    content = path.read_bytes()
    lint = limbeck("lint", "--diff", "bbb222")
    assert lint.status == 1
    assert '+        op.create_index("ix", "orders", ["note"], postgresql_concurrently=True)' in lint.out
    assert path.read_bytes() == content
    assert list(path.parent.glob(".limbeck*")) == []


def test_what_has_run_on_the_database_stays(folder: Path, make_database: MakeDatabase) -> None:
    path = bbb222(folder, 'op.create_index("ix", "orders", ["note"])')
    content, url = path.read_bytes(), make_database()
    assert limbeck("upgrade", "--url", url).status == 0
    lint = limbeck("lint", "--fix", "bbb222", "--url", url)
    assert lint.status == 1
    assert "writers-wait-for-scan not fixed: it has run on the database" in lint.out
    assert path.read_bytes() == content
    assert limbeck("lint", "--fix", "--pending", "--url", url).out.startswith("0 revisions looked at")


def test_what_is_released_stays(folder: Path) -> None:
    def git(*words: str) -> None:
        options = ("-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false")
        subprocess.run(("git", *options, *words), cwd=folder, check=True, capture_output=True)

    old = bbb222(folder, 'op.create_index("ix", "orders", ["note"])')
    git("init", "-q", "-b", "main")
    git("add", "migrations")
    git("commit", "-q", "-m", "released")
    refused = limbeck("lint", "--fix")
    assert (refused.status, "hint: limbeck lint --fix REV" in refused.err) == (2, True)
    git("checkout", "-q", "-b", "feature")
    new = write_revision(folder, "ccc333", "bbb222", "more", up='op.create_index("iy", "orders", ["total"])')
    content = old.read_bytes()
    lint = limbeck("lint", "--fix", "--since", "main", "--ignore", "no-way-back")
    assert lint.status == 0, lint.out
    assert old.read_bytes() == content
    assert "postgresql_concurrently=True" in new.read_text()


def test_an_env_py_that_holds_the_transaction(folder: Path) -> None:
    """An autocommit block has nothing to commit there, and what it would do is not what is wanted."""
    (folder / "migrations" / "env.py").write_text(ENV_PY.replace("engine.connect()", "engine.begin()"))
    path = bbb222(folder, 'op.create_index("ix", "orders", ["note"])')
    content = path.read_bytes()
    lint = limbeck("lint", "--fix", "bbb222", "--json")
    (fix,) = lint.document["fixes"]
    assert fix["left"][0]["reason"].startswith("rewritten, it does not run to its end: ")
    assert path.read_bytes() == content


@pytest.mark.parametrize("form", ["github", "gitlab", "sarif", "markdown"])
def test_other_formats_tell_of_fixes_beside_them(folder: Path, form: str) -> None:
    bbb222(folder, 'op.create_index("ix", "orders", ["note"])')
    lint = limbeck("lint", "--fix", "bbb222", "--format", form)
    assert lint.status == 0
    assert "1 finding fixed: writers-wait-for-scan" in lint.err
    assert "1 finding fixed" not in lint.out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--fix", "--no-scratch"), "--no-scratch wants none"),
        (("--fix", "--write-baseline"), "--fix and --write-baseline exclude each other"),
        (("--fix", "--all"), ""),
    ],
)
def test_what_does_not_go_together(folder: Path, words: tuple[str, ...], message: str) -> None:
    bbb222(folder, 'op.create_index("ix", "orders", ["note"])')
    lint = limbeck("lint", *words, *(() if "--all" in words else ("bbb222",)))
    assert lint.status == 2
    assert message in lint.err
