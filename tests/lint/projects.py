"""Projects to lint, made of the code of their revisions, and measured on a server that is shared by all tests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from limbeck.environment.configuration import find_project
from limbeck.lint.engine import judge
from limbeck.lint.examples import TABLES, revision_files
from limbeck.lint.measuring import measured
from limbeck.lint.policy import Policy
from limbeck.lint.registry import built_in_rules
from limbeck.lint.rehearse.databases import Databases
from limbeck.lint.subject import Chain, Subject, Tables
from limbeck.model.facts import Rehearsed
from limbeck.model.finding import Finding
from limbeck.scratch import Server
from tests.cli.projects import ENV_PY

RULES = built_in_rules()
NO_TABLES = Tables()
_MODELS = """\
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(sa.String(20))
"""
_INI = "[alembic]\nscript_location = %(here)s/migrations\nprepend_sys_path = %(here)s\npath_separator = os\nsqlalchemy.url = postgresql+psycopg://nobody@nowhere/none\n"


class Scratch:
    """The tests' server for rehearsals; what one project has run up to, another with the same files begins from."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.version = ".".join(str(part) for part in server.version)

    @contextmanager
    def opened(self, project: str) -> Iterator[Databases]:
        """Its databases."""
        with Databases(self._server.url(), lambda name: self._server.url(name, driver="psycopg"), "tests") as databases:
            yield databases


class LintProject:
    """A project in a folder: the tables of the examples, then what a test adds."""

    def __init__(self, folder: Path, *, given: str = "", env_py: str = ENV_PY, tables: str = TABLES) -> None:
        self.folder = folder
        self.versions = folder / "migrations" / "versions"
        self.versions.mkdir(parents=True)
        (folder / "alembic.ini").write_text(_INI)
        (folder / "migrations" / "env.py").write_text(env_py)
        (folder / "myshop").mkdir()
        (folder / "myshop" / "__init__.py").write_text("")
        (folder / "myshop" / "models.py").write_text(_MODELS)
        self._count = 0
        self._last: str | None = None
        for part in (tables, given):
            if part:
                self.add(part)

    def add(self, example: str) -> tuple[str, ...]:
        """Revisions behind those that are there; their identifiers."""
        files = revision_files(example, first=self._count + 1, below=self._last)
        for identifier, text in files.items():
            (self.versions / f"{identifier}.py").write_text(text)
        self._count += len(files)
        self._last = list(files)[-1]
        return tuple(files)

    def facts(self, wanted: Collection[str], server: Server) -> Mapping[str, Rehearsed]:
        """What revisions do."""
        project = find_project(config=[str(self.folder / "alembic.ini")], name="alembic", x=())
        graph = project.graph()
        return measured(project, graph, wanted, Scratch(server)).facts

    def findings(
        self,
        wanted: Collection[str],
        server: Server | None,
        *,
        together: bool = False,
        tables: Tables = NO_TABLES,
        today: date = date(2026, 1, 1),
    ) -> tuple[Finding, ...]:
        """What rules find in revisions, each a deploy of its own unless they go out together."""
        facts = {} if server is None else self.facts(wanted, server)
        return self.judged(wanted, facts, together=together, tables=tables, today=today)

    def judged(
        self,
        wanted: Collection[str],
        facts: Mapping[str, Rehearsed],
        *,
        together: bool = False,
        tables: Tables = NO_TABLES,
        today: date = date(2026, 1, 1),
    ) -> tuple[Finding, ...]:
        """The same of facts that are known."""
        project = find_project(config=[str(self.folder / "alembic.ini")], name="alembic", x=())
        graph = project.graph()
        env_py = str(self.folder / "migrations" / "env.py")
        subjects = tuple(
            Subject(
                graph.revisions[each],
                facts.get(each),
                frozenset(wanted) if together else frozenset({each}),
                tables,
                graph,
                env_py,
            )
            for each in graph.order
            if each in wanted
        )
        policy = Policy(frozenset(), {}, frozenset(rule.name for rule in RULES), frozenset({"left-behind"}), today)
        return judge(Chain(subjects, graph, env_py), RULES, policy).findings
