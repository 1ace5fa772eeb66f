"""Cases that were written before the rules were looked at, as somebody outside would have them."""

# tables
from sqlalchemy.dialects import postgresql

op.create_table(
    "orgs",
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("name", sa.String(100), nullable=False),
)
op.create_table(
    "users",
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("email", sa.String(255)),
    sa.Column("name", sa.String(50)),
    sa.Column("full_name", sa.Text),
    sa.Column("country", sa.String(20)),
    sa.Column("age", sa.Integer),
    sa.Column("balance", sa.Numeric(10, 2)),
    sa.Column("bio", sa.Text),
    sa.Column("created_at", sa.DateTime),
    sa.Column("deleted_at", sa.DateTime(timezone=True)),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("status", sa.Text),
    sa.Column("properties", sa.JSON),
    sa.Column("ip", postgresql.CIDR()),
    sa.Column("org_id", sa.BigInteger),
)
op.create_index("ix_users_email", "users", ["email"])
op.create_index("ix_users_name", "users", ["name"])
op.create_table(
    "orders",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("user_id", sa.BigInteger, sa.ForeignKey("users.id", name="orders_user_id_fkey"), nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("state", sa.Text),
    sa.Column("placed_at", sa.DateTime(timezone=True)),
)
op.create_index("ix_orders_user_id", "orders", ["user_id"])
op.create_check_constraint("orders_total_positive", "orders", "total >= 0")
op.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
op.execute("CREATE TABLE posts (id bigserial PRIMARY KEY, author bigint, mood mood, body text, slug varchar(80) UNIQUE)")
op.execute("CREATE VIEW active_users AS SELECT id, email FROM users WHERE active")
op.execute("CREATE MATERIALIZED VIEW daily_totals AS SELECT state, sum(total) AS total FROM orders GROUP BY state")
op.execute("CREATE UNIQUE INDEX daily_totals_state ON daily_totals (state)")
op.execute("CREATE TABLE events (id bigint, at timestamptz NOT NULL, kind text) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01')")
op.execute("CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")
op.execute("CREATE TABLE events_2025 (id bigint, at timestamptz NOT NULL, kind text)")
op.execute("CREATE TABLE metrics (id bigint, at timestamptz NOT NULL, v int) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE metrics_2024 PARTITION OF metrics FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')")
op.execute("CREATE TABLE metrics_default PARTITION OF metrics DEFAULT")
op.execute("CREATE TABLE audit_log (id bigserial PRIMARY KEY, what text, at timestamptz DEFAULT now())")
op.execute("CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
op.execute("CREATE TRIGGER posts_touch BEFORE UPDATE ON posts FOR EACH ROW EXECUTE FUNCTION touch()")
op.execute("CREATE TABLE nokey (id bigint NOT NULL, name text)")
op.execute("CREATE TABLE bookings (id bigserial PRIMARY KEY, room int, during tsrange)")
op.execute("CREATE SEQUENCE invoice_no AS integer")
op.execute("CREATE DOMAIN email_address AS text")
op.execute("CREATE TABLE contacts (id bigserial PRIMARY KEY, email email_address)")
op.execute("CREATE UNLOGGED TABLE scratchpad (id bigserial PRIMARY KEY, v text)")

# case: add column nullable
# from: squawk adding-required-field
# why: nobody waits, and nothing is lost
op.add_column("users", sa.Column("nick", sa.Text(), nullable=True))

# case: add column const default
# from: strong_migrations AddColumnDefault
# why: nobody waits, and nothing is lost
op.add_column("users", sa.Column("nice", sa.Boolean(), server_default=sa.true(), nullable=False))

# case: add column now default
# from: squawk adding-field-with-default (now() is stable)
# why: nobody waits, and nothing is lost
op.add_column("users", sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False))

# case: add column uuid default
# from: strong_migrations AddColumnDefaultUUID
# oldest: 13
# why: it scans or rewrites a table that is in use
op.add_column("users", sa.Column("token", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False))  #! waits-for-rewrite

# case: add column clock default
# from: strong_migrations AddColumnDefaultCallable
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE users ADD COLUMN nice timestamptz DEFAULT clock_timestamp()")  #! waits-for-rewrite

# case: add column uuid default later
# from: strong_migrations AddColumnDefaultUUIDSafe
# oldest: 13
# why: nobody waits, and nothing is lost
op.add_column("users", sa.Column("token", sa.Uuid(), nullable=True))
op.alter_column("users", "token", server_default=sa.text("gen_random_uuid()"))

# case: add required column
# from: squawk adding-required-field
# why: it stops
op.add_column("users", sa.Column("tenant", sa.Text(), nullable=False))  #! required-column

# case: add serial column
# from: strong_migrations AddColumnSerial
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE nokey ADD COLUMN n bigserial")  #! waits-for-rewrite

# case: add identity column
# from: eugene
# why: identity needs a rewrite
op.add_column("audit_log", sa.Column("n", sa.BigInteger(), sa.Identity(always=True), nullable=False))  #! waits-for-rewrite

# case: add pk identity column
# from: squawk adding-serial-primary-key-field
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE nokey ADD COLUMN pk bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")  #! waits-for-rewrite

# case: add generated stored
# from: strong_migrations AddColumnGeneratedStored
# why: it scans or rewrites a table that is in use
op.add_column("users", sa.Column("email_lower", sa.Text(), sa.Computed("lower(email)", persisted=True)))  #! waits-for-rewrite

# case: add column check inline
# from: squawk constraint-missing-not-valid
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE users ADD COLUMN score int DEFAULT 0 CHECK (score >= 0)")  #! readers-wait-for-scan

# case: add column fk nullable inline
# from: strong_migrations add_reference foreign_key
# why: it scans or rewrites a table that is in use
op.add_column("users", sa.Column("manager_id", sa.BigInteger(), sa.ForeignKey("users.id"), nullable=True))  #! readers-wait-for-scan

# case: add column unique inline
# from: squawk disallowed-unique-constraint
# why: it scans or rewrites a table that is in use
op.add_column("users", sa.Column("handle", sa.Text(), unique=True))  #! readers-wait-for-scan

# case: create index
# from: squawk require-concurrent-index-creation
# why: it scans or rewrites a table that is in use
op.create_index("ix_users_country", "users", ["country"])  #! writers-wait-for-scan

# case: create index raw
# from: squawk require-concurrent-index-creation
# why: it scans or rewrites a table that is in use
op.execute("CREATE INDEX ix_users_age ON users USING btree (age)")  #! writers-wait-for-scan

# case: create index unique bind
# from: strong_migrations AddIndexUnique
# why: it scans or rewrites a table that is in use
bind = op.get_bind()
bind.execute(sa.text("create unique index users_email_uq on users (lower(email))"))  #! writers-wait-for-scan

# case: create index concurrently
# from: squawk docs, alembic recipe
# why: nobody waits, and nothing is lost
with op.get_context().autocommit_block():
    op.create_index("ix_users_country", "users", ["country"], postgresql_concurrently=True)

# case: create index concurrently ine
# from: alembic docs
# why: nobody waits, and nothing is lost
with op.get_context().autocommit_block():
    op.create_index("ix_users_country", "users", ["country"], postgresql_concurrently=True, if_not_exists=True)

# case: create index concurrently in tx
# from: squawk ban-concurrent-index-creation-in-transaction
# why: it stops
op.create_index("ix_users_country", "users", ["country"], postgresql_concurrently=True)  #! not-in-this-transaction

# case: create index concurrently raw in tx
# from: squawk
# why: it stops
op.execute("CREATE INDEX CONCURRENTLY ix_users_country ON users (country)")  #! not-in-this-transaction

# case: create index loop
# from: helper in a loop
# why: it scans or rewrites a table that is in use
for column in ("country", "age", "status"):
    op.create_index(f"ix_users_{column}", "users", [column])  #! writers-wait-for-scan

# case: create index helper
# from: helper functions
# why: it scans or rewrites a table that is in use
def _index(table, *columns):
    op.create_index("ix_%s_%s" % (table, "_".join(columns)), table, list(columns))  #! writers-wait-for-scan


def upgrade():
    _index("orders", "state", "placed_at")


def downgrade():
    op.drop_index("ix_orders_state_placed_at", table_name="orders")

# case: create index new table
# from: strong_migrations AddIndexNewTable
# why: nobody waits, and nothing is lost
op.create_table("new_users", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("name", sa.Text()))
op.create_index("ix_new_users_name", "new_users", ["name"])

# case: create index new table same deploy
# from: pgfence cross-file
# why: nobody waits, and nothing is lost
# together
op.create_table("new_users", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("name", sa.Text()))
# next revision
op.create_index("ix_new_users_name", "new_users", ["name"], unique=True)
op.create_check_constraint("new_users_name", "new_users", "length(name) > 1")

# case: create index table of earlier deploy
# from: pgfence cross-file
# why: it scans or rewrites a table that is in use
# given
op.create_table("invoices", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("name", sa.Text()))
# then
op.create_index("ix_invoices_name", "invoices", ["name"])  #! writers-wait-for-scan

# case: drop index
# from: squawk require-concurrent-index-deletion
# why: it scans or rewrites a table that is in use
op.drop_index("ix_users_name", table_name="users")  #! locks-what-it-does-not-name

# case: drop index concurrently
# from: squawk require-concurrent-index-deletion
# why: nobody waits, and nothing is lost
with op.get_context().autocommit_block():
    op.drop_index("ix_users_name", table_name="users", postgresql_concurrently=True, if_exists=True)

# case: drop index concurrently in tx
# from: pgfence concurrent-special-ops-in-tx
# why: it stops
op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_users_name")  #! not-in-this-transaction

# case: reindex table
# from: squawk require-concurrent-reindex
# why: it scans or rewrites a table that is in use
op.execute("REINDEX TABLE users")  #! waits-for-rewrite

# case: reindex index
# from: pgfence reindex
# why: it scans or rewrites a table that is in use
op.execute("REINDEX INDEX ix_users_email")  #! waits-for-rewrite

# case: reindex concurrently
# from: squawk require-concurrent-reindex
# why: nobody waits, and nothing is lost
with op.get_context().autocommit_block():
    op.execute("REINDEX INDEX CONCURRENTLY ix_users_email")

# case: add fk
# from: squawk adding-foreign-key-constraint
# why: it scans or rewrites a table that is in use
op.create_foreign_key("users_org_fk", "users", "orgs", ["org_id"], ["id"])  #! writers-wait-for-scan

# case: add fk not valid
# from: squawk adding-foreign-key-constraint
# why: nobody waits, and nothing is lost
op.create_foreign_key("posts_author_fk", "posts", "users", ["author"], ["id"], postgresql_not_valid=True)

# case: add fk not valid indexed raw
# from: eugene E5
# why: nobody waits, and nothing is lost
op.execute("ALTER TABLE users ADD CONSTRAINT users_org_fk FOREIGN KEY (org_id) REFERENCES orgs (id) NOT VALID")

# case: validate fk later
# from: squawk
# why: nobody waits, and nothing is lost
# given
op.execute("ALTER TABLE users ADD CONSTRAINT users_org_fk FOREIGN KEY (org_id) REFERENCES orgs (id) NOT VALID")
# then
op.execute("ALTER TABLE users VALIDATE CONSTRAINT users_org_fk")

# case: validate fk next revision same deploy one tx
# from: strong_migrations AddForeignKeyValidateSameTransaction
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE users ADD CONSTRAINT users_org_fk FOREIGN KEY (org_id) REFERENCES orgs (id) NOT VALID")
op.execute("ALTER TABLE users VALIDATE CONSTRAINT users_org_fk")  #! writers-wait-for-scan

# case: validate fk autocommit
# from: strong_migrations AddForeignKeyValidateNoTransaction
# why: nobody waits, and nothing is lost
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE users ADD CONSTRAINT users_org_fk FOREIGN KEY (org_id) REFERENCES orgs (id) NOT VALID")
    op.execute("ALTER TABLE users VALIDATE CONSTRAINT users_org_fk")

# case: fk from new table
# from: django-migration-linter create table with FK: an instant's lock on the other table
# why: nobody waits, and nothing is lost
op.create_table(
    "sessions",
    sa.Column("id", sa.BigInteger(), primary_key=True),
    sa.Column("org_id", sa.BigInteger(), sa.ForeignKey("orgs.id"), nullable=False, index=True),
)

# case: add check
# from: squawk constraint-missing-not-valid
# why: it scans or rewrites a table that is in use
op.create_check_constraint("users_age_positive", "users", "age > 0")  #! readers-wait-for-scan

# case: add check not valid
# from: strong_migrations AddCheckConstraintSafe
# why: nobody waits, and nothing is lost
op.create_check_constraint("users_age_positive", "users", "age > 0", postgresql_not_valid=True)

# case: add check not valid validate same tx
# from: strong_migrations AddCheckConstraintValidateSameTransaction
# why: it scans or rewrites a table that is in use
op.create_check_constraint("users_age_positive", "users", "age > 0", postgresql_not_valid=True)
op.execute("ALTER TABLE users VALIDATE CONSTRAINT users_age_positive")  #! readers-wait-for-scan

# case: validate check later
# from: strong_migrations
# why: nobody waits, and nothing is lost
# given
op.execute("ALTER TABLE users ADD CONSTRAINT users_age_positive CHECK (age > 0) NOT VALID")
# then
op.execute("ALTER TABLE users VALIDATE CONSTRAINT users_age_positive")

# case: add unique
# from: squawk disallowed-unique-constraint
# why: it scans or rewrites a table that is in use
op.create_unique_constraint("users_email_key", "users", ["email"])  #! readers-wait-for-scan

# case: add unique using index
# from: strong_migrations AddUniqueConstraintUsingIndex
# why: nobody waits, and nothing is lost
# given
with op.get_context().autocommit_block():
    op.execute("CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email)")
# then
op.execute("ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key")

# case: add unique using index nonconcurrent
# from: index built without CONCURRENTLY
# why: it scans or rewrites a table that is in use
op.execute("CREATE UNIQUE INDEX users_email_key ON users (email)")  #! writers-wait-for-scan
op.execute("ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key")

# case: add exclusion
# from: strong_migrations AddExclusionConstraint
# why: it scans or rewrites a table that is in use
op.create_exclude_constraint("bookings_no_overlap", "bookings", ("during", "&&"), using="gist")  #! readers-wait-for-scan

# case: add exclusion new table
# from: strong_migrations AddExclusionConstraintNewTable
# why: nobody waits, and nothing is lost
op.execute("CREATE TABLE stays (id bigint PRIMARY KEY, during tsrange)")
op.create_exclude_constraint("stays_no_overlap", "stays", ("during", "&&"), using="gist")

# case: add primary key
# from: squawk adding-serial-primary-key-field
# why: it scans or rewrites a table that is in use
op.create_primary_key("nokey_pkey", "nokey", ["id"])  #! readers-wait-for-scan

# case: add primary key using index
# from: squawk
# why: nobody waits, and nothing is lost
# given
with op.get_context().autocommit_block():
    op.execute("CREATE UNIQUE INDEX CONCURRENTLY nokey_pkey ON nokey (id)")
# then
op.execute("ALTER TABLE nokey ADD CONSTRAINT nokey_pkey PRIMARY KEY USING INDEX nokey_pkey")

# case: set not null
# from: squawk adding-not-nullable-field
# why: it scans or rewrites a table that is in use
op.alter_column("users", "email", existing_type=sa.String(255), nullable=False)  #! readers-wait-for-scan

# case: set not null raw lower
# from: squawk
# why: it scans or rewrites a table that is in use
op.execute("alter table only public.users alter column name set not null")  #! readers-wait-for-scan

# case: set not null under check
# from: strong_migrations ChangeColumnNullConstraintMethods
# why: nobody waits, and nothing is lost
# given
op.execute("ALTER TABLE users ADD CONSTRAINT users_email_nn CHECK (email IS NOT NULL) NOT VALID")
# next revision
op.execute("ALTER TABLE users VALIDATE CONSTRAINT users_email_nn")
# then
op.alter_column("users", "email", existing_type=sa.String(255), nullable=False)
op.drop_constraint("users_email_nn", "users", type_="check")

# case: set not null unvalidated check
# from: strong_migrations ChangeColumnNullConstraintUnvalidated
# why: it scans or rewrites a table that is in use
# given
op.execute("ALTER TABLE users ADD CONSTRAINT users_email_nn CHECK (email IS NOT NULL) NOT VALID")
# then
op.alter_column("users", "email", existing_type=sa.String(255), nullable=False)  #! readers-wait-for-scan

# case: drop not null
# from: squawk ban-drop-not-null
# why: code of the release before has never met NULL there
op.alter_column("orders", "total", existing_type=sa.Integer(), nullable=True)  #! nullable-again

# case: varchar to text
# from: strong_migrations ChangeColumnVarcharToText
# why: nobody waits, and nothing is lost
op.alter_column("users", "country", type_=sa.Text(), existing_type=sa.String(20))

# case: varchar to text indexed
# from: strong_migrations: index of the same family is kept
# why: nobody waits, and nothing is lost
op.alter_column("users", "name", type_=sa.Text(), existing_type=sa.String(50))

# case: varchar widen
# from: strong_migrations ChangeColumnVarcharIncreaseLimit
# why: nobody waits, and nothing is lost
op.alter_column("users", "country", type_=sa.String(64), existing_type=sa.String(20))

# case: varchar narrow
# from: strong_migrations ChangeColumnVarcharDecreaseLimit
# why: it scans or rewrites a table that is in use
op.alter_column("users", "country", type_=sa.String(10), existing_type=sa.String(20))  #! type-changed, waits-for-rewrite

# case: text to varchar
# from: strong_migrations ChangeColumnTextToVarcharLimit
# why: it scans or rewrites a table that is in use
op.alter_column("users", "bio", type_=sa.String(20), existing_type=sa.Text())  #! type-changed, waits-for-rewrite

# case: text to varchar nolimit
# from: strong_migrations ChangeColumnTextToVarcharNoLimit
# why: nobody waits, and nothing is lost
op.alter_column("users", "bio", type_=sa.String(), existing_type=sa.Text())

# case: int to bigint
# from: squawk changing-column-type
# why: it scans or rewrites a table that is in use
op.alter_column("orders", "id", type_=sa.BigInteger(), existing_type=sa.Integer())  #! waits-for-rewrite

# case: int to bigint raw nonkey
# from: squawk
# why: it scans or rewrites a table that is in use
op.execute('ALTER TABLE "orders" ALTER COLUMN "total" SET DATA TYPE bigint USING "total"::bigint')  #! does-not-run

# case: numeric widen
# from: strong_migrations ChangeColumnDecimalIncreasePrecision
# why: nobody waits, and nothing is lost
op.alter_column("users", "balance", type_=sa.Numeric(12, 2), existing_type=sa.Numeric(10, 2))

# case: numeric scale
# from: strong_migrations ChangeColumnDecimalChangeScale
# why: it scans or rewrites a table that is in use
op.alter_column("users", "balance", type_=sa.Numeric(10, 3), existing_type=sa.Numeric(10, 2))  #! type-changed, waits-for-rewrite

# case: numeric unconstrained
# from: strong_migrations ChangeColumnDecimalUnconstrained
# why: nobody waits, and nothing is lost
op.alter_column("users", "balance", type_=sa.Numeric(), existing_type=sa.Numeric(10, 2))

# case: cidr to inet
# from: strong_migrations ChangeColumnCidrToInet
# why: nobody waits, and nothing is lost
op.execute("ALTER TABLE users ALTER COLUMN ip TYPE inet")

# case: json to jsonb
# from: strong_migrations
# why: it scans or rewrites a table that is in use
from sqlalchemy.dialects import postgresql

op.alter_column("users", "properties", type_=postgresql.JSONB(), postgresql_using="properties::jsonb")  #! waits-for-rewrite

# case: timestamp to timestamptz
# from: strong_migrations
# why: a rewrite where the time zone is not UTC
op.alter_column("users", "created_at", type_=sa.DateTime(timezone=True), postgresql_using="created_at AT TIME ZONE 'Europe/Oslo'")  #! waits-for-rewrite

# case: text to int using
# from: pgfence dangerous-alter-column
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE orders ALTER COLUMN state TYPE integer USING state::integer")  #! does-not-run

# case: enum to text
# from: atlas
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE posts ALTER COLUMN mood TYPE text USING mood::text")  #! type-changed, waits-for-rewrite

# case: varchar to text under check
# from: strong_migrations ChangeColumnConstraint
# why: it scans or rewrites a table that is in use
# given
op.execute("ALTER TABLE users ADD CONSTRAINT users_name_low CHECK (country = lower(country))")
# then
op.alter_column("users", "country", type_=sa.Text(), existing_type=sa.String(20))  #! readers-wait-for-scan

# case: set default
# from: squawk
# why: nobody waits, and nothing is lost
op.alter_column("users", "status", server_default="new")

# case: drop default
# from: squawk ban-drop-default
# why: code of the release before that leaves it out writes NULL
op.alter_column("audit_log", "at", server_default=None)  #! default-dropped

# case: drop column
# from: squawk ban-drop-column
# why: code of the release before meets what it does not know
op.drop_column("users", "bio")  #! column-dropped

# case: drop column batch
# from: batch_alter_table
# why: code of the release before meets what it does not know
with op.batch_alter_table("users") as batch_op:
    batch_op.drop_column("bio")  #! column-dropped

# case: drop table
# from: squawk ban-drop-table
# why: code of the release before meets what it does not know
op.drop_table("bookings")  #! table-dropped

# case: drop table if exists cascade
# from: pgfence destructive
# why: code of the release before meets what it does not know
op.execute("DROP TABLE IF EXISTS orgs, orders CASCADE")  #! constraint-dropped, locks-what-it-does-not-name, table-dropped

# case: drop table new same deploy
# from: made and dropped in the same deploy
# why: nobody waits, and nothing is lost
# together
op.execute("CREATE TABLE stage (id bigint, v text)")
# next revision
op.drop_table("stage")

# case: drop schema cascade
# from: pgfence drop-schema-cascade
# why: rows are lost
# given
op.execute("CREATE SCHEMA crm")
op.execute("CREATE TABLE crm.leads (id bigint PRIMARY KEY, name text)")
# then
op.execute("DROP SCHEMA crm CASCADE")  #! table-dropped

# case: rename column
# from: squawk renaming-column
# why: code of the release before meets what it does not know
op.alter_column("users", "name", new_column_name="nickname")  #! renamed-in-use

# case: rename table
# from: squawk renaming-table
# why: code of the release before meets what it does not know
op.rename_table("orders", "purchases")  #! renamed-in-use

# case: rename table with view
# from: Braintree: rename with a view of the old name, one transaction
# why: nobody waits, and nothing is lost
op.rename_table("contacts", "people")
op.execute("CREATE VIEW contacts AS SELECT * FROM people")

# case: rename column raw loop
# from: loop
# why: code of the release before meets what it does not know
for old, new in {"name": "nickname", "bio": "biography"}.items():
    op.execute(f"ALTER TABLE users RENAME COLUMN {old} TO {new}")  #! renamed-in-use

# case: rename index
# from: Braintree rename index
# why: nobody waits, and nothing is lost
op.execute("ALTER INDEX ix_users_name RENAME TO users_name_idx")

# case: rename constraint
# from: atlas
# why: nobody waits, and nothing is lost
op.execute("ALTER TABLE orders RENAME CONSTRAINT orders_total_positive TO orders_total_check")

# case: rename schema
# from: pgfence rename-schema
# why: code of the release before meets what it does not know
# given
op.execute("CREATE SCHEMA crm")
op.execute("CREATE TABLE crm.leads (id bigint PRIMARY KEY, name text)")
# then
op.execute("ALTER SCHEMA crm RENAME TO sales")  #! renamed-in-use

# case: rename enum value
# from: code of the release before sends the old label
# why: code of the release before meets what it does not know
op.execute("ALTER TYPE mood RENAME VALUE 'ok' TO 'okay'")  #! renamed-in-use

# case: enum add value
# from: pgfence alter-enum-add-value (PG12+)
# why: nobody waits, and nothing is lost
op.execute("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'happy'")

# case: enum add value autocommit
# from: alembic recipe
# why: nobody waits, and nothing is lost
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE mood ADD VALUE 'happy' AFTER 'ok'")

# case: enum add value used same tx
# from: PostgreSQL: unsafe use of new value
# why: it stops
op.execute("ALTER TYPE mood ADD VALUE 'happy'")
op.execute("UPDATE posts SET mood = 'happy' WHERE id = 1")  #! not-in-this-transaction

# case: enum replace type
# from: alembic-postgresql-enum style
# why: it scans or rewrites a table that is in use
op.execute("ALTER TYPE mood RENAME TO mood_old")
op.execute("CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy')")
op.execute("ALTER TABLE posts ALTER COLUMN mood TYPE mood USING mood::text::mood")  #! waits-for-rewrite
op.execute("DROP TYPE mood_old")

# case: create enum and column
# from: atlas
# why: nobody waits, and nothing is lost
colour = sa.Enum("red", "green", name="colour")
colour.create(op.get_bind(), checkfirst=True)
op.add_column("users", sa.Column("colour", colour, nullable=True))

# case: truncate
# from: squawk ban-truncate-cascade
# why: rows are lost
op.execute("TRUNCATE TABLE audit_log")  #! rows-truncated

# case: truncate cascade
# from: squawk ban-truncate-cascade
# why: rows are lost
op.execute("TRUNCATE users CASCADE")  #! rows-truncated

# case: delete all
# from: pgfence delete without where
# why: rows are lost
op.execute("DELETE FROM audit_log WHERE true")  #! all-rows-in-one-transaction

# case: update all
# from: pgfence bulk-update
# why: it scans or rewrites a table that is in use
op.execute("UPDATE users SET status = 'new'")  #! all-rows-in-one-transaction

# case: update all orm core
# from: SQLAlchemy core
# why: it scans or rewrites a table that is in use
users = sa.table("users", sa.column("status", sa.Text), sa.column("id", sa.BigInteger))
op.execute(users.update().values(status="new"))  #! all-rows-in-one-transaction

# case: update one row
# from: pgfence safe-policies
# why: nobody waits, and nothing is lost
op.execute("UPDATE users SET status = 'active' WHERE id = 1")

# case: insert lookup rows
# from: seed rows
# why: nobody waits, and nothing is lost
op.bulk_insert(sa.table("orgs", sa.column("id", sa.BigInteger), sa.column("name", sa.Text)), [{"id": 90001, "name": "a"}, {"id": 90002, "name": "b"}])

# case: add column and backfill one tx
# from: strong_migrations backfilling data
# why: it scans or rewrites a table that is in use
op.add_column("users", sa.Column("plan", sa.Text(), nullable=True))
op.execute("UPDATE users SET plan = 'free'")  #! rows-changed-under-lock
op.alter_column("users", "plan", nullable=False)  #! readers-wait-for-scan, required-column

# case: batched backfill autocommit
# from: GitLab batches
# why: nobody waits, and nothing is lost
with op.get_context().autocommit_block():
    bind = op.get_bind()
    while True:
        done = bind.execute(sa.text("UPDATE users SET status = 'new' WHERE id IN (SELECT id FROM users WHERE status IS NULL LIMIT 500)"))
        if done.rowcount == 0:
            break

# case: lock table explicit
# from: LOCK TABLE then backfill
# why: it scans or rewrites a table that is in use
op.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")  #! busy-table-locked
op.execute("UPDATE orders SET state = 'done' WHERE state IS NULL OR state <> 'done'")  #! rows-changed-under-lock

# case: cluster
# from: squawk prefer-repack
# why: it scans or rewrites a table that is in use
op.execute("CLUSTER users USING ix_users_email")  #! waits-for-rewrite

# case: vacuum full
# from: squawk prefer-repack
# why: it scans or rewrites a table that is in use
with op.get_context().autocommit_block():
    op.execute("VACUUM FULL users")  #! waits-for-rewrite

# case: vacuum analyze
# from: pgfence
# why: nobody waits, and nothing is lost
with op.get_context().autocommit_block():
    op.execute("VACUUM ANALYZE users")

# case: analyze
# from: after a bulk change
# why: nobody waits, and nothing is lost
op.execute("ANALYZE users")

# case: vacuum in tx
# from: PostgreSQL
# why: it stops
op.execute("VACUUM users")  #! not-in-this-transaction

# case: refresh matview
# from: pgfence refresh-matview
# why: it scans or rewrites a table that is in use
op.execute("REFRESH MATERIALIZED VIEW daily_totals")  #! waits-for-rewrite

# case: refresh matview concurrently
# from: pgfence refresh-matview
# why: nobody waits, and nothing is lost
op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY daily_totals")

# case: set logged
# from: pgfence set-logged-unlogged
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE scratchpad SET LOGGED")  #! waits-for-rewrite

# case: set unlogged
# from: pgfence set-logged-unlogged
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE audit_log SET UNLOGGED")  #! unlogged-table, waits-for-rewrite

# case: set storage param
# from: autovacuum settings
# why: nobody waits, and nothing is lost
op.execute("ALTER TABLE users SET (autovacuum_vacuum_scale_factor = 0.01)")

# case: set statistics
# from: SHARE UPDATE EXCLUSIVE
# why: nobody waits, and nothing is lost
op.execute("ALTER TABLE users ALTER COLUMN email SET STATISTICS 500")

# case: attach partition no check
# from: pgfence partition
# why: ATTACH scans the new partition; rows written to it wait
op.execute("ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")  #! readers-wait-for-scan, rows-in-the-way

# case: attach partition with check
# from: PostgreSQL manual: CHECK first, no scan
# why: nobody waits, and nothing is lost
# given
op.execute("ALTER TABLE events_2025 ADD CONSTRAINT y2025 CHECK (at >= '2025-01-01' AND at < '2026-01-01') NOT VALID")
# next revision
op.execute("ALTER TABLE events_2025 VALIDATE CONSTRAINT y2025")
# then
op.execute("ALTER TABLE events ATTACH PARTITION events_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")

# case: attach partition default scan
# from: the default partition is scanned under ACCESS EXCLUSIVE
# why: it scans or rewrites a table that is in use
op.execute("CREATE TABLE metrics_2025 (LIKE metrics INCLUDING ALL)")
op.execute("ALTER TABLE metrics ATTACH PARTITION metrics_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01')")  #! readers-wait-for-scan

# case: create partition of with default
# from: PARTITION OF scans the default
# why: it scans or rewrites a table that is in use
op.execute("CREATE TABLE metrics_2026 PARTITION OF metrics FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")  #! readers-wait-for-scan

# case: attach new empty partition
# from: LIKE, then ATTACH: SHARE UPDATE EXCLUSIVE only
# why: nobody waits, and nothing is lost
op.execute("CREATE TABLE events_2026 (LIKE events INCLUDING ALL)")
op.execute("ALTER TABLE events ATTACH PARTITION events_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')")

# case: detach partition
# from: squawk require-concurrent-partition-detach
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE events DETACH PARTITION events_2023")  #! partition-locks-its-parent

# case: index on partitioned
# from: index on partitioned table
# why: it scans or rewrites a table that is in use
op.create_index("ix_events_kind", "events", ["kind"])  #! writers-wait-for-scan

# case: index on partitioned steps
# from: ON ONLY, each CONCURRENTLY, then attach
# why: nobody waits, and nothing is lost
op.execute("CREATE INDEX ix_events_kind ON ONLY events (kind)")
with op.get_context().autocommit_block():
    for year in (2023, 2024):
        op.execute(f"CREATE INDEX CONCURRENTLY ix_events_{year}_kind ON events_{year} (kind)")
for year in (2023, 2024):
    op.execute(f"ALTER INDEX ix_events_kind ATTACH PARTITION ix_events_{year}_kind")

# case: create trigger
# from: pgfence trigger
# why: SHARE ROW EXCLUSIVE for an instant
op.execute("CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch()")

# case: drop trigger
# from: pgfence trigger: what it kept right is no more kept
# why: code of the release before meets what it does not know
op.execute("DROP TRIGGER posts_touch ON posts")  #! triggers-off

# case: disable trigger
# from: pgfence
# why: data
op.execute("ALTER TABLE posts DISABLE TRIGGER ALL")  #! triggers-off
op.execute("UPDATE posts SET body = 'x'")  #! rows-changed-under-lock
op.execute("ALTER TABLE posts ENABLE TRIGGER ALL")

# case: drop function cascade
# from: drops the trigger of another table
# why: code of the release before meets what it does not know
op.execute("DROP FUNCTION touch() CASCADE")  #! locks-what-it-does-not-name, table-dropped, triggers-off

# case: replace function
# from: same signature
# why: nobody waits, and nothing is lost
op.execute("CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.body = NEW.body; RETURN NEW; END $$")

# case: replace view add column
# from: OR REPLACE appends a column
# why: nobody waits, and nothing is lost
op.execute("CREATE OR REPLACE VIEW active_users AS SELECT id, email, name FROM users WHERE active")

# case: drop view
# from: code of the release before reads it
# why: code of the release before meets what it does not know
op.execute("DROP VIEW active_users")  #! table-dropped

# case: drop and recreate view one tx
# from: same columns and more, in one transaction
# why: nobody waits, and nothing is lost
op.execute("DROP VIEW active_users")
op.execute("CREATE VIEW active_users AS SELECT id, email, country FROM users WHERE active")

# case: recreate view less columns
# from: a column of the view is gone
# why: code of the release before meets what it does not know
op.execute("DROP VIEW active_users")  #! table-dropped
op.execute("CREATE VIEW active_users AS SELECT id FROM users WHERE active")

# case: comment
# from: metadata only
# why: nobody waits, and nothing is lost
op.create_table_comment("users", "those who log in")
op.alter_column("users", "email", comment="lower case")

# case: grant
# from: metadata only
# why: nobody waits, and nothing is lost
op.execute("GRANT SELECT ON users, orders TO pg_monitor")

# case: grant to everybody
# from: every role may write it
# why: nobody waits, and whoever may connect writes it
op.execute("GRANT ALL ON users TO PUBLIC")  #! rights-for-everybody

# case: revoke
# from: code of the release before loses its right
# why: code of the release before meets what it does not know
# given
op.execute("GRANT SELECT, INSERT ON users TO pg_monitor")
# then
op.execute("REVOKE INSERT ON users FROM pg_monitor")  #! rights-taken

# case: enable rls
# from: nobody but the owner sees a row until a policy is there
# why: code of the release before meets what it does not know
op.execute("ALTER TABLE posts ENABLE ROW LEVEL SECURITY")  #! rows-hidden

# case: create policy new table
# from: new table with RLS
# why: nobody waits, and nothing is lost
op.execute("CREATE TABLE notes (id bigint PRIMARY KEY, owner text)")
op.execute("ALTER TABLE notes ENABLE ROW LEVEL SECURITY")
op.execute("CREATE POLICY own ON notes USING (owner = current_user)")

# case: drop constraint check
# from: instant
# why: code of the release before goes on
op.drop_constraint("orders_total_positive", "orders", type_="check")

# case: drop constraint fk
# from: pgfence drop-constraint: ACCESS EXCLUSIVE on both tables
# why: integrity no longer kept
op.drop_constraint("orders_user_id_fkey", "orders", type_="foreignkey")  #! locks-what-it-does-not-name

# case: drop unique
# from: ON CONFLICT (slug) of the release before fails
# why: code of the release before meets what it does not know
op.drop_constraint("posts_slug_key", "posts", type_="unique")  #! constraint-dropped

# case: sequence alter bigint
# from: no table touched
# why: nobody waits, and nothing is lost
op.execute("ALTER SEQUENCE invoice_no AS bigint")

# case: drop sequence
# from: nextval of the release before fails
# why: code of the release before meets what it does not know
op.execute("DROP SEQUENCE invoice_no")  #! table-dropped

# case: create extension
# from: pgcrypto or plain
# why: nobody waits, and nothing is lost
op.execute("CREATE EXTENSION IF NOT EXISTS plpgsql")

# case: alter domain check
# from: squawk ban-alter-domain-with-add-constraint
# why: it scans or rewrites a table that is in use
op.execute("ALTER DOMAIN email_address ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%')")  #! writers-wait-for-scan

# case: alter domain check not valid
# from: NOT VALID does not scan
# why: nobody waits, and nothing is lost
op.execute("ALTER DOMAIN email_address ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID")

# case: create domain check
# from: no column of it yet
# why: nobody waits, and nothing is lost
op.execute("CREATE DOMAIN positive AS integer CHECK (VALUE > 0)")

# case: nothing but pass
# from: empty revision
# why: nobody waits, and nothing is lost
pass

# case: many safe together
# from: atlas
# why: nobody waits, and nothing is lost
op.add_column("users", sa.Column("a1", sa.Integer(), nullable=True))
op.add_column("users", sa.Column("a2", sa.Text(), nullable=True))
op.create_table_comment("users", "people")

# case: create table plain raw
# from: pgfence best practices
# why: nobody waits, and nothing is lost
op.execute("""
CREATE TABLE IF NOT EXISTS tickets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    title text NOT NULL,
    opened timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ON tickets (opened);
""")

# case: create table as select
# from: reads a table from end to end without keeping anybody waiting
# why: nobody waits, and nothing is lost
op.execute("CREATE TABLE user_copies AS SELECT id, email FROM users")

# case: copy into new table
# from: insert-select from a big table into a new one
# why: nobody waits, and nothing is lost
op.create_table("emails", sa.Column("user_id", sa.BigInteger(), primary_key=True), sa.Column("email", sa.Text()))
op.execute("INSERT INTO emails (user_id, email) SELECT id, email FROM users")

# case: two statements one string
# from: several statements in one execute
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE users ADD COLUMN z int; CREATE INDEX users_z ON users (z, id);")  #! readers-wait-for-scan

# case: batch several
# from: batch_alter_table with index
# why: it scans or rewrites a table that is in use
with op.batch_alter_table("orders", schema=None) as batch_op:
    batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
    batch_op.create_index("ix_orders_note", ["note"], unique=False)  #! readers-wait-for-scan

# case: batch safe
# from: batch_alter_table
# why: nobody waits, and nothing is lost
with op.batch_alter_table("orders", schema=None) as batch_op:
    batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
    batch_op.alter_column("state", existing_type=sa.Text(), server_default="new")

# case: do block hidden alter
# from: DDL in a DO block
# why: it scans or rewrites a table that is in use
op.execute("DO $$ BEGIN EXECUTE 'ALTER TABLE users ALTER COLUMN age TYPE bigint'; END $$")  #! waits-for-rewrite

# case: conditional inspector
# from: reads the catalogue first
# why: it scans or rewrites a table that is in use
insp = sa.inspect(op.get_bind())  #! reads-the-database
if "ix_users_country" not in {i["name"] for i in insp.get_indexes("users")}:
    op.create_index("ix_users_country", "users", ["country"])  #! writers-wait-for-scan

# case: lock timeout then index
# from: pgfence: lock_timeout does not shorten the build
# why: it scans or rewrites a table that is in use
op.execute("SET LOCAL lock_timeout = '2s'")
op.create_index("ix_users_country", "users", ["country"])  #! writers-wait-for-scan

# case: ddl then long copy
# from: lock of a fast ALTER held while another table is copied
# why: it scans or rewrites a table that is in use
op.add_column("users", sa.Column("flag", sa.Boolean(), nullable=True))
op.execute("UPDATE orders SET state = 'x'")  #! rows-changed-under-lock

# case: alter two tables fast
# from: pgfence wide-lock-window, but each is an instant
# why: nobody waits, and nothing is lost
op.add_column("users", sa.Column("flag", sa.Boolean(), nullable=True))
op.add_column("orders", sa.Column("flag", sa.Boolean(), nullable=True))

# case: commit by hand
# from: squawk transaction-nesting
# why: chain
op.execute("COMMIT")  #! ends-the-transaction
op.execute("CREATE INDEX CONCURRENTLY ix_users_country ON users (country)")  #! not-in-this-transaction
op.execute("BEGIN")  #! ends-the-transaction

# case: drop primary key
# from: pgfence
# why: code of the release before meets what it does not know
op.execute("ALTER TABLE audit_log DROP CONSTRAINT audit_log_pkey")  #! identity-dropped

# case: alter column collation
# from: index is rebuilt
# why: it scans or rewrites a table that is in use
op.execute('ALTER TABLE users ALTER COLUMN email TYPE varchar(255) COLLATE "C"')  #! does-not-run

# case: citext like domain
# from: to a domain with a check: rows are checked
# why: it scans or rewrites a table that is in use
op.execute("CREATE DOMAIN short AS text CHECK (length(VALUE) < 500)")
op.execute("ALTER TABLE users ALTER COLUMN status TYPE short")  #! type-changed, waits-for-rewrite

# case: add column domain check
# from: a domain with a check and a default rewrites before PG 18?
# why: it scans or rewrites a table that is in use
op.execute("CREATE DOMAIN pos AS int CHECK (VALUE > 0)")
op.execute("ALTER TABLE users ADD COLUMN level pos DEFAULT 1")  #! waits-for-rewrite

# case: set tablespace the same
# from: pgfence
# why: the table is there already, and nothing is copied
op.execute("ALTER TABLE users SET TABLESPACE pg_default")

# case: set access method noop
# from: fillfactor is for new pages only
# why: nobody waits, and nothing is lost
op.execute("ALTER TABLE users SET (fillfactor = 90)")

# case: create statistics
# from: SHARE UPDATE EXCLUSIVE
# why: nobody waits, and nothing is lost
op.execute("CREATE STATISTICS users_ce ON country, email FROM users")

# case: add fk self new column not valid
# from: the whole way: column, then FK NOT VALID
# why: nobody waits, and nothing is lost
op.add_column("users", sa.Column("manager_id", sa.BigInteger(), nullable=True))
op.create_foreign_key("users_manager_fk", "users", "users", ["manager_id"], ["id"], postgresql_not_valid=True)

# case: drop column with dependent view cascade
# from: CASCADE takes the view along
# why: code of the release before meets what it does not know
op.execute("ALTER TABLE users DROP COLUMN email CASCADE")  #! column-dropped, table-dropped

# case: create rule
# from: rewrite rules change what writes do
# why: code of the release before meets what it does not know
op.execute("CREATE RULE no_delete AS ON DELETE TO audit_log DO INSTEAD NOTHING")  #! writes-rewritten

# case: alter owner
# from: the owner's rights go with it
# why: code of the release before meets what it does not know
op.execute("ALTER TABLE posts OWNER TO pg_monitor")  #! rights-taken

# case: set schema
# from: the table is not where it was
# why: code of the release before meets what it does not know
op.execute("CREATE SCHEMA archive")
op.execute("ALTER TABLE bookings SET SCHEMA archive")  #! renamed-in-use

# case: alter replica identity
# from: metadata only
# why: nobody waits, and nothing is lost
op.execute("ALTER TABLE posts REPLICA IDENTITY FULL")

# case: drop identity default
# from: inserts without id fail
# why: code of the release before meets what it does not know
op.execute("ALTER TABLE audit_log ALTER COLUMN id DROP DEFAULT")  #! default-dropped

# case: add not null default raw multi
# from: constant defaults, one statement
# why: nobody waits, and nothing is lost
op.execute("ALTER TABLE orders ADD COLUMN c1 int NOT NULL DEFAULT 0, ADD COLUMN c2 text NOT NULL DEFAULT ''")

# case: alter multi one slow
# from: one of three subcommands rewrites
# why: it scans or rewrites a table that is in use
op.execute("ALTER TABLE orders ADD COLUMN c1 int, ALTER COLUMN total TYPE numeric, ALTER COLUMN state SET DEFAULT 'x'")  #! does-not-run

# case: gin index jsonb new column
# from: index on a just added column of an old table still scans it
# why: it scans or rewrites a table that is in use
from sqlalchemy.dialects import postgresql

op.add_column("users", sa.Column("tags", postgresql.JSONB(), nullable=True))
op.create_index("ix_users_tags", "users", ["tags"], postgresql_using="gin")  #! readers-wait-for-scan
