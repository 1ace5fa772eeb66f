"""The tables of Kronos Chat, as the application sees them.

`Base.metadata.create_all()` and the migrations build the same schema, to the last name; the tests hold that.
A running system is only ever built by the migrations.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import DDL, CheckConstraint, DateTime, MetaData, String, Table, Uuid, event, func, text, true
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """The declarative base. Its naming convention gives every constraint and index a name a migration can say."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class User(Base):
    """Somebody who chats. Lengths are in characters; every time has a time zone."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("char_length(email) >= 5", name="email_min_length"),)

    # Random, so that neither the number of users nor the next id can be read from one; made here, so that the id
    # is known before the INSERT, and by the database for rows that other programs write.
    id: Mapped[UUID] = mapped_column(Uuid(), primary_key=True, default=uuid4, server_default=text("gen_random_uuid()"))
    # unique with index is one unique index, where a unique constraint and an index would be two.
    email: Mapped[str] = mapped_column(String(255), unique=True, index=True)
    first_name: Mapped[str | None] = mapped_column(String(100))
    last_name: Mapped[str | None] = mapped_column(String(100))
    is_active: Mapped[bool] = mapped_column(server_default=true(), index=True)
    profile_image_url: Mapped[str | None] = mapped_column(String(2048))
    last_login: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now(), index=True)
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now(), index=True
    )

    def __repr__(self) -> str:
        """The id alone: what is printed ends in logs, and an email address does not belong there."""
        return f"User(id={self.id!r})"


# The database keeps updated_at for every UPDATE that leaves it as it was. One that sets it (the ORM's, or a restore
# that must keep the old times) has its way.
CREATE_FUNCTION = """\
CREATE FUNCTION users_set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$"""

CREATE_TRIGGER = """\
CREATE TRIGGER users_set_updated_at BEFORE UPDATE ON users
FOR EACH ROW WHEN (NEW.updated_at IS NOT DISTINCT FROM OLD.updated_at)
EXECUTE FUNCTION users_set_updated_at()"""

USERS: Table = Base.metadata.tables[User.__tablename__]
for moment, statement in (
    ("after_create", CREATE_FUNCTION),
    ("after_create", CREATE_TRIGGER),
    ("after_drop", "DROP FUNCTION users_set_updated_at()"),
):
    event.listen(USERS, moment, DDL(statement))  # type: ignore[no-untyped-call]
