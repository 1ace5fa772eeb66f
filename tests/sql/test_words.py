"""The names that stand in a statement."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from limbeck.sql.tokens import Kind, tokens
from limbeck.sql.words import names_in


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ALTER TABLE Users ADD é1 int", {"alter", "table", "users", "add", "é1", "int"}),
        ('DROP TABLE "My table"', {"drop", "table", "My table"}),
        ("SELECT 'a.B'::regclass -- c", {"select", "a", "b", "regclass"}),
        ("DO $$ UPDATE a $$", {"do", "update", "a"}),
        ("SELECT 1e5, 2 + x2", {"select", "x2"}),
    ],
)
def test_names(sql: str, expected: set[str]) -> None:
    assert names_in(sql) == expected


@given(st.text(alphabet="aZé_09 .,;()=+-*/<>\n\t"))
def test_words_without_quotes_are_those_of_the_tokens(sql: str) -> None:
    """Most statements have no quotes, and are not taken apart."""
    found = tokens(sql, "postgresql")
    assert names_in(sql) == {token.value.lower() for token in found if token.kind is Kind.WORD}
