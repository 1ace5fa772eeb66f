# case: a lock timeout
# why: what a revision should do
op.execute("SET LOCAL lock_timeout = '2s'")
op.add_column("orders", sa.Column("source", sa.Text()))

# case: the lock timeout switched off
# why: everybody waits behind whoever waits without an end
op.execute("SET lock_timeout = 0")  #! timeouts-off
op.add_column("orders", sa.Column("source", sa.Text()))

# case: the statement timeout switched off
# why: the same
op.execute("SET LOCAL statement_timeout TO '0'")  #! timeouts-off
op.add_column("orders", sa.Column("source", sa.Text()))

# case: a longer statement timeout
# why: a limit all the same
op.execute("SET statement_timeout = '15min'")
op.add_column("orders", sa.Column("source", sa.Text()))

# case: COMMIT in the middle
# why: Alembic believes that its transaction is there
# alone
op.add_column("orders", sa.Column("source", sa.Text()))
op.execute("COMMIT")  #! ends-the-transaction

# case: the connection's commit
# why: the same
# alone
op.add_column("orders", sa.Column("source", sa.Text()))
op.get_bind().commit()  #! ends-the-transaction

# case: COMMIT before CREATE INDEX CONCURRENTLY
# why: as old advice has it; psycopg begins the next transaction by itself, and the server refuses
# alone
op.execute("COMMIT")  #! ends-the-transaction
op.execute("CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status)")  #! not-in-this-transaction

# case: work before and in an autocommit block
# why: a failure in the block leaves what came before
op.create_table("parcels", sa.Column("id", sa.BigInteger(), primary_key=True))
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status)")  #! half-applied

# case: work before and in an autocommit block, which can be repeated
# why: IF NOT EXISTS lets it run again over what it left
op.execute("CREATE TABLE IF NOT EXISTS parcels (id bigint PRIMARY KEY)")
with op.get_context().autocommit_block():
    op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_orders_status")
    op.execute("CREATE INDEX CONCURRENTLY ix_orders_status ON orders (status)")

# case: two indexes concurrently
# why: both let everybody go on; when the second fails, the first is there already
with op.get_context().autocommit_block():
    op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)
    op.create_index("ix_orders_total", "orders", ["total"], postgresql_concurrently=True)

# case: an advisory lock that waits, in a chain that works concurrently
# why: two deploys at once end in a deadlock and an INVALID index (reproduced)
# alone
# given
with op.get_context().autocommit_block():
    op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)
# then
op.execute("SELECT pg_advisory_lock(4711)")  #! waits-for-advisory-lock

# case: an advisory lock that is tried
# why: nobody waits in a statement
# alone
# given
with op.get_context().autocommit_block():
    op.create_index("ix_orders_status", "orders", ["status"], postgresql_concurrently=True)
# then
op.execute("SELECT pg_try_advisory_lock(4711)")

# case: an advisory lock that waits, in a chain that does nothing concurrently
# why: nothing waits for its snapshot
# alone
op.execute("SELECT pg_advisory_xact_lock(4711)")
op.add_column("orders", sa.Column("source", sa.Text()))

# case: an error that is caught
# why: PostgreSQL has aborted the transaction
# alone
try:  #! error-ignored
    op.add_column("orders", sa.Column("source", sa.Text()))
except sa.exc.ProgrammingError:
    pass

# case: an error that is caught behind a savepoint
# why: the transaction outlives it
try:
    with op.get_bind().begin_nested():
        op.add_column("orders", sa.Column("source", sa.Text()))
except sa.exc.ProgrammingError:
    pass

# case: an error that is told and raised again
# why: the revision stops
try:
    op.add_column("orders", sa.Column("source", sa.Text()))
except Exception as error:
    print("no source:", type(error).__name__)
    raise

# case: two locks in one revision
# why: each is an instant, and both are had in one order
op.add_column("orders", sa.Column("source", sa.Text()))
op.add_column("customers", sa.Column("source", sa.Text()))

# case: a lock timeout, and a scan under ACCESS EXCLUSIVE
# why: a lock timeout bounds the wait for the lock, not the scan
op.execute("SET LOCAL lock_timeout = '1s'")
op.alter_column("orders", "status", nullable=False)  #! readers-wait-for-scan
