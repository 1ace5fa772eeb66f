"""Rows, or the values of a column, that were there before the upgrade are gone after up and down.

Hazard: a release is taken back, and what users wrote before it is gone.

Why: every table had rows; those before the upgrade were compared with those after the way back, column by column.  What
only the new tables and columns held is lost by nature, and is not blamed.  A revision that truly destroys says so in
its file, and is then refused while such rows are there.

Bad:
    def upgrade():
        op.drop_column("orders", "note")

    def downgrade():
        op.add_column("orders", sa.Column("note", sa.Text()))

Bad:
    def upgrade():
        op.drop_table("orders")
        op.create_table("orders", sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True))

    def downgrade():
        op.drop_table("orders")
        op.create_table(
            "orders",
            sa.Column("id", sa.Integer(), sa.Identity(), primary_key=True),
            sa.Column("customer_id", sa.BigInteger()),
            sa.Column("status", sa.String(20)),
            sa.Column("total", sa.Numeric(10, 2)),
            sa.Column("placed_at", sa.DateTime()),
            sa.Column("note", sa.Text()),
        )
        op.create_index("ix_orders_placed_at", "orders", ["placed_at"])

Good:
    # limbeck: irreversible[orders] the notes are gone
    def upgrade():
        op.drop_column("orders", "note")

    def downgrade():
        op.add_column("orders", sa.Column("note", sa.Text()))

Good:
    def upgrade():
        op.alter_column("orders", "note", new_column_name="remark")

    def downgrade():
        op.alter_column("orders", "remark", new_column_name="note")

When to suppress: nothing reads what was in it any more; say since when.
"""

from __future__ import annotations

from collections.abc import Iterator

from limbeck.database.catalogue import Identity, Kind
from limbeck.lint.subject import Hazard
from limbeck.model.facts import Known
from limbeck.model.finding import Severity
from limbeck.verify.proof.losses import Loss, losses
from limbeck.verify.proof.seen import Seen

SEVERITY = Severity.ERROR
_DECLARE = "# limbeck: irreversible[{table}] WHY\n# above upgrade(); or keep it where downgrade() finds it"

_CASCADE = (
    "# batch_alter_table drops the table that they point to, and its rows with it: have env.py say\n"
    "# PRAGMA foreign_keys=OFF before the first revision"
)


def judge_trip(seen: Seen) -> Iterator[Hazard]:
    """Rows and values that are gone."""
    for loss in losses(seen, "rows-lost"):
        if not loss.column and seen.was_emptied(loss.table):
            yield _of_upgrade(seen, loss)
            continue
        yield hazard(seen, loss, "what was written before the upgrade is gone after a downgrade")


def _of_upgrade(seen: Seen, loss: Loss) -> Hazard:
    found = hazard(seen, loss, "the upgrade takes them from production, and no way back brings them")
    return found._replace(
        message=found.message.replace("after up and down", "after upgrade() alone"),
        remedy=_CASCADE if _copies_another(seen, loss.table) else found.remedy,
        span=seen.upgrade_span_of_rows(loss.table),
    )


def _copies_another(seen: Seen, table: Identity) -> bool:
    """Whether the upgrade copies a table of SQLite, and has nothing to say to this one."""
    issued = seen.trip.issued
    return any("_alembic_tmp_" in each.sql for each in issued) and seen.places.naming(table, issued) is None


def hazard(seen: Seen, loss: Loss, effect: str) -> Hazard:
    """What is told of a loss of any kind."""
    table = loss.table
    identity = Identity(Kind.COLUMN, table.schema, loss.column, table.name) if loss.column else table
    name = table.name if table.schema in ("", "public") else f"{table.schema}.{table.name}"
    return Hazard(
        loss.sentence,
        effect,
        _DECLARE.format(table=name),
        span=seen.span(identity),
        known=Known.MEASURED,
    )
