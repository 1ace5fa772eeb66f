"""The tables at the head of the chain, as SQLAlchemy models.

Every constraint and index has a name: by the convention below, or in full where the convention
could not say what the index is for. Identifiers are UUIDs made here and not by the database,
because they are shown to the world and because gen_random_uuid() is not in PostgreSQL 12.
Times have a zone. A text column has a length, or a comment that says why it has none.
"""

from __future__ import annotations

import enum
import uuid
from datetime import datetime
from typing import Annotated

from sqlalchemy import (
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NAMING_CONVENTION = {
    "pk": "pk_%(table_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}

Identifier = Annotated[uuid.UUID, mapped_column(primary_key=True, default=uuid.uuid4)]
Owner = Annotated[uuid.UUID, mapped_column(ForeignKey("users.id", ondelete="CASCADE"))]
Now = Annotated[datetime, mapped_column(server_default=func.now())]
Touched = Annotated[datetime, mapped_column(server_default=func.now(), onupdate=func.now())]
Yes = Annotated[bool, mapped_column(server_default=true())]
No = Annotated[bool, mapped_column(server_default=text("false"))]


class Base(DeclarativeBase):
    """What all models share: the naming convention, and times that have a zone."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)
    type_annotation_map = {datetime: DateTime(timezone=True)}


class MessageRole(enum.Enum):
    """Who says a message of a chat."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"


class User(Base):
    """Somebody with an account; known by `cognito_user_id` alone, whatever way they logged in."""

    __tablename__ = "users"

    id: Mapped[Identifier]
    cognito_user_id: Mapped[str] = mapped_column(String(255), unique=True)
    email: Mapped[str | None] = mapped_column(String(255), index=True)
    name: Mapped[str | None] = mapped_column(String(255))
    is_active: Mapped[Yes]
    created_at: Mapped[Now]
    updated_at: Mapped[Touched]

    api_keys: Mapped[list[ApiKey]] = relationship(back_populates="user", passive_deletes=True)
    private_key: Mapped[UserPrivateKey | None] = relationship(back_populates="user", passive_deletes=True)
    delegations: Mapped[list[Delegation]] = relationship(back_populates="user", passive_deletes=True)
    chats: Mapped[list[Chat]] = relationship(back_populates="user", passive_deletes=True)


class ApiKey(Base):
    """A key a user's programs call the gateway with.

    It is looked up by its hash. `encrypted_key` is the one form it can be read back from; keys made
    before there was encrypted storage have none.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        CheckConstraint("(encrypted_key IS NULL) = (encryption_version IS NULL)", name="encryption_complete"),
        Index("ix_api_keys_one_default_per_user", "user_id", unique=True, postgresql_where=text("is_default")),
    )

    id: Mapped[Identifier]
    user_id: Mapped[Owner] = mapped_column(index=True)
    name: Mapped[str | None] = mapped_column(String(100))
    key_prefix: Mapped[str] = mapped_column(String(16))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    encrypted_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    encryption_version: Mapped[int | None] = mapped_column(SmallInteger)
    is_default: Mapped[No]
    is_active: Mapped[Yes]
    created_at: Mapped[Now]
    last_used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(back_populates="api_keys")
    sessions: Mapped[list[Session]] = relationship(back_populates="api_key", passive_deletes=True)


class UserPrivateKey(Base):
    """The private key a user signs with, encrypted; one for each user."""

    __tablename__ = "user_private_keys"

    id: Mapped[Identifier]
    user_id: Mapped[Owner] = mapped_column(unique=True)
    encrypted_private_key: Mapped[bytes] = mapped_column(LargeBinary)
    encryption_version: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[Now]

    user: Mapped[User] = relationship(back_populates="private_key")


class Session(Base):
    """A time during which an API key is in use; a key has one active session at most."""

    __tablename__ = "sessions"
    __table_args__ = (
        Index("ix_sessions_one_active_per_api_key", "api_key_id", unique=True, postgresql_where=text("is_active")),
    )

    id: Mapped[Identifier]
    api_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("api_keys.id", ondelete="CASCADE"), index=True)
    is_active: Mapped[Yes]
    created_at: Mapped[Now]
    expires_at: Mapped[datetime]

    api_key: Mapped[ApiKey] = relationship(back_populates="sessions")


class Delegation(Base):
    """A user's signed leave for another address to act for them, until it expires."""

    __tablename__ = "delegations"

    id: Mapped[Identifier]
    user_id: Mapped[Owner] = mapped_column(index=True)
    delegate_address: Mapped[str] = mapped_column(String(128), index=True)
    signed_data: Mapped[str] = mapped_column(
        Text, comment="no length: what is signed is the wallet's to decide, and cut short it proves nothing"
    )
    expires_at: Mapped[datetime]
    is_active: Mapped[Yes]
    created_at: Mapped[Now]

    user: Mapped[User] = relationship(back_populates="delegations")


class Chat(Base):
    """A conversation of a user with a model."""

    __tablename__ = "chats"

    id: Mapped[Identifier]
    user_id: Mapped[Owner] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(String(255))
    is_archived: Mapped[No]
    created_at: Mapped[Now]
    updated_at: Mapped[Touched]

    user: Mapped[User] = relationship(back_populates="chats")
    messages: Mapped[list[Message]] = relationship(
        back_populates="chat", passive_deletes=True, order_by="Message.sequence"
    )


class Message(Base):
    """One message of a chat; `sequence` counts them from 1."""

    __tablename__ = "messages"
    __table_args__ = (UniqueConstraint("chat_id", "sequence"),)

    id: Mapped[Identifier]
    chat_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("chats.id", ondelete="CASCADE"))
    sequence: Mapped[int]
    role: Mapped[MessageRole] = mapped_column(
        Enum(MessageRole, name="message_role", values_callable=lambda roles: [role.value for role in roles])
    )
    content: Mapped[str] = mapped_column(
        Text, comment="no length: the limit is the model's context window, which grows from model to model"
    )
    created_at: Mapped[Now]

    chat: Mapped[Chat] = relationship(back_populates="messages")
