"""Every kind of catalogue object left behind, not restored, taken, invented, altered; and its healthy twin, silent."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from limbeck.scratch import Server
from tests.verify.kinds import KINDS, Fault, Kind, faults
from tests.verify.projects import VerifyProject, blamed

FAULTS = [(kind, fault) for kind in KINDS for fault in faults(kind)]
# A partition goes with its table; functions that stand in for an extension are dropped by a statement of their own.
NOT_NAMED = ("partition", "extension")
DECLARED = "# limbeck: irreversible[{}] what is dropped with its rows is gone\n"


def revision(up: str, down: str) -> str:
    """Both functions, a line for each statement."""

    def body(sql: str) -> str:
        return "".join(f"    op.execute({each.strip()!r})\n" for each in sql.split(";"))

    return f"def upgrade():\n{body(up)}\n\ndef downgrade():\n{body(down)}"


@pytest.mark.parametrize(("kind", "fault"), FAULTS, ids=[fault.name for _, fault in FAULTS])
def test_fault_and_healthy_twin(kind: Kind, fault: Fault, tmp_path: Path, postgres_server: Server) -> None:
    given = revision(fault.given, "SELECT 1") if fault.given else ""
    sick = VerifyProject(tmp_path / "sick", given=given)
    (identifier,) = sick.add(revision(fault.up, fault.down))
    findings = sick.proof([identifier], postgres_server).findings
    (blame,) = [each for each in findings if each.rule == fault.check and fault.told in each.message] or [None]
    assert blame is not None, findings
    assert blame.revision == identifier
    lines = (sick.versions / f"{identifier}.py").read_text().splitlines()
    assert lines[blame.span.line - 1].startswith(("def downgrade", "    op.execute"))
    at = next(number for number, line in enumerate(lines, 1) if line.startswith("def downgrade"))
    assert blame.span.line >= at
    if fault.check == "invented" or fault.name.endswith("taken"):
        name = re.escape(fault.told.partition(" of ")[0].split()[-1].rpartition(".")[2].partition("(")[0])
        assert re.search(rf"\b{name}\b", lines[blame.span.line - 1]) or kind.name in NOT_NAMED

    twin = VerifyProject(tmp_path / "twin", given=given)
    (identifier,) = twin.add((DECLARED.format(kind.table) if fault.given else "") + revision(fault.up, fault.healthy))
    assert blamed(twin.proof([identifier], postgres_server).findings) == []
