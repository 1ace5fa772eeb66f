"""What can happen to a PostgreSQL catalogue, one thing at a time, and what the difference says of it."""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """One change.

    Attributes:
        name: of the case.
        change: what is executed, on a database with SETTING.
        sentences: what the difference says of it.
        setting: what is executed before the first snapshot, after SETTING.
        since: the oldest major version that can do it.
    """

    name: str
    change: str
    sentences: tuple[str, ...]
    setting: str = ""
    since: int = 12


SETTING = """
CREATE ROLE catalogue_reader;
CREATE TABLE owners (id integer PRIMARY KEY);
CREATE TABLE pets (id integer, name varchar(20), kind text COLLATE "C" DEFAULT 'cat', born date, owner_id integer);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
"""

_COLUMN = "column name of public.pets"
_TABLE = "table public.pets"

CASES = (
    Case(
        "table created",
        "CREATE TABLE vets (id integer)",
        ("table public.vets was created", "column id of public.vets was created"),
    ),
    Case(
        "table dropped",
        "DROP TABLE owners",
        (
            "table public.owners was dropped",
            "column id of public.owners was dropped",
            "constraint owners_pkey of public.owners was dropped",
            "index owners_pkey of public.owners was dropped",
        ),
    ),
    Case("table renamed", "ALTER TABLE owners RENAME TO keepers", ("table public.owners was renamed to keepers",)),
    Case("dropped and created anew", "DROP TABLE owners; CREATE TABLE owners (id integer PRIMARY KEY)", ()),
    Case(
        "table and column whose names are reserved words",
        'ALTER TABLE "user" ADD COLUMN age int',
        ("column age of public.user was created",),
        setting='CREATE TABLE "user" (id int, "order" int); CREATE INDEX "all" ON "user" ("order")',
    ),
    Case("table unlogged", "ALTER TABLE pets SET UNLOGGED", (f"{_TABLE}: persistence was nothing, is unlogged",)),
    Case(
        "storage options",
        "ALTER TABLE pets SET (fillfactor = 70, autovacuum_enabled = off, toast.autovacuum_enabled = off)",
        (
            f"{_TABLE}: options was nothing, is autovacuum_enabled=off, fillfactor=70",
            f"{_TABLE}: toast options was nothing, is autovacuum_enabled=off",
        ),
    ),
    Case(
        "replica identity",
        "ALTER TABLE pets REPLICA IDENTITY FULL",
        (f"{_TABLE}: replica identity was nothing, is full",),
    ),
    Case(
        "replica identity by an index",
        "ALTER TABLE owners REPLICA IDENTITY USING INDEX owners_pkey",
        (
            "table public.owners: replica identity was nothing, is index",
            "index owners_pkey of public.owners: replica identity was nothing, is yes",
        ),
    ),
    Case(
        "row security",
        "ALTER TABLE pets ENABLE ROW LEVEL SECURITY; ALTER TABLE pets FORCE ROW LEVEL SECURITY",
        (
            f"{_TABLE}: row security was nothing, is yes",
            f"{_TABLE}: row security for the owner was nothing, is yes",
        ),
    ),
    Case("comment on a table", "COMMENT ON TABLE pets IS 'a'", (f"{_TABLE}: comment was nothing, is a",)),
    Case("comment on a column", "COMMENT ON COLUMN pets.name IS 'a'", (f"{_COLUMN}: comment was nothing, is a",)),
    Case(
        "comment removed",
        "COMMENT ON TABLE pets IS NULL",
        (f"{_TABLE}: comment was a, is nothing",),
        "COMMENT ON TABLE pets IS 'a'",
    ),
    Case("column added", "ALTER TABLE pets ADD x integer", ("column x of public.pets was created",)),
    Case("column dropped", "ALTER TABLE pets DROP name", (f"{_COLUMN} was dropped",)),
    Case("column renamed", "ALTER TABLE pets RENAME name TO title", (f"{_COLUMN} was renamed to title",)),
    Case(
        "column and its table renamed",
        "ALTER TABLE pets RENAME name TO title; ALTER TABLE pets RENAME TO animals",
        ("table public.pets was renamed to animals", f"{_COLUMN} was renamed to title of public.animals"),
    ),
    Case(
        "column widened",
        "ALTER TABLE pets ALTER name TYPE varchar(30)",
        (f"{_COLUMN}: type was character varying(20), is character varying(30)",),
    ),
    Case(
        "collation",
        'ALTER TABLE pets ALTER name TYPE varchar(20) COLLATE "C"',
        (f'{_COLUMN}: collation was nothing, is pg_catalog."C"',),
    ),
    Case("mandatory", "ALTER TABLE pets ALTER name SET NOT NULL", (f"{_COLUMN}: nullable was yes, is no",)),
    Case(
        "default",
        "ALTER TABLE pets ALTER name SET DEFAULT 'Rex'",
        (f"{_COLUMN}: default was nothing, is 'Rex'::character varying",),
    ),
    Case(
        "default removed",
        "ALTER TABLE pets ALTER kind DROP DEFAULT",
        ("column kind of public.pets: default was 'cat'::text, is nothing",),
    ),
    Case(
        "identity",
        "ALTER TABLE pets ALTER id SET NOT NULL, ALTER id ADD GENERATED ALWAYS AS IDENTITY",
        (
            "column id of public.pets: identity was nothing, is always",
            "column id of public.pets: nullable was yes, is no",
            "sequence public.pets_id_seq was created",
        ),
    ),
    Case(
        "generated",
        "ALTER TABLE pets ADD twice integer GENERATED ALWAYS AS (owner_id * 2) STORED",
        ("column twice of public.pets was created",),
    ),
    Case(
        "no longer generated",
        "ALTER TABLE pets ALTER twice DROP EXPRESSION",
        ("column twice of public.pets: generated was (owner_id * 2) stored, is nothing",),
        "ALTER TABLE pets ADD twice integer GENERATED ALWAYS AS (owner_id * 2) STORED",
        since=13,
    ),
    Case(
        "statistics target",
        "ALTER TABLE pets ALTER name SET STATISTICS 500",
        (f"{_COLUMN}: statistics was nothing, is 500",),
    ),
    Case(
        "storage", "ALTER TABLE pets ALTER name SET STORAGE EXTERNAL", (f"{_COLUMN}: storage was nothing, is external",)
    ),
    Case(
        "options of a column",
        "ALTER TABLE pets ALTER name SET (n_distinct = 5)",
        (f"{_COLUMN}: options was nothing, is n_distinct=5",),
    ),
    Case(
        "compression",
        "ALTER TABLE pets ALTER name SET COMPRESSION pglz",
        (f"{_COLUMN}: compression was nothing, is pglz",),
        since=14,
    ),
    Case(
        "check not yet valid",
        "ALTER TABLE pets ADD CONSTRAINT named CHECK (name <> '') NOT VALID",
        ("constraint named of public.pets was created",),
    ),
    Case(
        "check validated",
        "ALTER TABLE pets VALIDATE CONSTRAINT named",
        ("constraint named of public.pets: validated was no, is nothing",),
        "ALTER TABLE pets ADD CONSTRAINT named CHECK (name <> '') NOT VALID",
    ),
    Case(
        "deferrable",
        "ALTER TABLE pets ALTER CONSTRAINT fk DEFERRABLE INITIALLY DEFERRED",
        ("constraint fk of public.pets: deferrable was nothing, is initially deferred",),
        "ALTER TABLE pets ADD CONSTRAINT fk FOREIGN KEY (owner_id) REFERENCES owners",
    ),
    Case(
        "not enforced",
        "ALTER TABLE pets ALTER CONSTRAINT fk NOT ENFORCED",
        ("constraint fk of public.pets: enforced was nothing, is no",),
        "ALTER TABLE pets ADD CONSTRAINT fk FOREIGN KEY (owner_id) REFERENCES owners",
        since=18,
    ),
    Case(
        "foreign key silenced",
        "ALTER TABLE pets DISABLE TRIGGER ALL",
        ("constraint fk of public.pets: triggers was nothing, is disabled",),
        "ALTER TABLE pets ADD CONSTRAINT fk FOREIGN KEY (owner_id) REFERENCES owners",
    ),
    Case(
        "constraint renamed",
        "ALTER TABLE owners RENAME CONSTRAINT owners_pkey TO pk",
        (
            "constraint owners_pkey of public.owners was renamed to pk",
            "index owners_pkey of public.owners was renamed to pk",
            "index pk of public.owners: constraint was owners_pkey, is pk",
        ),
    ),
    Case(
        "not null, not valid",
        "ALTER TABLE pets ADD CONSTRAINT n NOT NULL name NOT VALID",
        (f"{_COLUMN}: not null was nothing, is not valid", f"{_COLUMN}: nullable was yes, is no"),
        since=18,
    ),
    Case(
        "exclusion",
        "ALTER TABLE pets ADD CONSTRAINT once EXCLUDE USING btree (name WITH =)",
        ("constraint once of public.pets was created", "index once of public.pets was created"),
    ),
    Case("index", "CREATE INDEX i ON pets (name)", ("index i of public.pets was created",)),
    Case(
        "index of another method",
        "DROP INDEX i; CREATE INDEX i ON pets USING hash (name)",
        (
            "index i of public.pets: definition was CREATE INDEX i ON public.pets USING btree (name), "
            "is CREATE INDEX i ON public.pets USING hash (name)",
        ),
        "CREATE INDEX i ON pets (name)",
    ),
    Case(
        "index of another operator class",
        "DROP INDEX i; CREATE INDEX i ON pets (name varchar_pattern_ops)",
        (
            "index i of public.pets: definition was CREATE INDEX i ON public.pets USING btree (name), "
            "is CREATE INDEX i ON public.pets USING btree (name varchar_pattern_ops)",
        ),
        "CREATE INDEX i ON pets (name)",
    ),
    Case(
        "index with another predicate",
        "DROP INDEX i; CREATE INDEX i ON pets (name) WHERE born IS NULL",
        (
            "index i of public.pets: definition was CREATE INDEX i ON public.pets USING btree (name), "
            "is CREATE INDEX i ON public.pets USING btree (name) WHERE (born IS NULL)",
        ),
        "CREATE INDEX i ON pets (name)",
    ),
    Case(
        "index renamed",
        "ALTER INDEX i RENAME TO j",
        (
            "index i of public.pets was renamed to j",
            "index j of public.pets: definition was CREATE INDEX i ON public.pets USING btree (name), "
            "is CREATE INDEX j ON public.pets USING btree (name)",
        ),
        "CREATE INDEX i ON pets (name)",
    ),
    Case(
        "clustered",
        "ALTER TABLE pets CLUSTER ON i",
        ("index i of public.pets: clustered was nothing, is yes",),
        "CREATE INDEX i ON pets (name)",
    ),
    Case(
        "statistics of an index",
        "ALTER INDEX i ALTER COLUMN 1 SET STATISTICS 7",
        ("index i of public.pets: statistics was nothing, is 1=7",),
        "CREATE INDEX i ON pets (lower(name))",
    ),
    Case(
        "label added",
        "ALTER TYPE mood ADD VALUE 'fine' BEFORE 'ok'",
        ("enum public.mood: labels was 'sad', 'ok', is 'sad', 'fine', 'ok'",),
    ),
    Case(
        "label renamed",
        "ALTER TYPE mood RENAME VALUE 'ok' TO 'o''k'",
        ("enum public.mood: labels was 'sad', 'ok', is 'sad', 'o''k'",),
    ),
    Case("enum left behind", "CREATE TYPE left_behind AS ENUM ()", ("enum public.left_behind was created",)),
    Case("enum renamed", "ALTER TYPE mood RENAME TO temper", ("enum public.mood was renamed to temper",)),
    Case(
        "domain",
        "CREATE DOMAIN short AS varchar(5) DEFAULT 'x' NOT NULL CONSTRAINT filled CHECK (VALUE <> '')",
        ("domain public.short was created", "constraint filled of public.short was created"),
    ),
    Case(
        "domain changed",
        "ALTER DOMAIN short SET NOT NULL; ALTER DOMAIN short SET DEFAULT 'y'; ALTER DOMAIN short DROP CONSTRAINT filled",
        (
            "domain public.short: default was nothing, is 'y'::character varying",
            "domain public.short: nullable was yes, is no",
            "constraint filled of public.short was dropped",
        ),
        "CREATE DOMAIN short AS varchar(5) CONSTRAINT filled CHECK (VALUE <> '')",
    ),
    Case(
        "composite type",
        "ALTER TYPE place ADD ATTRIBUTE zip text; ALTER TYPE place ALTER ATTRIBUTE street TYPE varchar(9); COMMENT ON TYPE place IS 'c'",
        (
            "composite type public.place: comment was nothing, is c",
            "column street of public.place: type was text, is character varying(9)",
            "column zip of public.place was created",
        ),
        "CREATE TYPE place AS (street text)",
    ),
    Case("range", "CREATE TYPE span AS RANGE (subtype = float8)", ("range public.span was created",)),
    Case("sequence", "CREATE SEQUENCE s", ("sequence public.s was created",)),
    Case(
        "sequence changed",
        "ALTER SEQUENCE s INCREMENT 5 MAXVALUE 99 CYCLE CACHE 3 OWNED BY pets.id",
        (
            "sequence public.s: bounds was 1 to 9223372036854775807, is 1 to 99",
            "sequence public.s: cache was nothing, is 3",
            "sequence public.s: cycle was nothing, is yes",
            "sequence public.s: increment was 1, is 5",
            "sequence public.s: owned by was nothing, is public.pets.id",
        ),
        "CREATE SEQUENCE s",
    ),
    Case("sequence used", "SELECT nextval('s')", (), "CREATE SEQUENCE s"),
    Case(
        "view",
        "CREATE OR REPLACE VIEW v WITH (security_barrier) AS SELECT id FROM pets WHERE id > 0",
        (
            "view public.v: definition was  SELECT pets.id\n   FROM public.pets;, "
            "is  SELECT pets.id\n   FROM public.pets\n  WHERE (pets.id > 0);",
            "view public.v: options was nothing, is security_barrier=true",
        ),
        "CREATE VIEW v AS SELECT pets.id FROM pets",
    ),
    Case(
        "materialized view",
        "CREATE MATERIALIZED VIEW m AS SELECT id FROM pets WITH NO DATA",
        ("materialized view public.m was created", "column id of public.m was created"),
    ),
    Case(
        "materialized view filled",
        "REFRESH MATERIALIZED VIEW m",
        ("materialized view public.m: populated was no, is nothing",),
        "CREATE MATERIALIZED VIEW m AS SELECT id FROM pets WITH NO DATA",
    ),
    Case(
        "function",
        "CREATE FUNCTION f(a integer, b text) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        ("function public.f(integer, text) was created",),
    ),
    Case(
        "function of the same name",
        "CREATE FUNCTION touch(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        ("function public.touch(integer) was created",),
    ),
    Case(
        "function changed",
        "ALTER FUNCTION f() STABLE",
        (
            "function public.f(): definition was CREATE OR REPLACE FUNCTION public.f()\n RETURNS integer\n LANGUAGE sql\n"
            "AS $function$SELECT 1$function$\n, is CREATE OR REPLACE FUNCTION public.f()\n RETURNS integer\n LANGUAGE sql\n"
            " STABLE\nAS $function$SELECT 1$function$\n",
        ),
        "CREATE FUNCTION f() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ),
    Case("procedure", "CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1'", ("procedure public.p() was created",)),
    Case(
        "aggregate",
        "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')",
        ("aggregate public.total(integer) was created",),
    ),
    Case(
        "aggregate changed",
        "DROP AGGREGATE total(integer); CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '1')",
        (
            "aggregate public.total(integer): definition was arguments integer, returns integer, sfunc int4pl, "
            "stype integer, initcond '0', is arguments integer, returns integer, sfunc int4pl, stype integer, initcond '1'",
        ),
        "CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer, INITCOND = '0')",
    ),
    Case(
        "trigger",
        "CREATE TRIGGER t BEFORE UPDATE ON pets FOR EACH ROW EXECUTE FUNCTION touch()",
        ("trigger t of public.pets was created",),
    ),
    Case(
        "trigger disabled",
        "ALTER TABLE pets DISABLE TRIGGER t",
        ("trigger t of public.pets: enabled was nothing, is no",),
        "CREATE TRIGGER t BEFORE UPDATE ON pets FOR EACH ROW EXECUTE FUNCTION touch()",
    ),
    Case("rule", "CREATE RULE r AS ON DELETE TO pets DO INSTEAD NOTHING", ("rule r of public.pets was created",)),
    Case(
        "policy",
        "ALTER POLICY p ON pets TO catalogue_reader USING (id > 1)",
        (
            "policy p of public.pets: roles was public, is catalogue_reader",
            "policy p of public.pets: using was nothing, is (id > 1)",
        ),
        "CREATE POLICY p ON pets",
    ),
    Case(
        "partition",
        "CREATE TABLE one PARTITION OF many FOR VALUES FROM (1) TO (2)",
        (
            "table public.one was created",
            "column at of public.one was created",
            "index one_at_idx of public.one was created",
        ),
        "CREATE TABLE many (at integer) PARTITION BY RANGE (at); CREATE INDEX ON many (at)",
    ),
    Case(
        "partition attached",
        "ALTER TABLE many ATTACH PARTITION one FOR VALUES FROM (1) TO (2)",
        (
            "table public.one: bound was nothing, is FOR VALUES FROM (1) TO (2)",
            "table public.one: partition of was nothing, is public.many",
            "column at of public.one: inherited was nothing, is yes",
        ),
        "CREATE TABLE many (at integer) PARTITION BY RANGE (at); CREATE TABLE one (at integer)",
    ),
    Case(
        "inheritance",
        "ALTER TABLE owners INHERIT people",
        (
            "table public.owners: inherits was nothing, is public.people",
            "column id of public.owners: inherited was nothing, is merged",
        ),
        "CREATE TABLE people (id integer NOT NULL)",
    ),
    Case("schema", "CREATE SCHEMA more", ("schema more was created",)),
    Case(
        "schema renamed",
        "ALTER SCHEMA more RENAME TO less",
        ("schema more was renamed to less",),
        "CREATE SCHEMA more; CREATE TABLE more.t (id integer PRIMARY KEY, word text); CREATE TYPE more.e AS ENUM ('a')",
    ),
    Case(
        "moved to another schema",
        "ALTER TABLE owners SET SCHEMA more",
        ("table public.owners was renamed to more.owners",),
        "CREATE SCHEMA more",
    ),
    Case(
        "privileges",
        "GRANT SELECT, INSERT ON pets TO catalogue_reader WITH GRANT OPTION; GRANT UPDATE (name) ON pets TO PUBLIC",
        (
            f"{_TABLE}: privileges was nothing, is owner: DELETE, INSERT, REFERENCES, SELECT, TRIGGER, TRUNCATE, UPDATE; "
            "role catalogue_reader: INSERT WITH GRANT OPTION, SELECT WITH GRANT OPTION",
            f"{_COLUMN}: privileges was nothing, is PUBLIC: UPDATE",
        ),
    ),
    Case(
        "privileges given and taken back",
        "GRANT SELECT ON pets TO catalogue_reader; REVOKE SELECT ON pets FROM catalogue_reader",
        (),
    ),
    Case(
        "all privileges taken",
        "REVOKE ALL ON FUNCTION touch() FROM PUBLIC, CURRENT_USER; REVOKE ALL ON SEQUENCE s FROM CURRENT_USER",
        (
            "sequence public.s: privileges was nothing, is none",
            "function public.touch(): privileges was nothing, is none",
        ),
        "CREATE SEQUENCE s",
    ),
    Case(
        "default privileges",
        "ALTER DEFAULT PRIVILEGES FOR ROLE catalogue_reader IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC",
        ("default privileges public.tables made by catalogue_reader was created",),
    ),
    Case("owner", "ALTER TABLE pets OWNER TO catalogue_reader", ()),
    Case("extended statistics", "CREATE STATISTICS st ON id, name FROM pets", ("statistics public.st was created",)),
    Case(
        "event trigger",
        "CREATE EVENT TRIGGER et ON sql_drop WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION ef()",
        ("event trigger et was created",),
        "CREATE FUNCTION ef() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'",
    ),
    Case("collation made", 'CREATE COLLATION co FROM "C"', ("collation public.co was created",)),
    Case(
        "operator",
        "CREATE OPERATOR public.=== (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq)",
        ("operator public.===(integer,integer) was created",),
    ),
    Case(
        "cast",
        "CREATE CAST (mood AS integer) WITH FUNCTION f(mood)",
        ("cast (public.mood AS integer) was created",),
        "CREATE FUNCTION f(mood) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    ),
    Case(
        "text search",
        "ALTER TEXT SEARCH CONFIGURATION c DROP MAPPING FOR email, url, host",
        (
            "text search configuration public.c: mapping was 1 simple, 2 simple, 3 simple, 4 simple, 5 simple, 6 simple, "
            "7 simple, 8 simple, 9 simple, 10 simple, 11 simple, 15 simple, 16 simple, 17 simple, 18 simple, 19 simple, "
            "20 simple, 21 simple, 22 simple, is 1 simple, 2 simple, 3 simple, 7 simple, 8 simple, 9 simple, 10 simple, "
            "11 simple, 15 simple, 16 simple, 17 simple, 18 simple, 19 simple, 20 simple, 21 simple, 22 simple",
        ),
        "CREATE TEXT SEARCH CONFIGURATION c (COPY = pg_catalog.simple)",
    ),
    Case(
        "foreign table, and the password of its server",
        "ALTER SERVER far OPTIONS (SET password 'two', ADD host 'h'); "
        "CREATE FOREIGN TABLE ft (id integer OPTIONS (a 'b')) SERVER far OPTIONS (t 'x')",
        (
            "foreign server far: options was password=***, is host=h, password=***",
            "foreign table public.ft was created",
            "column id of public.ft was created",
        ),
        "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER far FOREIGN DATA WRAPPER w OPTIONS (password 'one')",
    ),
    Case("view of the catalogue's own", "CREATE TABLE pg_like (id integer); DROP TABLE pg_like", ()),
    Case("temporary", "CREATE TEMPORARY TABLE passing (id integer)", ()),
)
