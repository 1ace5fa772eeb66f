"""Cases of three more people who had not seen the rules: one lints SQL, one comes from Rails and Django, one keeps databases."""

# tables
op.execute("CREATE SCHEMA billing")
op.execute("CREATE TYPE plan_tier AS ENUM ('free', 'pro', 'team')")
op.execute("CREATE DOMAIN cents AS bigint")
op.create_table(
    "accounts",
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("slug", sa.String(63), nullable=False),
    sa.Column("display_name", sa.Text),
    sa.Column("owner_email", sa.String(120)),
    sa.Column("seats", sa.Integer),
    sa.Column("score", sa.Numeric(8, 2)),
    sa.Column("signup_at", sa.DateTime),
    sa.Column("last_seen", sa.DateTime(timezone=True)),
    sa.Column("prefs", sa.JSON),
    sa.Column("is_test", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("region", sa.String(2), nullable=False, server_default="eu"),
    sa.Column("legacy_ref", sa.String(40)),
)
op.execute("ALTER TABLE accounts ADD COLUMN tier plan_tier NOT NULL DEFAULT 'free'")
op.create_index("accounts_slug_key", "accounts", ["slug"], unique=True)
op.create_index("accounts_owner_email_idx", "accounts", ["owner_email"])
op.create_table(
    "members",
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("account_id", sa.BigInteger, sa.ForeignKey("accounts.id", name="members_account_id_fkey")),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("role", sa.String(20)),
    sa.Column("invited_by", sa.Integer),
    sa.Column("joined", sa.Date),
)
op.create_index("members_account_id_idx", "members", ["account_id"])
op.create_table(
    "invoices",
    sa.Column("id", sa.BigInteger, primary_key=True),
    sa.Column("account_id", sa.BigInteger),
    sa.Column("number", sa.String(20)),
    sa.Column("amount", sa.Numeric(10, 2)),
    sa.Column("state", sa.Text, server_default="draft"),
    sa.Column("issued_on", sa.Date),
    schema="billing",
)
op.execute("ALTER TABLE billing.invoices ADD CONSTRAINT amount_positive CHECK (amount >= 0) NOT VALID")
op.execute("CREATE VIEW open_invoices AS SELECT id, amount FROM billing.invoices WHERE state = 'open'")
op.execute("CREATE MATERIALIZED VIEW revenue AS SELECT account_id, sum(amount) AS total FROM billing.invoices GROUP BY 1")
op.execute("CREATE UNIQUE INDEX revenue_account ON revenue (account_id)")
op.execute('CREATE TABLE "AuditLog" (id bigserial PRIMARY KEY, "userId" bigint, action text, at timestamptz DEFAULT now())')
op.execute("CREATE TABLE readings (sensor int NOT NULL, at date NOT NULL, v float) PARTITION BY RANGE (at)")
op.execute("CREATE TABLE readings_q1 PARTITION OF readings FOR VALUES FROM ('2026-01-01') TO ('2026-04-01')")
op.execute("CREATE TABLE readings_rest PARTITION OF readings DEFAULT")
op.execute("CREATE TABLE readings_q2 (sensor int NOT NULL, at date NOT NULL, v float)")
op.execute("CREATE TABLE slots (id int PRIMARY KEY, room int, span daterange)")
op.execute("CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$")
op.execute("CREATE TRIGGER members_stamp BEFORE UPDATE ON members FOR EACH ROW EXECUTE FUNCTION stamp()")
op.execute("CREATE SEQUENCE ticket_no")
op.execute("CREATE TABLE prices (id serial PRIMARY KEY, price cents)")
op.execute("ALTER TABLE members ENABLE ROW LEVEL SECURITY")
op.execute("CREATE POLICY everybody ON members USING (true)")

# case: a partial unique index, said with op
# why: a scan or a build under a lock that writers wait behind
op.create_index("accounts_ref", "accounts", ["legacy_ref"], unique=True, postgresql_where=sa.text("legacy_ref IS NOT NULL"))  #! writers-wait-for-scan

# case: an expression index in a raw string with a comment first
# why: a scan or a build under a lock that writers wait behind
op.execute(sa.text("""
    -- case-insensitive lookups
    CREATE INDEX members_email_ci ON members (lower(email))
"""))  #! writers-wait-for-scan

# case: an index on a schema-qualified table, built while writers go on
# why: CONCURRENTLY, outside a transaction
with op.get_context().autocommit_block():
    op.create_index("invoices_account", "invoices", ["account_id"], schema="billing", postgresql_concurrently=True, if_not_exists=False)

# case: an index on a quoted mixed-case table, built while writers go on by raw SQL
# why: CONCURRENTLY, outside a transaction
with op.get_context().autocommit_block():
    op.execute('CREATE INDEX CONCURRENTLY "AuditLog_userId" ON "AuditLog" ("userId")')

# case: several indexes in a loop
# why: a scan or a build under a lock that writers wait behind
for column in ("state", "number"):
    op.execute(f"CREATE INDEX invoices_{column} ON billing.invoices ({column})")  #! writers-wait-for-scan

# case: CONCURRENTLY forgotten the block
# why: the server refuses it in a transaction
op.create_index("members_role", "members", ["role"], postgresql_concurrently=True)  #! not-in-this-transaction

# case: an index on a table of the same revision
# why: nobody uses the table yet
op.create_table("tags", sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True), sa.Column("name", sa.Text, nullable=False))
op.create_index("tags_name", "tags", ["name"], unique=True)
op.create_check_constraint("tags_name_there", "tags", "name <> ''")

# case: a new table, filled and indexed in the revision
# why: nobody uses the table yet
t = op.create_table("currencies", sa.Column("code", sa.String(3), primary_key=True), sa.Column("name", sa.Text, nullable=False))
op.bulk_insert(t, [{"code": "EUR", "name": "Euro"}, {"code": "USD", "name": "Dollar"}])
op.execute("CREATE INDEX currencies_name ON currencies (name)")

# case: dropping an index online
# why: CONCURRENTLY, outside a transaction
with op.get_context().autocommit_block():
    op.drop_index("members_account_id_idx", table_name="members", postgresql_concurrently=True)

# case: an index dropped by raw SQL in one string with its replacement
# why: a table is locked that the statement does not name
op.execute("DROP INDEX accounts_owner_email_idx; CREATE INDEX accounts_owner_lower ON accounts (lower(owner_email));")  #! locks-what-it-does-not-name, readers-wait-for-scan

# case: REINDEX of a table in the transaction
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute("REINDEX TABLE members")  #! waits-for-rewrite

# case: REINDEX CONCURRENTLY in a block
# why: nobody waits for it
with op.get_context().autocommit_block():
    op.execute("REINDEX INDEX CONCURRENTLY accounts_slug_key")

# case: an index is only renamed
# why: SHARE UPDATE EXCLUSIVE, and no code names an index
op.execute("ALTER INDEX accounts_owner_email_idx RENAME TO ix_accounts_owner_email")

# case: index on the partitioned parent
# why: a scan or a build under a lock that writers wait behind
op.create_index("readings_sensor", "readings", ["sensor"])  #! writers-wait-for-scan

# case: index on the parent only, then the partitions concurrently, then attached
# why: no scan holds anybody up
op.execute("CREATE INDEX readings_sensor ON ONLY readings (sensor)")
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY readings_q1_sensor ON readings_q1 (sensor)")
    op.execute("CREATE INDEX CONCURRENTLY readings_rest_sensor ON readings_rest (sensor)")
op.execute("ALTER INDEX readings_sensor ATTACH PARTITION readings_q1_sensor")
op.execute("ALTER INDEX readings_sensor ATTACH PARTITION readings_rest_sensor")

# case: a nullable column
# why: the catalogue alone, in an instant
op.add_column("accounts", sa.Column("vat_id", sa.String(32), nullable=True))

# case: a NOT NULL column with a constant default
# why: the catalogue alone, since PostgreSQL 11
op.add_column("accounts", sa.Column("locale", sa.String(5), nullable=False, server_default="en"))

# case: a NOT NULL column with now() as its default
# why: now() is the same for all rows
op.add_column("accounts", sa.Column("synced_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()))

# case: a NOT NULL column with nothing in it
# why: nothing fills it
op.add_column("members", sa.Column("nickname", sa.Text(), nullable=False))  #! required-column

# case: a uuid for everybody
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.add_column("accounts", sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False))  #! waits-for-rewrite

# case: a uuid in three steps, none of which stops anybody
# why: a default that is set later concerns new rows only
op.add_column("accounts", sa.Column("public_id", sa.Uuid(), nullable=True))
op.alter_column("accounts", "public_id", server_default=sa.text("gen_random_uuid()"))

# case: serial added to a table with rows
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute("ALTER TABLE billing.invoices ADD COLUMN seq serial")  #! waits-for-rewrite

# case: identity added to a table with rows
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.add_column("slots", sa.Column("ext", sa.BigInteger, sa.Identity(always=True)))  #! waits-for-rewrite

# case: a stored generated column
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.add_column("members", sa.Column("domain", sa.Text, sa.Computed("split_part(email, '@', 2)", persisted=True)))  #! waits-for-rewrite

# case: a json column
# why: SELECT DISTINCT of the table fails
op.add_column("members", sa.Column("settings", sa.JSON(), nullable=True))  #! json-cannot-be-compared

# case: a jsonb column with an empty object
# why: the catalogue alone, and jsonb can be compared
op.execute("ALTER TABLE members ADD COLUMN settings jsonb NOT NULL DEFAULT '{}'::jsonb")

# case: a boolean added nullable and made NOT NULL in one go after a backfill
# why: rows are changed while an earlier statement of the transaction keeps others away
op.add_column("members", sa.Column("active", sa.Boolean))
op.execute("UPDATE members SET active = true")  #! rows-changed-under-lock
op.alter_column("members", "active", nullable=False)  #! readers-wait-for-scan, required-column

# case: a boolean with a server default, and the default taken off later
# why: code that relies on what fills the column fails, or writes NULL
# given
op.add_column("members", sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()))
# then
op.alter_column("members", "active", server_default=None)  #! default-dropped

# case: a column with a foreign key inline
# why: a scan or a build under ACCESS EXCLUSIVE
op.add_column("members", sa.Column("home_account", sa.BigInteger, sa.ForeignKey("accounts.id"), nullable=True))  #! readers-wait-for-scan

# case: a column, its key not validated; validated in the next
# why: VALIDATE lets readers and writers go on
op.add_column("members", sa.Column("sponsor_id", sa.BigInteger, nullable=True))
op.create_foreign_key("members_sponsor", "members", "accounts", ["sponsor_id"], ["id"], postgresql_not_valid=True)
# next revision
op.execute("ALTER TABLE members VALIDATE CONSTRAINT members_sponsor")

# case: NOT VALID and VALIDATE in one revision
# why: a scan or a build under a lock that writers wait behind
op.execute("ALTER TABLE billing.invoices ADD CONSTRAINT invoices_account FOREIGN KEY (account_id) REFERENCES accounts NOT VALID")
op.execute("ALTER TABLE billing.invoices VALIDATE CONSTRAINT invoices_account")  #! writers-wait-for-scan

# case: NOT VALID and VALIDATE in one revision, each committed by itself
# why: the block commits what was before it, lock and all
op.execute("ALTER TABLE billing.invoices ADD CONSTRAINT invoices_account FOREIGN KEY (account_id) REFERENCES accounts NOT VALID")
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE billing.invoices VALIDATE CONSTRAINT invoices_account")

# case: a key with cascade to a busy table
# why: a scan or a build under a lock that writers wait behind
op.create_foreign_key("invoices_account_fk", "invoices", "accounts", ["account_id"], ["id"], source_schema="billing", ondelete="CASCADE")  #! writers-wait-for-scan

# case: a key of a new table to a busy one
# why: SHARE ROW EXCLUSIVE on members for an instant: a note
op.create_table(
    "notes",
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("member_id", sa.Integer, sa.ForeignKey("members.id")),
)

# case: a key among new tables
# why: nobody uses them yet
op.create_table("a1", sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True))
op.create_table("b1", sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True), sa.Column("a_id", sa.BigInteger, sa.ForeignKey("a1.id")))

# case: dropping a foreign key
# why: a table is locked that the statement does not name
op.drop_constraint("members_account_id_fkey", "members", type_="foreignkey")  #! locks-what-it-does-not-name

# case: dropping a foreign key to put a cascading one in its place
# why: a scan or a build under ACCESS EXCLUSIVE
op.drop_constraint("members_account_id_fkey", "members", type_="foreignkey")  #! locks-what-it-does-not-name?
op.create_foreign_key("members_account_id_fkey", "members", "accounts", ["account_id"], ["id"], ondelete="CASCADE")  #! readers-wait-for-scan

# case: a check on rows that are there
# why: a scan or a build under ACCESS EXCLUSIVE
op.create_check_constraint("seats_sane", "accounts", "seats BETWEEN 0 AND 100000")  #! readers-wait-for-scan

# case: a check on rows that are there, not valid
# why: no row is read
op.create_check_constraint("seats_sane", "accounts", "seats BETWEEN 0 AND 100000", postgresql_not_valid=True)

# case: an old NOT VALID check is validated
# why: SHARE UPDATE EXCLUSIVE
op.execute("ALTER TABLE billing.invoices VALIDATE CONSTRAINT amount_positive")

# case: a unique constraint
# why: a scan or a build under ACCESS EXCLUSIVE
op.create_unique_constraint("members_account_email", "members", ["account_id", "email"])  #! readers-wait-for-scan

# case: a unique constraint from an index that was built online
# why: the index is there already
with op.get_context().autocommit_block():
    op.create_index("members_account_email", "members", ["account_id", "email"], unique=True, postgresql_concurrently=True)
op.execute("ALTER TABLE members ADD CONSTRAINT members_account_email_key UNIQUE USING INDEX members_account_email")

# case: SET NOT NULL alone
# why: a scan or a build under ACCESS EXCLUSIVE
op.alter_column("accounts", "owner_email", nullable=False, existing_type=sa.String(120))  #! readers-wait-for-scan

# case: SET NOT NULL under a check that was validated in a release before
# why: the server believes the check
# given
op.execute("ALTER TABLE accounts ADD CONSTRAINT owner_there CHECK (owner_email IS NOT NULL) NOT VALID")
# next revision
op.execute("UPDATE accounts SET owner_email = '' WHERE owner_email IS NULL")
op.execute("ALTER TABLE accounts VALIDATE CONSTRAINT owner_there")
# then
op.alter_column("accounts", "owner_email", nullable=False, existing_type=sa.String(120))
op.drop_constraint("owner_there", "accounts")

# case: DROP NOT NULL
# why: readers may meet NULL
op.alter_column("members", "email", nullable=True)  #! nullable-again

# case: an exclusion constraint
# why: a scan or a build under ACCESS EXCLUSIVE
op.create_exclude_constraint("slots_apart", "slots", ("span", "&&"), using="gist")  #! readers-wait-for-scan

# case: a primary key is exchanged for a wider one
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute("ALTER TABLE members DROP CONSTRAINT members_pkey, ADD PRIMARY KEY (id, account_id)")  #! waits-for-rewrite

# case: varchar to text
# why: no rewrite, and every value fits
op.alter_column("accounts", "slug", type_=sa.Text(), existing_type=sa.String(63), existing_nullable=False)

# case: varchar made longer
# why: no rewrite, and every value fits
op.alter_column("accounts", "legacy_ref", type_=sa.String(80), existing_type=sa.String(40))

# case: varchar made shorter
# why: values may not fit, or code expects others
op.alter_column("accounts", "legacy_ref", type_=sa.String(20), existing_type=sa.String(40))  #! type-changed, waits-for-rewrite

# case: varchar without a limit
# why: no rewrite, and every value fits
op.execute("ALTER TABLE accounts ALTER COLUMN legacy_ref TYPE varchar")

# case: int to bigint
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.alter_column("members", "invited_by", type_=sa.BigInteger(), existing_type=sa.Integer())  #! waits-for-rewrite

# case: int to bigint of a primary key
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
with op.batch_alter_table("members") as batch:
    batch.alter_column("id", type_=sa.BigInteger(), existing_type=sa.Integer(), existing_nullable=False)  #! waits-for-rewrite

# case: numeric with more digits before the point
# why: no rewrite, and every value fits
op.alter_column("accounts", "score", type_=sa.Numeric(12, 2), existing_type=sa.Numeric(8, 2))

# case: numeric with another scale
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.alter_column("accounts", "score", type_=sa.Numeric(12, 4), existing_type=sa.Numeric(8, 2))  #! waits-for-rewrite

# case: timestamp to timestamptz with a zone said
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute("ALTER TABLE accounts ALTER COLUMN signup_at TYPE timestamptz USING signup_at AT TIME ZONE 'Europe/Berlin'")  #! waits-for-rewrite

# case: timestamptz to date
# why: values may not fit, or code expects others
op.alter_column("accounts", "last_seen", type_=sa.Date(), postgresql_using="last_seen::date")  #! type-changed, waits-for-rewrite

# case: json to jsonb
# why: json stays json: nothing is done
op.alter_column("accounts", "prefs", type_=sa.JSON(), existing_type=sa.JSON())

# case: json to jsonb with a cast
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute("ALTER TABLE accounts ALTER prefs TYPE jsonb USING prefs::jsonb")  #! waits-for-rewrite

# case: text to an enum
# why: values may not fit, or code expects others
op.execute("""
CREATE TYPE member_role AS ENUM ('admin', 'user');
ALTER TABLE members ALTER COLUMN role TYPE member_role USING role::member_role;
""")  #! type-changed, waits-for-rewrite

# case: an enum value in its own block
# why: committed before anybody uses it
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE plan_tier ADD VALUE IF NOT EXISTS 'enterprise'")

# case: an enum value, used at once
# why: the server refuses it in a transaction
op.execute("ALTER TYPE plan_tier ADD VALUE 'enterprise'")
op.execute("UPDATE accounts SET tier = 'enterprise' WHERE seats > 500")  #! not-in-this-transaction

# case: an enum value in its block, used behind it
# why: committed before it is used
with op.get_context().autocommit_block():
    op.execute("ALTER TYPE plan_tier ADD VALUE 'enterprise'")
op.execute("UPDATE accounts SET tier = 'enterprise' WHERE slug = 'acme'")

# case: an enum made anew without a value
# why: values may not fit, or code expects others
op.execute("ALTER TYPE plan_tier RENAME TO plan_tier_old")
op.execute("CREATE TYPE plan_tier AS ENUM ('free', 'paid')")
op.execute("ALTER TABLE accounts ALTER tier DROP DEFAULT")
op.execute("ALTER TABLE accounts ALTER tier TYPE plan_tier USING (CASE tier::text WHEN 'free' THEN 'free' ELSE 'paid' END)::plan_tier")  #! type-changed, waits-for-rewrite
op.execute("ALTER TABLE accounts ALTER tier SET DEFAULT 'free'")
op.execute("DROP TYPE plan_tier_old")

# case: an enum value renamed
# why: code of the release before names it as it was
op.execute("ALTER TYPE plan_tier RENAME VALUE 'team' TO 'business'")  #! renamed-in-use

# case: a column is renamed
# why: code of the release before names it as it was
op.alter_column("accounts", "display_name", new_column_name="title")  #! renamed-in-use

# case: a column is renamed by raw SQL in a schema
# why: code of the release before names it as it was
op.execute("ALTER TABLE billing.invoices RENAME amount TO total")  #! renamed-in-use

# case: a table is renamed
# why: code of the release before names it as it was
op.rename_table("members", "people")  #! renamed-in-use

# case: a table is renamed and a view stands in its place
# why: the old name answers
op.execute("ALTER TABLE slots RENAME TO bookings")
op.execute("CREATE VIEW slots AS SELECT * FROM bookings")

# case: a column is dropped
# why: code of the release before names it, and what it held is gone
op.drop_column("accounts", "legacy_ref")  #! column-dropped

# case: a column that a view shows is dropped with the view
# why: code of the release before names it, and what it held is gone
op.execute("DROP VIEW open_invoices")
op.drop_column("invoices", "state", schema="billing")  #! column-dropped
op.execute("CREATE VIEW open_invoices AS SELECT id, amount FROM billing.invoices")

# case: a column that a view shows is dropped, and the database will not
# why: the server, or Alembic, refuses it
op.drop_column("invoices", "state", schema="billing")  #! does-not-run

# case: two columns go in a batch
# why: code of the release before names it, and what it held is gone
with op.batch_alter_table("accounts", schema=None) as b:
    b.drop_column("is_test")  #! column-dropped
    b.drop_column("region")  #! column-dropped

# case: a table goes
# why: what running code may name is gone
op.drop_table("prices")  #! table-dropped

# case: several tables go in a loop
# why: what running code may name is gone
for name in ("slots", "prices"):
    op.drop_table(name)  #! table-dropped

# case: a table that the revision before it made goes
# why: both go out together: nobody has seen it
# together
op.create_table("scratchpad", sa.Column("id", sa.Integer, primary_key=True))
# next revision
op.drop_table("scratchpad")

# case: a schema goes with everything
# why: rows may come that were refused before
op.execute("DROP SCHEMA billing CASCADE")  #! constraint-dropped, table-dropped

# case: a temporary table comes and goes
# why: nobody else sees it, and few rows are changed
op.execute("CREATE TEMP TABLE moved AS SELECT id FROM slots WHERE room = 7")
op.execute("UPDATE slots SET room = 8 WHERE id IN (SELECT id FROM moved)")
op.execute("DROP TABLE moved")

# case: everything is deleted
# why: as far as anybody knows, every row is changed in one transaction
op.execute('DELETE FROM "AuditLog"')  #! all-rows-in-one-transaction

# case: one row is deleted
# why: by its key
op.execute("DELETE FROM accounts WHERE id = 42")

# case: a table is emptied
# why: every row goes
op.execute('TRUNCATE "AuditLog" RESTART IDENTITY')  #! rows-truncated

# case: a big update with a condition
# why: as far as anybody knows, every row is changed in one transaction
op.execute("UPDATE accounts SET region = 'de' WHERE owner_email LIKE '%.de'")  #! all-rows-in-one-transaction?

# case: a big update without one
# why: as far as anybody knows, every row is changed in one transaction
op.get_bind().execute(sa.text("UPDATE members SET email = lower(email)"))  #! all-rows-in-one-transaction

# case: an update through a table of SQLAlchemy's
# why: as far as anybody knows, every row is changed in one transaction
members = sa.table("members", sa.column("role", sa.String), sa.column("id", sa.Integer))
op.execute(members.update().values(role="user"))  #! all-rows-in-one-transaction

# case: a seeding insert
# why: two rows
op.execute("INSERT INTO prices (price) VALUES (100), (200)")

# case: a backfill in batches, each of its own transaction
# why: each statement commits by itself
with op.get_context().autocommit_block():
    bind = op.get_bind()
    while bind.execute(sa.text("""
        UPDATE accounts SET display_name = slug WHERE id IN
        (SELECT id FROM accounts WHERE display_name IS NULL ORDER BY id LIMIT 1000)
    """)).rowcount:
        pass

# case: a backfill in batches, all of one transaction
# why: whether it is every row, nobody knows
bind = op.get_bind()
while True:
    done = bind.execute(sa.text("UPDATE accounts SET display_name = slug WHERE id IN (SELECT id FROM accounts WHERE display_name IS NULL LIMIT 1000)"))
    if not done.rowcount:
        break

# case: a backfill in a procedure that commits
# why: each round commits
with op.get_context().autocommit_block():
    op.execute("""
    DO $$
    DECLARE n int;
    BEGIN
      LOOP
        UPDATE accounts SET seats = 1 WHERE id IN (SELECT id FROM accounts WHERE seats IS NULL LIMIT 500);
        GET DIAGNOSTICS n = ROW_COUNT;
        EXIT WHEN n = 0;
        COMMIT;
      END LOOP;
    END $$
    """)

# case: a column, its backfill and its constraint in one transaction
# why: rows are changed while an earlier statement of the transaction keeps others away
op.add_column("accounts", sa.Column("email_domain", sa.Text))
op.execute("UPDATE accounts SET email_domain = split_part(owner_email, '@', 2)")  #! rows-changed-under-lock
op.execute("ALTER TABLE accounts ADD CONSTRAINT domain_there CHECK (email_domain IS NOT NULL) NOT VALID")

# case: the backfill comes before the lock
# why: the lock is held for an instant
op.execute("UPDATE slots SET room = 0 WHERE room IS NULL AND id < 5")
op.alter_column("slots", "room", server_default="0")

# case: a DO block that adds a column if it is not there
# why: the catalogue alone
op.execute("""
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'members' AND column_name = 'phone') THEN
    ALTER TABLE members ADD COLUMN phone text;
  END IF;
END $$;
""")

# case: a DO block that builds an index if it is not there
# why: a scan or a build under a lock that writers wait behind
op.execute("""
DO $$ BEGIN
  IF to_regclass('members_joined') IS NULL THEN
    EXECUTE 'CREATE INDEX members_joined ON members (joined)';
  END IF;
END $$;
""")  #! writers-wait-for-scan

# case: CREATE TABLE IF NOT EXISTS of a new one
# why: nobody uses it yet
op.execute("CREATE TABLE IF NOT EXISTS webhooks (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, url text NOT NULL)")
op.execute("CREATE INDEX IF NOT EXISTS webhooks_url ON webhooks (url)")

# case: a partition is made in place
# why: a scan or a build under ACCESS EXCLUSIVE
op.execute("CREATE TABLE readings_q3 PARTITION OF readings FOR VALUES FROM ('2026-07-01') TO ('2026-10-01')")  #! readers-wait-for-scan

# case: a partition is attached that nothing has proved
# why: a scan or a build under ACCESS EXCLUSIVE
op.execute("ALTER TABLE readings ATTACH PARTITION readings_q2 FOR VALUES FROM ('2026-04-01') TO ('2026-07-01')")  #! readers-wait-for-scan, rows-in-the-way

# case: a partition is detached
# why: a table is locked that the statement does not name
op.execute("ALTER TABLE readings DETACH PARTITION readings_q1")  #! locks-what-it-does-not-name, partition-locks-its-parent

# case: a partition is detached concurrently
# why: a table is locked that the statement does not name
# oldest: 14
op.execute("DROP TABLE readings_rest")  #! locks-what-it-does-not-name, table-dropped
with op.get_context().autocommit_block():
    op.execute("ALTER TABLE readings DETACH PARTITION readings_q1 CONCURRENTLY")

# case: a trigger is added
# why: SHARE ROW EXCLUSIVE for an instant
op.execute("CREATE TRIGGER accounts_stamp BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION stamp()")

# case: a trigger is taken off
# why: what a trigger or a foreign key saw to, nobody does
op.execute("DROP TRIGGER members_stamp ON members")  #! triggers-off

# case: triggers are off for a backfill
# why: what a trigger or a foreign key saw to, nobody does
op.execute("ALTER TABLE members DISABLE TRIGGER ALL")  #! triggers-off
op.execute("UPDATE members SET role = 'user' WHERE role IS NULL")  #! rows-changed-under-lock?
op.execute("ALTER TABLE members ENABLE TRIGGER ALL")

# case: triggers are off by the session
# why: what a trigger or a foreign key saw to, nobody does
op.execute("SET LOCAL session_replication_role = replica")  #! triggers-off
op.execute("DELETE FROM members WHERE id = 3")

# case: row security is switched on
# why: code that is running sees other rows
op.execute("ALTER TABLE accounts ENABLE ROW LEVEL SECURITY")  #! rows-hidden

# case: row security on a new table
# why: nobody uses it yet
op.execute("CREATE TABLE secrets (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, owner name NOT NULL)")
op.execute("ALTER TABLE secrets ENABLE ROW LEVEL SECURITY")
op.execute("CREATE POLICY own ON secrets USING (owner = current_user)")

# case: a policy goes
# why: code that is running sees other rows
op.execute("DROP POLICY everybody ON members")  #! rows-hidden

# case: a materialized view is refreshed
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute("REFRESH MATERIALIZED VIEW revenue")  #! waits-for-rewrite

# case: a materialized view is refreshed concurrently
# why: readers go on
with op.get_context().autocommit_block():
    op.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY revenue")

# case: a view gets one more column
# why: whoever reads the old columns finds them
op.execute("CREATE OR REPLACE VIEW open_invoices AS SELECT id, amount, issued_on FROM billing.invoices WHERE state = 'open'")

# case: a view is replaced by a narrower one
# why: what running code may name is gone
op.execute("DROP VIEW open_invoices")  #! table-dropped
op.execute("CREATE VIEW open_invoices AS SELECT id FROM billing.invoices WHERE state = 'open'")

# case: a new view
# why: it locks nothing that others wait for
op.execute("CREATE VIEW test_accounts AS SELECT id, slug FROM accounts WHERE is_test")

# case: a sequence jumps
# why: the numbers go on
op.execute("ALTER SEQUENCE ticket_no RESTART WITH 500000")

# case: a sequence goes
# why: what running code may name is gone
op.execute("DROP SEQUENCE ticket_no")  #! table-dropped

# case: LOCK TABLE first
# why: it takes a lock that others wait behind
op.execute("LOCK TABLE accounts IN ACCESS EXCLUSIVE MODE")  #! busy-table-locked
op.add_column("accounts", sa.Column("x", sa.Integer))

# case: LOCK TABLE, then a data change
# why: it takes a lock that others wait behind
op.execute("LOCK TABLE accounts IN EXCLUSIVE MODE")  #! busy-table-locked
op.execute("UPDATE accounts SET seats = seats + 1")  #! rows-changed-under-lock

# case: VACUUM FULL
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
with op.get_context().autocommit_block():
    op.execute('VACUUM FULL "AuditLog"')  #! waits-for-rewrite

# case: plain VACUUM
# why: SHARE UPDATE EXCLUSIVE
with op.get_context().autocommit_block():
    op.execute('VACUUM (ANALYZE) "AuditLog"')

# case: VACUUM in the transaction
# why: the server refuses it in a transaction
op.execute('VACUUM "AuditLog"')  #! not-in-this-transaction

# case: ANALYZE
# why: SHARE UPDATE EXCLUSIVE
op.execute("ANALYZE accounts")

# case: CLUSTER
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute("CLUSTER members USING members_account_id_idx")  #! waits-for-rewrite

# case: ALTER SYSTEM in the transaction
# why: the server refuses it in a transaction
op.execute("ALTER SYSTEM SET work_mem = '64MB'")  #! not-in-this-transaction

# case: a table is made UNLOGGED
# why: a crash empties it
op.execute('ALTER TABLE "AuditLog" SET UNLOGGED')  #! unlogged-table, waits-for-rewrite

# case: comments, storage, statistics
# why: SHARE UPDATE EXCLUSIVE at most
op.execute("COMMENT ON TABLE accounts IS 'who pays'")
op.execute("ALTER TABLE accounts ALTER display_name SET STATISTICS 500")
op.execute("ALTER TABLE accounts SET (fillfactor = 80)")
op.create_table_comment("members", "who works there")

# case: a default is set, then the column
# why: new rows only
op.alter_column("members", "role", server_default="user")

# case: a default is taken off
# why: code that relies on what fills the column fails, or writes NULL
op.alter_column("invoices", "state", server_default=None, schema="billing")  #! default-dropped

# case: a constraint on a domain in use
# why: a scan or a build under a lock that writers wait behind
op.execute("ALTER DOMAIN cents ADD CONSTRAINT not_negative CHECK (VALUE >= 0)")  #! writers-wait-for-scan

# case: a constraint on a domain, not valid
# why: no row is read
op.execute("ALTER DOMAIN cents ADD CONSTRAINT not_negative CHECK (VALUE >= 0) NOT VALID")

# case: a function is replaced
# why: it has the same name and arguments
op.execute("CREATE OR REPLACE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.email := lower(NEW.email); RETURN NEW; END $$")

# case: a function goes with its triggers
# why: a table is locked that the statement does not name
op.execute("DROP FUNCTION stamp() CASCADE")  #! locks-what-it-does-not-name, table-dropped, triggers-off

# case: an extension
# why: something new
# alone
op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")

# case: rights are given
# why: nobody loses any
op.execute("GRANT SELECT ON accounts TO PUBLIC")

# case: rights are taken
# why: whoever had the right fails
# given
op.execute("GRANT SELECT ON accounts TO PUBLIC")
# then
op.execute("REVOKE SELECT ON accounts FROM PUBLIC")  #! rights-taken

# case: the application's models do the work
# why: the models will be others when it runs again
# file: myshop/__init__.py
# file: myshop/models.py
from sqlalchemy.orm import declarative_base
Base = declarative_base()
# then
from alembic import op
from myshop.models import Base  #! application-imported
def upgrade():
    op.execute("INSERT INTO prices (price) VALUES (1)")
def downgrade():
    op.execute("DELETE FROM prices WHERE price = 1")

# case: COMMIT in the middle
# why: Alembic does not know that its transaction is over
op.add_column("accounts", sa.Column("c1", sa.Integer))
op.execute("COMMIT")  #! ends-the-transaction
op.add_column("accounts", sa.Column("c2", sa.Integer))

# case: an error is swallowed
# why: the transaction is aborted
try:  #! error-ignored
    op.execute("ALTER TABLE accounts ADD COLUMN slug text")  #! does-not-run
except Exception:
    pass

# case: lock_timeout is set for the revision
# why: as it should be
op.execute("SET LOCAL lock_timeout = '3s'")
op.add_column("accounts", sa.Column("c3", sa.Integer))

# case: lock_timeout is switched off
# why: nothing bounds the wait any more
op.execute("SET lock_timeout = 0")  #! timeouts-off
op.add_column("accounts", sa.Column("c3", sa.Integer))

# case: a revision id too long for the version table
# why: the version table does not hold it
# identifier: 20261122_add_seats_column_to_accounts_table
# alone
# expects: chain-fault, does-not-run
op.add_column("accounts", sa.Column("c4", sa.Integer))

# case: a helper of the same file
# why: a scan or a build under a lock that writers wait behind
from alembic import op
import sqlalchemy as sa
def _index(table, *columns):
    op.create_index("_".join((table, *columns, "idx")), table, list(columns))  #! writers-wait-for-scan
def upgrade():
    _index("members", "joined")
def downgrade():
    op.drop_index("members_joined_idx", table_name="members")

# case: with a way back that does not give the values back
# why: code of the release before names it, and what it held is gone
from alembic import op
import sqlalchemy as sa
def upgrade():
    op.drop_column("members", "joined")  #! column-dropped
def downgrade():
    op.add_column("members", sa.Column("joined", sa.Date()))

# case: conditional on a reflection
# why: there is no database to read with --sql
from alembic import op
import sqlalchemy as sa
def upgrade():
    columns = {c["name"] for c in sa.inspect(op.get_bind()).get_columns("members")}  #! reads-the-database?
    if "timezone" not in columns:
        op.add_column("members", sa.Column("timezone", sa.String(40)))
def downgrade():
    op.drop_column("members", "timezone")

# case: a table is copied and swapped
# why: code of the release before names it as it was
op.execute("CREATE TABLE members_new (LIKE members INCLUDING ALL)")
op.execute("INSERT INTO members_new SELECT * FROM members")
op.execute("ALTER TABLE members RENAME TO members_old")  #! renamed-in-use
op.execute("ALTER TABLE members_new RENAME TO members")

# case: several ALTERs of one table in one statement, all of an instant
# why: the catalogue alone
op.execute("ALTER TABLE accounts ADD COLUMN k1 int, ADD COLUMN k2 text DEFAULT 'x', ALTER COLUMN seats SET DEFAULT 1")

# case: several ALTERs of one table in one statement, one of them a scan
# why: a scan or a build under ACCESS EXCLUSIVE
op.execute("ALTER TABLE accounts ADD COLUMN k1 int, ADD CONSTRAINT k2 CHECK (seats > 0)")  #! readers-wait-for-scan

# case: inheritance
# why: a new table
op.execute("CREATE TABLE accounts_archive () INHERITS (accounts)")

# case: a column is set aside for compression
# why: values to come only
op.execute("ALTER TABLE accounts ALTER display_name SET STORAGE EXTERNAL")

# case: a table moves to a schema
# why: code of the release before names it as it was
op.execute("ALTER TABLE slots SET SCHEMA billing")  #! renamed-in-use

# case: an owner changes
# why: to the one who owns it
op.execute("ALTER TABLE slots OWNER TO CURRENT_USER")

# case: a statement that only reads
# why: it changes nothing
op.execute("SELECT 1")

# case: identifier longer than the server keeps
# why: the server, or Alembic, refuses it
# alone
op.create_index("ix_invoices_account_id_number_amount_state_issued_on_for_the_monthly_report", "members", ["role"])  #! does-not-run

# case: a table without a primary key
# why: bad design, and no hazard: a note
op.create_table("log_lines", sa.Column("at", sa.DateTime(timezone=True)), sa.Column("line", sa.Text))

# case: everything said by a plain SQL file's text
# why: Alembic does not know that its transaction is over
# alone
op.execute("""
BEGIN;
ALTER TABLE accounts ADD COLUMN q1 text;
COMMIT;
""")  #! ends-the-transaction
# case: a column comes and goes in one revision
# why: nobody has seen it
op.add_column("accounts", sa.Column("tmp", sa.Text))
op.drop_column("accounts", "tmp")

# case: an index that is not there is dropped if it is
# why: nothing happens
op.execute("DROP INDEX IF EXISTS nothing_of_that_name")

# case: a statement guarded by IF EXISTS of a table that is not there
# why: nothing happens
op.execute("ALTER TABLE IF EXISTS nowhere ADD COLUMN x int")

# case: a column is added if it is not there, and it is
# why: nothing happens
op.execute("ALTER TABLE accounts ADD COLUMN IF NOT EXISTS slug text NOT NULL")

# case: a session of the ORM commits
# why: the session's transaction is within Alembic's
from alembic import op
import sqlalchemy as sa
from sqlalchemy import orm
def upgrade():
    session = orm.Session(bind=op.get_bind())
    session.execute(sa.text("UPDATE accounts SET seats = 5 WHERE slug = 'acme'"))
    session.commit()
def downgrade():
    raise NotImplementedError

# case: an enum column whose type nobody made
# why: the server, or Alembic, refuses it
# alone
op.add_column("members", sa.Column("kind", sa.Enum("human", "robot", name="member_kind")))  #! does-not-run

# case: an enum column whose type is made first
# why: the type is there
from alembic import op
import sqlalchemy as sa
kind = sa.Enum("human", "robot", name="member_kind")
def upgrade():
    kind.create(op.get_bind(), checkfirst=True)
    op.add_column("members", sa.Column("kind", kind, nullable=False, server_default="human"))
def downgrade():
    op.drop_column("members", "kind")
    kind.drop(op.get_bind())

# case: an enum is swapped for one with one more label, as generators write it
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute("ALTER TYPE plan_tier RENAME TO plan_tier_old")
op.execute("CREATE TYPE plan_tier AS ENUM ('free', 'pro', 'team', 'enterprise')")
op.execute("ALTER TABLE accounts ALTER COLUMN tier DROP DEFAULT")
op.execute("ALTER TABLE accounts ALTER COLUMN tier TYPE plan_tier USING tier::text::plan_tier")  #! waits-for-rewrite
op.execute("ALTER TABLE accounts ALTER COLUMN tier SET DEFAULT 'free'")
op.execute("DROP TYPE plan_tier_old")

# case: a unique constraint goes
# why: rows may come that were refused before
# given
op.create_unique_constraint("slots_room_span", "slots", ["room", "span"])
# then
op.drop_constraint("slots_room_span", "slots", type_="unique")  #! constraint-dropped

# case: a check goes
# why: it was never validated, so that nobody could rely on it: a note
op.execute("ALTER TABLE billing.invoices DROP CONSTRAINT amount_positive")

# case: a constraint of another name
# why: the server, or Alembic, refuses it
# alone
op.drop_constraint("no_such_constraint", "members")  #! does-not-run

# case: a table from a query
# why: readers and writers of the old one go on
op.execute("CREATE TABLE account_stats AS SELECT region, count(*) AS n FROM accounts GROUP BY region")

# case: the old rows are copied to a new table
# why: readers and writers of the old one go on
op.create_table("people", sa.Column("id", sa.BigInteger, primary_key=True), sa.Column("email", sa.Text, nullable=False))
op.execute("INSERT INTO people (id, email) SELECT id, email FROM members")

# case: update from another table, every row
# why: as far as anybody knows, every row is changed in one transaction
op.execute("UPDATE members m SET role = coalesce(a.region, 'x') FROM accounts a WHERE a.id = m.account_id OR m.account_id IS NULL")  #! all-rows-in-one-transaction?

# case: rows are archived by one statement
# why: as far as anybody knows, every row is changed in one transaction
op.execute("""
    WITH gone AS (DELETE FROM "AuditLog" WHERE at < now() + interval '100 years' RETURNING *)
    SELECT count(*) FROM gone
""")  #! all-rows-in-one-transaction

# case: a virtual column
# why: nothing is stored
# oldest: 18
op.execute("ALTER TABLE members ADD COLUMN mail_domain text GENERATED ALWAYS AS (split_part(email, '@', 2)) VIRTUAL")

# case: NOT NULL that is not valid yet
# why: no row is read
# oldest: 18
op.execute("ALTER TABLE accounts ADD CONSTRAINT owner_there NOT NULL owner_email NOT VALID")

# case: another collation
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute('ALTER TABLE accounts ALTER COLUMN owner_email TYPE varchar(120) COLLATE "C"')  #! waits-for-rewrite

# case: timestamp with other digits
# why: values may not fit, or code expects others
op.execute("ALTER TABLE accounts ALTER COLUMN signup_at TYPE timestamp(0)")  #! type-changed, waits-for-rewrite

# case: integer to smallint
# why: values may not fit, or code expects others
op.alter_column("accounts", "seats", type_=sa.SmallInteger(), existing_type=sa.Integer())  #! type-changed, waits-for-rewrite

# case: date to timestamp
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.alter_column("members", "joined", type_=sa.DateTime(), existing_type=sa.Date())  #! waits-for-rewrite

# case: text to varchar
# why: values may not fit, or code expects others
op.alter_column("members", "email", type_=sa.String(320), existing_type=sa.Text(), existing_nullable=False)  #! type-changed, waits-for-rewrite

# case: text to varchar of a new table
# why: nobody uses it yet
op.create_table("hooks", sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True), sa.Column("url", sa.Text))
op.alter_column("hooks", "url", type_=sa.String(2000))
op.alter_column("hooks", "url", nullable=False)

# case: type and nullability in one call
# why: a scan or a build under ACCESS EXCLUSIVE
op.alter_column("members", "invited_by", type_=sa.BigInteger(), existing_type=sa.Integer(), nullable=False)  #! readers-wait-for-scan, waits-for-rewrite

# case: a column of a domain without a constraint
# why: the catalogue alone
op.execute("ALTER TABLE slots ADD COLUMN price cents")

# case: a column of a domain with a constraint
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute("CREATE DOMAIN percent AS int CHECK (VALUE BETWEEN 0 AND 100)")
op.execute("ALTER TABLE slots ADD COLUMN discount percent")  #! waits-for-rewrite

# case: a default that is the same for all rows though it is a function
# why: current_date is the same for all rows
op.execute("ALTER TABLE slots ADD COLUMN made_on date NOT NULL DEFAULT current_date")

# case: a default from a sequence
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.execute("ALTER TABLE slots ADD COLUMN ticket bigint DEFAULT nextval('ticket_no')")  #! waits-for-rewrite

# case: a default of random
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
op.add_column("slots", sa.Column("shard", sa.Float, server_default=sa.text("random()")))  #! waits-for-rewrite

# case: primary key from an index that was built before
# why: the index is there, and the columns are NOT NULL
# given
op.execute("ALTER TABLE readings_q2 ADD COLUMN id bigint NOT NULL DEFAULT 0")
with op.get_context().autocommit_block():
    op.execute("CREATE UNIQUE INDEX CONCURRENTLY readings_q2_key ON readings_q2 (sensor, at)")
# then
op.execute("ALTER TABLE readings_q2 ADD CONSTRAINT readings_q2_pkey PRIMARY KEY USING INDEX readings_q2_key")

# case: a partition is attached that a check has proved, and the default one, too
# why: a table is locked that the statement does not name
# given
op.execute("ALTER TABLE readings_q2 ADD CONSTRAINT q2 CHECK (at >= '2026-04-01' AND at < '2026-07-01')")
op.execute("ALTER TABLE readings_rest ADD CONSTRAINT not_q2 CHECK (NOT (at >= '2026-04-01' AND at < '2026-07-01'))")
# then
op.execute("ALTER TABLE readings ATTACH PARTITION readings_q2 FOR VALUES FROM ('2026-04-01') TO ('2026-07-01')")  #! locks-what-it-does-not-name?

# case: a key on a partitioned table
# why: rows that are there stop it
op.execute("CREATE TABLE sensors (id int PRIMARY KEY)")
op.execute("ALTER TABLE readings ADD FOREIGN KEY (sensor) REFERENCES sensors")  #! rows-in-the-way, writers-wait-for-scan

# case: an advisory lock in a chain that builds concurrently
# why: CONCURRENTLY waits for the transaction that waits for the lock
# alone
op.execute("SELECT pg_advisory_lock(42)")  #! waits-for-advisory-lock
with op.get_context().autocommit_block():
    op.execute("CREATE INDEX CONCURRENTLY members_role ON members (role)")

# case: a definer's function
# why: names are looked up where the caller says
op.execute("CREATE FUNCTION pay(a bigint) RETURNS void LANGUAGE sql SECURITY DEFINER AS 'UPDATE accounts SET score = 0 WHERE id = a'")  #! function-of-its-owner

# case: a definer's function that says where it looks
# why: its search_path is its own
op.execute("CREATE FUNCTION pay(a bigint) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public AS 'UPDATE accounts SET score = 0 WHERE id = a'")

# case: statistics
# why: SHARE UPDATE EXCLUSIVE
op.execute("CREATE STATISTICS accounts_region_tier ON region, tier FROM accounts")

# case: a table takes a parent
# why: the catalogue alone
op.execute("CREATE TABLE slot_base (id int, room int)")
op.execute("ALTER TABLE slots INHERIT slot_base")

# case: a type in use goes with its columns
# why: code of the release before names it, and what it held is gone
op.execute("DROP TYPE plan_tier CASCADE")  #! column-dropped, locks-what-it-does-not-name, table-dropped

# case: rows go, and others with them
# why: as far as anybody knows, every row is changed in one transaction
# given
op.drop_constraint("members_account_id_fkey", "members", type_="foreignkey")
op.execute("ALTER TABLE members ADD CONSTRAINT m FOREIGN KEY (account_id) REFERENCES accounts ON DELETE CASCADE")
# then
op.execute("DELETE FROM accounts")  #! all-rows-in-one-transaction

# case: rows are inserted by op
# why: two rows
op.bulk_insert(sa.table("prices", sa.column("price", sa.BigInteger)), [{"price": 1}, {"price": 2}])

# case: every row is locked
# why: writers of rows wait until it ends, and readers do not
op.execute("SELECT id FROM accounts FOR UPDATE")
op.execute("UPDATE accounts SET seats = 2 WHERE id = 1")

# case: the expression of a generated column is dropped
# why: code that relies on what fills the column fails, or writes NULL
# given
op.execute("ALTER TABLE slots ADD COLUMN twice int GENERATED ALWAYS AS (room * 2) STORED")
# then
op.execute("ALTER TABLE slots ALTER twice DROP EXPRESSION")  #! default-dropped

# case: identity is dropped
# why: code that relies on what fills the column fails, or writes NULL
op.execute("ALTER TABLE accounts ALTER id DROP IDENTITY")  #! default-dropped

# case: identity changes its kind
# why: what fills the column goes on
op.execute("ALTER TABLE accounts ALTER id SET GENERATED ALWAYS")

# case: the search path is left elsewhere
# why: the server, or Alembic, refuses it
# alone
# expects: does-not-run
op.execute("SET search_path TO billing")
op.execute("ALTER TABLE invoices ADD COLUMN due_on date")

# case: the search path for this transaction
# why: the table is called as it was
op.execute("SET LOCAL search_path TO billing, public")
op.execute("ALTER TABLE invoices ADD COLUMN due_on date")

# case: statement_timeout is switched off
# why: nothing bounds the wait any more
op.execute("SET statement_timeout TO 0")  #! timeouts-off
op.execute("ALTER TABLE accounts ADD COLUMN x9 int")

# case: a helper in another file builds the index
# why: a scan or a build under a lock that writers wait behind
# file: index_helpers.py
from alembic import op
def add_index(table, column):
    op.create_index(f"{table}_{column}_idx2", table, [column])
# then
from alembic import op
from index_helpers import add_index
def upgrade():
    add_index("members", "joined")  #! writers-wait-for-scan
def downgrade():
    op.drop_index("members_joined_idx2")

# case: every table gets a column, by reflection
# why: a scan or a build under ACCESS EXCLUSIVE
bind = op.get_bind()
for table in ("slots", "members"):
    bind.exec_driver_sql(f"ALTER TABLE {table} ADD COLUMN tenant int")
    bind.exec_driver_sql(f"CREATE INDEX {table}_tenant ON {table} (tenant)")  #! readers-wait-for-scan

# case: a rename of a column of a new table
# why: nobody uses it yet
op.create_table("drafts", sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True), sa.Column("t", sa.Text))
op.alter_column("drafts", "t", new_column_name="title")
op.rename_table("drafts", "posts")

# case: an index swapped for a wider one online
# why: CONCURRENTLY, outside a transaction
with op.get_context().autocommit_block():
    op.create_index("members_account_role", "members", ["account_id", "role"], postgresql_concurrently=True)
    op.drop_index("members_account_id_idx", postgresql_concurrently=True)

# case: an extension goes
# why: what running code may name is gone
# alone
# given
op.execute("CREATE EXTENSION pg_trgm")
# then
op.execute("DROP EXTENSION pg_trgm")  #! table-dropped

# case: a rule of the server
# why: a DELETE of running code does nothing
op.execute("CREATE RULE no_delete AS ON DELETE TO slots DO INSTEAD NOTHING")  #! writes-rewritten

# case: NOT NULL with a default for the old rows, in the right order, on a small table
# why: the settings say that it is small, and the default stays
# small: prices
op.add_column("prices", sa.Column("currency", sa.String(3)))
op.execute("UPDATE prices SET currency = 'EUR'")
op.alter_column("prices", "currency", nullable=False, server_default="EUR")

# case: everything at once on a small table
# why: the settings say that it is small
# small: slots
op.create_index("slots_room", "slots", ["room"])
op.create_check_constraint("room_there", "slots", "room > 0")

# case: transaction control by raw driver
# why: Alembic does not know that its transaction is over
from alembic import op
def upgrade():
    op.execute("ALTER TABLE slots ADD COLUMN z int")
    op.get_bind().connection.cursor().execute("COMMIT")  #! ends-the-transaction
    op.execute("ALTER TABLE slots ADD COLUMN y int")
def downgrade():
    raise NotImplementedError

# case: transaction control by the driver's method
# why: Alembic does not know that its transaction is over
from alembic import op
def upgrade():
    raw = op.get_bind().connection
    op.execute("ALTER TABLE slots ADD COLUMN z int")
    raw.commit()  #! ends-the-transaction
def downgrade():
    raise NotImplementedError

# case: a procedure of plpgsql with BEGIN and END is no transaction
# why: they stand in the body of a function, and in a string
op.execute("""
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $body$
BEGIN
  RETURN 1;
END;
$body$;
COMMENT ON FUNCTION f() IS 'x; COMMIT; y';
""")

# case: NOT NULL columns of a new table, all of it
# why: nobody uses it yet
op.create_table(
    "subscriptions",
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("account_id", sa.BigInteger, nullable=False, index=True),
    sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    sa.UniqueConstraint("account_id", "started_at"),
    sa.CheckConstraint("started_at > '2000-01-01'", name="late_enough"),
)

# case: logical replication, and rights to new things
# why: whoever uses the tables goes on
op.execute("CREATE PUBLICATION everything FOR TABLE accounts")
op.execute("ALTER TABLE slots REPLICA IDENTITY FULL")

# case: a default that does not fit is set for a column of another type
# why: the server, or Alembic, refuses it
# alone
op.alter_column("accounts", "seats", server_default="many")  #! does-not-run

# case: SET LOGGED of an unlogged table with rows
# why: the table, or an index of it, is written anew under ACCESS EXCLUSIVE
# given
op.execute("CREATE UNLOGGED TABLE buffer (id int PRIMARY KEY)")
# then
op.execute("ALTER TABLE buffer SET LOGGED")  #! waits-for-rewrite

# case: two revisions of one deploy, the second one on what the first made
# why: both go out together
# together
op.create_table("teams", sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True), sa.Column("name", sa.Text))
# next revision
op.create_index("teams_name", "teams", ["name"])
op.execute("UPDATE teams SET name = 'x'")
op.alter_column("teams", "name", nullable=False)

# case: the second deploy works on what the first made
# why: a scan or a build under a lock that writers wait behind
op.create_table("teams", sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True), sa.Column("name", sa.Text))
# next revision
op.create_index("teams_name", "teams", ["name"])  #! writers-wait-for-scan
