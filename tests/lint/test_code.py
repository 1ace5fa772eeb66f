"""Code for remedies says what the catalogue says."""

from __future__ import annotations

from typing import Any

import pytest

from limbeck.lint import code


@pytest.mark.parametrize(
    ("definition", "columns", "expected"),
    [
        (
            "CREATE INDEX ix ON public.orders USING btree (placed_at)",
            ["placed_at"],
            'op.create_index("ix", "orders", ["placed_at"], postgresql_concurrently=True)',
        ),
        (
            "CREATE INDEX ix ON public.orders USING btree (placed_at DESC)",
            ["placed_at"],
            'op.execute("CREATE INDEX CONCURRENTLY ix ON public.orders USING btree (placed_at DESC)")',
        ),
        (
            "CREATE UNIQUE INDEX ix ON public.orders USING btree (status) NULLS NOT DISTINCT",
            ["status"],
            'op.execute("CREATE UNIQUE INDEX CONCURRENTLY ix ON public.orders USING btree (status) NULLS NOT DISTINCT")',
        ),
        (
            "CREATE INDEX ix ON public.orders USING gin (note gin_trgm_ops)",
            ["note"],
            'op.execute("CREATE INDEX CONCURRENTLY ix ON public.orders USING gin (note gin_trgm_ops)")',
        ),
        (
            "CREATE INDEX ix ON public.orders USING btree (lower((status)::text), COALESCE(note, ', DESC'::text))",
            ["lower(status)", "COALESCE(note, ', DESC')"],
            'op.create_index("ix", "orders", [sa.text("lower(status)"), sa.text("COALESCE(note, \', DESC\')")], '
            "postgresql_concurrently=True)",
        ),
        (
            'CREATE INDEX ix ON public.orders USING btree ("placed at")',
            ['"placed at"'],
            'op.create_index("ix", "orders", ["placed at"], postgresql_concurrently=True)',
        ),
    ],
)
def test_an_index(definition: str, columns: list[str], expected: str) -> None:
    index: dict[str, Any] = {"name": "ix", "method": "btree", "columns": columns, "definition": definition}
    index["unique"] = " UNIQUE " in definition
    assert code.create_index("orders", index, concurrently=True) == expected


def test_an_index_that_no_catalogue_describes() -> None:
    index = {"name": "ix", "columns": ["email"], "unique": True}
    expected = 'op.create_index("ix", "users", ["email"], unique=True)'
    assert code.create_index("users", index, concurrently=False) == expected


def test_a_reserved_word_is_quoted() -> None:
    assert code.identifier("public.user") == 'public."user"'
