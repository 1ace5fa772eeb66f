# case: an index on a table with rows
# why: CREATE INDEX holds SHARE until it is built: no INSERT, UPDATE or DELETE meanwhile (manual, CREATE INDEX)
op.create_index("ix_orders_status", "orders", ["status"])  #! writers-wait-for-scan

# case: an index, written as SQL
# why: the same statement by another way
op.execute("CREATE INDEX ix_orders_status ON orders (status)")  #! writers-wait-for-scan

# case: an index with IF NOT EXISTS
# why: IF NOT EXISTS changes nothing about the lock where the index is not there
op.execute("CREATE INDEX IF NOT EXISTS ix_orders_status ON public.orders USING btree (status)")  #! writers-wait-for-scan

# case: an index, by the connection
# why: who issues the statement makes no difference to the server
bind = op.get_bind()
bind.execute(sa.text("CREATE INDEX ix_orders_total ON orders (total DESC)"))  #! writers-wait-for-scan

# case: an index, by exec_driver_sql and an f-string
# why: the text is put together at run time
table = "orders"
for column in ("status", "total"):
    op.get_bind().exec_driver_sql(f"CREATE INDEX ix_{table}_{column} ON {table} ({column})")  #! writers-wait-for-scan

# case: an index concurrently, in an autocommit block
# why: SHARE UPDATE EXCLUSIVE lets readers and writers go on
with op.get_context().autocommit_block():
    op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)

# case: an index concurrently, as SQL, in an autocommit block
# why: the same, written as SQL
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status)")

# case: an index concurrently, in the transaction of the revision
# why: the server refuses it: CREATE INDEX CONCURRENTLY cannot run inside a transaction block
op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)  #! not-in-this-transaction

# case: an index concurrently as SQL, in the transaction of the revision
# why: the same, written as SQL
op.execute("CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status)")  #! not-in-this-transaction

# case: an index concurrently that may be there already
# why: a failed build leaves an INVALID index which IF NOT EXISTS takes for a good one (manual, CREATE INDEX)
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_orders_status ON orders (status)")  #! hides-an-invalid-index

# case: leftovers of a failed build are dropped first
# why: then there is nothing to hide, and nothing waits
with op.get_context().autocommit_block():
    op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_orders_status")
    op.execute("CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status)")

# case: an index on a table made in the same revision
# why: nobody uses the table yet
op.create_table(
    "parcels",
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("order_id", sa.BigInteger()),
)
op.create_index("ix_parcels_order_id", "parcels", ["order_id"])

# case: an index=True column of a table made in the same revision
# why: nobody uses the table yet
op.create_table(
    "parcels",
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("code", sa.String(20), index=True, unique=True),
)

# case: an index on a table of an earlier revision of the same deploy
# why: both go out together; nobody uses the table in between
# together
op.create_table("parcels", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("code", sa.String(20)))
# next revision
op.create_index("ix_parcels_code", "parcels", ["code"])

# case: an index on a table of an earlier deploy
# why: after the first deploy the table is used
# given
op.create_table("parcels", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("code", sa.String(20)))
# then
op.create_index("ix_parcels_code", "parcels", ["code"])  #! writers-wait-for-scan

# case: a unique index on a table with rows
# why: SHARE until it is built, and it looks at every row
op.create_index("uq_customers_email", "customers", ["email"], unique=True)  #! writers-wait-for-scan

# case: a partial index on an expression
# why: the whole table is read to find the rows of the condition
op.create_index("ix_customers_lower", "customers", [sa.text("lower(email)")], postgresql_where=sa.text("name IS NOT NULL"))  #! writers-wait-for-scan

# case: a GIN index
# why: the kind of index does not change the lock
# given
op.add_column("orders", sa.Column("tags", sa.dialects.postgresql.ARRAY(sa.Text())))
# then
op.create_index("ix_orders_tags", "orders", ["tags"], postgresql_using="gin")  #! writers-wait-for-scan

# case: an index in a schema, by its mixed-case name
# why: quoting and schemas do not change the lock
# given
op.execute("CREATE SCHEMA sales")
op.execute('CREATE TABLE sales."Line Items" (id bigint PRIMARY KEY, "orderId" bigint)')
# then
op.create_index("ix_line_items_order", "Line Items", ["orderId"], schema="sales")  #! writers-wait-for-scan

# case: the same index in a schema, concurrently
# why: SHARE UPDATE EXCLUSIVE lets readers and writers go on
# given
op.execute("CREATE SCHEMA sales")
op.execute('CREATE TABLE sales."Line Items" (id bigint PRIMARY KEY, "orderId" bigint)')
# then
with op.get_context().autocommit_block():
    op.create_index("ix_line_items_order", "Line Items", ["orderId"], schema="sales", postgresql_concurrently=True)

# case: an index by batch_alter_table
# why: on PostgreSQL batch mode issues the same CREATE INDEX
with op.batch_alter_table("orders") as batch_op:
    batch_op.create_index("ix_orders_status", ["status"])  #! writers-wait-for-scan

# case: an index by batch_alter_table with batch_op.f
# why: as above, as Flask-Migrate writes it
with op.batch_alter_table("orders", schema=None) as batch_op:
    batch_op.create_index(batch_op.f("ix_orders_status"), ["status"], unique=False)  #! writers-wait-for-scan

# case: an index with a time limit
# why: SET lock_timeout bounds the wait for the lock, not how long it is held through the build
op.execute("SET lock_timeout = '2s'")
op.create_index("ix_orders_status", "orders", ["status"])  #! writers-wait-for-scan

# case: an index after ALTER TABLE in the same transaction
# why: the ACCESS EXCLUSIVE of ADD COLUMN is held while the index is built: readers wait too
op.add_column("orders", sa.Column("region", sa.String(3)))
op.create_index("ix_orders_region", "orders", ["region"])  #! readers-wait-for-scan

# case: the column in one revision, its index concurrently in the next
# why: the lock of ADD COLUMN is gone in an instant, and the build stops nobody
op.add_column("orders", sa.Column("region", sa.String(3)))
# next revision
with op.get_context().autocommit_block():
    op.create_index("ix_orders_region", "orders", ["region"], postgresql_concurrently=True)

# case: the column, and its index concurrently, in one revision
# why: autocommit_block commits the column; when the build fails, the version says that nothing has happened
op.add_column("orders", sa.Column("region", sa.String(3)))
with op.get_context().autocommit_block():
    op.create_index("ix_orders_region", "orders", ["region"], postgresql_concurrently=True)  #! half-applied

# case: an index dropped
# why: DROP INDEX takes ACCESS EXCLUSIVE on the table, which it does not name (manual, DROP INDEX)
op.drop_index("ix_orders_placed_at", table_name="orders")  #! locks-what-it-does-not-name

# case: an index dropped by its name alone
# why: the same
op.drop_index("ix_orders_placed_at")  #! locks-what-it-does-not-name

# case: an index dropped if it exists, as SQL
# why: it does exist
op.execute("DROP INDEX IF EXISTS public.ix_orders_placed_at")  #! locks-what-it-does-not-name

# case: an index dropped concurrently
# why: SHARE UPDATE EXCLUSIVE lets readers and writers go on
with op.get_context().autocommit_block():
    op.drop_index("ix_orders_placed_at", table_name="orders", postgresql_concurrently=True)

# case: an index dropped concurrently in a transaction
# why: the server refuses it
op.execute("DROP INDEX CONCURRENTLY ix_orders_placed_at")  #! not-in-this-transaction

# case: an index that is not there, dropped if it exists
# why: nothing is locked
op.execute("DROP INDEX IF EXISTS ix_orders_never_made")

# case: an index given another name
# why: ALTER INDEX RENAME takes SHARE UPDATE EXCLUSIVE on the index only, and no code names indexes
op.execute("ALTER INDEX ix_orders_placed_at RENAME TO ix_orders_placed")

# case: an index built anew
# why: REINDEX holds SHARE on the table and ACCESS EXCLUSIVE on the index
op.execute("REINDEX INDEX ix_orders_placed_at")  #! waits-for-rewrite

# case: all indexes of a table built anew
# why: REINDEX TABLE holds SHARE on the table and ACCESS EXCLUSIVE on each index
op.execute("REINDEX TABLE orders")  #! waits-for-rewrite

# case: an index built anew concurrently
# why: REINDEX CONCURRENTLY lets readers and writers go on
with op.get_context().autocommit_block():
    op.execute("REINDEX INDEX CONCURRENTLY ix_orders_placed_at")

# case: all indexes of a table built anew concurrently
# why: REINDEX CONCURRENTLY lets readers and writers go on
with op.get_context().autocommit_block():
    op.execute("REINDEX TABLE CONCURRENTLY orders")

# case: an index built anew concurrently in a transaction
# why: the server refuses it
op.execute("REINDEX INDEX CONCURRENTLY ix_orders_placed_at")  #! not-in-this-transaction

# case: an index on a partitioned table
# why: SHARE on the parent and every partition until all are built
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")
# then
op.create_index("ix_events_what", "events", ["what"])  #! writers-wait-for-scan

# case: an index on a partitioned table, concurrently
# why: the server refuses it: cannot create index on partitioned table concurrently
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
# then
with op.get_context().autocommit_block():
    op.create_index("ix_events_what", "events", ["what"], postgresql_concurrently=True)  #! does-not-run

# case: an index on a partitioned table, by ONLY and per partition
# why: ONLY builds nothing, the partition's is built concurrently, attaching is an instant
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")
# then
op.execute("CREATE INDEX ix_events_what ON ONLY events (what)")
# next revision
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY ix_events_2025_what ON events_2025 (what)")
# next revision
op.execute("ALTER INDEX ix_events_what ATTACH PARTITION ix_events_2025_what")

# case: several indexes in one text
# why: each statement of the text is run
op.execute("""
    CREATE INDEX ix_orders_status ON orders (status);
    CREATE INDEX ix_orders_total ON orders (total);
""")  #! writers-wait-for-scan

# case: an index in a DO block
# why: the server runs what the block says
op.execute("""
    DO $$ BEGIN
        EXECUTE 'CREATE INDEX ix_orders_status ON orders (status)';
    END $$
""")  #! writers-wait-for-scan

# case: an index by a helper of the project
# why: the line of the revision that calls the helper is the place
# file: myshop/migrating.py
from alembic import op


def index(table, *columns):
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))
# then
from myshop.migrating import index

def upgrade():
    index("orders", "status", "placed_at")  #! writers-wait-for-scan

def downgrade():
    op.drop_index("ix_orders_status_placed_at")

# case: an index on a materialized view
# why: whoever refreshes it waits, whoever reads it does not: nobody writes to it
# given
op.execute("CREATE MATERIALIZED VIEW totals AS SELECT status, sum(total) AS total FROM orders GROUP BY status")
# then
op.execute("CREATE UNIQUE INDEX uq_totals_status ON totals (status)")

# case: statistics of an index column
# why: SHARE UPDATE EXCLUSIVE lets readers and writers go on
op.execute("CREATE STATISTICS st_orders ON status, total FROM orders")
