"""`plan --out FILE` and `upgrade --plan FILE`: the reviewed plan runs as it is, or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line, write_project, write_revision, write_table
from tests.docs.pages import DOCS, sections, table


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chain of three on an SQLite file, at its first revision, and the plan for the rest in `p.json`."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    line(tmp_path)
    assert limbeck("upgrade", "aaa111", "-q").status == 0
    assert limbeck("plan", "--out", "p.json").status == 0
    return tmp_path


def refused(status: int, *words: str) -> str:
    """The message of a run that is refused, after which nothing has run."""
    before = limbeck("current", "--json").document["current"]
    outcome = limbeck(*words)
    assert outcome.status == status, outcome.err
    assert limbeck("current", "--json").document["current"] == before
    return outcome.err


def document(path: str = "p.json") -> Any:
    return json.loads(Path(path).read_text())


def test_it_runs_as_it_is(folder: Path) -> None:
    assert [step["revision"] for step in document()["databases"][0]["steps"]] == ["bbb222", "ccc333"]
    done = limbeck("upgrade", "--plan", "p.json", "--json")
    assert (done.status, done.document["current"]) == (0, ["ccc333"]), done.err


def test_a_plan_to_an_earlier_target(folder: Path) -> None:
    assert limbeck("plan", "+1", "--out", "one.json", "-q").status == 0
    assert limbeck("upgrade", "--plan", "one.json", "--json").document["current"] == ["bbb222"]


def test_a_way_back(folder: Path) -> None:
    assert limbeck("upgrade", "-q").status == 0
    assert limbeck("plan", "--downgrade", "base", "--out", "back.json").status == 0
    assert "is a plan to downgrade\nhint: limbeck downgrade --plan back.json" in refused(
        2, "upgrade", "--plan", "back.json"
    )
    assert "wants a yes" in refused(2, "downgrade", "--plan", "back.json")
    done = limbeck("downgrade", "--plan", "back.json", "--yes", "--json")
    assert (done.status, done.document["current"]) == (0, []), done.err


def test_a_plan_of_nothing(folder: Path) -> None:
    assert limbeck("upgrade", "-q").status == 0
    assert limbeck("plan", "--out", "none.json").status == 0
    assert limbeck("upgrade", "--plan", "none.json").status == 0


def test_a_database_that_has_moved(folder: Path) -> None:
    assert limbeck("upgrade", "+1", "-q").status == 0
    message = refused(4, "upgrade", "--plan", "p.json")
    assert "the database has moved since the plan was made: from aaa111 to bbb222; nothing was run" in message
    assert limbeck("upgrade", "-q").status == 0
    assert "from aaa111 to ccc333, where the plan ends" in refused(4, "upgrade", "--plan", "p.json")


def edit(folder: Path) -> None:
    (path,) = folder.glob("migrations/versions/ccc333*.py")
    path.write_text(path.read_text() + "\n# edited\n")


def add(folder: Path) -> None:
    write_table(folder, "ddd444", "ccc333", "late")


def remove(folder: Path) -> None:
    (path,) = folder.glob("migrations/versions/ccc333*.py")
    path.unlink()


def insert(folder: Path) -> None:
    write_table(folder, "between", "aaa111", "between")
    write_table(folder, "bbb222", "between", "orders", created="2025-01-03 03:04:05")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edit, "ccc333 has been edited (ccc333_create_parcels.py)"),
        (add, "ddd444 is new"),
        (remove, "ccc333 is gone"),
        (insert, "between is new"),
    ],
)
def test_files_that_have_changed(folder: Path, change: Callable[[Path], None], words: str) -> None:
    change(folder)
    message = refused(2, "upgrade", "--plan", "p.json")
    assert f"the files have changed since the plan was made: {words}; nothing was run" in message


def test_a_file_that_is_not_on_the_way(folder: Path) -> None:
    (path,) = folder.glob("migrations/versions/aaa111*.py")
    path.write_text(path.read_text() + "\n# edited\n")
    assert limbeck("upgrade", "--plan", "p.json").status == 0


def test_another_database(folder: Path) -> None:
    message = refused(2, "upgrade", "--plan", "p.json", "--url", "sqlite:///other.db")
    assert "the plan is for another database: it is for sqlite:///app.db (alembic_version)" in message
    (folder / "migrations" / "env.py").write_text(
        ENV_PY.replace("connection=connection", "connection=connection, version_table='v'")
    )
    assert "and this is sqlite:///app.db (v)" in limbeck("upgrade", "--plan", "p.json").err


def test_the_driver_is_no_part_of_the_database(folder: Path, database_url: str) -> None:
    assert limbeck("plan", "--url", database_url, "--out", "pg.json").status == 0
    other = database_url.replace("psycopg", "asyncpg")
    assert other != database_url
    place = document("pg.json")["databases"][0]["address"]
    assert place.startswith("postgresql://")
    assert limbeck("upgrade", "--plan", "pg.json", "--url", database_url).status == 0


def resealed(change: Callable[[Any], None]) -> str:
    """A plan that somebody has changed, with a checksum that is right."""
    from limbeck.plan.reviewed import _checksum

    plan = document()
    plan.pop("checksum")
    change(plan)
    return json.dumps({**plan, "checksum": _checksum(plan)})


DAMAGED: list[tuple[Callable[[], str], str]] = [
    (lambda: "", "p.json is no plan that limbeck has written"),
    (lambda: "[]", "is no plan"),
    (lambda: '"limbeck-plan/1"', "is no plan"),
    (lambda: "[" * 100_000, "is no plan"),
    (lambda: '{"format": 1}', "is no plan"),
    (lambda: '{"format": "terraform/1"}', "is no plan"),
    (lambda: '{"format": "limbeck-plan/9"}', "is in the format limbeck-plan/9, and this limbeck reads limbeck-plan/1"),
    (lambda: Path("p.json").read_text()[:-40], "is no plan"),
    (lambda: Path("p.json").read_text().replace("orders", "others"), "has been changed since limbeck wrote it"),
    (lambda: json.dumps({**document(), "target": "base"}), "has been changed since limbeck wrote it"),
    (lambda: resealed(lambda plan: plan.pop("databases")), "is no plan"),
    (lambda: resealed(lambda plan: plan.update(direction="sideways")), "is no plan"),
    (lambda: resealed(lambda plan: plan.update(databases=[1])), "is no plan"),
]


@pytest.mark.parametrize(("text", "words"), DAMAGED)
def test_a_damaged_or_foreign_file(folder: Path, text: Callable[[], str], words: str) -> None:
    Path("p.json").write_text(text())
    assert words in refused(2, "upgrade", "--plan", "p.json")


def test_a_file_that_is_not_there_or_no_text(folder: Path) -> None:
    assert "the plan cannot be read: nowhere.json: No such file" in refused(2, "upgrade", "--plan", "nowhere.json")
    Path("p.json").write_bytes(b"\xff\xfe\x00")
    assert "is no plan" in refused(2, "upgrade", "--plan", "p.json")


def test_a_place_that_cannot_be_written(folder: Path) -> None:
    assert "the plan cannot be written to nowhere/p.json: No such file" in refused(2, "plan", "--out", "nowhere/p.json")
    assert sorted(path.name for path in folder.iterdir() if "unfinished" in path.name) == []


@pytest.mark.parametrize("words", [("upgrade", "head"), ("upgrade", "--sql"), ("downgrade", "base")])
def test_one_word_on_what_to_run(folder: Path, words: tuple[str, ...]) -> None:
    assert "--plan says what to run, and so does" in refused(2, *words, "--plan", "p.json")


def test_several_databases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    write_project(tmp_path)
    head, _, body = ENV_PY.partition("else:\n")
    body = body.replace("engine = create_engine(url", 'engine = create_engine(f"sqlite:///{name}.db"')
    body = body.replace("run_migrations()", "run_migrations(engine_name=name)").replace("\n", "\n    ")
    for names in ('("one", "two")', '("one",)'):
        (tmp_path / "migrations" / "env.py").write_text(f"{head}else:\n    for name in {names}:\n    {body}")
        path = write_revision(tmp_path, "aaa111", None, "x", up='op.execute("SELECT 1")')
        path.write_text(path.read_text().replace("grade():", "grade(engine_name):"))
        if "two" in names:
            assert limbeck("plan", "--out", "p.json").status == 0
    assert "env.py does not reach the database two of the plan" in refused(2, "upgrade", "--plan", "p.json")


def test_no_password(folder: Path, database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE ROLE carol LOGIN SUPERUSER PASSWORD 'sekrit'")
    url = database_url.replace("postgres@", "carol:sekrit@")
    assert url != database_url
    try:
        up = "op.execute(\"COMMENT ON DATABASE postgres IS 'postgresql://carol:sekrit@h/db'\")"
        write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
        assert limbeck("plan", "--url", url, "--out", "pg.json").status == 0
        assert "sekrit" not in Path("pg.json").read_text()
        assert limbeck("upgrade", "aaa111", "--plan", "pg.json", "--url", url).status == 2
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DROP ROLE carol")
        engine.dispose()


def shape(value: Any, title: str, found: dict[str, list[str]]) -> None:
    """The keys of every object of a plan file, by what it is."""
    found[title] = list(value)
    for key, inner in (("databases", "database"), ("steps", "step")):
        if key in value:
            shape(value[key][0], inner, found)


def test_the_page_tells_every_key(folder: Path) -> None:
    found: dict[str, list[str]] = {}
    shape(document(), "file", found)
    text = sections((DOCS / "preflight.md").read_text(encoding="utf-8"), 2)["A plan that was reviewed"]
    told = {title: [key for key, _ in table(body, "key", "meaning")] for title, body in sections(text, 3).items()}
    assert told == {"The file": found["file"], "A database of it": found["database"], "A step of it": found["step"]}


def test_the_output_says_so(folder: Path) -> None:
    told = limbeck("plan", "--out", "again.json")
    assert told.err == "written to again.json; limbeck upgrade --plan again.json runs it as it is\n"
