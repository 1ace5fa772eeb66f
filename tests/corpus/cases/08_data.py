# case: every row changed
# why: all of them stay locked until the end, and are written again
op.execute("UPDATE orders SET note = 'none'")  #! all-rows-in-one-transaction

# case: rows changed by a condition without an index
# why: nobody knows how many they are, and the whole table is read for them
op.execute("UPDATE orders SET note = '' WHERE note IS NULL")  #! all-rows-in-one-transaction

# case: rows changed by SQLAlchemy
# why: the same
orders = sa.table("orders", sa.column("note"), sa.column("status"))
op.execute(orders.update().values(note="none").where(orders.c.status == "open"))  #! all-rows-in-one-transaction

# case: rows changed by the connection
# why: the same
op.get_bind().execute(sa.text("UPDATE orders SET note = :note"), {"note": "none"})  #! all-rows-in-one-transaction

# case: one row changed by its key
# why: one row
op.execute("UPDATE orders SET note = 'none' WHERE id = 17")

# case: some rows changed by their keys
# why: a few rows, found by the key
op.execute("UPDATE orders SET note = 'none' WHERE id IN (1, 2, 3)")

# case: every row deleted
# why: the same as changed, and gone
op.execute("DELETE FROM orders")  #! all-rows-in-one-transaction

# case: rows deleted by a condition without an index
# why: nobody knows how many they are
op.execute("DELETE FROM orders WHERE status = 'draft'")  #! all-rows-in-one-transaction

# case: rows changed from another table
# why: every row that matches
op.execute("UPDATE orders SET note = c.name FROM customers c WHERE c.id = orders.customer_id")  #! all-rows-in-one-transaction

# case: rows changed in batches, each a transaction
# why: each is short
with op.get_context().autocommit_block():
    while op.get_bind().exec_driver_sql(
        "UPDATE orders SET note = 'none' WHERE id IN (SELECT id FROM orders WHERE note IS NULL LIMIT 1000)"
    ).rowcount:
        pass

# case: rows deleted in batches, each a transaction
# why: each is short
with op.get_context().autocommit_block():
    bind = op.get_bind()
    while True:
        done = bind.execute(
            sa.text("DELETE FROM orders WHERE ctid IN (SELECT ctid FROM orders WHERE status = 'draft' LIMIT 500)")
        )
        if done.rowcount == 0:
            break

# case: rows changed in ranges of the key, each a transaction
# why: each is short, and the key finds its rows
with op.get_context().autocommit_block():
    bind = op.get_bind()
    for start in range(0, 3000, 1000):
        bind.execute(
            sa.text("UPDATE orders SET note = 'none' WHERE id >= :start AND id < :stop AND note IS NULL"),
            {"start": start, "stop": start + 1000},
        )

# case: a few rows inserted
# why: nobody waits
op.bulk_insert(
    sa.table("customers", sa.column("email"), sa.column("name")),
    [{"email": "a@example.com", "name": "A"}, {"email": "b@example.com", "name": "B"}],
)

# case: rows copied into a new table
# why: orders is read, which keeps nobody away
op.create_table("archive", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("note", sa.Text()))
op.execute("INSERT INTO archive (id, note) SELECT id, note FROM orders")

# case: a back-fill by a procedure in a DO block, in one transaction
# why: every row is changed
op.execute("""
    DO $$
    DECLARE r record;
    BEGIN
        FOR r IN SELECT id FROM orders LOOP
            UPDATE orders SET note = 'none' WHERE id = r.id;
        END LOOP;
    END $$
""")  #! all-rows-in-one-transaction

# case: rows changed one after the other, in one transaction
# why: in the end every row is locked
bind = op.get_bind()
for row in bind.execute(sa.text("SELECT id FROM orders")).fetchall():  #! reads-the-database
    bind.execute(sa.text("UPDATE orders SET note = 'none' WHERE id = :id"), {"id": row.id})  #! all-rows-in-one-transaction

# case: a table of a few rows, named small
# why: an instant
# small: orders
op.execute("UPDATE orders SET note = 'none'")

# case: a foreign key and a back-fill in one transaction
# why: writers of both tables wait while the rows are changed
op.create_foreign_key("fk", "orders", "customers", ["customer_id"], ["id"], postgresql_not_valid=True)
op.execute("UPDATE orders SET customer_id = NULL WHERE customer_id NOT IN (SELECT id FROM customers)")  #! rows-changed-under-lock

# case: a back-fill first, the ALTER TABLE behind it
# why: the rows are changed before anything is locked; they are still all changed in one transaction
op.execute("UPDATE orders SET status = 'new' WHERE status IS NULL")  #! all-rows-in-one-transaction
op.add_column("orders", sa.Column("source", sa.Text()))

# case: a question to a locked table
# why: the rows are read through while readers wait
op.add_column("orders", sa.Column("source", sa.Text()))
op.execute("INSERT INTO customers (email) SELECT DISTINCT status FROM orders WHERE status IS NOT NULL")  #! rows-changed-under-lock

# case: an upsert of a few rows
# why: nobody waits
op.execute("INSERT INTO orders (id, note) OVERRIDING SYSTEM VALUE VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET note = excluded.note")

# case: a sequence set behind the rows
# why: nobody waits
op.execute("SELECT setval(pg_get_serial_sequence('orders', 'id'), 100000)")

# case: the rows of a new column filled in the next deploy, in one go
# why: all of them stay locked until the end
op.add_column("orders", sa.Column("source", sa.Text()))
# next revision
op.execute("UPDATE orders SET source = 'web' WHERE source IS NULL")  #! all-rows-in-one-transaction
