"""Nothing of a literal is left of a statement; the rest of it is."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limbeck.model.literals import shortened, without_literals


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("SELECT *\n  FROM users WHERE id = 5", "SELECT * FROM users WHERE id = ?"),
        ("SELECT 'O''Neil', E'it\\'s', U&'\\0041', x'1F'", "SELECT ?, ?, ?, ?"),
        ('UPDATE "Users 2" SET t2 = $1, b = $$a$b$$, c = $x$ $$ $x$', 'UPDATE "Users 2" SET t2 = $1, b = ?, c = ?'),
        ("SELECT 1e+10, .5, 0xFF, 1_000, -3 FROM a$1", "SELECT ?, ?, ?, ?, -? FROM a$1"),
        ("SELECT 1 -- of 2\n, /* 3 /* 4 */ 5 */ a", "SELECT ? , a"),
        ("SELECT 'never closed, 5", "SELECT ?"),
        ('SELECT "never closed', "SELECT ?"),
        ("SELECT $a$ never closed $b$", "SELECT ?"),
        ("SELECT a /* never closed", "SELECT a"),
        ("SELECT 'a\\', 'b'", "SELECT ?"),
        ("SELECT 'a\\b', c", "SELECT ?, c"),
        ("", ""),
    ],
)
def test_postgresql(sql: str, shown: str) -> None:
    assert without_literals(sql) == shown


@pytest.mark.parametrize(
    ("sql", "shown"),
    [
        ("SELECT \"a\", 'b''c', `d 1` # e\nFROM t", "SELECT ?, ?, `d 1` FROM t"),
        ("SELECT 'a\\'b' FROM t", "SELECT ?"),
        ("SELECT a--'b\nc' FROM t -- d", "SELECT a--? FROM t"),
        ("SELECT 1 /* a */ /*!50000 '*/ b' */", "SELECT ?"),
        ("SELECT _utf8'a', 0x1F, b'01'", "SELECT _utf8?, ?, ?"),
    ],
)
def test_mariadb(sql: str, shown: str) -> None:
    assert without_literals(sql, mysql=True) == shown


# What literals hold stands nowhere else in these statements, so that whatever is left of one is seen.
_HELD = "zßλ🂡"
_CONTENT = st.text(alphabet=_HELD + "'\"\\$-/*#; \n", max_size=8)
_WORDS = st.text(alphabet="abcd_", min_size=1, max_size=4)
_PLAIN = st.one_of(
    _WORDS,
    _WORDS.map(lambda word: f'"{word}"'),
    st.sampled_from([",", "(", ")", "=", "||", "::", "$1", "-- remark\n", "/* remark */"]),
)
_TAG = st.sampled_from(["", "t", "tag"])


def _dollar_quoted(tag: str, content: str) -> str:
    return f"${tag}${content.replace('$', '')}${tag}$"


_POSTGRES_LITERAL = st.one_of(
    _CONTENT.map(lambda content: "'" + content.replace("'", "''") + "'"),
    _CONTENT.map(lambda content: "E'" + content.replace("\\", "\\\\").replace("'", "\\'") + "'"),
    _CONTENT.map(lambda content: "e'" + content.replace("\\", "\\\\").replace("'", "''") + "'"),
    st.builds(_dollar_quoted, _TAG, _CONTENT),
    st.from_regex(r"[0-9]{1,5}(\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?", fullmatch=True),
)


def _mariadb_string(quote: str, within: str, content: str) -> str:
    """The content between quotes; `within` is how the quote is written inside it."""
    return quote + content.replace("\\", "\\\\").replace(quote, within) + quote


_MARIADB_LITERAL = st.one_of(
    st.builds(_mariadb_string, st.just(quote), st.sampled_from([f"\\{quote}", quote * 2]), _CONTENT) for quote in "'\""
)


def _statements(literal: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.lists(st.one_of(_PLAIN, literal), max_size=12).map(" ".join)


def _left(shown: str) -> set[str]:
    return set(shown) & set(_HELD)


@given(_statements(_POSTGRES_LITERAL), st.integers(0, 200))
def test_nothing_of_a_literal_is_left(sql: str, length: int) -> None:
    for text in (sql, sql[:length]):  # the server cuts long statements
        shown = without_literals(text)
        assert not _left(shown), shown
        assert not set(shown.replace("$1", "")) & set(string.digits), shown


@given(_statements(_MARIADB_LITERAL), st.integers(0, 200))
def test_nothing_of_a_literal_of_mariadb_is_left(sql: str, length: int) -> None:
    for text in (sql, sql[:length]):
        assert not _left(without_literals(text, mysql=True))


@given(st.lists(st.one_of(_WORDS, st.sampled_from([",", "(", ")", "=", "$1", '"a b"'])), max_size=12).map(" ".join))
def test_a_statement_without_literals_stays_as_it_is(sql: str) -> None:
    assert without_literals(sql) == sql


@given(st.text())
def test_any_text_is_read_to_its_end(sql: str) -> None:
    for mysql in (False, True):
        assert "\n" not in without_literals(sql, mysql=mysql)


def test_shortened() -> None:
    assert shortened("SELECT a", 8) == "SELECT a"
    assert shortened("SELECT ab", 8) == "SELECT…"
