"""Runs of every command with `--json`, on small projects that show all that docs/json.md tells."""

from __future__ import annotations

import os
import py_compile
import shutil
import signal
import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import create_engine

from tests.cli import projects
from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, line, write_project, write_revision, write_table
from tests.verify.schema.projects import execute

RUN = "upgrade and downgrade"
CHECK = "doc FILE --check"


class Printed(NamedTuple):
    """What a command printed, and below which heading of the page it is told."""

    heading: str
    words: tuple[str, ...]
    document: dict[str, Any]


class Runs:
    """Runs in folders of their own below `root`; `url` gives the address of an empty PostgreSQL database."""

    def __init__(self, root: Path, url: Callable[[], str]) -> None:
        self.root = root
        self.url = url
        self.printed: list[Printed] = []

    def folder(self, name: str) -> Path:
        """A new folder, in which the commands run from now on."""
        folder = self.root / name
        folder.mkdir()
        os.chdir(folder)
        return folder

    def run(self, heading: str, *words: str, status: int = 0) -> None:
        """Run `limbeck WORDS --json`; without words, the command that the heading names."""
        words = words or (heading,)
        outcome = limbeck(*words, "--json")
        assert outcome.status == status, f"{words}: {outcome.status}\n{outcome.err}"
        self.printed.append(Printed(heading, words, outcome.document))


def without_dates(folder: Path, name: str) -> None:
    """Take the Create Date out of a revision file."""
    (path,) = folder.glob(f"migrations/versions/{name}*.py")
    path.write_text(path.read_text().replace("Create Date", "Written on"))


def the_files(runs: Runs) -> None:
    """history, heads, branches, show, on a chain with a branch, a label, a dependency and a file without a date."""
    folder = projects.branched(runs.folder("branched"))
    write_table(folder, "999999", "fff666", "invoices", depends="ddd444", labels="invoices")
    without_dates(folder, "999999")
    runs.run("history")
    runs.run("history", "history", "-i")
    runs.run("heads")
    runs.run("branches")
    runs.run("show", "show", "ddd444")
    for revision in ("999999", "ccc333", "eee555"):
        runs.run("show", "show", revision, "--sql")
    runs.run("plan", "plan", "--no-sql")
    runs.run(RUN, "upgrade", "bbb222")
    runs.run("history", "history", "-i")
    projects.broken(runs.folder("broken"))
    runs.run("history", status=3)
    runs.run("doc", "doc", status=3)


def a_run(runs: Runs) -> None:
    """plan, upgrade, downgrade, current, stamp, `--sql`."""
    folder = line(runs.folder("line"))
    runs.run("plan", "plan")
    runs.run("plan", "plan", "bbb222", "--no-sql")
    runs.run(RUN, "upgrade", "bbb222")
    runs.run("current", "current")
    runs.run("plan", "plan")
    runs.run("plan", "plan", "--downgrade")
    runs.run(RUN, "downgrade", "base", "--yes")
    runs.run("--sql", "upgrade", "--sql")
    runs.run("--sql", "downgrade", "bbb222:base", "--sql")
    runs.run("--sql", "stamp", "head", "--sql")
    runs.run("stamp", "stamp", "bbb222")
    runs.run("stamp", "stamp", "ccc333")
    (folder / "migrations" / "versions" / "ccc333_create_parcels.py").unlink()
    runs.run("current", "current")
    runs.run("history", "history", "-i")
    runs.run("Errors", "upgrade", status=3)


def failures(runs: Runs) -> None:
    """A statement that fails, Python that fails, a commit that fails; SQL that is not known; SQL of nobody's line."""
    projects.failing(runs.folder("failing"))
    runs.run(RUN, "upgrade", status=5)
    folder = line(runs.folder("raising"))
    write_revision(folder, "bbb222", "aaa111", "create orders", up='raise ValueError("no")')
    runs.run(RUN, "upgrade", status=5)
    folder = line(runs.folder("deferred"), runs.url())
    up = 'op.execute("CREATE TABLE orders (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)")\n'
    up += '    op.execute("INSERT INTO orders VALUES (1), (1)")'
    write_revision(folder, "bbb222", "aaa111", "create orders", up=up)
    runs.run(RUN, "upgrade", status=5)
    projects.concurrent(runs.folder("concurrent"), runs.url())
    runs.run("plan", "plan")
    runs.run(RUN, "upgrade", status=5)
    runs.run("journal")
    folder = projects.reading(runs.folder("reading"))
    write_revision(folder, "ddd444", "ccc333", "elsewhere", up="pass")
    (path,) = folder.glob("migrations/versions/ddd444*.py")
    path.write_text("from steps import downgrade, upgrade\n\nrevision = 'ddd444'\ndown_revision = 'ccc333'\n")
    up = 'def upgrade():\n    op.execute("CREATE TABLE t (id int)")\n'
    (folder / "steps.py").write_text(f"from alembic import op\n\n\n{up}\n\ndef downgrade():\n    pass\n")
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("prepend_sys_path = %(here)s\npath_separator = os\n")
    runs.run("plan", "plan")
    runs.run("show", "show", "bbb222", "--sql")
    runs.run("doc", "doc")
    write_revision(folder, "bbb222", "aaa111", "create orders")
    runs.run(RUN, "upgrade")
    runs.run("journal", "journal", "--statements")


def the_journal(runs: Runs) -> None:
    """What ran, in every way in which a run and a step can end."""
    folder = line(runs.folder("journal"), runs.url())
    runs.run("journal")
    runs.run(RUN, "upgrade", "bbb222")
    runs.run(RUN, "downgrade", "aaa111")
    runs.run("stamp", "stamp", "bbb222")
    runs.run("journal", "journal", "--statements")
    runs.run("journal --source", "journal", "--source", "aaa111")
    write_revision(folder, "ccc333", "bbb222", "create parcels", up='op.execute("SELECT * FROM nowhere")')
    write_table(folder, "bbb333", "bbb222", "before")
    write_revision(folder, "ccc333", "bbb333", "create parcels", up='op.execute("SELECT * FROM nowhere")')
    runs.run(RUN, "upgrade", "--transaction", "run", status=5)
    for number in (signal.SIGINT, signal.SIGKILL, signal.SIGKILL):
        up = f"import os\n    os.kill(os.getpid(), {int(number)})"
        write_revision(folder, "ccc333", "bbb333", "create parcels", up=up)
        # -B: what was compiled of the file would be taken for that of the next one, as long and of the same second.
        subprocess.run([sys.executable, "-B", "-m", "limbeck", "upgrade", "-q", "--no-preflight"], check=False)
    runs.run("journal", "journal", "--statements")
    runs.run("Errors", "journal", "--source", "nowhere", status=2)


def what_does_not_agree(runs: Runs) -> None:
    """Files that were edited or deleted since they ran, told by the journal and by git."""
    folder = line(runs.folder("lost"))
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "--quiet"], ["add", "migrations"], ["commit", "--quiet", "-m", "chain"], ["branch", "kept"]):
        subprocess.run([*git, *words], check=True)
    runs.run(RUN, "upgrade")
    for words in (
        ["rm", "--quiet", "migrations/versions/ccc333_create_parcels.py"],
        ["commit", "--quiet", "-m", "gone"],
    ):
        subprocess.run([*git, *words], check=True)
    for words in (("current",), ("journal",)):
        runs.run(words[0], *words)
    path = write_table(folder, "ddd444", "bbb222", "stamps")
    runs.run("plan", "plan")
    path.unlink()
    runs.run("history", "history", "-i")
    with closing(sqlite3.connect(folder / "app.db")) as connection:
        connection.execute("UPDATE limbeck_journal SET source = x'00' WHERE revision = 'bbb222'")
        connection.execute("UPDATE alembic_version SET version_num = 'bbb222'")
        connection.commit()
    (path,) = folder.glob("migrations/versions/aaa111*.py")
    path.write_text(path.read_text() + "# edited\n")
    runs.run("current", "current")
    runs.run("plan", "plan")
    with closing(sqlite3.connect(folder / "app.db")) as connection:
        packed = zlib.compress(b"revision = 'bbb222'")
        connection.execute("UPDATE limbeck_journal SET source = ? WHERE revision = 'bbb222'", (packed,))
        connection.commit()
    runs.run("journal --source", "journal", "--source", "bbb222")


def two_databases(runs: Runs) -> None:
    """An env.py that migrates two databases by name; the second revision fails on the second of them."""
    folder = write_project(runs.folder("two"))
    head, _, body = ENV_PY.partition("else:\n")
    body = body.replace("engine = create_engine(url", 'engine = create_engine(f"sqlite:///{name}.db"')
    body = body.replace("run_migrations()", "run_migrations(engine_name=name)").replace("\n", "\n    ")
    (folder / "migrations" / "env.py").write_text(f'{head}else:\n    for name in ("one", "two"):\n    {body}')
    fails = 'op.execute("SELECT * FROM nowhere" if engine_name == "two" else "SELECT 1")'
    for identifier, down, up in (("aaa111", None, 'op.execute("SELECT 1")'), ("bbb222", "aaa111", fails)):
        path = write_revision(folder, identifier, down, "step", up=up)
        path.write_text(path.read_text().replace("grade():", "grade(engine_name):"))
    runs.run("plan", "plan")
    runs.run(RUN, "upgrade", "aaa111")
    runs.run("plan", "plan")
    runs.run("current", "current")
    runs.run(RUN, "upgrade", status=5)
    runs.run("stamp", "stamp", "bbb222")


_WANTED = (
    "ALTER TABLE t ALTER a SET NOT NULL",
    "CREATE UNIQUE INDEX i ON t (lower(b))",
    "ALTER TABLE t ADD FOREIGN KEY (c) REFERENCES t (id)",
    "ALTER TABLE t ADD CHECK (c < 9)",
    "ALTER TABLE t ALTER b TYPE varchar(2)",
    "ALTER TABLE t ADD d int NOT NULL",
    "SELECT what_nobody_knows()",
    "ALTER TABLE t ADD CHECK (nowhere < 9)",
    "ALTER TABLE t ALTER c SET NOT NULL",
)


def before_the_first_statement(runs: Runs) -> None:
    """Everything that can be in the way of a run, what may be mended, what is not looked at."""
    folder = write_project(runs.folder("obstacles"), runs.url())
    rows = "INSERT INTO t VALUES (1, NULL, 'long', 1), (2, 2, 'LONG', 77), (3, 3, 'x', NULL)"
    create = "CREATE TABLE t (id int PRIMARY KEY, a int, b text, c int)"
    write_revision(folder, "aaa111", None, "rows", up=f'op.execute("{create}")\n    op.execute("{rows}")')
    runs.run(RUN, "upgrade")
    up = "\n    ".join(f'op.execute("{sql}")' for sql in _WANTED)
    write_revision(folder, "b" * 33, "aaa111", "wanted", up=up)
    runs.run("plan", "plan")
    runs.run("Errors", "upgrade", status=2)


def the_way_back(runs: Runs) -> None:
    """What it destroys, what nobody can tell, what cannot be undone."""
    folder = write_project(runs.folder("back"))
    create = "CREATE TABLE t (a int, b int); CREATE TABLE u (a int)"
    up = "\n    ".join(f'op.execute("{sql}")' for sql in (*create.split("; "), "INSERT INTO t VALUES (1, 2)"))
    write_revision(folder, "aaa111", None, "rows", up=up, down_code='raise RuntimeError("no")')
    write_revision(folder, "bbb222", "aaa111", "forgotten", up='op.execute("SELECT 1")')
    elsewhere = "DELETE FROM t WHERE b IN (SELECT b FROM nowhere)"
    down = f"op.drop_table('u')\n    op.drop_column('t', 'a')\n    op.execute('{elsewhere}')"
    path = write_revision(folder, "ccc333", "bbb222", "drops", down_code=f"{down}\n    op.get_bind().scalar()")
    runs.run(RUN, "upgrade")
    runs.run("plan", "plan", "--downgrade", "base")
    runs.run("Errors", "downgrade", "base", "--yes", status=2)
    (folder / "dropping.py").write_text("from alembic import op\n\n\ndef drop():\n    op.drop_table('u')\n")
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("prepend_sys_path = %(here)s\npath_separator = os\n")
    text = path.read_text().partition("def downgrade")[0]
    path.write_text(
        f"{text.replace('from alembic', 'from dropping import drop as downgrade  # noqa{chr(10)}from alembic', 1)}"
    )
    runs.run("plan", "plan", "--downgrade")


def the_document(runs: Runs) -> None:
    """doc, printed, written, checked."""
    folder = projects.branched(runs.folder("document"))
    write_table(folder, "999999", "fff666", "invoices", depends="ddd444", labels="invoices")
    without_dates(folder, "999999")
    text = (
        'op.execute("UPDATE parcels SET id = 1")\n    if context.is_offline_mode():\n        op.execute("SELECT 1")\n'
        '    op.create_table("things", sa.Column("id", sa.Integer()))'
    )
    path = write_revision(folder, "a00000", "999999", "things\n\nThis is what it is for.", up=text, down_code=text)
    path = path.rename(path.with_name("a00000_things.py"))
    path.write_text(path.read_text() + "\n# limbeck: irreversible[parcels: id > 0] parcels are lost\n")
    runs.run("doc", "doc")
    runs.run("doc", "doc", "--current")
    runs.run(RUN, "upgrade", "bbb222")
    runs.run("doc", "doc", "--current")
    for words in (("CHAIN.md", "--check"), ("CHAIN.md",), ("CHAIN.md",), ("CHAIN.md", "--check")):
        first = len(words) == 2 and not (folder / "CHAIN.md").exists()
        runs.run(CHECK if len(words) == 2 else "doc FILE", "doc", *words, status=int(first))
    compiled(runs.folder("compiled"))
    runs.run("doc", "doc")
    runs.run("rename", "rename", status=1)


def compiled(folder: Path) -> None:
    """A chain of which one file is there only compiled."""
    line(folder)
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("sourceless = true\n")
    (path,) = folder.glob("migrations/versions/ccc333*.py")
    py_compile.compile(str(path), cfile=f"{path}c", doraise=True)
    path.unlink()


def names(runs: Runs) -> None:
    """rename, with dates of the files, of git, and without."""
    folder = line(runs.folder("names"))
    without_dates(folder, "bbb222")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for words in (["init", "--quiet"], ["add", "migrations"], ["commit", "--quiet", "-m", "chain"]):
        subprocess.run([*git, *words], check=True)
    runs.run("rename", "rename")
    runs.run("rename", "rename", "--write")
    shutil.rmtree(folder / ".git")
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("[limbeck]\nfile_name = %%(rev)s\n")
    runs.run("rename", "rename")


def lint(runs: Runs) -> None:
    """lint, with findings of every kind, and explain."""
    url = runs.url()
    folder = projects.hazardous(runs.folder("hazardous"), url)
    write_revision(
        folder,
        "eee555",
        "ddd444",
        "find parcels",
        up="with op.get_context().autocommit_block():\n"
        '        op.create_index("ix_parcels_id", "parcels", ["id"], postgresql_concurrently=True)\n'
        '        op.execute("VACUUM FULL users")',
    )
    write_table(folder, "fff666", "ddd444", "invoices")
    runs.run("lint", "lint", "--no-scratch", "--fail-on", "never")
    runs.run("lint", "lint", "--all", "--scratch", url, status=1)
    runs.run("explain")
    fixable = projects.fixable(runs.folder("fixable"), url)
    runs.run("lint", "lint", "--diff", "fff666", "--scratch", url, status=1)
    write_revision(fixable, "999999", "fff666", "batch", up="op.execute('ALTER TABLE orders ADD UNIQUE (note)')")
    runs.run("lint", "lint", "--diff", "ddd444", "--scratch", url, status=1)
    runs.run("lint", "lint", "--fix", "fff666:", "--scratch", url, status=1)
    plan_with_facts(runs)


def plan_with_facts(runs: Runs) -> None:
    """plan --facts, of statements of every kind, on tables with statistics, without, and locked by somebody."""
    url = runs.url()
    folder = write_project(runs.folder("facts"), url)
    create = "CREATE TABLE t (id int PRIMARY KEY, a int); CREATE TABLE u AS SELECT generate_series(1, 99999) AS a; "
    tables = f'op.execute("{create}CREATE TABLE v WITH (autovacuum_enabled = off) AS TABLE u; ANALYZE u")'
    write_revision(folder, "aaa111", None, "tables", up=tables, down_code='op.execute("DROP TABLE t, u, v")')
    runs.run(RUN, "upgrade")
    work = (
        "ALTER TABLE u ADD b int",
        "ALTER TABLE u ALTER a TYPE bigint",
        "UPDATE u SET b = 1",
        "ALTER TABLE u ALTER a SET NOT NULL",
        "CREATE INDEX ON v (a)",
    )
    up = "\n    ".join(f'op.execute("{sql}")' for sql in work)
    write_revision(folder, "bbb222", "aaa111", "work", up=up, down_code='op.execute("ALTER TABLE u DROP b")')
    alone = "with op.get_context().autocommit_block():\n        op.execute('{0}')"
    write_revision(folder, "ccc333", "bbb222", "alone", up=alone.format("CREATE INDEX CONCURRENTLY ON u (b)"))
    up = "def upgrade():\n    op.execute('CREATE TABLE w (id int)')"
    (folder / "steps.py").write_text(f"from alembic import op\n\n\n{up}\n\n\ndef downgrade():\n    pass\n")
    head = "from steps import downgrade, upgrade\n\nrevision = 'ddd444'\ndown_revision = 'ccc333'\n"
    (folder / "migrations" / "versions" / "ddd444_elsewhere.py").write_text(head)
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("prepend_sys_path = %(here)s\npath_separator = os\n")
    vacuum = alone.format("VACUUM t")
    write_revision(folder, "eee555", "ddd444", "vacuum", up=vacuum, down_code=vacuum)
    write_revision(folder, "fff666", "eee555", "extension", up='op.execute("CREATE EXTENSION nowhere_to_be_had")')
    runs.run("plan")
    runs.run("plan", "plan", "--facts", "--scratch", url)
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("LOCK TABLE t")
        connection.exec_driver_sql("LOCK TABLE u")
        runs.run("plan", "plan", "eee555", "--facts", "--no-preflight", "--scratch", url)
    engine.dispose()
    runs.run("plan", "plan", "--facts", "--scratch", "/nowhere")


def by_hand(runs: Runs) -> None:
    """drift, on a database that somebody has changed."""
    url = runs.url()
    folder = write_project(runs.folder("by_hand"), url)
    create = "CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE t (id int, a int); CREATE TABLE gone (id int)"
    create += "; CREATE TABLE wide (a int, b int, c int, d int, e int, f int, g int)"
    up = "\n    ".join(f'op.execute("{sql}")' for sql in create.split("; "))
    write_revision(folder, "aaa111", None, "tables", up=up)
    runs.run(RUN, "upgrade")
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("\n[limbeck]\nignore_drift = table known: of the operators\n    table nobody: of the past\n")
    changes = (
        *("ALTER TYPE mood RENAME TO moods", "CREATE TABLE known (id int)", "DROP TABLE gone"),
        *("ALTER TABLE t DROP id", "ALTER TABLE t ADD id bigint", "ALTER TABLE t ALTER a SET DEFAULT 1"),
        *("CREATE TABLE extra (id int)", "COMMENT ON TABLE t IS 'x'"),
    )
    execute(url, *changes)
    runs.run("drift", "drift", "--scratch", url, status=1)
    execute(url, "ALTER TABLE t ADD b int, DROP id", "ALTER TABLE t ADD id int")
    write_table(folder, "bbb222", "aaa111", "later")
    runs.run("match", "match", "--scratch", url, status=1)
    runs.run("repair", "repair", "--to", "aaa111", "--scratch", url)
    execute(url, "UPDATE alembic_version SET version_num = 'zzz999'")
    runs.run("match", "match", "--scratch", url, status=1)
    clean = runs.url()
    runs.run(RUN, "upgrade", "--url", clean)
    runs.run("repair", "repair", "--scratch", url, "--url", clean)
    runs.run("match", "match", "--scratch", url, "--url", clean)
    execute(clean, "DELETE FROM alembic_version")
    runs.run("repair", "repair", "--scratch", url, "--url", clean, "--yes")
    runs.run("compare", "compare", f"one={clean}", f"two={clean}", f"other={url}", status=1)


def verify(runs: Runs) -> None:
    """verify, with a way back that is none, and of files that cannot be imported."""
    url = runs.url()
    folder = projects.way_back(runs.folder("way_back"), url)
    runs.run("verify", "verify", "--scratch", url, status=1)
    write_revision(folder, "ddd444", "ccc333", "import", up="import nowhere")
    runs.run("verify", "verify", "ddd444", "--fail-on", "never", "--scratch", url)


def models(runs: Runs) -> None:
    """drift --models, with a difference of each kind."""
    url = runs.url()
    env_py = "import sqlalchemy as sa\n\nmetadata = sa.MetaData()\n"
    env_py += 'sa.Table("t", metadata, sa.Column("b", sa.Text), sa.Column("a", sa.Text))\n'
    env_py += ENV_PY.replace("connection=connection", "connection=connection, target_metadata=metadata")
    folder = write_project(runs.folder("models"), url, env_py)
    create = "CREATE TABLE t (a text, b text); CREATE TABLE known (id int); CREATE VIEW v AS SELECT a FROM t"
    up = "\n    ".join(f'op.execute("{sql}")' for sql in create.split("; "))
    write_revision(folder, "aaa111", None, "tables", up=up + '\n    op.execute("CREATE TABLE extra (id int)")')
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("\n[limbeck]\nignore_drift = table known: of the operators\n")
    runs.run("drift --models", "drift", "--models", "--scratch", url, status=1)


def errors(runs: Runs) -> None:
    """Every command, and one error without a hint."""
    runs.folder("nothing")
    for words in (
        *(("history",), ("heads",), ("branches",), ("show",), ("doc",), ("rename",), ("current",), ("plan",)),
        *(("journal",), ("lint",), ("drift",), ("match",), ("compare", "a", "b"), ("repair",), ("verify",)),
        *(("upgrade",), ("downgrade", "base"), ("stamp", "head"), ("demo",), ("explain", "nothing")),
    ):
        runs.run("Errors", *words, status=2)
    folder = line(runs.folder("refusing"))
    (folder / "migrations" / "env.py").write_text(
        "from alembic.util import CommandError\n\nraise CommandError('not today')\n"
    )
    runs.run("Errors", "current", status=2)


ALL = (
    the_files,
    a_run,
    failures,
    the_journal,
    what_does_not_agree,
    two_databases,
    before_the_first_statement,
    the_way_back,
    the_document,
    names,
    lint,
    by_hand,
    verify,
    models,
    errors,
)
