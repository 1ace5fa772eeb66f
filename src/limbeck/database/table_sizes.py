"""The sizes of tables, in one query that reads the catalogue and no row: PostgreSQL 12 and newer.

No percent sign stands in it: some drivers would take it for a place of a parameter.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from limbeck.model.sizes import Size

Query = Callable[[str], Sequence[Sequence[Any]]]

# Rows are estimated as the server's planner does: rows a page when the table was last analyzed, times pages now.
_SIZES = """
SELECT coalesce(pg_catalog.json_agg(pg_catalog.json_build_array(name, estimate, own, total)), '[]')::text FROM (
    SELECT name, CASE WHEN pg_catalog.bool_or(estimate IS NULL) THEN NULL ELSE pg_catalog.sum(estimate)::bigint END,
           pg_catalog.sum(own)::bigint, pg_catalog.sum(total)::bigint
    FROM (
        SELECT wanted.name, sizes.own, sizes.total,
               CASE WHEN sizes.own = 0 THEN 0
                    WHEN leaf.relpages > 0 AND leaf.reltuples >= 0 THEN pg_catalog.round(
                        leaf.reltuples::numeric / leaf.relpages
                        * (sizes.own / pg_catalog.current_setting('block_size')::bigint))
               END AS estimate
        FROM pg_catalog.unnest(ARRAY[{names}]::text[]) AS wanted (name)
        JOIN pg_catalog.pg_class c ON CASE
            WHEN pg_catalog.strpos(wanted.name, '.') > 0
            THEN c.relname = pg_catalog.substr(wanted.name, pg_catalog.strpos(wanted.name, '.') + 1)
                AND c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace
                                      WHERE nspname = pg_catalog.split_part(wanted.name, '.', 1))
            ELSE c.relname = wanted.name AND pg_catalog.pg_table_is_visible(c.oid) END
        CROSS JOIN LATERAL (
            SELECT c.oid WHERE c.relkind IN ('r', 'm')
            UNION ALL
            SELECT relid FROM pg_catalog.pg_partition_tree(CASE WHEN c.relkind = 'p' THEN c.oid END)
        ) AS parts (oid)
        JOIN pg_catalog.pg_class leaf ON leaf.oid = parts.oid AND leaf.relkind IN ('r', 'm', 'p')  -- of a 'p': 0
        CROSS JOIN LATERAL (
            SELECT coalesce(pg_catalog.pg_relation_size(leaf.oid), 0),
                   coalesce(pg_catalog.pg_total_relation_size(leaf.oid), 0)
        ) AS sizes (own, total)
    ) AS leaves GROUP BY name
) AS tables (name, estimate, own, total)
"""


def table_sizes(query: Query, names: Iterable[str]) -> Mapping[str, Size]:
    """The sizes of those of the tables that are there, by name.

    Args:
        query: runs one query and gives its rows.
        names: as the catalogue writes them, without quotes, and with their schema where no search path leads there.
    """
    wanted = ", ".join("'" + name.replace("'", "''") + "'" for name in sorted(names))
    if not wanted:
        return {}
    rows = json.loads(query(_SIZES.replace("{names}", wanted))[0][0])
    return {name: Size(estimate, own, total) for name, estimate, own, total in rows}
