"""Calls in files are changed and wrapped, and no other byte is."""

from __future__ import annotations

import pytest

from limbeck.edit.fix.calls import NoFix, OperationCall, call_at
from limbeck.edit.fix.source import PythonSource, Unreadable
from limbeck.edit.fix.sql_text import sql_text
from limbeck.model.revision import Span


def call(text: str | bytes, line: int = 2, column: int = 5) -> OperationCall:
    return call_at(PythonSource(text if isinstance(text, bytes) else text.encode()), Span("x.py", line, column))


def concurrent(text: str | bytes, line: int = 2, column: int = 5) -> bytes:
    found = call(text, line, column)
    return found.source.with_edits([found.by_itself(found.with_keywords([("postgresql_concurrently", "True")]))])


IN_BLOCK = [
    pytest.param(
        b'def upgrade():\n    op.create_index("i", "t", ["a"])\n',
        b"def upgrade():\n    with op.get_context().autocommit_block():\n"
        b'        op.create_index("i", "t", ["a"], postgresql_concurrently=True)\n',
        id="one line",
    ),
    pytest.param(
        b'def upgrade():\r\n\top.create_index("i", "t", ["a"])  # why\r\n\tpass\r\n',
        b"def upgrade():\r\n\twith op.get_context().autocommit_block():\r\n"
        b'\t\top.create_index("i", "t", ["a"], postgresql_concurrently=True)  # why\r\n\tpass\r\n',
        id="tabs and CRLF",
    ),
    pytest.param(
        '# coding: latin-1\ndef upgrade(): # é\n    op.create_index("é", "t", ["é"]) # é'.encode("latin-1"),
        (
            "# coding: latin-1\ndef upgrade(): # é\n    with op.get_context().autocommit_block():\n"
            '        op.create_index("é", "t", ["é"], postgresql_concurrently=True) # é'
        ).encode("latin-1"),
        id="latin-1, and no end of line",
    ),
    pytest.param(
        b'\xef\xbb\xbfdef upgrade():\n    op.create_index("i", "t", ["a"],)\n',
        b"\xef\xbb\xbfdef upgrade():\n    with op.get_context().autocommit_block():\n"
        b'        op.create_index("i", "t", ["a"], postgresql_concurrently=True,)\n',
        id="byte order mark and trailing comma",
    ),
    pytest.param(
        b'def upgrade():\n    op.create_index(\n        "i",\n        # the table\n        "t",\n        ["a"],  # b\n    )\n',
        b"def upgrade():\n    with op.get_context().autocommit_block():\n        op.create_index(\n"
        b'            "i",\n            # the table\n            "t",\n            ["a"],  # b\n'
        b"            postgresql_concurrently=True,\n        )\n",
        id="several lines",
    ),
    pytest.param(
        b'def upgrade():\n    op.create_index("i", "t", [sa.text("""\nlower(a)\n""")\n    ])\n',
        b"def upgrade():\n    with op.get_context().autocommit_block():\n"
        b'        op.create_index("i", "t", [sa.text("""\nlower(a)\n""")\n        ], postgresql_concurrently=True)\n',
        id="a string of several lines",
    ),
    pytest.param(
        b'def upgrade():\n    op.create_index("i", "t", ["a"], postgresql_concurrently=concurrently, unique=(True))\n',
        b"def upgrade():\n    with op.get_context().autocommit_block():\n"
        b'        op.create_index("i", "t", ["a"], postgresql_concurrently=True, unique=(True))\n',
        id="keyword that is there",
    ),
    pytest.param(
        b"def upgrade():\n    op.create_index(*names, **options)\n",
        b"def upgrade():\n    with op.get_context().autocommit_block():\n"
        b"        op.create_index(*names, **options, postgresql_concurrently=True)\n",
        id="starred",
    ),
]


@pytest.mark.parametrize(("before", "after"), IN_BLOCK)
def test_a_call_in_a_block(before: bytes, after: bytes) -> None:
    line = before[: before.index(b"op.create_index")].count(b"\n") + 1
    column = 2 if b"\t" in before else 5
    assert concurrent(before, line, column) == after


def test_a_call_that_is_in_a_block_already() -> None:
    before = "def upgrade():\n    with op.get_context().autocommit_block():\n        op.create_index('i', 't', ['a'])\n"
    after = before.replace("['a'])", "['a'], postgresql_concurrently=True)")
    assert concurrent(before, 3, 9) == after.encode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("if x: op.create_index('i')", "it shares its line with something else"),
        ("op.create_index('i'); pass", "it shares its line with something else"),
        ("x = op.create_index('i')", "it is no call that stands by itself"),
        (
            "with op.batch_alter_table('t') as op:\n        op.create_index('i')",
            "it stands in a with statement, such as a batch",
        ),
        ("try:\n        op.create_index('i')\n    except E:\n        pass", "it stands in a try statement"),
    ],
)
def test_what_is_left_alone(text: str, reason: str) -> None:
    lines = f"def upgrade():\n    {text}\n".splitlines()
    number, line = next((number, line) for number, line in enumerate(lines, 1) if "op.create" in line)
    with pytest.raises(NoFix, match=reason):
        concurrent("\n".join(lines) + "\n", number, line.index("op.create") + 1)


@pytest.mark.parametrize("content", [b"def upgrade(:\n", b"# coding: no-such\n", b"x = '\xff'\n", b"\x00"])
def test_what_is_no_python(content: bytes) -> None:
    with pytest.raises(Unreadable):
        PythonSource(content)


@pytest.mark.parametrize(
    ("literal", "after"),
    [
        ('"CREATE INDEX i ON t (a)"', '"CREATE INDEX CONCURRENTLY i ON t (a)"'),
        (
            "'''\n  create unique index i on t (a); -- b\n  '''",
            "'''\n  create unique index CONCURRENTLY i on t (a); -- b\n  '''",
        ),
        ('sa.text(r"CREATE INDEX i ON t (a)")', 'sa.text(r"CREATE INDEX CONCURRENTLY i ON t (a)")'),
    ],
)
def test_sql_in_a_literal(literal: str, after: str) -> None:
    for newline in ("\n", "\r\n"):
        before = f"def upgrade():\n    op.execute({literal})\n".replace("\n", newline).encode()
        found = call(before)
        edited = found.source.with_edits([sql_text(found).behind_word("index", " CONCURRENTLY")])
        assert edited == before.replace(literal.replace("\n", newline).encode(), after.replace("\n", newline).encode())


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ("'a\\x20b'", "its SQL is no plain literal"),
        ("'a ' 'b'", "its SQL is no plain literal"),
        ("f'a {b}'", "its SQL is put together"),
        ("sql", "its SQL is put together"),
        ("'a; b'", "it executes several statements"),
        ("'a', {}", "it is no plain op.execute of a text"),
    ],
)
def test_sql_that_cannot_be_changed(arguments: str, reason: str) -> None:
    with pytest.raises(NoFix, match=reason):
        sql_text(call(f"def upgrade():\n    op.execute({arguments})\n"))
