"""Plain Alembic in the system's folder, with a driver and nothing else: its commands, its errors, its address."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from .conftest import At, Story
from .harness import Gateway, run
from .specification import GATEWAY, HEAD, REVISIONS

# A Python on which nothing is installed but Alembic, what Alembic itself depends on, and a driver.
BARE = """
import sys

THERE = {"alembic", "sqlalchemy", "mako", "markupsafe", "typing_extensions", "psycopg", "psycopg_binary", "gateway"}

class Bare:
    @staticmethod
    def find_spec(name, path=None, target=None):
        top = name.partition(".")[0]
        of_python = top in sys.stdlib_module_names or top.startswith("_sysconfigdata")
        if top not in THERE and not of_python:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Bare)
from importlib import metadata
entry_points = metadata.entry_points
metadata.entry_points = lambda **of: [one for one in entry_points(**of) if one.module.partition(".")[0] in THERE]
from alembic.config import main
main(argv=sys.argv[1:])
"""


def test_upgrade_current_and_downgrade(gateway: Gateway, story: Story) -> None:
    upgraded = gateway.alembic("upgrade", "head")
    assert upgraded.code == 0, upgraded.err
    assert re.findall(r"Running upgrade \S* ?-> (\w+),", upgraded.err) == list(REVISIONS)
    assert gateway.alembic("current").out == "social_login_prep_2025 (head)\n"
    assert gateway.catalogue() == story[HEAD].up.catalogue
    downgraded = gateway.alembic("downgrade", "base")
    assert downgraded.code == 0, downgraded.err
    assert gateway.versions() == ()


def test_history_and_show_need_no_address() -> None:
    history = run("-m", "alembic", "history", url=None)
    assert history.code == 0
    lines = history.out.splitlines()
    assert len(lines) == len(REVISIONS)
    assert lines[0] == "fix_enum_name_2025 -> social_login_prep_2025 (head), Prepare for social logins"
    assert lines[-1] == "<base> -> d4ae65008d6d, Create initial tables"
    shown = run("-m", "alembic", "show", "add_is_default_api_keys", url=None)
    assert shown.code == 0
    assert "Parent: add_message_role_enum" in shown.out
    assert "2025_09_22_1109_add_is_default_to_api_keys.py" in shown.out
    assert "at most one default key a user" in shown.out


def test_from_any_folder(gateway: Gateway, tmp_path: Path) -> None:
    ini = str(GATEWAY / "alembic.ini")
    upgraded = gateway.alembic("-c", ini, "upgrade", "d4ae65008d6d", cwd=tmp_path)
    assert upgraded.code == 0, upgraded.err
    assert gateway.versions() == ("d4ae65008d6d",)


def test_with_plain_alembic_and_a_driver_only(gateway: Gateway) -> None:
    done = run("-c", BARE, "upgrade", "head", url=gateway.url)
    assert done.code == 0, done.err
    assert gateway.versions() == (HEAD,)


def test_without_an_address_one_line_says_what_to_set() -> None:
    failed = run("-m", "alembic", "current", url=None)
    assert failed.code != 0
    assert "Traceback" not in failed.err + failed.out
    (line,) = [line for line in (failed.out + failed.err).splitlines() if line.startswith("FAILED")]
    assert line == (
        "FAILED: no database address: set DATABASE_URL, for example postgresql://user:password@localhost:5432/gateway"
    )


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
@pytest.mark.parametrize("password", ["%25%40%3A%2F%3F%23%5B%5D+%20%22'%5C", "p%C3%A4ss&w=rd"])
def test_any_scheme_and_any_password(gateway: Gateway, scheme: str, password: str) -> None:
    """The server trusts its socket; the point is that the address arrives in one piece."""
    url = gateway.url.replace("postgresql+psycopg://postgres@", f"{scheme}://postgres:{password}@")
    assert url != gateway.url
    Gateway(url).upgrade("69491a79cfd0")
    assert gateway.versions() == ("69491a79cfd0",)


def test_no_password_is_shown_when_nobody_answers(tmp_path: Path) -> None:
    url = f"postgresql://gateway:se%40cret@/gateway?host={tmp_path}"
    failed = run("-m", "alembic", "upgrade", "head", url=url)
    assert failed.code != 0
    assert "se@cret" not in failed.out + failed.err
    assert "se%40cret" not in failed.out + failed.err


def test_the_loggers_of_a_program_stay_as_they_are(gateway: Gateway) -> None:
    program = (
        "import logging\n"
        "from alembic import command\n"
        "from alembic.config import Config\n"
        "logger = logging.getLogger('application')\n"
        "command.upgrade(Config('alembic.ini'), '+1')\n"
        "print(logger.disabled)\n"
    )
    done = run("-c", program, url=gateway.url)
    assert (done.code, done.out) == (0, "False\n"), done.err


def test_the_upgrade_of_the_story(at: At) -> None:
    """It sees the one, finds the other, runs it, and writes it to alembic_version."""
    gateway = at("fix_enum_name_2025")
    assert gateway.versions() == ("fix_enum_name_2025",)
    upgraded = gateway.alembic("upgrade", "head")
    assert [line for line in upgraded.err.splitlines() if "Running" in line] == [
        "INFO  [alembic.runtime.migration] Running upgrade fix_enum_name_2025 -> social_login_prep_2025, "
        "Prepare for social logins"
    ]
    assert gateway.versions() == ("social_login_prep_2025",)
