"""`limbeck doc` on whole projects."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote

import pytest

from limbeck.edit.markdown_block import BEGIN, END
from tests.cli.command import limbeck
from tests.cli.projects import branched, line, write_revision

GATEWAY = Path(__file__).parents[2] / "systems" / "gateway"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three revisions in one line; the working folder is theirs."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return line(folder)


def links(document: Path) -> list[Path]:
    """The files that a document leads to."""
    text = document.read_text(encoding="utf-8")
    return [document.parent / unquote(address) for address in re.findall(r"\]\(([^)]+)\)", text)]


def test_every_link_leads_to_its_file_from_wherever_the_document_is(project: Path) -> None:
    (project / "docs" / "deep").mkdir(parents=True)
    for name in ("CHAIN.md", "docs/deep/CHAIN.md"):
        assert limbeck("doc", name).status == 0
        found = links(project / name)
        assert len(found) == 4 and all(path.is_file() for path in found)


def test_the_text_does_not_depend_on_the_working_folder(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limbeck("doc", "CHAIN.md")
    before = (project / "CHAIN.md").read_bytes()
    monkeypatch.chdir(project / "migrations")
    assert limbeck("doc", "../CHAIN.md", "--check").status == 0
    monkeypatch.chdir("/")
    assert limbeck("doc", "-c", str(project / "alembic.ini"), str(project / "CHAIN.md"), "--check").status == 0
    assert (project / "CHAIN.md").read_bytes() == before
    assert str(project).encode() not in before


def test_windows_line_ends_and_a_byte_order_mark_stay(project: Path) -> None:
    path = project / "README.md"
    head, tail = b"\xef\xbb\xbf# Title\r\n\r\nmixed\nends\r\n", b"\r\nThe end, without a line end"
    path.write_bytes(head + f"{BEGIN}\r\n{END}".encode() + tail)
    assert limbeck("doc", "README.md").status == 0
    written = path.read_bytes()
    assert written.startswith(head) and written.endswith(END.encode() + tail)
    block = written[len(head) : -len(tail)]
    assert block.count(b"\n") == block.count(b"\r\n") > 50
    assert limbeck("doc", "README.md", "--check").status == 0


def test_a_fresh_file_is_not_written(project: Path) -> None:
    limbeck("doc", "CHAIN.md")
    os.utime(project / "CHAIN.md", (1, 1))
    assert limbeck("doc", "CHAIN.md", "--json").document["changed"] is False
    assert (project / "CHAIN.md").stat().st_mtime == 1


def test_a_stale_file_is_told_and_not_written(project: Path) -> None:
    limbeck("doc", "CHAIN.md")
    before = (project / "CHAIN.md").read_bytes()
    write_revision(project, "ddd444", "ccc333", "more", up='op.drop_table("users")')
    outcome = limbeck("doc", "CHAIN.md", "--check")
    assert outcome.status == 1
    assert "+#### 4. more\n" in outcome.out and "+- drops table `users`\n" in outcome.out
    assert outcome.err == "CHAIN.md is not up to date: limbeck doc CHAIN.md\n"
    data = limbeck("doc", "CHAIN.md", "--check", "--json")
    assert (data.status, data.document["stale"], data.document["path"]) == (1, True, "CHAIN.md")
    assert "+#### 4. more" in data.document["difference"]
    assert (project / "CHAIN.md").read_bytes() == before


def test_a_read_only_file_is_refused_and_keeps_its_bytes(project: Path) -> None:
    path = project / "CHAIN.md"
    path.write_text(f"{BEGIN}\n{END}\n")
    path.chmod(0o444)
    outcome = limbeck("doc", "CHAIN.md")
    assert (outcome.status, outcome.err) == (2, "limbeck: CHAIN.md is read-only\nhint: chmod u+w CHAIN.md\n")
    assert path.read_text() == f"{BEGIN}\n{END}\n"


def test_where_the_database_is(project: Path) -> None:
    limbeck("upgrade", "bbb222")
    assert "**The database**" not in limbeck("doc").out
    outcome = limbeck("doc", "--current")
    assert "**The database** is at `bbb222` (#2); next: `ccc333` (#3)." in outcome.out
    assert "create orders  ← the database is here\n" in outcome.out
    assert "create parcels  ← head, next\n" in outcome.out
    data = limbeck("doc", "--current", "--json").document
    assert (data["current"], data["next"]) == (["bbb222"], ["ccc333"])


def test_the_same_as_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(branched(tmp_path))
    data = limbeck("doc", "--json").document
    assert data["format"] == "limbeck/1"
    assert [each["id"] for each in data["revisions"]][:1] == ["aaa111"]
    assert data["revisions"][0]["upgrade"][0]["text"] == "creates table users (id)"
    assert data["current"] is None and data["faults"] == []


def test_no_file_is_run_and_neither_alembic_nor_sqlalchemy_imported(project: Path) -> None:
    write_revision(project, "ddd444", "ccc333", "explosive").write_text(
        'revision = "ddd444"\ndown_revision = "ccc333"\nraise SystemExit("it ran")\ndef upgrade(): ...\n'
    )
    program = (
        "import sys; from limbeck.cli import main; status = main(['doc', 'CHAIN.md']) or main(['rename']); "
        "loaded = {name.split('.')[0] for name in sys.modules}; "
        "print(sorted(loaded & {'alembic', 'sqlalchemy'})); raise SystemExit(status)"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True)
    assert "it ran" not in done.stderr and done.stdout.splitlines()[-1] == "[]"
    assert "explosive" in (project / "CHAIN.md").read_text(encoding="utf-8")


def test_an_output_without_arrows(project: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([sys.executable, "-m", "limbeck", "doc"], cwd=project, capture_output=True, env=environment)
    assert done.returncode == 0 and b"\\u2193\n" in done.stdout


def test_the_gateways_chain_in_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What its owners would write by hand: all fifteen, in order, with what each of them does."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    outcome = limbeck("doc", "-c", str(GATEWAY / "alembic.ini"))
    assert outcome.status == 0
    text = outcome.out
    assert text.startswith("## The migration chain\n\n15 revisions, from `d4ae65008d6d` (2025-04-17 16:22)")
    assert [int(number) for number in re.findall(r"^#### (\d+)\. ", text, re.MULTILINE)] == list(range(1, 16))
    assert "Sorted by name, the revisions would come as 9, 10, 1, 2, " in text
    for told in (
        "- creates table `users` (`id`, `email`, `name`, `hashed_password`, `created_at`)",
        "- adds column `users.is_active`",
        "- drops column `users.hashed_password`",
        "- creates unique index `ix_api_keys_one_default_per_user` on `api_keys` (`user_id`), where `is_default`",
        "- rows of `users` with `email IS NULL`: an account without an email cannot be given one",
        "- changes column `users.email`: may be NULL (line",
        "- adds unique constraint `uq_users_email` on `users` (`email`) (line",
    ):
        assert told in text
    assert "calls " not in text and "`?`" not in text and "`{" not in text
