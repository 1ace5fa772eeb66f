# case: a view
# why: nobody uses it
op.execute("CREATE VIEW open_orders AS SELECT id, status FROM orders WHERE status = 'open'")

# case: a view replaced, with a further column
# why: CREATE OR REPLACE keeps the columns that are there
# given
op.execute("CREATE VIEW open_orders AS SELECT id FROM orders")
# then
op.execute("CREATE OR REPLACE VIEW open_orders AS SELECT id, status FROM orders")

# case: a view dropped
# why: running code names it
# given
op.execute("CREATE VIEW open_orders AS SELECT id FROM orders")
# then
op.execute("DROP VIEW open_orders")  #! table-dropped

# case: a view dropped and made again
# why: it is there again when the transaction ends
# given
op.execute("CREATE VIEW open_orders AS SELECT id FROM orders")
# then
op.execute("DROP VIEW IF EXISTS open_orders")
op.execute("CREATE VIEW open_orders AS SELECT status, id FROM orders")

# case: a materialized view with its rows
# why: orders is read, which keeps nobody away
op.execute("CREATE MATERIALIZED VIEW totals AS SELECT status, sum(total) AS total FROM orders GROUP BY status")

# case: a materialized view refreshed
# why: its readers wait until it is written anew
# given
op.execute("CREATE MATERIALIZED VIEW totals AS SELECT status, sum(total) AS total FROM orders GROUP BY status")
# then
op.execute("REFRESH MATERIALIZED VIEW totals")  #! waits-for-rewrite

# case: a materialized view refreshed concurrently
# why: its readers go on
# given
op.execute("CREATE MATERIALIZED VIEW totals AS SELECT status, sum(total) AS total FROM orders GROUP BY status")
op.execute("CREATE UNIQUE INDEX uq_totals ON totals (status)")
# then
op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY totals")

# case: a materialized view dropped
# why: running code names it
# given
op.execute("CREATE MATERIALIZED VIEW totals AS SELECT 1 AS one")
# then
op.execute("DROP MATERIALIZED VIEW totals")  #! table-dropped

# case: a trigger
# why: SHARE ROW EXCLUSIVE for an instant
op.execute("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
op.execute("CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()")

# case: a trigger switched off
# why: what it keeps in order is not kept
# given
op.execute("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
op.execute("CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()")
# then
op.execute("ALTER TABLE orders DISABLE TRIGGER touch")  #! triggers-off

# case: all triggers switched off, foreign keys among them
# why: rows that refer to nothing get in
# given
op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"])
# then
op.execute("ALTER TABLE orders DISABLE TRIGGER ALL")  #! triggers-off

# case: triggers switched off for the session
# why: foreign keys are not checked
op.execute("SET session_replication_role = 'replica'")  #! triggers-off

# case: the function of a trigger dropped with what depends on it
# why: ACCESS EXCLUSIVE on the table with the trigger, unnamed; the function and the trigger are gone
# given
op.execute("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
op.execute("CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch()")
# then
op.execute("DROP FUNCTION touch() CASCADE")  #! locks-what-it-does-not-name, table-dropped, triggers-off

# case: a function
# why: nobody uses it
op.execute("CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT n * 2'")

# case: a function replaced
# why: it answers as before, by another body
# given
op.execute("CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2'")
# then
op.execute("CREATE OR REPLACE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n + n'")

# case: a function dropped
# why: running code names it
# given
op.execute("CREATE FUNCTION twice(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2'")
# then
op.execute("DROP FUNCTION twice(int)")  #! table-dropped

# case: a function that acts for its owner
# why: its caller sets the search path (manual, "Writing SECURITY DEFINER Functions Safely")
op.execute("CREATE FUNCTION total() RETURNS numeric LANGUAGE sql SECURITY DEFINER AS 'SELECT sum(total) FROM orders'")  #! function-of-its-owner

# case: a function that acts for its owner, with a search path
# why: the caller's does not count
op.execute(
    "CREATE FUNCTION total() RETURNS numeric LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public "
    "AS 'SELECT sum(total) FROM orders'"
)

# case: row-level security
# why: who is not the owner sees no row
op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")  #! rows-hidden

# case: a policy dropped
# why: its rows vanish
# given
op.execute("ALTER TABLE orders ENABLE ROW LEVEL SECURITY")
op.execute("CREATE POLICY everybody ON orders USING (true)")
# then
op.execute("DROP POLICY everybody ON orders")  #! rows-hidden

# case: row-level security of a new table
# why: nobody uses it
op.create_table("secrets", sa.Column("id", sa.BigInteger(), primary_key=True))
op.execute("ALTER TABLE secrets ENABLE ROW LEVEL SECURITY")
op.execute("CREATE POLICY everybody ON secrets USING (true)")

# case: a label of an enum
# why: an instant; from PostgreSQL 12 on it may be added in a transaction
# given
op.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')")
# then
op.execute("ALTER TYPE mood ADD VALUE 'calm' BEFORE 'happy'")

# case: a label of an enum, in an autocommit block
# why: an instant
# given
op.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')")
# then
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'calm'")

# case: a label of an enum used in the same transaction
# why: the server refuses it: unsafe use of new value
# given
op.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')")
op.execute("CREATE TABLE people (id int PRIMARY KEY, mood mood)")
# then
op.execute("ALTER TYPE mood ADD VALUE 'calm'")
op.execute("UPDATE people SET mood = 'calm' WHERE id = 1")  #! not-in-this-transaction

# case: a label of an enum given another name
# why: running code writes the old one
# given
op.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')")
# then
op.execute("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'")  #! renamed-in-use

# case: an enum exchanged for one with fewer labels
# why: every row is written under ACCESS EXCLUSIVE; a label that is gone stops it
# given
op.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')")
op.execute("CREATE TABLE people (id int PRIMARY KEY, mood mood)")
# then
op.execute("CREATE TYPE mood_new AS ENUM ('sad', 'happy', 'calm')")
op.execute("ALTER TABLE people ALTER COLUMN mood TYPE mood_new USING mood::text::mood_new")  #! waits-for-rewrite, type-changed?
op.execute("DROP TYPE mood")  #! table-dropped?
op.execute("ALTER TYPE mood_new RENAME TO mood")

# case: a type dropped
# why: running code names it
# given
op.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')")
# then
op.execute("DROP TYPE mood")  #! table-dropped

# case: a type given another name
# why: running code names the old one
# given
op.execute("CREATE TYPE mood AS ENUM ('sad', 'happy')")
# then
op.execute("ALTER TYPE mood RENAME TO temper")  #! renamed-in-use

# case: a sequence
# why: nobody uses it
op.execute(sa.schema.CreateSequence(sa.Sequence("order_numbers", start=1000)))

# case: a sequence dropped
# why: running code names it
# given
op.execute("CREATE SEQUENCE order_numbers")
# then
op.execute("DROP SEQUENCE order_numbers")  #! table-dropped

# case: a schema
# why: nobody uses it
op.execute("CREATE SCHEMA IF NOT EXISTS sales")

# case: a schema given another name
# why: running code names the old one
# given
op.execute("CREATE SCHEMA sales")
# then
op.execute("ALTER SCHEMA sales RENAME TO trade")  #! renamed-in-use

# case: an empty schema dropped
# why: running code may name it
# given
op.execute("CREATE SCHEMA sales")
# then
op.execute("DROP SCHEMA sales")  #! table-dropped

# case: a view given another name
# why: running code names the old one
# given
op.execute("CREATE VIEW open_orders AS SELECT id FROM orders")
# then
op.execute("ALTER VIEW open_orders RENAME TO orders_that_are_open")  #! renamed-in-use

# case: a domain for a new table
# why: nobody uses it
op.execute("CREATE DOMAIN email_address AS text CHECK (VALUE LIKE '%@%')")
op.execute("CREATE TABLE contacts (id int PRIMARY KEY, email email_address)")

# case: a rule that swallows deletes
# why: an instant on orders; but a DELETE of the release before does nothing from there on, and no error tells
op.execute("CREATE RULE keep AS ON DELETE TO orders WHERE OLD.status = 'paid' DO INSTEAD NOTHING")  #! writes-rewritten

# case: an extension that comes with the server
# why: nobody uses it yet
op.execute("CREATE EXTENSION IF NOT EXISTS plpgsql")

# case: a text search configuration
# why: nobody uses it
op.execute("CREATE TEXT SEARCH CONFIGURATION shop (COPY = simple)")
