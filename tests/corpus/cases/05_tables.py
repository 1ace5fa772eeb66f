# case: a new table
# why: nobody uses it
op.create_table(
    "parcels",
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("code", sa.String(20), nullable=False, unique=True),
    sa.Column("weight", sa.Integer(), sa.CheckConstraint("weight > 0")),
    sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now()),
)

# case: a new table with everything done to it
# why: nobody uses it, whatever is done
op.create_table("parcels", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.String(20)))
op.execute("INSERT INTO parcels (id, code) SELECT n, 'x' || n FROM generate_series(1, 100) AS n")
op.alter_column("parcels", "code", nullable=False, type_=sa.String(10))
op.create_unique_constraint("uq_parcels_code", "parcels", ["code"])
op.alter_column("parcels", "code", new_column_name="label")
op.execute("UPDATE parcels SET label = upper(label)")
op.drop_column("parcels", "label")

# case: a table dropped
# why: running code names it, and its rows are gone
op.drop_table("orders")  #! table-dropped

# case: a table dropped if it exists
# why: it does exist
op.execute("DROP TABLE IF EXISTS orders")  #! table-dropped

# case: a table with a unique key dropped
# why: the key goes with the table: there is one thing to tell
# given
op.create_table("tags", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("name", sa.Text(), unique=True))
# then
op.drop_table("tags")  #! table-dropped

# case: a table that is not there, dropped if it exists
# why: nothing happens
op.execute("DROP TABLE IF EXISTS never_made")

# case: a table made and dropped by the same revision
# why: nobody has seen it
op.execute("CREATE TABLE tmp_orders AS SELECT * FROM orders WHERE id < 0")
op.drop_table("tmp_orders")

# case: a temporary table
# why: it belongs to the session
op.execute("CREATE TEMPORARY TABLE moved (id int) ON COMMIT DROP")
op.execute("INSERT INTO moved VALUES (1)")

# case: a table with a foreign key dropped
# why: the table that it refers to is locked in ACCESS EXCLUSIVE, unnamed
# given
op.create_table("payments", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("order_id", sa.Integer(), sa.ForeignKey("orders.id")))
# then
op.drop_table("payments")  #! table-dropped, locks-what-it-does-not-name

# case: a table dropped with what depends on it
# why: the foreign key of payments goes, and payments is locked for it, unnamed
# given
op.create_table("payments", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("order_id", sa.Integer(), sa.ForeignKey("orders.id")))
# then
op.execute("DROP TABLE orders CASCADE")  #! table-dropped, locks-what-it-does-not-name

# case: a table given another name
# why: running code names the old one
op.rename_table("orders", "purchases")  #! renamed-in-use

# case: a table given another name, as SQL
# why: the same
op.execute('ALTER TABLE "orders" RENAME TO "Orders"')  #! renamed-in-use

# case: a table given another name, with a view of the old one
# why: the view answers for it, and can be written to
op.rename_table("orders", "purchases")
op.execute("CREATE VIEW orders AS SELECT * FROM purchases")

# case: a new table given its name
# why: nobody has seen it
op.create_table("parcels_new", sa.Column("id", sa.BigInteger(), primary_key=True))
op.rename_table("parcels_new", "parcels")

# case: a table moved to another schema
# why: running code looks for it where it was
op.execute("CREATE SCHEMA sales")
op.execute("ALTER TABLE orders SET SCHEMA sales")  #! renamed-in-use

# case: every row of a table gone
# why: its rows are gone
op.execute("TRUNCATE orders")  #! rows-truncated

# case: every row of two tables gone, and of what refers to them
# why: the same
op.execute("TRUNCATE TABLE customers, orders RESTART IDENTITY CASCADE")  #! rows-truncated

# case: a table of the same revision emptied
# why: nobody uses it
op.execute("CREATE TABLE staging AS SELECT id FROM orders WHERE false")
op.execute("TRUNCATE staging")

# case: a table made unlogged
# why: it is written anew, and a crash empties it
op.execute("ALTER TABLE orders SET UNLOGGED")  #! waits-for-rewrite, unlogged-table

# case: a new table that is not logged
# why: a crash empties it
op.execute("CREATE UNLOGGED TABLE carts (id bigint PRIMARY KEY)")  #! unlogged-table

# case: a table made logged
# why: it is written anew
# given
op.execute("CREATE UNLOGGED TABLE carts (id bigint PRIMARY KEY)")
# then
op.execute("ALTER TABLE carts SET LOGGED")  #! waits-for-rewrite

# case: VACUUM FULL
# why: it is written anew under ACCESS EXCLUSIVE
with op.get_context().autocommit_block():
    op.execute("VACUUM FULL orders")  #! waits-for-rewrite

# case: VACUUM FULL in a transaction
# why: the server refuses it
op.execute("VACUUM (FULL, ANALYZE) orders")  #! not-in-this-transaction

# case: VACUUM
# why: SHARE UPDATE EXCLUSIVE
with op.get_context().autocommit_block():
    op.execute("VACUUM ANALYZE orders")

# case: ANALYZE
# why: SHARE UPDATE EXCLUSIVE
op.execute("ANALYZE orders")

# case: CLUSTER
# why: it is written anew under ACCESS EXCLUSIVE
op.execute("CLUSTER orders USING orders_pkey")  #! waits-for-rewrite

# case: CLUSTER ON
# why: SHARE UPDATE EXCLUSIVE; nothing is written
op.execute("ALTER TABLE orders CLUSTER ON orders_pkey")

# case: how full pages are
# why: SHARE UPDATE EXCLUSIVE
op.execute("ALTER TABLE orders SET (fillfactor = 80)")

# case: a comment on a table
# why: SHARE UPDATE EXCLUSIVE
op.create_table_comment("orders", "what was ordered")

# case: another owner
# why: an instant
op.execute("ALTER TABLE orders OWNER TO CURRENT_USER")

# case: rights
# why: GRANT takes no lock that keeps anybody away
op.execute("GRANT SELECT ON orders TO PUBLIC")

# case: the replica identity
# why: replicas that go by the old one stop
op.execute("ALTER TABLE orders REPLICA IDENTITY NOTHING")  #! identity-dropped

# case: a table as the copy of another
# why: readers read; the old table is only read
op.execute("CREATE TABLE orders_2025 AS TABLE orders WITH NO DATA")

# case: a table like another
# why: nobody waits
op.execute("CREATE TABLE orders_new (LIKE orders INCLUDING ALL)")

# case: a table locked, then changed for long
# why: readers wait while the rows are changed
op.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")  #! busy-table-locked
op.execute("UPDATE orders SET note = 'x'")  #! rows-changed-under-lock

# case: a table with a foreign key to itself
# why: nobody uses it
op.create_table(
    "tree",
    sa.Column("id", sa.BigInteger(), primary_key=True),
    sa.Column("parent_id", sa.BigInteger(), sa.ForeignKey("tree.id")),
)

# case: a table that is there already
# why: the server refuses it
op.create_table("orders", sa.Column("id", sa.Integer(), primary_key=True))  #! does-not-run

# case: a table in another schema dropped with the schema
# why: the table and its rows are gone
# given
op.execute("CREATE SCHEMA sales")
op.execute("CREATE TABLE sales.leads (id bigint PRIMARY KEY)")
# then
op.execute("DROP SCHEMA sales CASCADE")  #! table-dropped

# case: an association table
# why: both tables are locked for an instant, as the foreign keys of new tables do
op.create_table(
    "order_tags",  #! busy-table-locked
    sa.Column("order_id", sa.Integer(), sa.ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("customer_id", sa.BigInteger(), sa.ForeignKey("customers.id"), primary_key=True),
)
