"""Faults that happened in the wild, in a chain of the gateway's shape: each is found, and its healthy twin is silent."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from limbeck.scratch import Server
from tests.verify.projects import VerifyProject, blamed


class Fault(NamedTuple):
    """What a revision does, what is found at the text of which line, and how it should have been written."""

    name: str
    sick: str
    check: str
    told: str
    line: str
    healthy: str
    given: str = ""


SESSIONS = """\
def upgrade():
    sa.Enum("user", "system", name="role").create(op.get_bind())
    op.create_table(
        "sessions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("role", sa.Enum(name="role", create_type=False), nullable=False),
        sa.Column("is_active", sa.Boolean()),
    )

def downgrade():
    op.drop_table("sessions")
    op.execute("DROP TYPE role")
"""
ADD_TITLE = 'def upgrade():\n    op.add_column("orders", sa.Column("title", sa.Text()))\n\ndef downgrade():\n'
DROP_TITLE = '    op.drop_column("orders", "title")\n'

FAULTS = (
    Fault(
        "a downgrade that creates a table its upgrade never made",
        f'{ADD_TITLE}{DROP_TITLE}    op.create_table("user_sessions", sa.Column("id", sa.Integer(), primary_key=True))',
        "invented",
        "table public.user_sessions",
        'op.create_table("user_sessions"',
        ADD_TITLE + DROP_TITLE,
    ),
    Fault(
        "a downgrade that drops an enum type still in use",
        f'{ADD_TITLE}{DROP_TITLE}    op.execute("DROP TYPE role")',
        "cannot-go-back",
        "cannot drop type role because other objects depend on it",
        'op.execute("DROP TYPE role")',
        ADD_TITLE + DROP_TITLE,
        SESSIONS,
    ),
    Fault(
        "an enum type left behind, so that the next upgrade fails",
        SESSIONS.replace('    op.execute("DROP TYPE role")\n', ""),
        "left-behind",
        "enum public.role",
        "def downgrade",
        SESSIONS,
    ),
    Fault(
        "a column dropped on the way down that an earlier revision had made",
        f'{ADD_TITLE}{DROP_TITLE}    op.drop_column("sessions", "is_active")',
        "not-restored",
        "column is_active of public.sessions, which was there before",
        'op.drop_column("sessions", "is_active")',
        ADD_TITLE + DROP_TITLE,
        SESSIONS,
    ),
    Fault(
        "rows lost when a table is replaced",
        'def upgrade():\n    op.drop_table("sessions")\n'
        '    op.create_table("user_sessions", sa.Column("id", sa.Integer(), primary_key=True))\n\n'
        'def downgrade():\n    op.drop_table("user_sessions")\n'
        '    op.execute("CREATE TABLE sessions (id serial PRIMARY KEY, role role NOT NULL, is_active boolean)")',
        "rows-lost",
        "5 of 5 rows of public.sessions",
        "CREATE TABLE sessions",
        'def upgrade():\n    op.rename_table("sessions", "user_sessions")\n\n'
        'def downgrade():\n    op.rename_table("user_sessions", "sessions")\n',
        SESSIONS,
    ),
    Fault(
        "NOT NULL added to a populated table with no back-fill",
        'def upgrade():\n    op.add_column("orders", sa.Column("owner", sa.Text()))\n'
        '    op.alter_column("orders", "owner", nullable=False)\n\n'
        'def downgrade():\n    op.drop_column("orders", "owner")\n',
        "stopped-by-rows",
        'column "owner" of relation "orders" contains null values',
        'op.alter_column("orders", "owner", nullable=False)',
        'def upgrade():\n    op.add_column("orders", sa.Column("owner", sa.Text()))\n'
        "    op.execute(\"UPDATE orders SET owner = 'nobody'\")\n"
        '    op.alter_column("orders", "owner", nullable=False)\n\n'
        'def downgrade():\n    op.drop_column("orders", "owner")\n',
    ),
    Fault(
        "an error caught and ignored inside an already aborted transaction",
        "def upgrade():\n    try:\n        op.execute(\"ALTER TYPE nothing ADD VALUE 'x'\")\n    except Exception:\n"
        '        pass\n    op.add_column("orders", sa.Column("title", sa.Text()))\n\ndef downgrade():\n' + DROP_TITLE,
        "does-not-apply",
        'type "nothing" does not exist (it is caught and ignored, and the transaction is aborted)',
        "ALTER TYPE nothing",
        ADD_TITLE + DROP_TITLE,
    ),
    Fault(
        "the same at the end, where Alembic fails to write its version",
        "def upgrade():\n    try:\n        op.execute(\"ALTER TYPE nothing ADD VALUE 'x'\")\n    except Exception:\n"
        "        pass\n\ndef downgrade():\n    pass\n",
        "does-not-apply",
        'type "nothing" does not exist (it is caught and ignored, and the transaction is aborted)',
        "ALTER TYPE nothing",
        ADD_TITLE + DROP_TITLE,
    ),
    Fault(
        "an upgrade that is empty",
        "def upgrade():\n    pass\n\ndef downgrade():\n    pass\n",
        "does-nothing",
        "upgrade() does nothing",
        "def upgrade",
        ADD_TITLE + DROP_TITLE,
    ),
)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_fault_and_healthy_twin(fault: Fault, tmp_path: Path, postgres_server: Server) -> None:
    sick = VerifyProject(tmp_path / "sick", given=fault.given)
    (identifier,) = sick.add(fault.sick)
    findings = sick.proof([identifier], postgres_server).findings
    (blame,) = [each for each in findings if each.rule == fault.check and fault.told in each.message] or [None]
    assert blame is not None, findings
    assert blame.revision == identifier
    lines = (sick.versions / f"{identifier}.py").read_text().splitlines()
    assert fault.line in lines[blame.span.line - 1]
    if fault.check == "left-behind":
        assert 'the next upgrade fails: DuplicateObject: type "role" already exists' in blame.effect

    twin = VerifyProject(tmp_path / "twin", given=fault.given)
    (identifier,) = twin.add(fault.healthy)
    assert blamed(twin.proof([identifier], postgres_server).findings) == []


def test_a_loss_is_told_at_the_line_that_makes_what_is_lost_anew_and_not_at_its_index(
    tmp_path: Path, postgres_server: Server
) -> None:
    project = VerifyProject(tmp_path)
    (dropped,) = project.add(
        'def upgrade():\n    op.drop_table("orders")\n\n'
        'def downgrade():\n    op.create_table("orders", sa.Column("id", sa.Integer()), sa.Column("status", sa.Text()))\n'
        '    op.create_index("ix_orders_status", "orders", ["status"])\n'
    )
    told = [each for each in project.proof([dropped], postgres_server).findings if each.rule == "rows-lost"]
    lines = (project.versions / f"{dropped}.py").read_text().splitlines()
    assert [lines[each.span.line - 1].split("(")[0].strip() for each in told] == ["op.create_table"]
