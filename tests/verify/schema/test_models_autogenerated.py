"""A chain that Alembic itself has written for rich models agrees with them."""

from __future__ import annotations

import sys

from alembic import command
from alembic.config import Config

from tests.cli.command import limbeck
from tests.cli.projects import ENV_PY, write_project
from tests.verify.schema.projects import SchemaProject

_MODELS = """\
import enum
import uuid
from datetime import datetime
from decimal import Decimal
from typing import Optional

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Role(enum.Enum):
    user = "user"
    admin = "admin"


class User(Base):
    __tablename__ = "users"
    __table_args__ = (
        sa.CheckConstraint("length(email) >= 5", name="email_length"),
        sa.Index("ix_users_lower", sa.text("lower(email)"), unique=True),
        sa.Index("ix_users_recent", sa.text("created_at DESC"), postgresql_where=sa.text("active")),
        {"comment": "who may log in"},
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=sa.text("gen_random_uuid()"))
    email: Mapped[str] = mapped_column(sa.String(255), unique=True, index=True, comment="where to write")
    role: Mapped[Role] = mapped_column(server_default="user")
    kind: Mapped[str] = mapped_column(sa.Enum("a", "b", name="kind", native_enum=False, create_constraint=True))
    active: Mapped[bool] = mapped_column(server_default=sa.true())
    tags: Mapped[list[str]] = mapped_column(postgresql.ARRAY(sa.String(20)), server_default="{}")
    doc: Mapped[dict] = mapped_column(postgresql.JSONB, server_default=sa.text("'{}'::jsonb"))
    price: Mapped[Optional[Decimal]] = mapped_column(sa.Numeric(10, 2))
    created_at: Mapped[datetime] = mapped_column(sa.DateTime(timezone=True), server_default=sa.func.now())
    email_upper: Mapped[Optional[str]] = mapped_column(sa.Computed("upper(email)", persisted=True))


class Order(Base):
    __tablename__ = "orders"
    __table_args__ = (sa.UniqueConstraint("user_id", "number"),)
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    number: Mapped[int] = mapped_column(sa.SmallInteger)
    user_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    parent_id: Mapped[Optional[int]] = mapped_column(sa.ForeignKey("orders.id"))
    lines: Mapped[list["Line"]] = relationship(back_populates="order")


class Line(Base):
    __tablename__ = "lines"
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    roles: Mapped[list[Role]] = mapped_column(postgresql.ARRAY(sa.Enum(Role)))
    order: Mapped[Order] = relationship(back_populates="lines")


class Serial(Base):
    __tablename__ = "serials"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[Optional[datetime]]
"""
_MAKO = """\
\"\"\"${message}\"\"\"
from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade():
    ${upgrades if upgrades else "pass"}


def downgrade():
    ${downgrades if downgrades else "pass"}
"""


def test_what_autogenerate_wrote(project: SchemaProject) -> None:
    env_py = ENV_PY.replace("connection=connection", "connection=connection, target_metadata=Base.metadata")
    write_project(project.folder, project.url, f"from rich_models import Base\n{env_py}")
    ini = project.folder / "alembic.ini"
    ini.write_text(f"{ini.read_text()}prepend_sys_path = %(here)s\npath_separator = os\n")
    (project.folder / "rich_models.py").write_text(_MODELS)
    (project.folder / "migrations" / "script.py.mako").write_text(_MAKO)
    command.revision(Config(str(ini)), "all of it", autogenerate=True, rev_id="aaa111")
    sys.modules.pop("rich_models", None)
    sys.path.remove(str(project.folder))
    outcome = limbeck("drift", "--models")
    assert (outcome.status, outcome.out.splitlines()[-1:]) == (0, ["no differences"]), outcome.out + outcome.err
    assert limbeck("upgrade", "-q").status == 0
    assert limbeck("drift", "-q").status == 0
