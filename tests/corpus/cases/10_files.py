# case: the application's models imported
# why: they are those of today, the revision is of its day
from myshop.models import Order  #! application-imported

def upgrade():
    op.add_column("orders", sa.Column("source", sa.Text()))

def downgrade():
    op.drop_column("orders", "source")

# case: the application's models imported in upgrade()
# why: the same
def upgrade():
    from myshop import models  #! application-imported

    op.execute(sa.update(models.Order).where(models.Order.id == 1).values(status="new"))

def downgrade():
    raise NotImplementedError("the status is not known any more")

# case: a table of its own
# why: what it needs of the table stands in the file
orders = sa.table("orders", sa.column("id"), sa.column("note"))

def upgrade():
    op.execute(orders.update().values(note="x").where(orders.c.id == 1))

def downgrade():
    raise NotImplementedError("the note is not known any more")

# case: no way back
# why: the version goes back, the column stays, and the next upgrade runs into it
def upgrade():
    op.add_column("orders", sa.Column("source", sa.Text()))

def downgrade():  #! no-way-back
    pass

# case: no downgrade at all
# why: the same
def upgrade():  #! no-way-back
    op.add_column("orders", sa.Column("source", sa.Text()))

# case: a way back that is refused
# why: nobody is misled
def upgrade():
    op.execute("DELETE FROM orders WHERE id = 0")

def downgrade():
    raise NotImplementedError("the order is gone")

# case: nothing to undo
# why: the upgrade changed nothing in the catalogue
def upgrade():
    op.execute("UPDATE orders SET note = 'x' WHERE id = 0")

def downgrade():
    pass

# case: an enum that the way back leaves
# why: drop_table drops no type; the next upgrade fails: type "size" already exists
def upgrade():
    op.create_table(
        "parcels",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("size", sa.Enum("small", "large", name="size")),
    )

def downgrade():  #! way-back-differs
    op.drop_table("parcels")

# case: an enum that the way back drops
# why: nothing is left
def upgrade():
    op.create_table(
        "parcels",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("size", sa.Enum("small", "large", name="size")),
    )

def downgrade():
    op.drop_table("parcels")
    sa.Enum(name="size").drop(op.get_bind())

# case: a way back that drops another column
# why: the one that was added stays, one that was there goes
def upgrade():
    op.add_column("orders", sa.Column("source", sa.Text()))

def downgrade():  #! way-back-differs
    op.drop_column("orders", "note")

# case: a way back that forgets the index
# why: the index is left
def upgrade():
    op.create_table("parcels", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("code", sa.Text()))
    op.execute("CREATE SEQUENCE parcel_codes")

def downgrade():  #! way-back-differs
    op.drop_table("parcels")

# case: a way back that fails
# why: it is found out when one is needed
def upgrade():
    op.add_column("orders", sa.Column("source", sa.Text()))

def downgrade():
    op.drop_column("orders", "sources")  #! way-back-differs

# case: a way back to another type
# why: the column was varchar(20)
def upgrade():
    op.alter_column("orders", "status", type_=sa.String(40))

def downgrade():  #! way-back-differs
    op.alter_column("orders", "status", type_=sa.String(30))

# case: the same way back
# why: the catalogue is as it was; that the way back is a rewrite is known when it is taken
def upgrade():
    op.alter_column("orders", "status", type_=sa.String(40))

def downgrade():
    op.alter_column("orders", "status", type_=sa.String(20))

# case: a revision that does nothing
# why: somebody believes that it does
def upgrade():  #! empty-upgrade
    pass

def downgrade():
    pass

# case: a revision that reads the database
# why: --sql fails here: there is nothing to read
def upgrade():
    names = [row[0] for row in op.get_bind().execute(sa.text("SELECT DISTINCT status FROM orders"))]  #! reads-the-database
    for name in names:
        op.execute(f"INSERT INTO customers (email) VALUES ('{name}')")

def downgrade():
    raise NotImplementedError("which rows came is not known")

# case: a revision that looks whether a column is there
# why: the same
def upgrade():
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("orders")}  #! reads-the-database
    if "source" not in columns:
        op.add_column("orders", sa.Column("source", sa.Text()))

def downgrade():
    op.drop_column("orders", "source")

# case: a revision that reads the database unless it writes SQL
# why: it knows both ways
from alembic import context

def upgrade():
    if not context.is_offline_mode():
        op.get_bind().execute(sa.text("SELECT 1")).scalar()
    op.add_column("orders", sa.Column("source", sa.Text()))

def downgrade():
    op.drop_column("orders", "source")

# case: a name that is too long
# why: PostgreSQL cuts it at 63 bytes
op.execute("ALTER TABLE orders ADD COLUMN the_name_of_the_warehouse_from_which_the_parcel_of_the_order_is_sent_out text")  #! name-is-cut

# case: a name of exactly 63 bytes
# why: it is kept
op.execute("ALTER TABLE orders ADD COLUMN the_name_of_the_warehouse_from_which_the_parcel_of_it_is_sent_x text")

# case: an identifier that does not fit
# why: version_num has 32 characters: the version cannot be written
# identifier: 2026_11_22_add_the_source_of_the_order_to_orders
# expects: chain-fault, does-not-run
def upgrade():
    op.add_column("orders", sa.Column("source", sa.Text()))

def downgrade():
    op.drop_column("orders", "source")

# case: a helper from another file
# why: the line that calls it is the place
# file: myshop/migrating.py
from alembic import op


def drop(table, *columns):
    for column in columns:
        op.drop_column(table, column)
# then
from myshop.migrating import drop

def upgrade():
    drop("orders", "note")  #! column-dropped

def downgrade():
    raise NotImplementedError("the notes are gone")

# case: a loop over tables
# why: one line, several statements
for table in ("orders", "customers"):
    op.create_index(f"ix_{table}_id2", table, ["id"])  #! writers-wait-for-scan

# case: an allowed hazard
# why: somebody has said why
op.drop_column("orders", "note")  # limbeck: allow[column-dropped] nothing has read it since release 41

# case: an allowance for nothing
# why: whoever reads it expects a hazard
op.add_column("orders", sa.Column("source", sa.Text()))  # limbeck: allow[column-dropped] nothing is dropped  #! useless-suppression
