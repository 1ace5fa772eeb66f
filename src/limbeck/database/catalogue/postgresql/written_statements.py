"""What finds out which rows of PostgreSQL's own tables were written since a moment."""

from __future__ import annotations

from collections.abc import Iterable

_FIRST = 16384  # oids below are of initdb
# Tables whose rows belong to a relation, and the column that names it.
_OF_RELATIONS = (
    ("pg_class", "oid"),
    ("pg_attribute", "attrelid"),
    ("pg_attrdef", "adrelid"),
    ("pg_index", "indrelid"),
    ("pg_constraint", "conrelid"),
    ("pg_constraint", "confrelid"),
    ("pg_trigger", "tgrelid"),
    ("pg_policy", "polrelid"),
    ("pg_rewrite", "ev_class"),
    ("pg_inherits", "inhrelid"),
    ("pg_inherits", "inhparent"),
    ("pg_sequence", "seqrelid"),
    ("pg_partitioned_table", "partrelid"),
)
# Tables of what belongs to no relation, and of what is read only with everything.
_OTHERS = (
    *("pg_proc", "pg_extension", "pg_foreign_server", "pg_foreign_data_wrapper", "pg_default_acl", "pg_collation"),
    *("pg_ts_dict", "pg_ts_config", "pg_ts_parser", "pg_ts_template", "pg_operator", "pg_opclass", "pg_opfamily"),
    *("pg_cast", "pg_conversion", "pg_language", "pg_transform", "pg_am", "pg_event_trigger", "pg_statistic_ext"),
    *("pg_enum",),
)
_THERE = {
    "pg_class": f"oid >= {_FIRST}",
    "pg_constraint": f"oid >= {_FIRST}",
    "pg_trigger": f"oid >= {_FIRST}",
    "pg_policy": "true",
    "pg_rewrite": f"oid >= {_FIRST}",
}


def written_since(*, ever: bool) -> str:
    """A query for one text of JSON: relations written since, what is there, and a digest of what is no relation.

    Of what is there, by catalogue: how many rows are older, and the numbers of those that are not.

    Args:
        ever: since the beginning; else since the transaction that `$1` is, as such a query gives it.
    """
    # The numbers of rows have 32 bits; age() compares such.
    since = "true" if ever else "pg_catalog.age(xmin) <= pg_catalog.age($1)"
    written = " UNION ".join(
        f"SELECT {column} FROM pg_catalog.{table} WHERE {column} >= {_FIRST} AND {since}"
        for table, column in _OF_RELATIONS
    )
    there = ", ".join(
        f"'{table}', (SELECT pg_catalog.json_build_array(count(*) FILTER (WHERE NOT ({since})), "
        f"pg_catalog.json_agg(oid::bigint) FILTER (WHERE {since})) FROM pg_catalog.{table} WHERE {condition})"
        for table, condition in _THERE.items()
    )
    notes = f"pg_catalog.pg_description WHERE classoid = 'pg_catalog.pg_class'::regclass AND objoid >= {_FIRST}"
    return f"""
SELECT pg_catalog.json_build_object(
    'mark', pg_catalog.txid_snapshot_xmin(pg_catalog.txid_current_snapshot())::text,
    'written', (SELECT pg_catalog.json_agg(number::bigint) FROM (
        {written}
        UNION SELECT objid FROM pg_catalog.pg_depend
        WHERE classid = 'pg_catalog.pg_class'::regclass AND objid >= {_FIRST} AND {since}
        UNION SELECT objoid FROM {notes} AND {since}) AS found (number)),
    'notes', (SELECT count(*) FROM {notes}) + (SELECT count(*) FROM pg_catalog.pg_inherits),
    'old_notes', (SELECT count(*) FROM {notes} AND NOT ({since}))
        + (SELECT count(*) FROM pg_catalog.pg_inherits WHERE NOT ({since})),
    'there', pg_catalog.json_build_object({there}),
    'stamp', (SELECT pg_catalog.md5(pg_catalog.string_agg(stamp, ',' ORDER BY stamp)) FROM (
        {" UNION ALL ".join(_stamps())}) AS stamps (stamp))
)::text"""


# The numbers of all rows of the catalogues whose rows are counted above, as one text of JSON.
ALL_THERE = f"""
SELECT pg_catalog.json_build_object({
    ", ".join(
        f"'{table}', (SELECT pg_catalog.json_agg(oid::bigint) FROM pg_catalog.{table} WHERE {condition})"
        for table, condition in _THERE.items()
    )
})::text"""


def _stamps() -> Iterable[str]:
    for table in _OTHERS:
        yield f"SELECT '{table}' || oid || ':' || xmin FROM pg_catalog.{table} WHERE oid >= {_FIRST}"
    yield (
        "SELECT 'type' || oid || ':' || xmin FROM pg_catalog.pg_type "
        f"WHERE oid >= {_FIRST} AND typrelid = 0 AND NOT (typelem <> 0 AND typlen = -1 AND typcategory = 'A')"
    )
    yield "SELECT 'space' || oid || ':' || xmin FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_(temp|toast)'"
    yield f"SELECT 'domain' || oid || ':' || xmin FROM pg_catalog.pg_constraint WHERE contypid >= {_FIRST}"
    yield "SELECT 'range' || rngtypid || ':' || xmin FROM pg_catalog.pg_range WHERE rngtypid >= 16384"
    yield "SELECT 'foreign' || ftrelid || ':' || xmin FROM pg_catalog.pg_foreign_table"
    yield "SELECT 'map' || mapcfg || ':' || xmin FROM pg_catalog.pg_ts_config_map WHERE mapcfg >= 16384"
    yield (
        "SELECT 'note' || classoid || ':' || objoid || ':' || xmin FROM pg_catalog.pg_description WHERE classoid <> "
        f"'pg_catalog.pg_class'::regclass AND (objoid >= {_FIRST} OR classoid = 'pg_catalog.pg_namespace'::regclass)"
    )
    yield "SELECT 'label' || classoid || ':' || objoid || ':' || objsubid || ':' || xmin FROM pg_catalog.pg_seclabel"


# One text of JSON: the relations `$1` with those that are spelled with their names, and what has notes.  `others` tells
# whether anything but relations is spelled with their names.
FAMILY = """
WITH RECURSIVE given AS MATERIALIZED (
    SELECT COALESCE(i.indrelid, c.oid) AS oid, c.reltype FROM pg_catalog.pg_class c
    LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid WHERE c.oid = ANY ($1) AND c.relkind <> 't'
), rowtypes AS MATERIALIZED (
    SELECT reltype AS oid FROM given WHERE reltype <> 0
    UNION SELECT t.typarray FROM given g JOIN pg_catalog.pg_type t ON t.oid = g.reltype WHERE t.typarray <> 0
), dependents AS MATERIALIZED (
    SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
    WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid IN (SELECT oid FROM given)
    UNION SELECT d.classid, d.objid FROM pg_catalog.pg_depend d
    WHERE d.refclassid = 'pg_catalog.pg_type'::regclass AND d.refobjid IN (SELECT oid FROM rowtypes)
        AND d.objid NOT IN (SELECT oid FROM rowtypes)
), family (oid) AS (
    SELECT oid FROM (
        SELECT oid FROM given
        UNION SELECT COALESCE(i.indrelid, d.objid) FROM dependents d
        LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = d.objid WHERE d.classid = 'pg_catalog.pg_class'::regclass
        UNION SELECT w.ev_class FROM dependents d JOIN pg_catalog.pg_rewrite w ON w.oid = d.objid
        WHERE d.classid = 'pg_catalog.pg_rewrite'::regclass
        UNION SELECT k.conrelid FROM dependents d JOIN pg_catalog.pg_constraint k ON k.oid = d.objid
        WHERE d.classid = 'pg_catalog.pg_constraint'::regclass AND k.conrelid <> 0
        UNION SELECT a.adrelid FROM dependents d JOIN pg_catalog.pg_attrdef a ON a.oid = d.objid
        WHERE d.classid = 'pg_catalog.pg_attrdef'::regclass
        UNION SELECT g.tgrelid FROM dependents d JOIN pg_catalog.pg_trigger g ON g.oid = d.objid
        WHERE d.classid = 'pg_catalog.pg_trigger'::regclass
        UNION SELECT p.polrelid FROM dependents d JOIN pg_catalog.pg_policy p ON p.oid = d.objid
        WHERE d.classid = 'pg_catalog.pg_policy'::regclass) AS first
    UNION SELECT CASE WHEN i.inhparent = family.oid THEN i.inhrelid ELSE i.inhparent END
    FROM family JOIN pg_catalog.pg_inherits i ON family.oid IN (i.inhparent, i.inhrelid)
), members AS MATERIALIZED (SELECT DISTINCT oid FROM family)
SELECT pg_catalog.json_build_object(
    'relations', COALESCE((SELECT pg_catalog.json_agg(oid::bigint) FROM members), '[]'),
    'others', EXISTS (SELECT FROM dependents WHERE classid IN ('pg_catalog.pg_proc'::regclass,
        'pg_catalog.pg_operator'::regclass, 'pg_catalog.pg_cast'::regclass))
        OR EXISTS (SELECT FROM dependents d JOIN pg_catalog.pg_type t ON t.oid = d.objid
                   WHERE d.classid = 'pg_catalog.pg_type'::regclass AND t.typrelid = 0
                       AND NOT (t.typelem <> 0 AND t.typlen = -1 AND t.typcategory = 'A'))
        OR EXISTS (SELECT FROM dependents d JOIN pg_catalog.pg_constraint k ON k.oid = d.objid
                   WHERE d.classid = 'pg_catalog.pg_constraint'::regclass AND k.contypid <> 0),
    'noted', COALESCE((SELECT pg_catalog.json_agg(oid::bigint) FROM (
        SELECT oid FROM members
        UNION SELECT indexrelid FROM pg_catalog.pg_index WHERE indrelid IN (SELECT oid FROM members)
        UNION SELECT oid FROM pg_catalog.pg_constraint WHERE conrelid IN (SELECT oid FROM members)
        UNION SELECT oid FROM pg_catalog.pg_trigger WHERE tgrelid IN (SELECT oid FROM members)
        UNION SELECT oid FROM pg_catalog.pg_policy WHERE polrelid IN (SELECT oid FROM members)
        UNION SELECT oid FROM pg_catalog.pg_rewrite WHERE ev_class IN (SELECT oid FROM members)
        UNION SELECT reltype FROM pg_catalog.pg_class WHERE oid IN (SELECT oid FROM members) AND relkind = 'c'
        ) AS noted), '[]'))::text"""
