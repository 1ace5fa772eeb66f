"""SQL is taken apart as the databases themselves do."""

from __future__ import annotations

import pytest

from limbeck.sql.tokens import Kind, statements, tokens


def values(sql: str, dialect: str) -> list[str]:
    return [token.value for token in tokens(sql, dialect)]


@pytest.mark.parametrize(
    ("sql", "dialect", "expected"),
    [
        ("a 'it''s' \"B\"\"c\"", "postgresql", ["a", "it's", 'B"c']),
        (r"E'a\'b' 'a\'", "postgresql", ["a'b", "a\\"]),
        ("$$a 'b$$ $x$ $$ ; $x$", "postgresql", ["a 'b", " $$ ; "]),
        ("a -- b 'c\n d /* e ' */ f", "postgresql", ["a", "d", "f"]),
        ("x::int <> 1.5e3", "postgresql", ["x", "::", "int", "<>", "1.5e3"]),
        ("$1 a$b", "postgresql", ["$", "1", "a$b"]),
        (r"`a``b` 'it\'s' \"x\"".replace(r"\"", '"'), "mysql", ["a`b", "it's", "x"]),
        ("a # b\n c /*! d */ e", "mariadb", ["a", "c", "d", "e"]),
        ("[a b] `c` \"d\" 'e'", "sqlite", ["a b", "c", "d", "e"]),
        ("naïve 'ü'", "sqlite", ["naïve", "ü"]),
    ],
)
def test_values(sql: str, dialect: str, expected: list[str]) -> None:
    assert values(sql, dialect) == expected


def test_places() -> None:
    sql = "ALTER TABLE  t -- x\n ADD c"
    assert [sql[token.start : token.end] for token in tokens(sql, "postgresql")] == ["ALTER", "TABLE", "t", "ADD", "c"]


def test_kinds() -> None:
    found = tokens("a \"b\" 'c' 1 (", "postgresql")
    assert [token.kind for token in found] == [Kind.WORD, Kind.NAME, Kind.STRING, Kind.NUMBER, Kind.SIGN]
    assert [token.word for token in found] == ["a", "", "", "", ""]


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite"])
def test_statements(dialect: str) -> None:
    found = statements("A; B ';' (c; d);; -- e;\n", dialect)
    assert [[token.value for token in one] for one in found] == [["A"], ["B", ";", "(", "c", ";", "d", ")"]]
