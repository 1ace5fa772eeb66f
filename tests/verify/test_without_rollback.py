"""Chains of SQLite and of MariaDB, proved on scratch files and on a scratch server."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import write_project, write_revision

TABLE = 'op.create_table("{0}", sa.Column("id", sa.Integer(), primary_key=True))'
DROP = 'op.drop_table("{0}")'


def chain(folder: Path, url: str) -> Path:
    """A sound revision, one that leaves an index, one that cannot go back, and a sound one."""
    write_project(folder, url)
    write_revision(folder, "aaa111", None, "users", up=TABLE.format("users"), down_code=DROP.format("users"))
    add, drop = (
        'op.add_column("users", sa.Column("n", sa.Integer()))',
        'with op.batch_alter_table("users") as batch:\n        batch.drop_column("n")',
    )
    write_revision(folder, "bbb222", "aaa111", "number", up=add, down_code=drop)
    two = f"{TABLE.format('left')}\n    {TABLE.format('gone')}"
    write_revision(folder, "ccc333", "bbb222", "two", up=two, down_code=DROP.format("gone"))
    write_revision(
        folder, "ddd444", "ccc333", "none", up=TABLE.format("parcels"), down_code='raise NotImplementedError("no")'
    )
    write_revision(folder, "eee555", "ddd444", "last", up=TABLE.format("orders"), down_code=DROP.format("orders"))
    return folder


def expect(scratch: tuple[str, ...]) -> None:
    """The faults, and nothing else."""
    outcome = limbeck("verify", "--json", *scratch)
    assert outcome.status == 1, outcome.err
    found = [(each["rule"], each["revision"]) for each in outcome.document["findings"]]
    assert found == [("left-behind", "ccc333"), ("cannot-go-back", "ddd444")], outcome.document["findings"]
    assert outcome.document["whole"] == [
        "base to head, back to ddd444, behind which there is no way, to head again",
        "the SQL of --sql, executed",
    ]


def test_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = chain(tmp_path / "project", "sqlite:///app.db")
    monkeypatch.chdir(folder)
    expect(())
    assert not (folder / "app.db").exists()


def test_sqlite_of_which_only_env_py_knows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = chain(tmp_path / "project", "driver://user@nowhere/none")
    env_py = folder / "migrations" / "env.py"
    text = env_py.read_text()
    env_py.write_text(text.replace('context.config.get_main_option("sqlalchemy.url")', '"sqlite:///app.db"'))
    monkeypatch.chdir(folder)
    expect(())


def test_a_chain_without_revisions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write_project(tmp_path))
    outcome = limbeck("verify")
    assert (outcome.status, outcome.out.splitlines()[-1]) == (0, "no findings")


@pytest.mark.mariadb
def test_mariadb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mariadb_url: str) -> None:
    monkeypatch.chdir(chain(tmp_path / "project", mariadb_url))
    expect(("--scratch", mariadb_url))


def sql_chain(folder: Path, url: str) -> Path:
    """An index that --sql leaves out; and behind it two revisions that cannot be rendered."""
    write_project(folder, url)
    write_revision(folder, "aaa111", None, "users", up=TABLE.format("users"), down_code=DROP.format("users"))
    online = "if not op.get_context().as_sql:\n        "
    up, down = 'op.create_index("ix_id", "users", ["id"])', 'op.drop_index("ix_id", "users")'
    write_revision(folder, "bbb222", "aaa111", "index", up=online + up, down_code=down)
    return folder


def asks(folder: Path, identifier: str, down: str, table: str) -> None:
    """A revision that cannot be rendered: it asks for a row."""
    up = f'op.get_bind().execute(sa.text("SELECT 1")).scalar_one()\n    {TABLE.format(table)}'
    write_revision(folder, identifier, down, table, up=up, down_code=DROP.format(table))


def expect_sql(folder: Path, scratch: tuple[str, ...]) -> None:
    """What the SQL leaves out is told; and when there are such, what cannot be rendered."""
    outcome = limbeck("verify", "--json", *scratch)
    found = [(each["rule"], each["revision"], each["message"]) for each in outcome.document["findings"]]
    assert found == [("offline-differs", "bbb222", "after the SQL of --sql, index ix_id of users is missing")]
    for identifier, down in (("ccc333", "bbb222"), ("ddd444", "ccc333"), ("eee555", "ddd444")):
        asks(folder, identifier, down, f"t_{identifier}")
    (finding,) = limbeck("verify", "--json", *scratch).document["findings"]
    assert (finding["rule"], finding["revision"], finding["severity"]) == ("cannot-be-rendered", "ccc333", "note")
    assert finding["message"].endswith("; nor can ddd444, eee555")


def test_the_sql_of_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(sql_chain(tmp_path / "project", "sqlite:///app.db"))
    expect_sql(Path(), ())


@pytest.mark.mariadb
def test_the_sql_of_mariadb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mariadb_url: str) -> None:
    monkeypatch.chdir(sql_chain(tmp_path / "project", mariadb_url))
    expect_sql(Path(), ("--scratch", mariadb_url))


def test_batches_cannot_be_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path)
    write_revision(tmp_path, "aaa111", None, "users", up=TABLE.format("users"), down_code=DROP.format("users"))
    batch = 'with op.batch_alter_table("users", recreate="always") as batch:\n        batch.'
    up, down = f'{batch}add_column(sa.Column("n", sa.Integer()))', f'{batch}drop_column("n")'
    write_revision(tmp_path, "bbb222", "aaa111", "number", up=up, down_code=down)
    monkeypatch.chdir(tmp_path)
    (finding,) = limbeck("verify", "--json").document["findings"]
    assert (finding["rule"], finding["revision"]) == ("cannot-be-rendered", "bbb222")
    assert "copy_from" in finding["remedy"]


def test_a_trigger_is_one_statement_to_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_project(tmp_path)
    trigger = "CREATE TRIGGER t AFTER INSERT ON users BEGIN DELETE FROM users WHERE id < 0; SELECT ';'; END"
    up = f'{TABLE.format("users")}\n    op.execute("{trigger}")'
    write_revision(tmp_path, "aaa111", None, "users", up=up, down_code=DROP.format("users"))
    monkeypatch.chdir(tmp_path)
    outcome = limbeck("verify", "--json")
    assert (outcome.document["findings"], outcome.document["whole"][-1]) == ([], "the SQL of --sql, executed")


def rows_chain(folder: Path, url: str) -> Path:
    """What rows stop, and a revision behind it that loses values: rows go on to be given behind."""
    write_project(folder, url)
    users = TABLE.format("users").replace("))", '), sa.Column("name", sa.String(40)))', 1)
    write_revision(folder, "aaa111", None, "users", up=users, down_code=DROP.format("users"))
    unique = 'op.create_index("uq_name", "users", ["name"], unique=True)'
    one = f"op.execute(\"UPDATE users SET name = 'x'\")\n    {unique}"
    write_revision(folder, "bbb222", "aaa111", "one", up=one, down_code='op.drop_index("uq_name", "users")')
    drop = 'op.drop_index("uq_name", "users")\n    op.drop_column("users", "name")'
    add = f'op.add_column("users", sa.Column("name", sa.String(40)))\n    {unique}'
    write_revision(folder, "ccc333", "bbb222", "no names", up=drop, down_code=add)
    return folder


def test_rows_that_stop_one_revision_are_there_for_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(rows_chain(tmp_path / "project", "sqlite:///app.db"))
    outcome = limbeck("verify", "--json")
    found = [(each["rule"], each["revision"], each["severity"]) for each in outcome.document["findings"]]
    assert found == [("stopped-by-rows", "bbb222", "note"), ("rows-lost", "ccc333", "error")]


@pytest.mark.mariadb
def test_keys_that_mariadb_names_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mariadb_url: str) -> None:
    """A foreign key made anew has another key: its name is the database's affair, unlike that of an index."""
    write_project(tmp_path, mariadb_url)
    reference = 'sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"))'
    orders = f'op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True), {reference})'
    drop = f"{DROP.format('orders')}\n    {DROP.format('users')}"
    write_revision(tmp_path, "aaa111", None, "both", up=f"{TABLE.format('users')}\n    {orders}", down_code=drop)
    gone = 'op.drop_constraint("orders_ibfk_1", "orders", type_="foreignkey")'
    made = 'op.create_foreign_key("orders_ibfk_1", "orders", "users", ["user_id"], ["id"]{})'
    cascading, plain = made.format(", ondelete='CASCADE'"), made.format("")
    up, down = f"{gone}\n    {cascading}", f"{gone}\n    {plain}"
    write_revision(tmp_path, "bbb222", "aaa111", "cascade", up=up, down_code=down)
    monkeypatch.chdir(tmp_path)
    outcome = limbeck("verify", "--json", "--scratch", mariadb_url)
    assert outcome.document["findings"] == []
    index = 'op.create_index("ix_n", "orders", ["id"])'
    write_revision(tmp_path, "ccc333", "bbb222", "index", up=index, down_code='op.execute("SELECT 1")')
    (finding,) = limbeck("verify", "--json", "--scratch", mariadb_url).document["findings"]
    assert (finding["rule"], finding["revision"]) == ("left-behind", "ccc333")


def test_files_without_a_way_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Told as what they are; those behind them are proved."""
    write_project(tmp_path, "sqlite:///app.db")
    write_revision(tmp_path, "aaa111", None, "users", up=TABLE.format("users"), down_code=DROP.format("users"))
    write_revision(tmp_path, "bbb222", "aaa111", "orders", up=TABLE.format("orders"), down_code="pass")
    write_revision(
        tmp_path, "ccc333", "bbb222", "parcels", up=TABLE.format("parcels"), down_code=DROP.format("parcels")
    )
    (path,) = (tmp_path / "migrations" / "versions").glob("bbb222*")
    path.write_text(path.read_text().partition("def downgrade")[0])
    monkeypatch.chdir(tmp_path)
    outcome = limbeck("verify", "--json")
    assert outcome.status == 1, outcome.err
    found = [(each["rule"], each["revision"], each["message"]) for each in outcome.document["findings"]]
    assert found == [("cannot-go-back", "bbb222", "there is no downgrade()")]


def test_one_process_proves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are asked for: what is done cannot be undone there."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("several processes")

    write_project(tmp_path, "sqlite:///app.db")
    write_revision(tmp_path, "aaa111", None, "users", up=TABLE.format("users"), down_code=DROP.format("users"))
    write_revision(tmp_path, "bbb222", "aaa111", "orders", up=TABLE.format("orders"), down_code=DROP.format("orders"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("limbeck.verify.together.prove_together", never)
    outcome = limbeck("verify", "--json", "--jobs", "2")
    assert (outcome.status, len(outcome.document["revisions"])) == (0, 2), outcome.err


@pytest.mark.parametrize("change", ["add", "alter"])
def test_a_table_that_the_chain_does_not_make_is_not_blamed(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_project(tmp_path, "sqlite:///app.db")
    batch = 'with op.batch_alter_table("builders") as batch:\n        batch.{0}_column({1})'
    up = f"{TABLE.format('projects')}\n    " + batch.format(
        change, 'sa.Column("n", sa.Integer())' if change == "add" else '"n", nullable=False'
    )
    down = batch.format("drop", '"n"') + f"\n    {DROP.format('projects')}"
    write_revision(tmp_path, "aaa111", None, "projects", up=up, down_code=down)
    monkeypatch.chdir(tmp_path)
    (found,) = limbeck("verify", "--json").document["findings"]
    assert found["rule"] == "not-proved", found
    assert "it wants what the chain does not make: " in found["message"]
    assert ("OperationalError" if change == "add" else "NoSuchTableError: builders") in found["message"]
