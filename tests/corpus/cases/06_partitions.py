# case: a partition
# why: CREATE TABLE ... PARTITION OF takes ACCESS EXCLUSIVE on the parent (measured)
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
# then
op.execute("CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")  #! partition-locks-its-parent

# case: a partition beside a default partition
# why: the default partition is read under ACCESS EXCLUSIVE, and the parent is locked
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE events_rest PARTITION OF events DEFAULT")
# then
op.execute("CREATE TABLE events_2030 PARTITION OF events FOR VALUES FROM ('2130-01-01') TO ('2131-01-01')")  #! readers-wait-for-scan

# case: a partition made apart and attached
# why: ATTACH takes SHARE UPDATE EXCLUSIVE on the parent, and the new table has no rows
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
# then
op.execute("CREATE TABLE events_2026 (LIKE events INCLUDING ALL)")
op.execute("ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")

# case: an old table attached
# why: its rows are read under ACCESS EXCLUSIVE to see that they belong there
# given
op.execute("CREATE TABLE events (id int NOT NULL, what text) PARTITION BY RANGE (id)")
op.execute("CREATE TABLE events_old (id int NOT NULL, what text)")
# then
op.execute("ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM (-1000000) TO (1000000)")  #! readers-wait-for-scan

# case: an old table attached, with a check that proves the bounds
# why: the check is proof: no row is read
# given
op.execute("CREATE TABLE events (id int NOT NULL, what text) PARTITION BY RANGE (id)")
op.execute("CREATE TABLE events_old (id int NOT NULL CHECK (id >= -2147483648 AND id < 2147483647), what text)")
# then
op.execute("ALTER TABLE events ATTACH PARTITION events_old FOR VALUES FROM (-2147483648) TO (2147483647)")

# case: a partition taken away
# why: DETACH takes ACCESS EXCLUSIVE on the parent
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")
# then
op.execute("ALTER TABLE events DETACH PARTITION events_2025")  #! partition-locks-its-parent

# case: a partition taken away concurrently
# oldest: 14
# why: the parent is locked in SHARE UPDATE EXCLUSIVE only
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")
# then
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY")

# case: a partition taken away concurrently, in a transaction
# oldest: 14
# why: the server refuses it
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")
# then
op.execute("ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY")  #! not-in-this-transaction

# case: a partition dropped
# why: its rows are gone, and the parent is locked, unnamed
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")
# then
op.drop_table("events_2025")  #! table-dropped, locks-what-it-does-not-name

# case: a partitioned table with its partitions, all new
# why: nobody uses them
op.create_table("logs", sa.Column("at", sa.Date(), nullable=False), postgresql_partition_by="RANGE (at)")
for year in (2025, 2026):
    op.execute(f"CREATE TABLE logs_{year} PARTITION OF logs FOR VALUES FROM ('{year}-01-01') TO ('{year + 1}-01-01')")
op.create_index("ix_logs_at", "logs", ["at"])

# case: a column of a partitioned table
# why: an instant on the parent; its partitions are locked too, unnamed: they are the same table to whoever uses it
# given
op.execute("CREATE TABLE events (at date NOT NULL, what text) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")
# then
op.add_column("events", sa.Column("source", sa.Text()))

# case: a primary key that leaves out the partition key
# why: the server refuses it
op.execute("CREATE TABLE logs (id bigint PRIMARY KEY, at date NOT NULL) PARTITION BY RANGE (at)")  #! does-not-run

# case: a table inherits from another
# why: SHARE UPDATE EXCLUSIVE on the parent, an instant on the child
# given
op.execute("CREATE TABLE base (id int)")
op.execute("CREATE TABLE leaf (id int)")
# then
op.execute("ALTER TABLE leaf INHERIT base")
