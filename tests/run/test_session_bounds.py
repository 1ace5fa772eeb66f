"""What a run sets in the project's session, for how long, and what it leaves as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from limbeck.model.bounds import Bounds
from limbeck.model.duration import Duration
from limbeck.model.errors import UsageError
from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, write_revision, write_table
from tests.run.runs import BOUNDS, Told, asked, run, somebody

NAMES = ("lock_timeout", "application_name", "statement_timeout", "idle_in_transaction_session_timeout")
SETTINGS = " || ' ' || ".join(f"current_setting('{name}')" for name in NAMES)
KEEP = f'op.execute("INSERT INTO seen SELECT {SETTINGS}")'


@pytest.fixture
def seen(folder: Path, database_url: str) -> str:
    """The address of a database in which revisions keep the settings they see."""
    with somebody(database_url) as connection:
        connection.exec_driver_sql("CREATE TABLE seen (settings text, number serial)")
        connection.commit()
    return database_url


def settings(url: str) -> list[str]:
    """What was kept, in order; behind the name is a space, while its transaction lasts."""
    with somebody(url) as connection:
        kept = connection.exec_driver_sql("SELECT settings FROM seen ORDER BY number").scalars()
        return [" ".join(each.split()) for each in kept]


def two_revisions(folder: Path, *first_lines: str) -> None:
    """Revisions that keep what they see; in front of the first one's code, further lines of its file."""
    path = write_revision(folder, "bbb222", "aaa111", "create orders", up=KEEP)
    path.write_text("\n".join([*first_lines, path.read_text()]))
    write_revision(folder, "ccc333", "bbb222", "create parcels", up=KEEP)


def test_each_step_is_bounded_and_named(folder: Path, seen: str) -> None:
    two_revisions(folder)
    run(folder, Told())
    assert settings(seen) == ["100ms limbeck bbb222 1/2 0 0", "100ms limbeck ccc333 2/2 0 0"]


def test_what_is_configured(folder: Path, seen: str) -> None:
    two_revisions(folder)
    run(folder, Told(), bounds=Bounds(Duration("4s"), Duration("1min"), Duration("20min"), Duration("90s")))
    assert settings(seen)[0] == "500ms limbeck bbb222 1/2 20min 90s"


def test_a_file_has_the_last_word_on_its_own_step(folder: Path, seen: str) -> None:
    two_revisions(folder, "# limbeck: lock_timeout=8s statement_timeout=1min", "#limbeck:lock_wait=0s")
    run(folder, Told())
    assert settings(seen) == ["8s limbeck bbb222 1/2 1min 0", "100ms limbeck ccc333 2/2 0 0"]


@pytest.mark.parametrize(
    ("comment", "refused"),
    [
        ("# limbeck: lock_timout=5s", ":2: a comment of limbeck's says something unknown: lock_timout=5s"),
        ("# limbeck: lock_timeout 5s", ":2: lock_timeout is not a length of time"),
        ("  # limbeck: lock_wait=5", ":2: lock_wait is not a length of time"),
        ("# limbeck: irreversible", ":2: a comment of limbeck's says something unknown: irreversible"),
        ("# limbeck: irreversible(t) it is gone", ":2: a comment of limbeck's says something unknown: irreversible(t)"),
        ("# limbeck: allow column-dropped", ":2: a comment of limbeck's says something unknown: allow"),
    ],
)
def test_what_a_file_may_not_say(folder: Path, seen: str, comment: str, refused: str) -> None:
    write_table(folder, "bbb222", "aaa111", "orders")
    path = write_revision(folder, "ccc333", "bbb222", "create parcels", up="pass")
    path.write_text(f"\n{comment}\n{path.read_text()}")
    with pytest.raises(UsageError) as refusal:
        run(folder, Told())
    assert refusal.value.message == f"{path}{refused}"
    assert asked(seen, "SELECT version_num FROM alembic_version") == "aaa111", "refused before the first step"


@pytest.mark.parametrize(
    "comment",
    [
        "# limbeck: allow[column-dropped, left-behind] nobody reads it",
        "    # limbeck: allow[column-dropped] until 2027-01-31 nobody reads it",
        "# limbeck: irreversible[users: id > 1] hashes are gone",
    ],
)
def test_what_is_said_to_others_does_not_stop_a_run(folder: Path, seen: str, comment: str) -> None:
    path = write_table(folder, "bbb222", "aaa111", "orders")
    path.write_text(path.read_text().replace("def upgrade():\n", f"def upgrade():\n{comment}\n"))
    run(folder, Told(), target="bbb222")
    assert asked(seen, "SELECT version_num FROM alembic_version") == "bbb222"


def test_a_session_of_the_projects_own_goes_first(folder: Path, seen: str) -> None:
    two_revisions(folder)
    options = "connect_args={'options': '-c lock_timeout=7s -c application_name=app'}"
    env_py = ENV_PY.replace("create_engine(url,", f"create_engine(url, {options},")
    (folder / "migrations" / "env.py").write_text(env_py)
    run(folder, Told(), target="bbb222")
    run(folder, Told(), bounds=BOUNDS._replace(lock_timeout_given=True))
    assert settings(seen) == ["7s limbeck bbb222 1/1 0 0", "100ms limbeck ccc333 1/1 0 0"]


POOLED = """\
from alembic import context
from sqlalchemy import create_engine, pool

options = "-c application_name=it's -c statement_timeout=1h"
url = context.config.get_main_option("sqlalchemy.url")
engine = create_engine(url, poolclass=pool.POOL, connect_args={"options": options})
try:
    with engine.BEGIN() as connection:
        context.configure(connection=connection)
        with context.begin_transaction():
            context.run_migrations()
finally:
    with engine.begin() as connection:
        connection.exec_driver_sql("KEEP")
    engine.dispose()
"""


@pytest.mark.parametrize("begin", ["connect", "begin"])
@pytest.mark.parametrize("pool", ["StaticPool", "QueuePool"])
@pytest.mark.parametrize("fails", [False, True])
def test_the_session_is_given_back_as_it_was(folder: Path, seen: str, begin: str, pool: str, fails: bool) -> None:
    two_revisions(folder)
    if fails:
        write_revision(folder, "ccc333", "bbb222", "create parcels", up='op.execute("SELECT * FROM nowhere")')
    text = POOLED.replace("POOL", pool).replace("BEGIN", begin).replace("KEEP", f"INSERT INTO seen SELECT {SETTINGS}")
    (folder / "migrations" / "env.py").write_text(text)
    outcome = limbeck("upgrade", "-q")
    assert outcome.status == (5 if fails else 0), outcome.err
    assert settings(seen)[-1] == "0 it's 1h 0"
