"""The chain document, against golden files.  LIMBECK_UPDATE_GOLDEN=1 writes them anew."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from limbeck.edit.file_name import FileNameTemplate
from limbeck.graph import graph_of
from limbeck.graph.changes import read_content
from limbeck.graph.declarations import Irreversible
from limbeck.model.revision import Fault, Revision
from limbeck.report.document import ChainDocument, State, render
from limbeck.report.document_json import document_json
from limbeck.report.links import link_to

GOLDEN = Path(__file__).parent.parent / "golden"
DATED = "%(year)d_%(month).2d_%(day).2d_%(hour).2d%(minute).2d_%(rev)s_%(slug)s"
USERS = '''"""Create the users

Who may log in. Kept apart from `teams`:

- one row a person
- never deleted

Revision ID: a1
Revises:
Create Date: 2025-01-02 03:04:05
"""
import sqlalchemy as sa
from alembic import op
VIEW = """
    CREATE VIEW people AS
    SELECT id, email
      FROM users
"""
def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("email", sa.String(255), nullable=False),
        sa.UniqueConstraint("email", name="uq_users_email"),
    )
    op.execute(VIEW)
def downgrade():
    op.execute("DROP VIEW people")
    op.drop_table("users")
'''
TEAMS = '''"""Teams

Revision ID: b2
"""
def upgrade():
    with op.batch_alter_table("users") as batch_op:
        batch_op.add_column(sa.Column("team", sa.Text(), nullable=True))
def downgrade():
    raise NotImplementedError("a team cannot be left")
'''
CHATS = '''"""Chats"""
def upgrade():
    for table in ("chats", "messages"):
        op.create_index(f"ix_{table}", table, ["user_id"], unique=True)
'''
MERGE = '"""Bring both together"""\ndef upgrade():\n    pass\ndef downgrade():\n    pass\n'
NASTY = (
    '"""# not <b>a</b> heading | <!-- limbeck: end --> \\x1b[2J\n\n<!-- limbeck: end -->\n\n[x](javascript:y)"""\n'
    "def upgrade():\n    op.drop_table('`a` | <!-- limbeck: end -->')\n"
    "    op.execute('''SELECT '```'\n<!-- limbeck: end -->\n''')\n"
    "def downgrade():\n    pass\n"
)


def revision(identifier: str, parents: Sequence[str], text: str, **more: object) -> tuple[Revision, str]:
    """A revision as its text says, with the text."""
    title = text.split('"""')[1].partition("\n")[0]
    found = Revision(identifier, tuple(parents), (), (), f"/project/versions/{identifier}_x.py", title, None, 1)
    return found._replace(**more), text  # type: ignore[arg-type]


def document(
    *revisions: tuple[Revision, str],
    faults: Sequence[Fault] = (),
    state: State | None = None,
    file_template: str = "%(rev)s_%(slug)s",
    irreversible: dict[str, tuple[Irreversible, ...]] | None = None,
) -> ChainDocument:
    """The document of a project in /project."""
    return ChainDocument(
        graph=graph_of([each for each, _ in revisions], faults),
        contents={each.id: read_content(text.encode()) for each, text in revisions},
        irreversible=irreversible or {},
        link=lambda path: link_to(path, root="/project", folder="/project/docs"),
        root="/project",
        file_template=FileNameTemplate(file_template),
        convention=FileNameTemplate(DATED),
        state=state,
    )


def branched(state: State | None = None) -> ChainDocument:
    """A line that divides, and comes together again."""
    return document(
        revision("a1", (), USERS, created="2025-01-02 03:04:05", path="/project/versions/2025_01_02_0304_a1_users.py"),
        revision("b2", ("a1",), TEAMS, created="2025-01-03 00:00:00"),
        revision("c3", ("a1",), CHATS, depends_on=("b2",), labels=("chat",)),
        revision("d4", ("b2", "c3"), MERGE, created="2025-02-03 04:05:06.123"),
        irreversible={
            "b2": (
                Irreversible("users", "team IS NOT NULL", "a team cannot be left", 3),
                Irreversible("users", "true", "", 4),
            )
        },
        state=state,
    )


def assert_golden(name: str, text: str) -> None:
    """Compare with the golden file, or write it."""
    path = GOLDEN / name
    if os.environ.get("LIMBECK_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_a_chain_that_divides_and_comes_together() -> None:
    assert_golden("chain_branched.md", render(branched()))


def test_one_revision_in_detail() -> None:
    found = document(revision("a1", (), USERS, created="2025-01-02 03:04:05"), file_template=DATED)
    assert_golden("chain_single.md", render(found))


def test_nothing_in_a_file_means_anything_to_markdown() -> None:
    text = render(document(revision("e5", (), NASTY), state=(("<!-- limbeck: end -->",), ("e5",))))
    assert_golden("chain_nasty.md", text)
    assert "<!-- limbeck: end -->" not in [line.strip() for line in text.splitlines()]


def test_a_broken_chain_lists_its_faults_first() -> None:
    fault = Fault("unknown-parent", "/project/versions/b2_x.py", 4, "no file has b1, in /project/versions", "write a1")
    text = render(document(revision("b2", ("b1",), TEAMS), faults=[fault]))
    assert_golden("chain_broken.md", text)


def test_an_empty_chain() -> None:
    assert_golden("chain_empty.md", render(document()))


def test_where_the_database_is_is_told_when_asked() -> None:
    without = render(branched())
    text = render(branched((("b2", "zz"), ("c3",))))
    assert "**The database** is at `b2` (#2) and `zz` (no file has it); next: `c3` (#3)." in text
    assert "Teams  ← the database is here\n" in text and "Chats (chat)  ← next\n" in text
    assert "is before the first revision; next: nothing." in render(branched(((), ())))
    assert "database is here" not in without and "**The database**" not in without


def test_the_text_is_the_same_every_time() -> None:
    assert render(branched()) == render(branched())
    assert "/project" not in render(branched()).replace("](../versions", "")


def test_a_long_data_migration_is_cut() -> None:
    lines = "".join(f"    op.execute('UPDATE t SET a = {n}')\n" for n in range(300))
    text = render(document(revision("a1", (), f'"""x"""\ndef upgrade():\n{lines}')))
    assert "- and 260 more\n" in text and "- and 100 more\n" in text
    assert "SET a = 199`" in text and "SET a = 200`" not in text


def test_many_branches_are_left_to_the_arrows() -> None:
    pairs = [revision("r0", (), MERGE)]
    for n in range(0, 20, 2):
        pairs += [revision(f"r{n + 1}", (f"r{n}",), MERGE), revision(f"l{n + 1}", (f"r{n}",), MERGE)]
        pairs += [revision(f"r{n + 2}", (f"r{n + 1}", f"l{n + 1}"), MERGE)]
    text = render(document(*pairs))
    assert "10 branch points and 10 merges." in text
    assert "the chain divides into" not in text and "↓  from " in text


def test_several_heads_are_all_in_detail() -> None:
    text = render(document(revision("a1", (), USERS), revision("b2", ("a1",), TEAMS), revision("c3", ("a1",), CHATS)))
    assert "### The latest revisions in detail" in text
    assert "`b2` (#" in text.split("in detail")[1] and "`c3` (#" in text.split("in detail")[1]
    assert "There are 2 heads. Say which one the new revision follows: `alembic revision --head" in text


def test_the_same_as_data() -> None:
    data = document_json(branched((("b2",), ("c3",))))
    assert [each["id"] for each in data["revisions"]] == ["a1", "b2", "c3", "d4"]
    assert data["revisions"][0] == {
        "id": "a1",
        "parents": [],
        "depends_on": [],
        "labels": [],
        "path": "versions/2025_01_02_0304_a1_users.py",
        "message": "Create the users",
        "created": "2025-01-02 03:04:05",
        "position": 1,
        "children": ["b2", "c3"],
        "title": "Create the users",
        "purpose": ["Who may log in. Kept apart from `teams`:", "- one row a person\n- never deleted"],
        "upgrade": [
            {
                "text": "creates table users (id, email)",
                "line": 20,
                "details": [
                    "id: Uuid, primary key",
                    "email: String(255), not NULL",
                    "unique uq_users_email (email)",
                ],
                "sql": None,
                "changes": [],
            },
            {
                "text": "runs SQL VIEW: CREATE VIEW people AS SELECT id, email FROM users",
                "line": 26,
                "details": [],
                "sql": "CREATE VIEW people AS\nSELECT id, email\n  FROM users",
                "changes": [],
            },
        ],
        "downgrade": [
            {"text": "runs SQL DROP VIEW people", "line": 28, "details": [], "sql": "DROP VIEW people", "changes": []},
            {"text": "drops table users", "line": 29, "details": [], "sql": None, "changes": []},
        ],
        "unreadable": None,
        "irreversible": [],
    }
    assert data["revisions"][2]["downgrade"] is None
    assert data["revisions"][1]["irreversible"][0] == {
        "table": "users",
        "condition": "team IS NOT NULL",
        "reason": "a team cannot be left",
        "line": 3,
    }
    assert (data["heads"], data["current"], data["next"]) == (["d4"], ["b2"], ["c3"])
