"""What is made in a scratch database so that it notes by itself what a statement touched."""

from __future__ import annotations

from limbeck.database.catalogue.postgresql.branch import WIDTH, Note, Part, statement
from limbeck.database.catalogue.postgresql.relations import common
from limbeck.database.catalogue.postgresql.scope import FIRST_OF_USERS, TOUCHED, WATCH
from limbeck.database.catalogue.postgresql.settings import SETTINGS
from limbeck.database.catalogue.postgresql.snapshot import parts

GONE, READ, EVERYTHING = -1, -2, -3  # first column of rows that are not read by a branch
_TEXTS = WIDTH + 2


def statements(major: int) -> tuple[str, ...]:
    """To be executed one after the other, by a superuser."""
    wanted = {**SETTINGS, "enable_nestloop": "on", "plan_cache_mode": "force_generic_plan"}
    settings = " ".join(f"SET {name} = '{value}'" for name, value in wanted.items())
    columns = ", ".join(
        ["o0 integer", "o1 oid", "o2 integer", "o3 oid", *(f"t{place} text" for place in range(_TEXTS))]
    )
    return (
        f"CREATE SCHEMA {WATCH}",
        f"CREATE TYPE {WATCH}.object AS (catalog oid, object oid)",
        f"CREATE UNLOGGED TABLE {WATCH}.touched (gone boolean, catalog oid, object oid, part integer, names text[])",
        _noting("ended", "false, classid, objid, objsubid, NULL FROM pg_event_trigger_ddl_commands()"),
        _noting(
            "dropped",
            "true, classid, objid, objsubid, address_names FROM pg_event_trigger_dropped_objects() "
            "WHERE NOT is_temporary",
        ),
        _WHOSE,
        f"CREATE FUNCTION {WATCH}.changes() RETURNS TABLE ({columns}) LANGUAGE plpgsql {settings} AS $changes$"
        f"{_CHANGES}{_reading(major)}END $changes$",
        f"CREATE EVENT TRIGGER {WATCH}_ended ON ddl_command_end EXECUTE FUNCTION {WATCH}.ended()",
        f"CREATE EVENT TRIGGER {WATCH}_dropped ON sql_drop EXECUTE FUNCTION {WATCH}.dropped()",
    )


def _reading(major: int) -> str:
    """The statements that read what was touched; most of the time, it is only tables without anything rare."""
    groups: dict[str, list[tuple[int, Part]]] = {}
    for number, part in enumerate(parts(major, TOUCHED)):
        groups.setdefault(_condition(part), []).append((number, part))
    text = ""
    for condition, members in groups.items():
        text += f"    IF {condition} THEN RETURN QUERY {statement(common(TOUCHED), members)};\n    END IF;\n"
    return text


def _condition(part: Part) -> str:
    """When to read it, in the words of the function's variables."""
    if isinstance(part, Note):
        return "notes"
    if part.catalog == "pg_proc":
        return "cardinality(touched_functions) > 0"
    if "pg_type" in (part.catalog, part.within):
        return "cardinality(touched_types) > 0"
    return part.when if part.when in _RARE else "cardinality(touched_relations) > 0"


def _noting(name: str, what: str) -> str:
    """A function that an event trigger calls; whoever the statement's role is, it may note."""
    return (
        f"CREATE FUNCTION {WATCH}.{name}() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = '' AS $$ BEGIN INSERT INTO {WATCH}.touched SELECT {what}; END $$"
    )


# The relations, types and functions that are what objects belong to, or are themselves.
_WHOSE = f"""
CREATE FUNCTION {WATCH}.whose(objects {WATCH}.object[]) RETURNS SETOF {WATCH}.object
LANGUAGE sql SET search_path = '' AS $$
    SELECT 'pg_class'::regclass::oid, COALESCE(i.indrelid, c.oid) FROM unnest(objects) o
    JOIN pg_class c ON c.oid = o.object LEFT JOIN pg_index i ON i.indexrelid = c.oid
    WHERE o.catalog = 'pg_class'::regclass AND c.relkind <> 't'
    UNION SELECT CASE WHEN t.typrelid <> 0 THEN 'pg_class'::regclass ELSE 'pg_type'::regclass END,
        CASE WHEN t.typrelid <> 0 THEN t.typrelid ELSE t.oid END
    FROM unnest(objects) o JOIN pg_type t ON t.oid = o.object WHERE o.catalog = 'pg_type'::regclass
    UNION SELECT o.catalog, o.object FROM unnest(objects) o WHERE o.catalog = 'pg_proc'::regclass
    UNION SELECT CASE WHEN k.conrelid <> 0 THEN 'pg_class'::regclass ELSE 'pg_type'::regclass END,
        CASE WHEN k.conrelid <> 0 THEN k.conrelid ELSE k.contypid END
    FROM unnest(objects) o JOIN pg_constraint k ON k.oid = o.object WHERE o.catalog = 'pg_constraint'::regclass
    UNION SELECT 'pg_class'::regclass, g.tgrelid FROM unnest(objects) o
    JOIN pg_trigger g ON g.oid = o.object WHERE o.catalog = 'pg_trigger'::regclass
    UNION SELECT 'pg_class'::regclass, p.polrelid FROM unnest(objects) o
    JOIN pg_policy p ON p.oid = o.object WHERE o.catalog = 'pg_policy'::regclass
    UNION SELECT 'pg_class'::regclass, w.ev_class FROM unnest(objects) o
    JOIN pg_rewrite w ON w.oid = o.object WHERE o.catalog = 'pg_rewrite'::regclass
    UNION SELECT 'pg_class'::regclass, d.adrelid FROM unnest(objects) o
    JOIN pg_attrdef d ON d.oid = o.object WHERE o.catalog = 'pg_attrdef'::regclass
$$"""

# Whether there may be what few relations have, by the `when` of the part that reads it: to look for it takes longer.
_RARE = {
    "sequences": "bool_or(relkind = 'S')",
    "triggers": "bool_or(relhastriggers)",
    "rules": "bool_or(relhasrules)",
    "policies": "bool_or(relkind <> 'S') AND EXISTS (SELECT FROM pg_policy)",
}
_NONE = ", ".join(["NULL::text"] * (_TEXTS - 2))
_CHANGES = f"""
#variable_conflict use_column
DECLARE
    noticed {WATCH}.touched[];
    found {WATCH}.object[];
    further {WATCH}.object[];
    touched_relations oid[];
    touched_types oid[];
    touched_functions oid[];
    noted oid[];
    notes boolean;
    {"".join(f"{word} boolean; " for word in _RARE)}
BEGIN
    WITH taken AS (DELETE FROM {WATCH}.touched RETURNING touched.*) SELECT array_agg(taken) INTO noticed FROM taken;
    IF noticed IS NULL THEN
        RETURN;
    END IF;
    IF EXISTS (SELECT FROM unnest(noticed) n WHERE n.catalog IS NULL OR n.catalog <> ALL (ARRAY['pg_class'::regclass,
            'pg_type', 'pg_proc', 'pg_constraint', 'pg_trigger', 'pg_policy', 'pg_rewrite', 'pg_attrdef'])) THEN
        RETURN QUERY SELECT {EVERYTHING}, 0::oid, 0, 0::oid, NULL::text, NULL::text, {_NONE};
        RETURN;
    END IF;
    -- What was touched, and where something was taken from.
    found := ARRAY(SELECT w FROM {WATCH}.whose(ARRAY(
        SELECT ROW(n.catalog, n.object)::{WATCH}.object FROM unnest(noticed) n WHERE NOT n.gone OR n.part > 0
        UNION SELECT ROW('pg_class'::regclass, c.oid)::{WATCH}.object
        FROM unnest(noticed) n JOIN pg_namespace s ON s.nspname = n.names[1]
        JOIN pg_class c ON c.relnamespace = s.oid AND c.relname = n.names[2]
        WHERE n.gone AND n.catalog <> ALL (ARRAY['pg_class'::regclass, 'pg_type', 'pg_proc']))) w);
    -- What is spelled with their names; arrays of a type stand between it and its columns.
    further := found;
    FOR level IN 1..2 LOOP
        EXIT WHEN level = 2 AND NOT EXISTS (SELECT FROM unnest(further) f WHERE f.catalog = 'pg_type'::regclass);
        further := ARRAY(SELECT w FROM {WATCH}.whose(ARRAY(
            SELECT DISTINCT ROW(d.classid, d.objid)::{WATCH}.object FROM unnest(further) f
            JOIN pg_depend d ON d.refclassid = f.catalog AND d.refobjid = f.object
            WHERE level = 1 OR f.catalog = 'pg_type'::regclass)) w);
        found := ARRAY(SELECT DISTINCT f FROM unnest(found || further) f);
    END LOOP;
    touched_relations := ARRAY(
        WITH RECURSIVE family (oid) AS (
            SELECT f.object FROM unnest(found) f WHERE f.catalog = 'pg_class'::regclass
            UNION SELECT CASE WHEN i.inhparent = family.oid THEN i.inhrelid ELSE i.inhparent END
            FROM family JOIN pg_inherits i ON family.oid IN (i.inhparent, i.inhrelid)
        ) SELECT oid FROM family);
    touched_types := ARRAY(SELECT f.object FROM unnest(found) f WHERE f.catalog = 'pg_type'::regclass);
    touched_functions := ARRAY(SELECT f.object FROM unnest(found) f WHERE f.catalog = 'pg_proc'::regclass);
    SELECT {", ".join(_RARE.values())}, bool_or(relacl IS NOT NULL OR relkind = 'c')
        OR cardinality(touched_types || touched_functions) > 0
        OR EXISTS (SELECT FROM pg_description
            WHERE objoid >= {FIRST_OF_USERS} AND classoid <> 'pg_namespace'::regclass)
        OR EXISTS (SELECT FROM pg_seclabel)
        INTO {", ".join(_RARE)}, notes FROM pg_class WHERE oid = ANY (touched_relations);
    IF notes THEN noted := touched_relations || touched_types || touched_functions
        || ARRAY(SELECT indexrelid FROM pg_index WHERE indrelid = ANY (touched_relations))
        || ARRAY(SELECT oid FROM pg_constraint WHERE conrelid = ANY (touched_relations))
        || ARRAY(SELECT oid FROM pg_constraint WHERE contypid = ANY (touched_types))
        || ARRAY(SELECT oid FROM pg_trigger WHERE tgrelid = ANY (touched_relations))
        || ARRAY(SELECT oid FROM pg_policy WHERE polrelid = ANY (touched_relations))
        || ARRAY(SELECT oid FROM pg_rewrite WHERE ev_class = ANY (touched_relations))
        || ARRAY(SELECT reltype FROM pg_class WHERE oid = ANY (touched_relations) AND relkind = 'c');
    END IF;
    RETURN QUERY SELECT {GONE}, n.object, n.part, 0::oid, n.catalog::regclass::text, NULL::text, {_NONE}
        FROM unnest(noticed) n WHERE n.gone;
    RETURN QUERY SELECT {READ}, o, 0, 0::oid, 'pg_class', NULL::text, {_NONE} FROM unnest(touched_relations) o
        UNION ALL SELECT {READ}, o, 0, 0::oid, 'pg_type', NULL::text, {_NONE} FROM unnest(touched_types) o
        UNION ALL SELECT {READ}, o, 0, 0::oid, 'pg_proc', NULL::text, {_NONE} FROM unnest(touched_functions) o;
"""
