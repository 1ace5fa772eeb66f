"""Projects whose database is changed by hand."""

from __future__ import annotations

from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.cli.projects import write_project, write_revision


def execute(url: str, *statements: str) -> None:
    """Change a database by hand."""
    with psycopg.connect(
        make_url(url).set(drivername="postgresql").render_as_string(False), autocommit=True
    ) as session:
        for statement in statements:
            session.execute(statement.encode())


class SchemaProject:
    """A chain of SQL on PostgreSQL.

    Attributes:
        folder: the project's.
        url: its database.
    """

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        write_project(folder, url)

    def revision(self, identifier: str, down: str | tuple[str, ...] | None, *statements: str) -> None:
        """A revision that executes statements."""
        up = "\n    ".join(f"op.execute({statement!r})" for statement in statements) or "pass"
        write_revision(self.folder, identifier, down, f"step {identifier}", up=up)

    def by_hand(self, *statements: str) -> None:
        """Change the database by hand."""
        execute(self.url, *statements)

    def settings(self, text: str) -> None:
        """Add a section for limbeck to the ini file."""
        with (self.folder / "alembic.ini").open("a") as ini:
            ini.write(f"\n[limbeck]\n{text}\n")
