"""What `--sql` writes is executed once more unless it is what was executed, statement by statement."""

from __future__ import annotations

import pytest

from limbeck.model.plan import Direction
from limbeck.verify.proof.leg import Leg
from limbeck.verify.proof.recordings import Recordings
from limbeck.verify.proof.rendered import Rendered
from limbeck.verify.proof.same_text import is_what_is_issued
from limbeck.verify.proof.trip import Issued

BEFORE = (
    "BEGIN;\n\nCREATE TABLE alembic_version (\n    version_num VARCHAR(32) NOT NULL\n);\n\n-- Running up  -> r1\n\n"
)
BEHIND = "INSERT INTO alembic_version (version_num) VALUES ('r1') RETURNING alembic_version.version_num;\n\nCOMMIT;\n\n"


def same(issued: str | None, written: str, *, before: str = BEFORE, behind: str = BEHIND, error: str = "") -> bool:
    recordings = Recordings()
    if issued is not None:
        statements = tuple(Issued(each, None) for each in issued.split(" ;; ") if each)
        recordings.update({Leg(Direction.UPGRADE, "r1"): statements})
    own = (len(before), len(before) + len(written))
    rendered = Rendered("r1", before + written + behind, error or None, own=own)
    return is_what_is_issued([rendered], recordings, "alembic_version")


@pytest.mark.parametrize(
    ("issued", "written"),
    [
        ("", ""),
        ("CREATE TABLE a (\n\tid INTEGER, \n\tb TEXT\n)", "CREATE TABLE a (\n    id INTEGER, \n    b TEXT\n);\n\n"),
        ("DROP TABLE a ;; DROP TABLE b", "DROP TABLE a;\n\nDROP TABLE b;\n\n"),
        ("CREATE TABLE a (\n\tb TEXT DEFAULT 'x y'\n)", "CREATE TABLE a (\n    b TEXT DEFAULT 'x y'\n);\n\n"),
    ],
)
def test_the_same(issued: str, written: str) -> None:
    assert same(issued, written)


@pytest.mark.parametrize(
    ("issued", "written"),
    [
        ("DROP TABLE a", ""),
        ("DROP TABLE a", "DROP TABLE b;\n\n"),
        ("DROP TABLE a", "DROP TABLE a;\n\nDROP TABLE b;\n\n"),
        ("DROP TABLE a ;; DROP TABLE b", "DROP TABLE b;\n\nDROP TABLE a;\n\n"),
        ("INSERT INTO a VALUES ('x\ty')", "INSERT INTO a VALUES ('x    y');\n\n"),  # as Alembic writes it
        ('COMMENT ON COLUMN a."x\ty" IS NULL', 'COMMENT ON COLUMN a."x    y" IS NULL;\n\n'),
        ("CREATE TYPE e AS ENUM ('a')", "CREATE TYPE e AS ENUM ('a');\n\n"),  # what runs before may change it
        (None, "DROP TABLE a;\n\n"),
    ],
)
def test_not_the_same(issued: str | None, written: str) -> None:
    assert not same(issued, written)


@pytest.mark.parametrize(
    "around",
    [
        {"before": "SET search_path = x;\n\n" + BEFORE},
        {"before": BEFORE + "CREATE TABLE alembic_versions (id int);\n\n"},
        {"behind": BEHIND + "GRANT ALL ON a TO b;\n\n"},
        {"error": "it reads"},
    ],
)
def test_more_than_the_revision(around: dict[str, str]) -> None:
    assert same("DROP TABLE a", "DROP TABLE a;\n\n")
    assert not same("DROP TABLE a", "DROP TABLE a;\n\n", **around)
