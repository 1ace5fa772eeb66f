# case: a column dropped
# why: running code names it; what it held is gone
op.drop_column("orders", "note")  #! column-dropped

# case: a column dropped, as SQL, if it exists
# why: it does exist
op.execute("ALTER TABLE orders DROP COLUMN IF EXISTS note")  #! column-dropped

# case: a column dropped by batch_alter_table
# why: the same
with op.batch_alter_table("orders") as batch_op:
    batch_op.drop_column("note")  #! column-dropped

# case: two columns dropped by one statement
# why: the same, twice
op.execute("ALTER TABLE orders DROP COLUMN note, DROP COLUMN total CASCADE")  #! column-dropped

# case: a column that is not there, dropped if it exists
# why: nothing happens
op.execute("ALTER TABLE orders DROP COLUMN IF EXISTS never_made")

# case: a column made and dropped by the same revision
# why: nobody has seen it
op.add_column("orders", sa.Column("scratch", sa.Text()))
op.drop_column("orders", "scratch")

# case: a column with an index dropped
# why: the index goes with it
op.drop_column("orders", "placed_at")  #! column-dropped

# case: a column with a foreign key dropped
# why: running code names it; the key goes too, for which customers is locked in ACCESS EXCLUSIVE (measured)
# given
op.create_foreign_key("fk_orders_customer", "orders", "customers", ["customer_id"], ["id"])
# then
op.drop_column("orders", "customer_id")  #! column-dropped, locks-what-it-does-not-name

# case: a column given another name
# why: running code names the old one
op.alter_column("orders", "note", new_column_name="remark")  #! renamed-in-use

# case: a column given another name, as SQL
# why: the same
op.execute('ALTER TABLE orders RENAME note TO "Remark"')  #! renamed-in-use

# case: a column given another name by batch_alter_table
# why: the same
with op.batch_alter_table("orders") as batch_op:
    batch_op.alter_column("note", new_column_name="remark", existing_type=sa.Text())  #! renamed-in-use

# case: a column of the same revision given another name
# why: nobody has seen it
op.add_column("orders", sa.Column("scratch", sa.Text()))
op.alter_column("orders", "scratch", new_column_name="source")

# case: a constraint given another name
# why: an instant, and code does not name it
# given
op.create_check_constraint("ck_total", "orders", "total >= 0")
# then
op.execute("ALTER TABLE orders RENAME CONSTRAINT ck_total TO ck_orders_total")

# case: int to bigint
# why: another size: every row is written
op.alter_column("orders", "id", type_=sa.BigInteger())  #! waits-for-rewrite

# case: int to bigint, as SQL
# why: the same
op.execute("ALTER TABLE orders ALTER COLUMN id SET DATA TYPE bigint")  #! waits-for-rewrite

# case: int to bigint on a table of the same revision
# why: nobody uses it
op.create_table("parcels", sa.Column("id", sa.Integer(), primary_key=True))
op.alter_column("parcels", "id", type_=sa.BigInteger())

# case: int to bigint on a table that is named small
# why: an instant on so few rows
# small: orders
op.alter_column("orders", "id", type_=sa.BigInteger())

# case: bigint to int
# why: every row is written, and what does not fit stops it
op.alter_column("customers", "id", type_=sa.Integer())  #! waits-for-rewrite, type-changed

# case: a longer varchar
# why: the length is in the catalogue; no row is looked at
op.alter_column("customers", "email", type_=sa.String(200), existing_type=sa.String(100))

# case: varchar to text
# why: stored alike; no row is looked at
op.alter_column("customers", "email", type_=sa.Text())

# case: varchar to varchar without a length
# why: stored alike; no row is looked at
op.execute("ALTER TABLE customers ALTER COLUMN email TYPE varchar")

# case: text to varchar
# why: every row is written (measured: a new file), and what is too long stops it
op.alter_column("orders", "note", type_=sa.String(500))  #! waits-for-rewrite, type-changed

# case: a shorter varchar
# why: every row is written, and what is too long stops it
op.alter_column("customers", "name", type_=sa.String(50))  #! waits-for-rewrite, type-changed

# case: a longer varchar with an index on it
# why: the index is kept as it is
# given
op.create_index("ix_customers_email", "customers", ["email"])
# then
op.alter_column("customers", "email", type_=sa.String(300))

# case: more digits, the same scale
# why: the precision is in the catalogue; no row is looked at
op.alter_column("orders", "total", type_=sa.Numeric(14, 2))

# case: numeric without limits
# why: no row is looked at
op.execute("ALTER TABLE orders ALTER COLUMN total TYPE numeric")

# case: more digits behind the point
# why: another scale: every row is written
op.alter_column("orders", "total", type_=sa.Numeric(14, 4))  #! waits-for-rewrite

# case: fewer digits
# why: every row is written, and what does not fit stops it
op.alter_column("orders", "total", type_=sa.Numeric(8, 2))  #! waits-for-rewrite, type-changed

# case: timestamp to timestamptz, with an index
# why: under UTC the rows stay, the index is built again (measured)
op.alter_column("orders", "placed_at", type_=sa.DateTime(timezone=True))  #! waits-for-rewrite

# case: timestamp to timestamptz, without an index
# why: under UTC the rows stay as they are
# given
op.add_column("orders", sa.Column("paid_at", sa.DateTime()))
# then
op.alter_column("orders", "paid_at", type_=sa.DateTime(timezone=True))

# case: timestamp to timestamptz by another zone
# why: every value is worked out: the table is written anew
op.execute("ALTER TABLE orders ALTER COLUMN placed_at TYPE timestamptz USING placed_at AT TIME ZONE 'Europe/Berlin'")  #! waits-for-rewrite

# case: text to integer
# why: every row is written, and code writes text
op.alter_column("orders", "status", type_=sa.Integer(), postgresql_using="length(status)")  #! waits-for-rewrite, type-changed

# case: json to jsonb
# why: every row is written
# given
op.add_column("orders", sa.Column("extra", sa.JSON()))
# then
op.alter_column("orders", "extra", type_=sa.dialects.postgresql.JSONB(), postgresql_using="extra::jsonb")  #! waits-for-rewrite

# case: jsonb to json
# why: every row is written, and json cannot be compared
# given
op.add_column("orders", sa.Column("extra", sa.dialects.postgresql.JSONB()))
# then
op.execute("ALTER TABLE orders ALTER COLUMN extra TYPE json USING extra::json")  #! waits-for-rewrite, json-cannot-be-compared

# case: cidr to inet
# why: stored alike; the manual's list of types that can be exchanged
# given
op.execute("ALTER TABLE customers ADD COLUMN net cidr")
# then
op.execute("ALTER TABLE customers ALTER COLUMN net TYPE inet")

# case: text to an enum
# why: every row is written, and labels that do not exist stop it
# given
op.execute("CREATE TYPE order_state AS ENUM ('new', 'paid')")
# then
op.execute("ALTER TABLE orders ALTER COLUMN status TYPE order_state USING 'new'::order_state")  #! waits-for-rewrite, type-changed

# case: another collation
# why: the indexes, or the table, are built anew
# given
op.create_index("ix_customers_email", "customers", ["email"])
# then
op.execute('ALTER TABLE customers ALTER COLUMN email TYPE varchar(100) COLLATE "C"')  #! waits-for-rewrite

# case: interval with more precision
# why: no row is looked at
# given
op.execute("ALTER TABLE orders ADD COLUMN took interval(0)")
# then
op.execute("ALTER TABLE orders ALTER COLUMN took TYPE interval(3)")

# case: a type that stays what it is
# why: nothing changes
op.alter_column("customers", "email", type_=sa.String(100), existing_nullable=False)

# case: NOT NULL without proof
# why: every row is read under ACCESS EXCLUSIVE
op.alter_column("orders", "status", nullable=False)  #! readers-wait-for-scan

# case: NOT NULL without proof, as SQL in mixed case
# why: the same
op.execute("alter table Orders alter STATUS set not null")  #! readers-wait-for-scan

# case: NOT NULL without proof, by batch_alter_table
# why: the same
with op.batch_alter_table("orders") as batch_op:
    batch_op.alter_column("status", existing_type=sa.String(20), nullable=False)  #! readers-wait-for-scan

# case: NOT NULL proven by a validated check
# why: from PostgreSQL 12 on the check is proof: no row is read
# given
op.execute("ALTER TABLE orders ADD CONSTRAINT ck_status CHECK (status IS NOT NULL) NOT VALID")
# next revision
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT ck_status")
# then
op.alter_column("orders", "status", nullable=False)
op.drop_constraint("ck_status", "orders")

# case: NOT NULL under a check that is not valid
# why: an unvalidated check proves nothing
# given
op.execute("ALTER TABLE orders ADD CONSTRAINT ck_status CHECK (status IS NOT NULL) NOT VALID")
# then
op.alter_column("orders", "status", nullable=False)  #! readers-wait-for-scan

# case: the check for NOT NULL validated, and NOT NULL set, in one transaction
# why: VALIDATE comes first, and nothing stronger is held; SET NOT NULL is an instant then
# given
op.execute("ALTER TABLE orders ADD CONSTRAINT ck_status CHECK (status IS NOT NULL) NOT VALID")
# then
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT ck_status")
op.alter_column("orders", "status", nullable=False)

# case: NOT NULL on a column added without a default
# why: the rows that were there before are NULL: the statement fails
# given
op.add_column("orders", sa.Column("currency", sa.String(3)))
# then
op.alter_column("orders", "currency", nullable=False)  #! rows-in-the-way, readers-wait-for-scan

# case: NOT NULL on a column that has it
# why: nothing changes
op.alter_column("customers", "email", nullable=False)

# case: NULL allowed again
# why: code that reads the column has never met NULL there
op.alter_column("customers", "email", nullable=True)  #! nullable-again

# case: NULL allowed again, as SQL
# why: the same
op.execute("ALTER TABLE customers ALTER email DROP NOT NULL")  #! nullable-again

# case: a default
# why: an instant, and code that names the column is not concerned
op.alter_column("orders", "status", server_default="new")

# case: another default
# why: the same
# given
op.alter_column("orders", "status", server_default="new")
# then
op.execute("ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'created'")

# case: the default of a mandatory column dropped
# why: an INSERT that leaves it out fails
# given
op.add_column("orders", sa.Column("state", sa.String(20), nullable=False, server_default="new"))
# then
op.alter_column("orders", "state", server_default=None)  #! default-dropped

# case: the default of a column that may be NULL dropped
# why: an INSERT of the release before that leaves it out writes NULL, which its code has not met
# given
op.alter_column("orders", "status", server_default="new")
# then
op.execute("ALTER TABLE orders ALTER COLUMN status DROP DEFAULT")  #! default-dropped

# case: a default for the rows that are there, dropped at once
# why: the old rows are served; but code of the release before does not know the column, and cannot INSERT
op.add_column("orders", sa.Column("state", sa.String(20), nullable=False, server_default="new"))
op.alter_column("orders", "state", server_default=None)  #! required-column|default-dropped

# case: an identity dropped
# why: an INSERT that leaves the key out fails
op.execute("ALTER TABLE orders ALTER COLUMN id DROP IDENTITY")  #! default-dropped

# case: how a column is stored
# why: SET STORAGE is an instant; rows to come
op.execute("ALTER TABLE orders ALTER COLUMN note SET STORAGE EXTERNAL")

# case: the statistics target of a column
# why: SHARE UPDATE EXCLUSIVE
op.execute("ALTER TABLE orders ALTER COLUMN status SET STATISTICS 500")

# case: a comment
# why: SHARE UPDATE EXCLUSIVE
op.alter_column("orders", "note", comment="free text")

# case: a stored generated column turned into an ordinary one
# oldest: 13
# why: DROP EXPRESSION keeps what was worked out; but no code fills the column for new rows
# given
op.execute("ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (total * 2) STORED")
# then
op.execute("ALTER TABLE orders ALTER COLUMN gross DROP EXPRESSION")  #! default-dropped
