"""Rules of the project's own: asked like limbeck's, and clear about their mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import limbeck
from tests.cli.projects import line

RULE = '''"""A table has a name that is not ours.

Hazard: nobody finds it.

Why: our tables begin with shop_.

When to suppress: never.
"""

from limbeck.lint.subject import Hazard
from limbeck.model.finding import Severity

SEVERITY = Severity.ERROR


def judge_revision(subject):
    for number, text in enumerate(subject.source.splitlines(), 1):
        if "create_table(" in text:
            yield Hazard(f"line {number} makes a table", "nobody finds it")
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    line(tmp_path)
    (tmp_path / "rules").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_rule(folder: Path, text: str, name: str = "foreign_name.py", more: str = "") -> None:
    (folder / "rules" / name).write_text(text)
    (folder / "alembic.ini").write_text(
        (folder / "alembic.ini").read_text() + f"\n[limbeck]\nrule_files = rules/{name}{more}\n"
    )


def lint(*words: str, status: int):  # type: ignore[no-untyped-def]
    outcome = limbeck("lint", "--no-scratch", *words)
    assert outcome.status == status, outcome.err
    return outcome


def test_it_is_asked(folder: Path) -> None:
    write_rule(folder, RULE)
    found = lint("--json", "--select", "foreign-name", status=1).document["findings"]
    assert [(each["rule"], each["severity"], each["revision"], each["message"]) for each in found] == [
        ("foreign-name", "error", revision, "line 18 makes a table") for revision in ("aaa111", "bbb222", "ccc333")
    ]


def test_it_is_ignored_and_weighed_and_silenced_like_any(folder: Path) -> None:
    write_rule(folder, RULE)
    assert lint("--ignore", "foreign-name", status=0).out.splitlines()[-1].startswith("no findings")
    with (folder / "alembic.ini").open("a") as ini:
        ini.write("rule_severities = foreign-name=note\n")
    assert "note foreign-name" in lint(status=0).out
    for path in (folder / "migrations" / "versions").glob("*.py"):
        path.write_text(f"# limbeck: allow[foreign-name] it is an old one\n{path.read_text()}")
    assert lint(status=0).out.splitlines()[-1].startswith("no findings, 3 silenced")


def test_its_page(folder: Path) -> None:
    write_rule(folder, RULE)
    explained = limbeck("explain", "foreign-name")
    assert explained.out.splitlines()[:2] == ["foreign-name (error)", "A table has a name that is not ours."]
    sarif = lint("--format", "sarif", status=1).document
    assert "foreign-name" in [rule["id"] for rule in sarif["runs"][0]["tool"]["driver"]["rules"]]


def test_nothing_else_loads_it(folder: Path) -> None:
    write_rule(folder, f'{RULE}\n\nopen({str(folder / "ran")!r}, "w").close()\n')
    for words in (["history"], ["heads"], ["show", "head"], ["explain"], ["explain", "column-dropped"]):
        assert limbeck(*words).status == 0
    assert not (folder / "ran").exists()
    lint(status=1)
    assert (folder / "ran").exists()
    assert not (folder / "rules" / "__pycache__").exists()


BROKEN = RULE.replace("    for number", "    for nothing in subject.nothing:\n        pass\n    for number")
NO_HAZARD = RULE.replace('Hazard(f"line {number} makes a table", "nobody finds it")', '"a sentence"')


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("SEVERITY =", "fails: SyntaxError: invalid syntax", "foreign_name.py:1"),
        ("import nowhere_at_all", "fails: ModuleNotFoundError: No module named 'nowhere_at_all'", "foreign_name.py:1"),
        ('"""Page."""\n\n1 / 0', "fails: ZeroDivisionError: division by zero", "foreign_name.py:3"),
        ('"""Page."""', "not a rule: ", "give it a SEVERITY"),
        (RULE.partition('"""\n\nfrom')[2].join(["from", ""]), "a rule without a docstring", "its first line"),
        (BROKEN, "rule foreign-name fails on revision aaa111: AttributeError", "foreign_name.py:17"),
        (NO_HAZARD, "fails on revision aaa111: TypeError: it gives str, not Hazard", "foreign_name.py"),
        (RULE.replace("yield", "return"), "TypeError: it gives str, not Hazard", "foreign_name.py"),
    ],
    ids=["syntax", "import", "fails", "no-rule", "no-docstring", "judge-fails", "no-hazard", "no-iterator"],
)
def test_mistakes(folder: Path, text: str, message: str, hint: str) -> None:
    write_rule(folder, text)
    told = lint(status=2).err
    assert message in told.splitlines()[0]
    assert hint in told.splitlines()[1]
    assert "Traceback" not in told


def test_a_file_that_is_not_there(folder: Path) -> None:
    write_rule(folder, RULE, more=" rules/nowhere.py")
    assert "rules/nowhere.py: No such file or directory" in lint(status=2).err


def test_names(folder: Path) -> None:
    write_rule(folder, RULE, "column_dropped.py")
    assert "limbeck itself has a rule column-dropped" in lint(status=2).err
    (folder / "alembic.ini").write_text((folder / "alembic.ini").read_text().replace("column_dropped", "My-Rule"))
    (folder / "rules" / "column_dropped.py").rename(folder / "rules" / "My-Rule.py")
    assert "not a name for a rule" in lint(status=2).err
