# case: a foreign key
# why: SHARE ROW EXCLUSIVE on both tables while every row is looked up
op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"])  #! writers-wait-for-scan

# case: a foreign key, as SQL
# why: the same
op.execute("ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE")  #! writers-wait-for-scan

# case: a foreign key by batch_alter_table
# why: the same
with op.batch_alter_table("orders") as batch_op:
    batch_op.create_foreign_key("fk_orders_customer", "customers", ["customer_id"], ["id"])  #! writers-wait-for-scan

# case: a foreign key NOT VALID
# why: an instant on both tables; the other one is named
op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"], postgresql_not_valid=True)

# case: a foreign key NOT VALID, validated by the next deploy
# why: VALIDATE lets readers and writers of both go on
op.execute("ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID")
# next revision
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT fk")

# case: a foreign key NOT VALID, validated in the same transaction
# why: the locks of the first are held through the scan of the second
op.execute("ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID")
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT fk")  #! writers-wait-for-scan

# case: a foreign key NOT VALID, validated in an autocommit block of the same revision
# why: each commits by itself, so nobody waits; but a failure in between leaves half of it
op.execute("ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers NOT VALID")
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE orders VALIDATE CONSTRAINT fk")  #! half-applied

# case: a foreign key of a new table to an old one
# why: SHARE ROW EXCLUSIVE on the old one, for an instant
op.create_table(
    "invoices",  #! busy-table-locked
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("order_id", sa.Integer(), sa.ForeignKey("orders.id"), index=True),
)

# case: a foreign key of a new table to a hot one
# why: the settings say that even an instant is felt
# hot: orders
op.create_table(
    "invoices",  #! busy-table-locked
    sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
    sa.Column("order_id", sa.Integer(), sa.ForeignKey("orders.id")),
)

# case: a foreign key between two new tables
# why: nobody uses either
op.create_table("a", sa.Column("id", sa.BigInteger(), primary_key=True))
op.create_table("b", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("a_id", sa.BigInteger()))
op.create_foreign_key("fk_b_a", "b", "a", ["a_id"], ["id"])

# case: a foreign key dropped
# why: ACCESS EXCLUSIVE on the other table too, which the statement does not name (measured)
# given
op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"])
# then
op.drop_constraint("fk_orders_customer", "orders", type_="foreignkey")  #! locks-what-it-does-not-name

# case: a foreign key dropped by batch_alter_table
# why: the same
# given
op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"])
# then
with op.batch_alter_table("orders") as batch_op:
    batch_op.drop_constraint("fk_orders_customer", type_="foreignkey")  #! locks-what-it-does-not-name

# case: a check
# why: every row is read under ACCESS EXCLUSIVE
op.create_check_constraint("ck_orders_total", "orders", "total >= 0")  #! readers-wait-for-scan

# case: a check, as SQL, on a quoted table
# why: the same
op.execute('ALTER TABLE "orders" ADD CHECK (total >= 0)')  #! readers-wait-for-scan

# case: a check NOT VALID
# why: an instant
op.create_check_constraint("ck_orders_total", "orders", "total >= 0", postgresql_not_valid=True)

# case: a check NOT VALID, validated by the next deploy
# why: VALIDATE lets readers and writers go on
op.execute("ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total >= 0) NOT VALID")
# next revision
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_total")

# case: a check NOT VALID, validated in the same transaction
# why: ACCESS EXCLUSIVE is held through the scan
op.execute("ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total >= 0) NOT VALID")
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_total")  #! readers-wait-for-scan

# case: a check NOT VALID, validated by the same text
# why: the driver sends one text; it is one transaction
op.execute("""
    ALTER TABLE orders ADD CONSTRAINT ck_orders_total CHECK (total >= 0) NOT VALID;
    ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_total
""")  #! readers-wait-for-scan

# case: a check dropped
# why: an instant; rows come that code has never met
# given
op.create_check_constraint("ck_orders_total", "orders", "total >= 0")
# then
op.drop_constraint("ck_orders_total", "orders", type_="check")  #! constraint-dropped

# case: a unique constraint dropped
# why: ON CONFLICT (email) of the release before fails: there is no unique or exclusion constraint matching
# given
op.create_unique_constraint("uq_customers_email", "customers", ["email"])
# then
op.drop_constraint("uq_customers_email", "customers", type_="unique")  #! constraint-dropped

# case: a unique index dropped concurrently
# why: the same; nobody waits
# given
op.create_index("uq_customers_email", "customers", ["email"], unique=True)
# then
with op.get_context().autocommit_block():
    op.drop_index("uq_customers_email", "customers", postgresql_concurrently=True)  #! constraint-dropped

# case: a unique constraint dropped beside an index that keeps the same
# why: ON CONFLICT finds the other
# given
op.create_unique_constraint("uq_customers_email", "customers", ["email"])
op.create_index("uq_customers_email_2", "customers", ["email"], unique=True)
# then
op.drop_constraint("uq_customers_email", "customers", type_="unique")

# case: a unique constraint exchanged for one on an index that was built before
# why: the new one keeps the same by the end of the transaction
# given
op.create_unique_constraint("uq_customers_email", "customers", ["email"])
op.create_index("uq_customers_email_2", "customers", ["email"], unique=True)
# then
op.drop_constraint("uq_customers_email", "customers", type_="unique")
op.execute("ALTER TABLE customers ADD CONSTRAINT uq_customers_email UNIQUE USING INDEX uq_customers_email_2")

# case: a check on a table of the same revision
# why: nobody uses it
op.create_table("parcels", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("weight", sa.Integer()))
op.create_check_constraint("ck_parcels_weight", "parcels", "weight > 0")

# case: a unique constraint
# why: its index is built under ACCESS EXCLUSIVE
op.create_unique_constraint("uq_customers_email", "customers", ["email"])  #! readers-wait-for-scan

# case: a unique constraint by batch_alter_table
# why: the same
with op.batch_alter_table("customers") as batch_op:
    batch_op.create_unique_constraint("uq_customers_email", ["email"])  #! readers-wait-for-scan

# case: a unique constraint from an index built concurrently
# why: nobody waits for the build, and taking it over is an instant
with op.get_context().autocommit_block():
    op.create_index("uq_customers_email", "customers", ["email"], unique=True, postgresql_concurrently=True)
# next revision
op.execute("ALTER TABLE customers ADD CONSTRAINT uq_customers_email UNIQUE USING INDEX uq_customers_email")

# case: a unique constraint where rows are alike
# why: a column that came with a constant default has the same in all old rows
# given
op.add_column("orders", sa.Column("region", sa.String(3), server_default="EU"))
# then
op.create_unique_constraint("uq_orders_region", "orders", ["region"])  #! rows-in-the-way, readers-wait-for-scan

# case: a primary key
# why: its index is built under ACCESS EXCLUSIVE
# given
op.execute("CREATE TABLE visits (id bigint NOT NULL, page text)")
# then
op.create_primary_key("visits_pkey", "visits", ["id"])  #! readers-wait-for-scan

# case: a primary key from an index, on a column that is NOT NULL
# why: an instant
# given
op.execute("CREATE TABLE visits (id bigint NOT NULL, page text)")
op.execute("CREATE UNIQUE INDEX uq_visits ON visits (id)")
# then
op.execute("ALTER TABLE visits ADD CONSTRAINT visits_pkey PRIMARY KEY USING INDEX uq_visits")

# case: a primary key from an index, on a column that may be NULL
# why: it sets NOT NULL, for which every row is read under ACCESS EXCLUSIVE
# given
op.execute("CREATE TABLE visits (id bigint, page text)")
op.execute("CREATE UNIQUE INDEX uq_visits ON visits (id)")
# then
op.execute("ALTER TABLE visits ADD CONSTRAINT visits_pkey PRIMARY KEY USING INDEX uq_visits")  #! readers-wait-for-scan

# case: a primary key dropped
# why: nothing tells the rows apart; replication stops
op.drop_constraint("orders_pkey", "orders", type_="primary")  #! identity-dropped

# case: a primary key exchanged in one transaction
# why: the new one is built from an index made concurrently, and takes the place of the old
# given
op.execute("ALTER TABLE orders ADD COLUMN number bigint NOT NULL GENERATED ALWAYS AS IDENTITY")
op.execute("CREATE UNIQUE INDEX uq_orders_number ON orders (number)")
# then
op.drop_constraint("orders_pkey", "orders")
op.execute("ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX uq_orders_number")

# case: an exclusion constraint
# why: its index is built under ACCESS EXCLUSIVE
op.execute("ALTER TABLE orders ADD CONSTRAINT ex_orders EXCLUDE USING gist (int4range(id, id + 1) WITH &&)")  #! readers-wait-for-scan

# case: an exclusion constraint, as Alembic writes it
# why: the same
op.create_exclude_constraint("ex_orders", "orders", ("status", "="), using="btree")  #! readers-wait-for-scan

# case: an exclusion constraint of a new table
# why: nobody uses it
op.execute("CREATE TABLE bookings (id bigint PRIMARY KEY, during tsrange, EXCLUDE USING gist (during WITH &&))")

# case: several foreign keys in one revision
# why: locks on all the tables are held through all the scans
# given
op.create_table("regions", sa.Column("id", sa.BigInteger(), primary_key=True))
op.add_column("orders", sa.Column("region_id", sa.BigInteger()))
# then
op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"])  #! writers-wait-for-scan
op.create_foreign_key("fk_orders_region", "orders", "regions", ["region_id"], ["id"])  #! writers-wait-for-scan

# case: a foreign key exchanged for one that cascades, NOT VALID
# why: the old one's drop locks the other table in ACCESS EXCLUSIVE, unnamed
# given
op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"])
# then
op.drop_constraint("fk_orders_customer", "orders", type_="foreignkey")  #! locks-what-it-does-not-name
op.create_foreign_key(
    "fk_orders_customer", "orders", "customers", ["customer_id"], ["id"], ondelete="CASCADE", postgresql_not_valid=True
)

# case: a foreign key made deferrable
# why: ALTER CONSTRAINT is an instant, and the other table is locked without being named
# given
op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"])
# then
op.execute("ALTER TABLE orders ALTER CONSTRAINT fk_orders_customer DEFERRABLE INITIALLY DEFERRED")

# case: a constraint that is not there, dropped if it exists
# why: nothing happens
op.execute("ALTER TABLE orders DROP CONSTRAINT IF EXISTS never_made")

# case: a foreign key, on tables that are named small
# why: an instant on so few rows
# small: orders, customers
op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"])

# case: a domain with a check in use
# why: every table that uses it is read while its writers wait
# given
op.execute("CREATE DOMAIN amount AS numeric")
op.execute("CREATE TABLE payments (id bigint PRIMARY KEY, paid amount)")
# then
op.execute("ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE >= 0)")  #! writers-wait-for-scan

# case: a domain with a check in use, NOT VALID, then validated
# why: NOT VALID reads nothing; VALIDATE reads the tables under SHARE, so writers wait (measured)
# given
op.execute("CREATE DOMAIN amount AS numeric")
op.execute("CREATE TABLE payments (id bigint PRIMARY KEY, paid amount)")
# then
op.execute("ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (VALUE >= 0) NOT VALID")

# case: a column's type that a check must be held against again
# why: the check is worked out for every row under ACCESS EXCLUSIVE
# given
op.create_check_constraint("ck_email", "customers", "length(email) > 3")
# then
op.alter_column("customers", "email", type_=sa.String(300))  #! readers-wait-for-scan
