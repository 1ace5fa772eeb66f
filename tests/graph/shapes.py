"""Revision files of many shapes, as one finds them; what each of them says is for Alembic to answer."""

from __future__ import annotations

HEAD = '''"""create users

Revision ID: a1
Revises: b2
Create Date: 2024-01-02 03:04:05.000006

"""
from alembic import op
import sqlalchemy as sa

'''
TAIL = """

def upgrade():
    op.execute("select 1")


def downgrade():
    pass
"""


def file(assignments: str, *, head: str = HEAD, tail: str = TAIL) -> bytes:
    """A revision file with these assignments in the middle."""
    return (head + assignments + tail).encode()


PLAIN = "revision = 'a1'\ndown_revision = 'b2'\nbranch_labels = None\ndepends_on = None\n"

# Shapes whose values are in the text.
READABLE: dict[str, bytes] = {
    "template": file("# revision identifiers, used by Alembic.\n" + PLAIN),
    "annotated": file(
        "from typing import Sequence, Union\n"
        "revision: str = 'a1'\ndown_revision: Union[str, Sequence[str], None] = 'b2'\n"
        "branch_labels: Union[str, Sequence[str], None] = None\ndepends_on: str | None = None\n"
    ),
    "double quotes": file(PLAIN.replace("'", '"')),
    "no labels and no needs": file("revision = 'a1'\ndown_revision = None\n"),
    "no downgrade": file(PLAIN, tail="\n\ndef upgrade():\n    pass\n"),
    "tuple of parents": file(PLAIN.replace("'b2'", "('b2', 'c3')")),
    "tuple of parents over lines": file(PLAIN.replace("'b2'", "(\n    'b2',\n    'c3',\n)")),
    "tuple with a comment": file(PLAIN.replace("'b2'", "(\n    'b2',  # this\n    'c3',\n)")),
    "list of parents": file(PLAIN.replace("'b2'", "['b2', \"c3\"]")),
    "empty tuple": file(PLAIN.replace("'b2'", "()")),
    "tuple of one": file(PLAIN.replace("'b2'", "('b2',)")),
    "parentheses": file(PLAIN.replace("'b2'", "('b2')")),
    "tuple of None": file(PLAIN.replace("'b2'", "(None,)")),
    "parent twice": file(PLAIN.replace("'b2'", "('b2', 'b2')")),
    "set of one": file(PLAIN.replace("'b2'", "{'b2'}")),
    "dictionary": file(PLAIN.replace("'b2'", "{'b2': 1, 'c3': 2}")),
    "implicit concatenation": file(PLAIN.replace("'a1'", "('a' '1')").replace("'b2'", "'b' \"2\"")),
    "concatenation": file(PLAIN.replace("'b2'", "'b' + '2'")),
    "backslash": file(PLAIN.replace("'b2'", "\\\n    'b2'")),
    "escapes": file(PLAIN.replace("'b2'", "'\\x62\\u0032'")),
    "triple quotes": file(PLAIN.replace("'b2'", "'''b2'''")),
    "raw": file(PLAIN.replace("'b2'", "r'b2'")),
    "f-string": file(
        "base = 'b'\nnumber = 2\n" + PLAIN.replace("'b2'", "f'{base}{number:d}'").replace("'a1'", "f'a1'")
    ),
    "f-string with conversion": file("name = 'b'\n" + PLAIN.replace("'b2'", "f'{name!r:>5}'")),
    "percent": file(PLAIN.replace("'b2'", "'%s%d' % ('b', 2)")),
    "format": file(PLAIN.replace("'b2'", "'{}{}'.format('b', 2)")),
    "constant": file("PARENT = 'b2'\n" + PLAIN.replace("'b2'", "PARENT")),
    "constant of a constant": file("A = 'b'\nB = A + '2'\n" + PLAIN.replace("'b2'", "B")),
    "constant of a class": file("class Names:\n    PARENT = 'b2'\n\n" + PLAIN.replace("'b2'", "Names.PARENT")),
    "constant of a dictionary": file("NAMES = {'parent': 'b2'}\n" + PLAIN.replace("'b2'", "NAMES['parent']")),
    "item": file("NAMES = ['x', 'b2']\n" + PLAIN.replace("'b2'", "NAMES[-1]")),
    "slice": file("NAMES = ['x', 'b2', 'c3']\n" + PLAIN.replace("'b2'", "NAMES[1:]")),
    "starred": file("MORE = ('c3', 'd4')\n" + PLAIN.replace("'b2'", "('b2', *MORE)")),
    "sum of tuples": file("MORE = ('c3', 'd4')\n" + PLAIN.replace("'b2'", "('b2',) + MORE")),
    "conditional expression": file(PLAIN.replace("'b2'", "'b2' if True else 'c3'")),
    "or": file("PARENT = ''\n" + PLAIN.replace("'b2'", "PARENT or 'b2'")),
    "two targets": file("revision = name = 'a1'\ndown_revision = 'b2'\n"),
    "unpacked": file("revision, down_revision = 'a1', 'b2'\n"),
    "unpacked list": file("[revision, (down_revision, depends_on)] = ['a1', ('b2', None)]\n"),
    "walrus": file("if (revision := 'a1'):\n    down_revision = 'b2'\n"),
    "one line": file("revision = 'a1'; down_revision = 'b2'\n"),
    "other order": file("depends_on = None\ndown_revision = 'b2'\nrevision = 'a1'\nbranch_labels = ('x',)\n"),
    "last one wins": file(PLAIN + "down_revision = 'c3'\n"),
    "last one wins, at the end": file(PLAIN, tail=TAIL + "\ndown_revision = ('c3', 'd4')\n"),
    "deleted": file(PLAIN + "depends_on = 'x1'\ndel depends_on\n"),
    "label": file(PLAIN.replace("branch_labels = None", "branch_labels = 'billing'")),
    "labels": file(PLAIN.replace("branch_labels = None", "branch_labels = ('billing', 'core')")),
    "list of a label": file(PLAIN.replace("branch_labels = None", "branch_labels = ['billing']")),
    "the label None": file(PLAIN.replace("branch_labels = None", "branch_labels = 'None'")),
    "empty label": file(PLAIN.replace("branch_labels = None", "branch_labels = ()")),
    "needs": file(PLAIN.replace("depends_on = None", "depends_on = ('x1', 'billing')")),
    "need as text": file(PLAIN.replace("depends_on = None", "depends_on = 'x1'")),
    "empty need": file(PLAIN.replace("depends_on = None", "depends_on = ''")),
    "if": file("if True:\n    " + PLAIN.replace("\n", "\n    ").rstrip() + "\n"),
    "if else": file("if 1 > 2:\n    down_revision = 'c3'\nelse:\n    down_revision = 'b2'\nrevision = 'a1'\n"),
    "if main": file(PLAIN + "if __name__ == '__main__':\n    revision = 'zz'\n"),
    "type checking": file("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    revision = 'zz'\n" + PLAIN),
    "typing.TYPE_CHECKING": file("import typing\n" + PLAIN + "if typing.TYPE_CHECKING:\n    revision = 'zz'\n"),
    "not type checking": file(
        "from typing import TYPE_CHECKING as T\nif not T:\n    " + PLAIN.replace("\n", "\n    ").rstrip() + "\n"
    ),
    "unknown condition, one answer": file(
        "import os\nif os.environ.get('X'):\n    revision = 'a1'\nelse:\n    revision = 'a1'\ndown_revision = None\n"
    ),
    "unknown condition, None or nothing": file(
        "import os\nif os.environ.get('X'):\n    depends_on = None\nelse:\n    depends_on = ()\n"
        + PLAIN.replace("depends_on = None\n", "")
    ),
    "unknown condition, set or not": file(
        "import os\n" + PLAIN.replace("depends_on = None\n", "") + "if os.environ.get('X'):\n    depends_on = None\n"
    ),
    "unknown condition elsewhere": file("import os\nif os.environ.get('X'):\n    other = 1\n" + PLAIN),
    "unknown condition raises": file("import os\nif os.environ.get('NOPE'):\n    raise RuntimeError\n" + PLAIN),
    "try": file("try:\n    revision = 'a1'\nexcept Exception:\n    revision = 'zz'\ndown_revision = None\n"),
    "try and finally": file("try:\n    revision = 'a1'\nfinally:\n    down_revision = 'b2'\n"),
    "try import elsewhere": file(
        "try:\n    import nothing_of_the_kind\nexcept ImportError:\n    nothing_of_the_kind = None\n" + PLAIN
    ),
    "try else": file(
        "try:\n    pass\nexcept ImportError:\n    revision = 'zz'\nelse:\n    revision = 'a1'\ndown_revision = None\n"
    ),
    "with": file(
        "import contextlib\nwith contextlib.nullcontext():\n    " + PLAIN.replace("\n", "\n    ").rstrip() + "\n"
    ),
    "loop over constants": file(
        PLAIN.replace("None", "[]", 1).replace("depends_on = None", "depends_on = []")
        + "for need in ('x1', 'y2'):\n    depends_on.append(need)\n"
    ),
    "list grown": file(
        PLAIN.replace(
            "depends_on = None",
            "depends_on = ['x1']\ndepends_on += ['y2']\ndepends_on.append('z3')\ndepends_on.extend(('w4',))",
        )
    ),
    "list under two names": file(
        "needs = []\n" + PLAIN.replace("depends_on = None", "depends_on = needs\nneeds.append('x1')")
    ),
    "grown in a branch": file(
        PLAIN.replace("depends_on = None", "depends_on = []\nif True:\n    depends_on.append('x1')")
    ),
    "globals": file(PLAIN + "globals()['down_revision'] = 'c3'\n"),
    "in a string": file(PLAIN, tail='\nTEXT = """\nrevision = \'zz\'\ndown_revision = \'zz\'\n"""\n' + TAIL),
    "in the docstring": file(
        PLAIN, head='"""words\n\nrevision = \'zz\'\ndepends_on = \'zz\'\n"""\nfrom alembic import op\n'
    ),
    "in a function": file(
        PLAIN,
        tail="\n\ndef upgrade():\n    revision = 'zz'\n\n\ndef downgrade():\n    down_revision = 1\n",
    ),
    "in a class": file(PLAIN, tail=TAIL + "\n\nclass Model:\n    revision = 'zz'\n"),
    "annotation without a value": file(PLAIN + "revision: str\n"),
    "comments between": file(
        "# one\n\nrevision = 'a1'  # two\n# three\n\ndown_revision = 'b2'  # four\n"
        "branch_labels = None\ndepends_on = None\n"
    ),
    "import in parentheses": file("from typing import (\n    Sequence,\n    Union,\n)\n" + PLAIN),
    "star before": file("from string import *\n" + PLAIN),
    "other star": file(PLAIN + "from os.path import *\n"),
    "licence first": b"# Licensed under\n# the Apache License\n\n" + file(PLAIN),
    "shebang and cookie": b"#!/usr/bin/env python\n# -*- coding: latin-1 -*-\n"
    + file(PLAIN.replace("a1", "a\xe9")).decode().encode("latin-1"),
    "cookie and its docstring": b"# coding: cp1251\n"
    + ('"""\u043f\u0440\u0438\u0432\u0435\u0442\n\nx\n"""\n' + PLAIN + TAIL).encode("cp1251"),
    "BOM": b"\xef\xbb\xbf" + file(PLAIN),
    "CRLF": file(PLAIN).replace(b"\n", b"\r\n"),
    "CRLF in several lines": file(PLAIN.replace("'b2'", "(\n    'b2',\n    'c3',\n)")).replace(b"\n", b"\r\n"),
    "CR": file(PLAIN).replace(b"\n", b"\r"),
    "mixed ends of lines": file(PLAIN).replace(b"down", b"\r\ndown", 1),
    "form feed": file("\x0c\n" + PLAIN),
    "form feed before": file("\x0c" + PLAIN),
    "tabs": file(PLAIN.replace(" = ", "\t=\t")),
    "no end of line": file(PLAIN, tail=TAIL.rstrip("\n")),
    "no docstring": file(PLAIN, head="from alembic import op\n"),
    "empty docstring": file(PLAIN, head='""""""\n'),
    "docstring of one line": file(PLAIN, head='"""only this"""\n'),
    "docstring in single quotes": file(PLAIN, head="'only this'\n"),
    "docstring with apostrophes": file(PLAIN, head="'''it's \"this\"\n\nthat'''\n"),
    "docstring ends in a quote": file(PLAIN, head='"""say "this\\""""\n'),
    "docstring with quotes": file(PLAIN, head='"""say "this" and ""that""\n\nmore\n"""\n'),
    "docstring with escapes": file(PLAIN, head='"""one\\ntwo\\n\\nthree"""\n'),
    "docstring of two parts": file(PLAIN, head='"one " "two"\n'),
    "docstring with spaces": file(PLAIN, head='"""\n\n   one  \n   two\n  \n\nthree\n"""\n'),
    "docstring with a margin": file(
        PLAIN, head='"""  first\n\tsecond\n    third\n\n    fourth\n    Create Date: now\n    """\n'
    ),
    "docstring set later": file(PLAIN + "__doc__ = 'other words'\n"),
    "docstring of bytes": file(PLAIN, head='b"bytes"\n'),
    "docstring as f-string": file(PLAIN, head='f"no docstring"\n'),
    "accents": file(PLAIN, head='"""añadir columna ✓\n\nCreate Date: hoy\n"""\n'),
    "invalid escape": file(PLAIN, tail=TAIL + "\nPATTERN = '\\d'\n"),
    "unpleasant id": file(PLAIN.replace("a1", "v1.0 (ä) #x")),
    "digits": file(PLAIN.replace("a1", "0001").replace("b2", "0000")),
    "long file": file(PLAIN, tail=TAIL + "\nDATA = [\n" + "    ('revision', 1),\n" * 2000 + "]\n"),
    "match": file("import sys\n" + PLAIN + "match sys.argv:\n    case [*rest]:\n        other = 1\n"),
    "while": file(PLAIN + "count = 3\nwhile count:\n    count -= 1\n"),
    "async": file(PLAIN, tail="\n\nasync def helper():\n    pass\n" + TAIL),
    "upgrade from elsewhere": file(PLAIN, tail="\n\ndef helper():\n    pass\n\nupgrade = downgrade = helper\n"),
    "builders": file(PLAIN.replace("'b2'", "tuple(['b2', 'c3'])")),
    "split": file(PLAIN.replace("'b2'", "'b2 c3'.split()")),
    "version of Python": file("import sys\n" + PLAIN + "if sys.version_info < (3, 0):\n    revision = 'zz'\n"),
}

# Shapes that Alembic cannot load.
UNLOADABLE: dict[str, bytes] = {
    "nothing": b"",
    "only a docstring": b'"""words"""\n',
    "no revision": file("down_revision = None\n"),
    "no down_revision": file("revision = 'a1'\n"),
    "number as revision": file(PLAIN.replace("'a1'", "1")),
    "None as revision": file(PLAIN.replace("'a1'", "None")),
    "function as revision": file("def revision():\n    pass\ndown_revision = None\n"),
    "at sign": file(PLAIN.replace("a1", "a@1")),
    "dash": file(PLAIN.replace("a1", "-a1")),
    "plus": file(PLAIN.replace("a1", "a+1")),
    "colon": file(PLAIN.replace("a1", "a:1")),
    "syntax error": file(PLAIN, tail="\ndef upgrade(:\n    pass\n"),
    "return outside": file(PLAIN, tail=TAIL + "\nreturn 1\n"),
    "unfinished": file(PLAIN, tail="\ndef upgrade():\n"),
    "conflict": file(PLAIN, tail=TAIL + "<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> other\n"),
    "NUL": file(PLAIN) + b"\x00",
    "invalid UTF-8": file(PLAIN) + b"NAME = '\xff\xfe'\n",
    "unknown cookie": b"# coding: no-such\n" + file(PLAIN),
    "indentation": file("  revision = 'a1'\n" + PLAIN),
    "own parent": file(PLAIN.replace("'b2'", "'a1'")),
    "own need": file(PLAIN.replace("depends_on = None", "depends_on = 'a1'")),
}

# Shapes whose values are not in the text.
NEEDS_RUNNING: dict[str, bytes] = {
    "call": file("def parent():\n    return 'b2'\n" + PLAIN.replace("'b2'", "parent()")),
    "file name": file("from pathlib import Path\n" + PLAIN.replace("'a1'", "Path(__file__).stem")),
    "environment": file("import os\n" + PLAIN.replace("'b2'", "os.environ.get('PARENT', 'b2')")),
    "unknown condition": file(
        "import os\nrevision = 'a1'\n"
        "if os.environ.get('X'):\n    down_revision = 'c3'\nelse:\n    down_revision = 'b2'\n"
    ),
    "import that may fail": file(
        PLAIN.replace("depends_on = None", "depends_on = ['x1']")
        + "try:\n    import nothing_of_the_kind\n    depends_on.append('y2')\nexcept ImportError:\n    pass\n"
    ),
    "suppressed import": file(
        "import contextlib\n"
        + PLAIN
        + "with contextlib.suppress(ImportError):\n    import nothing\n    depends_on = 'x1'\n"
    ),
    "comprehension": file(PLAIN.replace("'b2'", "[name for name in ('b2', 'c3')]")),
    "global in a function": file(
        PLAIN, tail=TAIL + "\n\ndef late():\n    global depends_on\n    depends_on = 'x1'\n\nlate()\n"
    ),
    "changed by a call": file(
        PLAIN.replace("depends_on = None", "depends_on = ['x1']\ndef grow(to):\n    to.append('y2')\ngrow(depends_on)")
    ),
}
