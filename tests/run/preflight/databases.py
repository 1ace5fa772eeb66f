"""A project and its database, with rows in it, for looks before a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import create_engine

from tests.cli.command import Outcome, limbeck
from tests.cli.projects import write_project, write_revision

BATCH = "with op.batch_alter_table({table!r}) as batch:\n        batch."


class Database:
    """A project whose first revision makes `users` and `orders`, with rows in them."""

    def __init__(self, folder: Path, url: str, kind: str) -> None:
        self.folder = folder
        self.url = url
        self.kind = kind
        write_project(folder, url)
        write_revision(folder, "aaa111", None, "tables", up="pass")

    def execute(self, *statements: str) -> list[Any]:
        engine = create_engine(self.url)
        try:
            with engine.begin() as connection:
                results = [connection.exec_driver_sql(statement) for statement in statements]
                return [tuple(row) for row in results[-1]] if results[-1].returns_rows else []
        finally:
            engine.dispose()

    def begin(self, *statements: str) -> None:
        """Rows are there, and the database is at the first revision."""
        self.execute(*statements)
        assert limbeck("stamp", "aaa111", "-q").status == 0

    def revision(self, up: str, identifier: str = "bbb222", down: str = "aaa111") -> None:
        write_revision(self.folder, identifier, down, "change", up=up)

    def operation(self, table: str, call: str) -> str:
        """The operation, through a batch on SQLite, which can change a table in no other way."""
        if self.kind == "sqlite":
            return BATCH.format(table=table) + call.replace("TABLE, ", "").replace("TABLE", "")
        return "op." + call.replace("TABLE", repr(table))

    def refused(self) -> Any:
        """What an upgrade is refused for: the only obstacle."""
        result = limbeck("upgrade", "--json")
        assert result.status == 2, result.err
        (obstacle,) = result.document["error"]["obstacles"]
        assert limbeck("current", "--json").document["current"] == ["aaa111"], "nothing was run"
        return obstacle

    def upgraded(self) -> Outcome:
        """The outcome of an upgrade that nothing stands in the way of."""
        result = limbeck("upgrade", "--json")
        assert result.status == 0, result.err
        return result
