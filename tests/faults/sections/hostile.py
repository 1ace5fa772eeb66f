"""Hostile inputs."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.faults.database import System, systems
from tests.faults.page import Size, table, tell
from tests.faults.secrets import PRINTABLE, leaks, password
from tests.faults.subject import SUBJECTS, Subject
from tests.faults.texts import TEXTS, file_names, in_identifiers, in_messages, in_paths

_COLUMNS = ("what is hostile", "program", "cases", "cases in which it came through", "such as")


def measured(size: Size, _folder: Path) -> str:
    """The table."""
    rows = []
    with systems(("PostgreSQL", "MariaDB")) as found:
        for subject in SUBJECTS:
            rows.append(_passwords(subject, found, size))
            tell(" | ".join(map(str, rows[-1])))
            for name, texts, of in (
                ("message, table name and error text", TEXTS, in_messages),
                ("identifier of a revision", TEXTS, in_identifiers),
                ("path of the project and of a revision", file_names(), in_paths),
            ):
                bad = []
                for kind, text in texts.items():
                    with (
                        tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder,
                        found[0].database() as database,
                    ):
                        database.execute("CREATE TABLE ran (revision VARCHAR(32))")
                        obeyed = [one.words[0] for one in of(subject, database, Path(folder), text) if one.obeyed]
                        if "ran" not in database.tables():
                            obeyed.append("the database")
                    if obeyed:
                        bad.append(f"{kind} ({', '.join(obeyed)})")
                rows.append((name, subject.name, len(texts), len(bad), "; ".join(bad[:3])))
                tell(" | ".join(map(str, rows[-1])))
    return table(_COLUMNS, rows)


def _passwords(subject: Subject, found: tuple[System, ...], size: Size) -> tuple[object, ...]:
    """One with all characters, and at full size one of each besides."""
    secrets = [password()]
    if size.name == "full":
        secrets += [password(character) for character in PRINTABLE]
    bad = []
    for system in found:
        for secret in secrets:
            with tempfile.TemporaryDirectory(prefix="limbeck-faults-") as folder:
                bad += [sorted({leak.place for leak in leaks(subject, system, secret, Path(folder))})]
    places = sorted({place for case in bad for place in case})
    count = sum(bool(case) for case in bad)
    return "password in the address", subject.name, len(bad), count, ", ".join(places[:3])
