# case: strong_migrations: removing a column
# from: strong_migrations README, "Removing a column"
# why: Active Record caches columns, as other ORMs list them
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("some_column", sa.Text()))
# then
op.drop_column("users", "some_column")  #! column-dropped

# case: strong_migrations: changing the type of a column
# from: strong_migrations README, "Changing the type of a column"
# why: the whole table is rewritten
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("some_column", sa.Integer()))
# then
op.alter_column("users", "some_column", type_=sa.BigInteger(), existing_type=sa.Integer())  #! waits-for-rewrite

# case: strong_migrations: the safe types
# from: strong_migrations README, "Changing the type of a column", the table of safe changes
# why: none touches a row
# given
op.execute("""CREATE TABLE things (id bigint PRIMARY KEY, a cidr, b interval(2), c numeric(8, 2), d text, e varchar(10),
    f time(2), g timestamp(2), h varchar(10), i timestamptz(3), j timestamp, k varchar)""")
# then
op.execute("ALTER TABLE things ALTER a TYPE inet")
op.execute("ALTER TABLE things ALTER b TYPE interval(4)")
op.execute("ALTER TABLE things ALTER c TYPE numeric(10, 2)")
op.execute("ALTER TABLE things ALTER d TYPE varchar")
op.execute("ALTER TABLE things ALTER e TYPE varchar(12)")
op.execute("ALTER TABLE things ALTER f TYPE time(4)")
op.execute("ALTER TABLE things ALTER g TYPE timestamp(4)")
op.execute("ALTER TABLE things ALTER h TYPE text")
op.execute("ALTER TABLE things ALTER i TYPE timestamptz")
op.execute("ALTER TABLE things ALTER j TYPE timestamptz")
op.execute("ALTER TABLE things ALTER k TYPE text")

# case: strong_migrations: creating a table by force
# from: strong_migrations README, "Creating a table with the force option"
# why: the table that is there is dropped
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True))
# then
op.execute("DROP TABLE IF EXISTS users CASCADE")  #! table-dropped
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("name", sa.Text()))

# case: strong_migrations: backfilling in the migration that adds the column
# from: strong_migrations README, "Backfilling data"
# why: the table stays locked for the backfill
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True))
# then
op.add_column("users", sa.Column("some_column", sa.Text()))
op.get_bind().execute(sa.text("UPDATE users SET some_column = 'default_value'"))  #! rows-changed-under-lock

# case: strong_migrations: backfilling in batches outside of a transaction
# from: strong_migrations README, "Backfilling data", the good form
# why: three keys: in batches, throttled, outside of a transaction
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("some_column", sa.Text()))
# then
import time

def upgrade():
    with op.get_context().autocommit_block():
        bind = op.get_bind()
        while True:
            result = bind.execute(
                sa.text(
                    """
                    WITH batch AS (SELECT id FROM users WHERE some_column IS NULL LIMIT 10000 FOR UPDATE SKIP LOCKED)
                    UPDATE users SET some_column = 'default_value' FROM batch WHERE users.id = batch.id
                    """
                )
            )
            if result.rowcount == 0:
                break
            time.sleep(0.001)

def downgrade():
    pass

# case: strong_migrations: adding a reference
# from: strong_migrations README, "Adding a reference"
# why: its index is built while writers, here also readers, wait
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True))
op.create_table("cities", sa.Column("id", sa.BigInteger(), primary_key=True))
# then
op.add_column("users", sa.Column("city_id", sa.BigInteger()))
op.create_index("index_users_on_city_id", "users", ["city_id"])  #! readers-wait-for-scan

# case: strong_migrations: adding a reference concurrently
# from: strong_migrations README, "Adding a reference", the good form
# why: each statement is a transaction of its own, and none is long
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True))
op.create_table("cities", sa.Column("id", sa.BigInteger(), primary_key=True))
# then
with op.get_context().autocommit_block():
    op.add_column("users", sa.Column("city_id", sa.BigInteger()))
    op.create_index("index_users_on_city_id", "users", ["city_id"], postgresql_concurrently=True)

# case: strong_migrations: a foreign key without validation, then validated
# from: strong_migrations README, "Adding a foreign key", the good form
# why: both are short, or let others go on
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("order_id", sa.BigInteger()))
op.create_table("invoices", sa.Column("id", sa.BigInteger(), primary_key=True))
# then
op.create_foreign_key("fk_rails_1", "users", "invoices", ["order_id"], ["id"], postgresql_not_valid=True)
# next revision
op.execute('ALTER TABLE "users" VALIDATE CONSTRAINT "fk_rails_1"')

# case: strong_migrations: NOT NULL by way of a check
# from: strong_migrations README, "Setting NOT NULL on an existing column", the good form
# why: the validated check is proof
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("some_column", sa.Text()))
op.execute("UPDATE users SET some_column = 'x'")
# then
op.create_check_constraint("users_some_column_null", "users", "some_column IS NOT NULL", postgresql_not_valid=True)
# next revision
op.execute("ALTER TABLE users VALIDATE CONSTRAINT users_some_column_null")
op.alter_column("users", "some_column", nullable=False)
op.drop_constraint("users_some_column_null", "users", type_="check")

# case: strong_migrations: a column with a volatile default, in steps
# from: strong_migrations README, "Adding a column with a volatile default value", the good form
# why: the default is for rows to come
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), primary_key=True))
# then
op.add_column("users", sa.Column("some_column", sa.Uuid()))
op.alter_column("users", "some_column", server_default=sa.text("gen_random_uuid()"))

# case: strong_migrations: renaming a schema
# from: strong_migrations README, "Renaming a schema"
# why: running code names it
# given
op.execute("CREATE SCHEMA app")
op.execute("CREATE TABLE app.users (id bigint PRIMARY KEY)")
# then
op.execute('ALTER SCHEMA "app" RENAME TO "application"')  #! renamed-in-use

# case: squawk: a foreign key with its column
# from: squawk, adding-foreign-key-constraint
# why: both tables are locked while email is read; readers of email wait too, for ADD COLUMN's lock
# given
op.execute('CREATE TABLE "user" (id int PRIMARY KEY)')
op.execute("CREATE TABLE email (id int PRIMARY KEY)")
# then
op.execute('ALTER TABLE "email" ADD COLUMN "user_id" INT')
op.execute('ALTER TABLE "email" ADD CONSTRAINT "fk_user" FOREIGN KEY ("user_id") REFERENCES "user" ("id")')  #! readers-wait-for-scan

# case: squawk: a foreign key with its column, NOT VALID
# from: squawk, adding-foreign-key-constraint, the good form
# why: an instant
# given
op.execute('CREATE TABLE "user" (id int PRIMARY KEY)')
op.execute("CREATE TABLE email (id int PRIMARY KEY)")
# then
op.execute('ALTER TABLE "email" ADD COLUMN "user_id" INT')
op.execute('ALTER TABLE "email" ADD CONSTRAINT "fk_user" FOREIGN KEY ("user_id") REFERENCES "user" ("id") NOT VALID')
# next revision
op.execute('ALTER TABLE "email" VALIDATE CONSTRAINT "fk_user"')

# case: squawk: a primary key on an existing column
# from: squawk, adding-serial-primary-key-field
# why: reads and writes are blocked while the index is built
# given
op.execute("CREATE TABLE items (id bigint NOT NULL, name text)")
# then
op.execute("alter table items add primary key (id)")  #! readers-wait-for-scan

# case: squawk: a primary key by way of an index
# from: squawk, adding-serial-primary-key-field, the good form
# why: the index is built beside everybody
# given
op.execute("CREATE TABLE items (id bigint NOT NULL, name text)")
# then
with op.get_context().autocommit_block():
    op.execute("create unique index concurrently items_pk_idx on items (id)")
# next revision
op.execute("alter table items add constraint items_pk primary key using index items_pk_idx")

# case: squawk: a unique constraint
# from: squawk, disallowed-unique-constraint
# why: ACCESS EXCLUSIVE while its index is built
# given
op.execute("CREATE TABLE table_name (field_name text)")
# then
op.execute("ALTER TABLE table_name ADD CONSTRAINT field_name_constraint UNIQUE (field_name)")  #! readers-wait-for-scan

# case: squawk: a longer limit where text would do
# from: squawk, prefer-text-field
# why: a longer limit is an instant since PostgreSQL 9.2
# given
op.execute('CREATE TABLE "core_bar" (id serial PRIMARY KEY, alpha varchar(100) NOT NULL)')
# then
op.execute('ALTER TABLE "core_bar" ALTER COLUMN "alpha" TYPE varchar(1000)')

# case: squawk: a limit as a check of a text column
# from: squawk, prefer-text-field, the good form
# why: dropped and made again NOT VALID, then validated
# given
op.execute('CREATE TABLE "core_bar" (id serial PRIMARY KEY, alpha text NOT NULL)')
op.execute('ALTER TABLE "core_bar" ADD CONSTRAINT "text_size" CHECK (LENGTH("alpha") <= 100)')
# then
op.execute('ALTER TABLE "core_bar" DROP CONSTRAINT "text_size"')
op.execute('ALTER TABLE "core_bar" ADD CONSTRAINT "text_size" CHECK (LENGTH("alpha") <= 1000) NOT VALID')
# next revision
op.execute('ALTER TABLE "core_bar" VALIDATE CONSTRAINT "text_size"')

# case: squawk: truncate with cascade
# from: squawk, ban-truncate-cascade
# why: tables that nobody named are emptied
# given
op.execute("CREATE TABLE a (id int PRIMARY KEY)")
op.execute("CREATE TABLE b (a_id int REFERENCES a (id))")
# then
op.execute("truncate a cascade")  #! rows-truncated

# case: squawk: a nested transaction
# from: squawk, transaction-nesting
# why: it commits what Alembic has begun
# alone
op.execute("BEGIN")  #! ends-the-transaction
op.execute("ALTER TABLE orders ADD COLUMN x int")
op.execute("COMMIT")  #! ends-the-transaction

# case: squawk: a domain with a constraint
# from: squawk, ban-create-domain-with-constraint
# why: it is the later ALTER DOMAIN that waits, not this
op.execute("CREATE DOMAIN domain_name AS text CHECK (value > '')")

# case: squawk: dropping a default
# from: squawk, ban-drop-default
# why: who leaves the column out writes NULL from here on
# given
op.execute("CREATE TABLE t (id int PRIMARY KEY, c int DEFAULT 5)")
# then
op.execute("ALTER TABLE t ALTER COLUMN c DROP DEFAULT")  #! default-dropped

# case: squawk: dropping a generated expression
# oldest: 13
# from: squawk, ban-drop-generated-expression
# why: nothing works it out any more, and no code fills it
# given
op.execute("CREATE TABLE t (id int PRIMARY KEY, c int GENERATED ALWAYS AS (id * 2) STORED)")
# then
op.execute("ALTER TABLE t ALTER COLUMN c DROP EXPRESSION")  #! default-dropped

# case: squawk: dropping a unique constraint
# from: squawk, ban-drop-constraint
# why: ON CONFLICT (c) of the release before finds no constraint and fails; rows may be alike
# given
op.execute("CREATE TABLE t (id int PRIMARY KEY, c int, CONSTRAINT t_c UNIQUE (c))")
# then
op.execute("ALTER TABLE t DROP CONSTRAINT t_c")  #! constraint-dropped

# case: squawk: dropping a check
# from: squawk, ban-drop-constraint
# why: rows come that code has never met
# given
op.execute("CREATE TABLE t (id int PRIMARY KEY, c int, CONSTRAINT t_c CHECK (c > 0))")
# then
op.execute("ALTER TABLE t DROP CONSTRAINT t_c")  #! constraint-dropped

# case: eugene: E1, a check that is validated with a lock
# from: eugene, VALIDATE_CONSTRAINT_WITH_LOCK
# why: the table is read under ACCESS EXCLUSIVE
# given
op.execute("create table authors(id integer generated always as identity primary key, name text)")
# then
op.execute("alter table authors add constraint name_not_null check (name is not null)")  #! readers-wait-for-scan

# case: eugene: E1, the good form
# from: eugene, VALIDATE_CONSTRAINT_WITH_LOCK
# why: NOT VALID, then VALIDATE in another transaction
# given
op.execute("create table authors(id integer generated always as identity primary key, name text)")
op.execute("update authors set name = 'x'")
# then
op.execute("set local lock_timeout = '2s'")
op.execute("alter table authors add constraint name_not_null check (name is not null) not valid")
# next revision
op.execute("set local lock_timeout = '2s'")
op.execute("alter table authors validate constraint name_not_null")

# case: eugene: E4, a query while ACCESS EXCLUSIVE is held
# from: eugene, RUNNING_STATEMENT_WHILE_HOLDING_ACCESS_EXCLUSIVE
# why: everybody waits for the count
# given
op.execute("create table authors(id integer generated always as identity primary key, name text not null)")
# then
op.execute("set local lock_timeout = '2s'")
op.execute("alter table authors add column email text")
op.execute("select count(*) from authors")  #! rows-changed-under-lock

# case: eugene: E4, the good form
# from: eugene, RUNNING_STATEMENT_WHILE_HOLDING_ACCESS_EXCLUSIVE
# why: the count has a transaction of its own
# given
op.execute("create table authors(id integer generated always as identity primary key, name text not null)")
# then
op.execute("set local lock_timeout = '2s'")
op.execute("alter table authors add column email text")
# next revision
op.execute("select count(*) from authors")

# case: eugene: E5, a type that rewrites
# from: eugene, TYPE_CHANGE_REQUIRES_TABLE_REWRITE
# why: text to jsonb writes every row
# given
op.execute("create table prices(id integer generated always as identity primary key, price int not null)")
# then
op.execute("set local lock_timeout = '2s'")
op.execute("alter table prices alter price set data type bigint")  #! waits-for-rewrite

# case: eugene: E5, the good form
# from: eugene, TYPE_CHANGE_REQUIRES_TABLE_REWRITE
# why: a new column beside the old one, filled by a batch and by the application
# given
op.execute("create table prices(id integer generated always as identity primary key, price int not null)")
# then
op.execute("set local lock_timeout = '2s'")
op.execute("alter table prices add column new_price bigint")
# next revision
op.execute("set local lock_timeout = '2s'")
op.execute("alter table prices add constraint check_new_price_not_null check (new_price is not null) not valid")

# case: eugene: E8, an exclusion constraint
# from: eugene, CREATED_EXCLUSION_CONSTRAINT
# why: the table is read under ACCESS EXCLUSIVE
# given
op.execute("create table meetings(id integer generated always as identity primary key, duration tstzrange)")
# then
op.execute("set local lock_timeout = '2s'")
op.execute("alter table meetings add constraint overlap exclude using gist (duration with &&)")  #! readers-wait-for-scan

# case: eugene: E11, a serial and a stored column
# from: eugene, ADDED_SERIAL_OR_STORED_GENERATED_COLUMN
# why: every row is written
# given
op.execute("create table prices(price int not null)")
# then
op.execute("set local lock_timeout = '2s'")
op.execute("alter table prices add column id serial")  #! waits-for-rewrite

# case: eugene: W14, a primary key using an index on a nullable column
# from: eugene, ADD_PRIMARY_KEY_USING_INDEX
# why: NOT NULL is set, for which the table is read
# given
op.execute("create table authors(name text)")
op.execute("create unique index authors_name_key on authors(name)")
# then
op.execute("alter table authors add constraint name_pkey primary key using index authors_name_key")  #! readers-wait-for-scan

# case: django-migration-linter: NOT NULL with a default that is dropped at once
# from: django-migration-linter, NOT_NULL; so Django writes it before version 5
# why: code of the release before cannot INSERT
# given
op.create_table("app_model", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True))
# then
op.execute("""ALTER TABLE "app_model" ADD COLUMN "field" varchar(10) DEFAULT 'x' NOT NULL""")
op.execute('ALTER TABLE "app_model" ALTER COLUMN "field" DROP DEFAULT')  #! required-column|default-dropped

# case: django-migration-linter: an index beside an ALTER
# from: django-migration-linter, CREATE_INDEX_EXCLUSIVE
# why: the index is built under the ALTER's lock
# given
op.create_table("users", sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True), sa.Column("email", sa.Text()))
# then
op.execute('ALTER TABLE "users" ADD COLUMN "email_confirmed" boolean')
op.execute('CREATE INDEX ON "users" ("email")')  #! readers-wait-for-scan

# case: django-migration-linter: a new table with everything
# from: django-migration-linter, create_table_with_not_null_column
# why: nobody uses it
op.execute('CREATE TABLE "app_table" ("id" serial NOT NULL PRIMARY KEY, "field" varchar(150) NOT NULL)')
op.execute('CREATE INDEX "app_table_field_like" ON "app_table" ("field" varchar_pattern_ops)')
op.execute('ALTER TABLE "app_table" ADD CONSTRAINT "field_uniq" UNIQUE ("field")')

# case: Atlas: CD101, a foreign key dropped
# from: Atlas, CD101
# why: the other table is locked, and rows that refer to nothing get in
# given
op.execute("CREATE TABLE users (id int PRIMARY KEY)")
op.execute("CREATE TABLE pets (id int PRIMARY KEY, owner_id int, CONSTRAINT owner_fk FOREIGN KEY (owner_id) REFERENCES users)")
# then
op.execute('ALTER TABLE "pets" DROP CONSTRAINT "owner_fk"')  #! locks-what-it-does-not-name

# case: Atlas: MF101, a unique index where rows may be alike
# from: Atlas, MF101
# why: writers wait; and duplicates stop it
# given
op.execute("CREATE TABLE users (id int PRIMARY KEY, email text)")
# then
op.execute('CREATE UNIQUE INDEX "users_email_key" ON "users" ("email")')  #! writers-wait-for-scan

# case: Atlas: MF104, a nullable column made mandatory
# from: Atlas, MF104, PG303
# why: NULLs stop it, and the table is read under ACCESS EXCLUSIVE
# given
op.execute("CREATE TABLE users (id int PRIMARY KEY, email text)")
# then
op.execute('ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL')  #! readers-wait-for-scan

# case: pgfence: a lock, a query and DDL after it
# from: pgfence, statement-after-access-exclusive
# why: the index is built while readers wait
# given
op.execute("CREATE TABLE users (id bigint PRIMARY KEY, email text)")
# then
op.execute("ALTER TABLE users ADD COLUMN status text DEFAULT 'active'")
op.execute("CREATE INDEX idx_users_status ON users (status)")  #! readers-wait-for-scan

# case: pgfence: delete without a condition
# from: pgfence, delete-without-where
# why: every row goes in one transaction
# given
op.execute("CREATE TABLE sessions (id bigint PRIMARY KEY, at timestamptz)")
# then
op.execute("DELETE FROM sessions")  #! all-rows-in-one-transaction

# case: pgfence: a trigger dropped
# from: pgfence, drop-trigger
# why: what it kept in order is not kept any more
# given
op.execute("CREATE TABLE users (id bigint PRIMARY KEY, email text)")
op.execute("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
op.execute("CREATE TRIGGER audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()")
# then
op.execute("DROP TRIGGER audit ON users")  #! triggers-off

# case: pgfence: a trigger exchanged
# from: pgfence, drop-trigger
# why: another of its name takes its place in the same transaction
# given
op.execute("CREATE TABLE users (id bigint PRIMARY KEY, email text)")
op.execute("CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
op.execute("CREATE TRIGGER audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f()")
# then
op.execute("DROP TRIGGER IF EXISTS audit ON users")
op.execute("CREATE TRIGGER audit AFTER UPDATE OR DELETE ON users FOR EACH ROW EXECUTE FUNCTION f()")

# case: MigrationPilot: a table locked by hand
# from: MigrationPilot, MP065
# why: everybody waits until the transaction ends
# given
op.execute("CREATE TABLE users (id bigint PRIMARY KEY, email text)")
# then
op.execute("LOCK TABLE users IN ACCESS EXCLUSIVE MODE")  #! busy-table-locked

# case: MigrationPilot: a table locked by hand, weakly
# from: MigrationPilot, MP065
# why: readers and writers go on
# given
op.execute("CREATE TABLE users (id bigint PRIMARY KEY, email text)")
# then
op.execute("LOCK TABLE users IN ROW EXCLUSIVE MODE")

# case: MigrationPilot: DDL and a back-fill in one transaction
# from: MigrationPilot's benchmark, which no tool in it finds
# why: the lock of the first is held through the second
# given
op.execute("CREATE TABLE users (id bigint PRIMARY KEY, email text)")
# then
op.execute("""
-- add the column
ALTER TABLE users ADD COLUMN email_lower text;
/* and fill it */
UPDATE users SET email_lower = lower(email) WHERE email_lower IS NULL;
""")  #! rows-changed-under-lock

# case: MigrationPilot: row-level security switched off
# from: MigrationPilot, MP057
# why: everybody sees every row
# given
op.execute("CREATE TABLE users (id bigint PRIMARY KEY, email text)")
op.execute("ALTER TABLE users ENABLE ROW LEVEL SECURITY")
# then
op.execute("ALTER TABLE users DISABLE ROW LEVEL SECURITY")  #! rows-hidden

# case: pytest-mrt: drop_constraint without the way back
# from: pytest-mrt, MRT205
# why: the way back leaves the constraint out
# given
op.create_unique_constraint("uq_customers_name", "customers", ["name"])
# then
def upgrade():
    op.drop_constraint("uq_customers_name", "customers", type_="unique")  #! constraint-dropped

def downgrade():  #! no-way-back
    pass

# case: Alembic: a label of an enum, as its documentation writes it
# from: Alembic's documentation of autocommit_block
# why: an instant
# given
op.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
# then
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE mood ADD VALUE 'soso'")

# case: Alembic: data migrated by a table of its own
# from: Alembic's cookbook
# why: the first row only
def upgrade():
    account = sa.table("customers", sa.column("id", sa.Integer), sa.column("name", sa.String))
    op.execute(account.update().where(account.c.id == op.inline_literal(1)).values({"name": op.inline_literal("x")}))

def downgrade():
    pass

# case: Alembic: autogenerated, with a unique index by op.f
# from: Alembic's autogenerate
# why: the table is made here
def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table('account',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=50), nullable=False),
    sa.Column('description', sa.Unicode(length=200), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account'))
    )
    op.create_index(op.f('ix_account_name'), 'account', ['name'], unique=True)
    # ### end Alembic commands ###

def downgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.drop_index(op.f('ix_account_name'), table_name='account')
    op.drop_table('account')
    # ### end Alembic commands ###

# case: GitLab: a foreign key with a timeout
# from: GitLab, with_lock_retries
# why: the timeout bounds the wait; the key is not validated, so nothing is read
op.execute("SET LOCAL lock_timeout TO '500ms'")
op.create_foreign_key("fk", "orders", "customers", ["customer_id"], ["id"], ondelete="CASCADE", postgresql_not_valid=True)

# case: safe-pg-migrations: a default and NOT NULL at once
# from: safe-pg-migrations, add_column with a default
# why: since PostgreSQL 11 a constant is kept in the catalogue
op.add_column("orders", sa.Column("admin", sa.Boolean(), server_default="false", nullable=False))

# case: django-pg-zero-downtime-migrations: a unique index, then its constraint
# from: django-pg-zero-downtime-migrations
# why: the index is built beside everybody, in a transaction of its own
with op.get_context().autocommit_block():
    op.execute('CREATE UNIQUE INDEX CONCURRENTLY "customers_name_uniq" ON "customers" ("name")')
    op.execute('ALTER TABLE "customers" ADD CONSTRAINT "customers_name_uniq" UNIQUE USING INDEX "customers_name_uniq"')
