"""`pytest --limbeck`: each check of each revision is a test with a name."""

from __future__ import annotations

import pytest

from tests.cli.projects import broken, line, way_back, write_revision
from tests.pytest_plugin.conftest import RunTests

POSTGRESQL = "postgresql+psycopg://nobody@nowhere/none"


def outcomes(result: pytest.RunResult) -> dict[str, str]:
    """The outcome of each test of a session that was run with -v, by its whole name."""
    lines = [each.split(" ") for each in result.outlines if each.startswith("limbeck::")]
    return {name: outcome for name, outcome, *_ in lines}


def test_each_check_of_each_revision_has_a_name(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    line(pytester.path, POSTGRESQL)
    for path in pytester.path.rglob("versions/*.py"):
        path.write_text(path.read_text() + f"\nopen({str(pytester.path / 'imported')!r}, 'w')\n")
    names = run_tests("--limbeck", "--collect-only", "-q").outlines
    assert {"limbeck::aaa111::left-behind", "limbeck::ccc333::rows-lost"} <= set(names)
    assert not (pytester.path / "imported").exists()


def test_a_sound_chain_passes(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    line(pytester.path, POSTGRESQL)
    pytester.makepyfile("def test_own():\n    pass\n")
    result = run_tests("--limbeck", "-v")
    assert result.ret == 0
    found = outcomes(result)
    assert set(found.values()) == {"PASSED"}
    assert {name.split("::")[1] for name in found} == {"aaa111", "bbb222", "ccc333", "chain"}
    assert "limbeck" not in str(run_tests().outlines[-1])


def test_what_is_found_fails_under_its_name(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    way_back(pytester.path, POSTGRESQL)
    result = run_tests("--limbeck", "-v")
    failed = {name for name, outcome in outcomes(result).items() if outcome == "FAILED"}
    assert failed == {"limbeck::bbb222::left-behind", "limbeck::ccc333::rows-lost"}
    result.stdout.fnmatch_lines(
        ["migrations/versions/bbb222_*.py:*: error left-behind: downgrade() leaves enum public.role behind"]
    )
    result.stdout.fnmatch_lines(["instead:", '*op.execute("DROP TYPE role")'])
    result.stdout.no_fnmatch_line("*Traceback*")


def test_tests_are_chosen_by_name(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    way_back(pytester.path, POSTGRESQL)
    pytester.makepyfile("def test_own():\n    pass\n")
    result = run_tests("--limbeck", "-v", "-k", "bbb222 and behind")
    assert outcomes(result) == {"limbeck::bbb222::left-behind": "FAILED"}


def test_workers_ask_once(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    way_back(pytester.path, POSTGRESQL)
    ran = pytester.path / "ran"
    env_py = pytester.path / "migrations" / "env.py"
    env_py.write_text(f"import os\nopen({str(ran)!r}, 'a').write(f'{{os.getpid()}}\\n')\n{env_py.read_text()}")
    result = run_tests("--limbeck", "-p", "xdist", "-n", "3")
    assert result.parseoutcomes()["failed"] == 2
    assert len(set(ran.read_text().splitlines())) == 1


def test_what_cannot_be_proved_does_not_pass(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    line(pytester.path, POSTGRESQL)
    write_revision(pytester.path, "ddd444", "ccc333", "wrong", up='op.execute("SELECT nothing_there()")')
    write_revision(pytester.path, "eee555", "ddd444", "behind it", up='op.execute("SELECT 1")')
    found = outcomes(run_tests("--limbeck", "-v", "-rs"))
    assert found["limbeck::ddd444::does-not-apply"] == "FAILED"
    assert found["limbeck::ddd444::left-behind"] == "SKIPPED"
    assert found["limbeck::eee555::left-behind"] == "SKIPPED"
    assert found["limbeck::ccc333::left-behind"] == "PASSED"


def test_a_server_that_is_not_there_fails_every_test(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    line(pytester.path, POSTGRESQL)
    pytester.makeini("[pytest]\nlimbeck_scratch = postgresql://nobody:secret@127.0.0.1:1/none\n")
    result = run_tests("--limbeck", "-v", "-k", "aaa111")
    assert set(outcomes(result).values()) == {"FAILED"}
    assert "secret" not in result.stdout.str()


def test_a_chain_that_is_broken_or_not_there_is_a_matter_of_usage(
    pytester: pytest.Pytester, run_tests: RunTests
) -> None:
    missing = run_tests("--limbeck")
    assert missing.ret == pytest.ExitCode.USAGE_ERROR
    broken(pytester.path, POSTGRESQL)
    result = run_tests("--limbeck")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: --limbeck: the chain has * fault*", "hint: limbeck history"])


def test_a_section_and_a_file_are_handed_on(pytester: pytest.Pytester, run_tests: RunTests) -> None:
    (pytester.path / "bills").mkdir()
    way_back(pytester.path / "bills", POSTGRESQL)
    ini = pytester.path / "bills" / "alembic.ini"
    ini.write_text(ini.read_text().replace("[alembic]", "[bills]"))
    pytester.makeini("[pytest]\nlimbeck_config = bills/alembic.ini\nlimbeck_section = bills\n")
    found = outcomes(run_tests("--limbeck", "-v"))
    assert found["limbeck::bbb222::left-behind"] == "FAILED"
    assert found["limbeck::aaa111::left-behind"] == "PASSED"
