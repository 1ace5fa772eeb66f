# case: a column
# why: ADD COLUMN is an instant
op.add_column("orders", sa.Column("source", sa.Text()))

# case: a column with a constant default
# why: from PostgreSQL 11 on the default is kept in the catalogue; no row is written
op.add_column("orders", sa.Column("source", sa.String(10), server_default="web"))

# case: a column with a constant default, NOT NULL
# why: the same, and the rows that are there have the default
op.add_column("orders", sa.Column("priority", sa.Integer(), server_default="0", nullable=False))

# case: a flag, as Alembic writes it
# why: a constant
op.add_column("orders", sa.Column("archived", sa.Boolean(), nullable=False, server_default=sa.false()))

# case: a column with the time of now
# why: now() is stable: it is worked out once
op.add_column("orders", sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False))

# case: a column with CURRENT_TIMESTAMP
# why: it is stable as now() is
op.execute("ALTER TABLE orders ADD COLUMN made_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP")

# case: a column with a random uuid
# why: gen_random_uuid() is volatile: every row is written
op.add_column("orders", sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()")))  #! waits-for-rewrite

# case: a column with clock_timestamp()
# why: it is volatile: every row is written
op.execute("ALTER TABLE orders ADD COLUMN seen_at timestamptz DEFAULT clock_timestamp()")  #! waits-for-rewrite

# case: a column with random()
# why: it is volatile: every row is written
op.execute("ALTER TABLE ONLY orders ADD lot double precision NOT NULL DEFAULT random()")  #! waits-for-rewrite

# case: a column, then its volatile default
# why: SET DEFAULT is for rows to come; none is written
op.add_column("orders", sa.Column("token", sa.Uuid()))
op.alter_column("orders", "token", server_default=sa.text("gen_random_uuid()"))

# case: a column with a volatile function of the project
# why: a function is volatile unless it says otherwise
# given
op.execute("CREATE FUNCTION next_code() RETURNS text LANGUAGE sql AS 'SELECT md5(random()::text)'")
# then
op.execute("ALTER TABLE orders ADD COLUMN code text DEFAULT next_code()")  #! waits-for-rewrite

# case: a column that must be filled, without a default
# why: it fails on a table with rows: column contains null values
op.add_column("orders", sa.Column("currency", sa.String(3), nullable=False))  #! required-column

# case: a column that must be filled, as SQL
# why: the same
op.execute("ALTER TABLE public.orders ADD COLUMN IF NOT EXISTS currency varchar(3) NOT NULL")  #! required-column

# case: a column that must be filled, by batch_alter_table
# why: the same
with op.batch_alter_table("orders") as batch_op:
    batch_op.add_column(sa.Column("currency", sa.String(3), nullable=False))  #! required-column

# case: a required column on a table of the same revision
# why: it has no rows, and nobody writes to it
op.create_table("parcels", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))
op.add_column("parcels", sa.Column("code", sa.String(20), nullable=False))

# case: a serial column
# why: every row gets a number: the table is written anew
op.execute("ALTER TABLE orders ADD COLUMN number bigserial")  #! waits-for-rewrite

# case: an identity column
# why: every row gets a number: the table is written anew
op.add_column("orders", sa.Column("number", sa.BigInteger(), sa.Identity(), nullable=False))  #! waits-for-rewrite

# case: a serial primary key
# why: the table is written anew, and its key is built
# given
op.execute("CREATE TABLE visits (at timestamptz, page text)")
# then
op.execute("ALTER TABLE visits ADD COLUMN id serial PRIMARY KEY")  #! waits-for-rewrite

# case: a stored generated column
# why: every row is worked out and written
op.add_column("orders", sa.Column("gross", sa.Numeric(12, 2), sa.Computed("total * 1.2", persisted=True)))  #! waits-for-rewrite

# case: a json column
# why: json has no equality: SELECT DISTINCT over the row fails
op.add_column("orders", sa.Column("extra", sa.JSON()))  #! json-cannot-be-compared

# case: a json column, as SQL
# why: the same
op.execute("ALTER TABLE orders ADD extra json DEFAULT '{}'")  #! json-cannot-be-compared

# case: a jsonb column
# why: jsonb can be compared
op.add_column("orders", sa.Column("extra", sa.dialects.postgresql.JSONB(), server_default="{}", nullable=False))

# case: an array column
# why: an instant
op.add_column("orders", sa.Column("tags", sa.dialects.postgresql.ARRAY(sa.Text()), server_default="{}"))

# case: an enum column whose type is made first
# why: CREATE TYPE and ADD COLUMN are an instant
state = sa.Enum("new", "paid", name="order_state")
state.create(op.get_bind())
op.add_column("orders", sa.Column("state", state))

# case: an enum column whose type nobody made
# why: ADD COLUMN creates no type: type "order_state" does not exist
# alone
op.execute("ALTER TABLE orders ADD COLUMN state order_state")  #! does-not-run

# case: a unique column
# why: its index is built under ACCESS EXCLUSIVE
op.add_column("orders", sa.Column("code", sa.String(20), unique=True))  #! readers-wait-for-scan

# case: a unique column, as SQL
# why: the same
op.execute("ALTER TABLE orders ADD COLUMN code text UNIQUE")  #! readers-wait-for-scan

# case: a column with a check
# why: rows are read to check even the constant default
op.execute("ALTER TABLE orders ADD COLUMN discount int DEFAULT 0 CHECK (discount >= 0)")  #! readers-wait-for-scan

# case: a column, then its check NOT VALID, then validated
# why: each is an instant, and VALIDATE lets readers and writers go on
op.add_column("orders", sa.Column("discount", sa.Integer(), server_default="0"))
# next revision
op.execute("ALTER TABLE orders ADD CONSTRAINT ck_orders_discount CHECK (discount >= 0) NOT VALID")
# next revision
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_discount")

# case: a column that refers to another table
# why: Alembic issues ADD COLUMN, then ADD FOREIGN KEY, which reads orders under the lock of the first
op.add_column("orders", sa.Column("payer_id", sa.BigInteger(), sa.ForeignKey("customers.id")))  #! readers-wait-for-scan

# case: a column that refers to another table, as one statement
# why: no row has a value, so nothing is read; SHARE ROW EXCLUSIVE on customers is an instant
op.execute("ALTER TABLE orders ADD COLUMN payer_id bigint REFERENCES customers (id)")  #! busy-table-locked

# case: a column that refers to another table, with a default
# why: with a default, every row is looked up under ACCESS EXCLUSIVE
op.execute("ALTER TABLE orders ADD COLUMN payer_id bigint DEFAULT NULL REFERENCES customers (id)")  #! readers-wait-for-scan

# case: several columns by one ALTER TABLE
# why: all are an instant
op.execute("ALTER TABLE orders ADD COLUMN a int, ADD COLUMN b text DEFAULT 'x', ADD COLUMN c boolean NOT NULL DEFAULT false")

# case: several columns by batch_alter_table
# why: all are an instant
with op.batch_alter_table("customers", schema=None) as batch_op:
    batch_op.add_column(sa.Column("city", sa.String(length=80), nullable=True))
    batch_op.add_column(sa.Column("zip", sa.String(length=10), nullable=True))

# case: a column if it is not there, which it is
# why: nothing happens
op.execute("ALTER TABLE orders ADD COLUMN IF NOT EXISTS note text")

# case: a column that is there already
# why: the server refuses it: column "note" of relation "orders" already exists
op.add_column("orders", sa.Column("note", sa.Text()))  #! does-not-run

# case: a column of a table that is not there
# why: the server refuses it: relation "invoices" does not exist
op.add_column("invoices", sa.Column("note", sa.Text()))  #! does-not-run

# case: a column and its back-fill in one revision
# why: the ACCESS EXCLUSIVE of ADD COLUMN is held while every row is written
op.add_column("orders", sa.Column("source", sa.Text()))
op.execute("UPDATE orders SET source = 'web'")  #! rows-changed-under-lock

# case: a required column in steps, all in one transaction
# why: the back-fill runs under the lock of ADD COLUMN, and so does the scan of SET NOT NULL
op.add_column("orders", sa.Column("currency", sa.String(3)))
op.execute("UPDATE orders SET currency = 'EUR'")  #! rows-changed-under-lock
op.alter_column("orders", "currency", nullable=False)  #! readers-wait-for-scan, required-column

# case: a required column in steps, a deploy each
# why: batches are short, the check is validated beside readers and writers, and proves NOT NULL without a scan
op.add_column("orders", sa.Column("currency", sa.String(3)))
# next revision
with op.get_context().autocommit_block():
    while op.get_bind().exec_driver_sql(
        "UPDATE orders SET currency = 'EUR' WHERE id IN (SELECT id FROM orders WHERE currency IS NULL LIMIT 1000)"
    ).rowcount:
        pass
# next revision
op.create_check_constraint("ck_currency", "orders", "currency IS NOT NULL", postgresql_not_valid=True)
# next revision
op.execute("ALTER TABLE orders VALIDATE CONSTRAINT ck_currency")
# next revision
op.alter_column("orders", "currency", nullable=False)
op.drop_constraint("ck_currency", "orders")

# case: a column on a table in a schema
# why: an instant, wherever the table is
# given
op.execute('CREATE SCHEMA "Sales"')
op.execute('CREATE TABLE "Sales".orders (id bigint PRIMARY KEY)')
# then
op.add_column("orders", sa.Column("source", sa.Text()), schema="Sales")

# case: a column with a domain's check
# why: the domain's check is held against the default of every row: the table is read or written under ACCESS EXCLUSIVE
# given
op.execute("CREATE DOMAIN positive AS int DEFAULT 1 CHECK (VALUE > 0)")
# then
op.execute("ALTER TABLE orders ADD COLUMN quantity positive")  #! waits-for-rewrite|readers-wait-for-scan

# case: a comment with a column
# why: COMMENT takes SHARE UPDATE EXCLUSIVE
op.add_column("orders", sa.Column("source", sa.Text(), comment="where it came from"))

# case: a column by sqlalchemy's own AddColumn of an ALTER with two defaults, one volatile
# why: one volatile default is enough: every row is written
op.execute("ALTER TABLE orders ADD COLUMN a int DEFAULT 1, ADD COLUMN b uuid DEFAULT gen_random_uuid()")  #! waits-for-rewrite

# case: a column with the default of an immutable expression
# why: it is worked out once
op.execute("ALTER TABLE orders ADD COLUMN due date DEFAULT (DATE '2026-01-01' + 14)")
