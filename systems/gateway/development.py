"""Make the development database: at fix_enum_name_2025, with social_login_prep_2025 next.

    DATABASE_URL=postgresql://localhost/gateway_development python development.py

It wants an empty database, and refuses any other. The rows are the same every time; the keys, hashes
and ciphertexts in them are made up and open nothing.
"""

from __future__ import annotations

import os
import sys
import uuid
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, exists, inspect, orm, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from gateway.database import DatabaseAddressError, database_url
from gateway.models import ApiKey, Base, Chat, Delegation, Message, MessageRole, Session, User, UserPrivateKey

REVISION = "fix_enum_name_2025"
TODAY = datetime(2025, 10, 6, 15, 0, tzinfo=UTC)


def main() -> None:
    """Upgrade the database in DATABASE_URL to REVISION and put the rows in; exit 1 with the reason if it cannot."""
    try:
        engine = create_engine(database_url(os.environ), poolclass=NullPool)
        with engine.connect() as connection:
            obstacle = what_is_in_the_way(connection)
    except DatabaseAddressError as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"cannot connect to the database: {error.orig}")
    if obstacle is not None:
        sys.exit(f"nothing was done: {obstacle}\nhint: give DATABASE_URL an empty database")

    command.upgrade(Config(Path(__file__).with_name("alembic.ini")), REVISION)
    # The next revision changes no column's name and no column's type, so the models, which are at the
    # head of the chain, fit this database as well.
    with orm.Session(engine) as session, session.begin():
        session.add_all(users())
    print(f"the development database is at {REVISION}, with rows in {len(Base.metadata.tables)} tables")


def what_is_in_the_way(connection: Connection) -> str | None:
    """Why this database cannot be filled, or None: it is empty, or a run before this one stopped before the rows."""
    at = MigrationContext.configure(connection).get_current_heads()
    if at == ():
        foreign = sorted(set(inspect(connection).get_table_names()) - {"alembic_version"})
        return f"the database has tables already: {', '.join(foreign)}" if foreign else None
    if at != (REVISION,):
        return f"the database is at another revision: {', '.join(at)}"
    if connection.scalar(select(exists().select_from(User))):
        return "the database has users already"
    return None


def users() -> list[User]:
    """Three people, with all that is theirs: one busy, one just arrived, one from before Cognito who has left."""
    return [busy_user(), new_user(), former_user()]


def busy_user() -> User:
    """Somebody who uses everything there is."""
    default_key = api_key(
        "ada/production", name="production", is_default=True, encrypted=True, last_used_at=ago(minutes=4)
    )
    default_key.sessions = [
        session("ada/production/3", begun=ago(minutes=40), is_active=True),
        session("ada/production/2", begun=ago(days=1)),
        session("ada/production/1", begun=ago(days=2)),
    ]
    laptop_key = api_key("ada/laptop", name="Ada's laptop", encrypted=True, last_used_at=ago(hours=3))
    laptop_key.sessions = [session("ada/laptop/1", begun=ago(hours=3), is_active=True)]
    first_key = api_key("ada/first", is_active=False, created_at=ago(days=170))
    return User(
        id=identifier("ada"),
        cognito_user_id=str(identifier("cognito/ada")),
        email="ada@example.com",
        name="Ada Lovelace",
        created_at=ago(days=172),
        updated_at=ago(days=9),
        api_keys=[default_key, laptop_key, first_key],
        private_key=private_key("ada"),
        delegations=[
            delegation("ada/billing", expires_at=ago(days=-60)),
            delegation("ada/trial", expires_at=ago(days=30), is_active=False),
        ],
        chats=[
            chat(
                "ada/engine",
                "What the engine can do",
                (MessageRole.SYSTEM, "Answer in one sentence."),
                (MessageRole.USER, "Can the engine originate anything?"),
                (MessageRole.ASSISTANT, "No: it can do whatever we know how to order it to perform."),
            ),
            chat("ada/numbers", "Bernoulli numbers", (MessageRole.USER, "Is B₈ negative?"), is_archived=True),
        ],
    )


def new_user() -> User:
    """Somebody with a first key, who has asked one thing."""
    return User(
        id=identifier("grace"),
        cognito_user_id=str(identifier("cognito/grace")),
        email="grace@example.org",
        name="Grace Hopper",
        created_at=ago(days=1),
        updated_at=ago(days=1),
        api_keys=[api_key("grace/first", name="first", is_default=True, encrypted=True)],
        private_key=private_key("grace"),
        chats=[chat("grace/bug", "A moth in relay 70", (MessageRole.USER, "Is it the first actual case?"))],
    )


def former_user() -> User:
    """Somebody who never logged in at Cognito: 6f8a4e1b9d43 gave the account its placeholder."""
    former = identifier("charles")
    return User(
        id=former,
        cognito_user_id=f"legacy:{former}",
        email="charles@example.net",
        name="Charles Babbage",
        is_active=False,
        created_at=ago(days=171),
        updated_at=ago(days=160),
        api_keys=[api_key("charles/first", is_active=False, created_at=ago(days=170))],
    )


def api_key(
    label: str,
    *,
    name: str | None = None,
    is_default: bool = False,
    is_active: bool = True,
    encrypted: bool = False,
    created_at: datetime = TODAY - timedelta(days=12),
    last_used_at: datetime | None = None,
) -> ApiKey:
    """A key; `encrypted` for those made since there is encrypted storage."""
    return ApiKey(
        id=identifier(f"key/{label}"),
        name=name,
        key_prefix=f"sk-{made_up(label).hex()[:6]}",
        key_hash=sha256(made_up(label)).hexdigest(),
        encrypted_key=made_up(f"ciphertext/{label}") if encrypted else None,
        encryption_version=1 if encrypted else None,
        is_default=is_default,
        is_active=is_active,
        created_at=created_at,
        last_used_at=last_used_at,
    )


def session(label: str, *, begun: datetime, is_active: bool = False) -> Session:
    """A session of an hour, ended unless `is_active`."""
    return Session(
        id=identifier(f"session/{label}"),
        is_active=is_active,
        created_at=begun,
        expires_at=begun + timedelta(hours=1),
    )


def private_key(label: str) -> UserPrivateKey:
    """The encrypted key a user signs with."""
    return UserPrivateKey(
        id=identifier(f"private key/{label}"),
        encrypted_private_key=made_up(f"private key/{label}"),
        encryption_version=1,
        created_at=ago(days=1),
    )


def delegation(label: str, *, expires_at: datetime, is_active: bool = True) -> Delegation:
    """Leave for another address, with ninety days to run."""
    return Delegation(
        id=identifier(f"delegation/{label}"),
        delegate_address=f"0x{made_up(label).hex()[:40]}",
        signed_data=f"0x{made_up(f'signed/{label}').hex() * 4}",
        expires_at=expires_at,
        is_active=is_active,
        created_at=expires_at - timedelta(days=90),
    )


def chat(label: str, title: str, *said: tuple[MessageRole, str], is_archived: bool = False) -> Chat:
    """A chat of an hour ago, with a message every half minute."""
    begun = ago(hours=1)
    times = [begun + timedelta(seconds=30 * number) for number in range(len(said))]
    return Chat(
        id=identifier(f"chat/{label}"),
        title=title,
        is_archived=is_archived,
        created_at=begun,
        updated_at=times[-1],
        messages=[
            Message(
                id=identifier(f"message/{label}/{number}"),
                sequence=number,
                role=role,
                content=content,
                created_at=time,
            )
            for number, ((role, content), time) in enumerate(zip(said, times, strict=True), start=1)
        ],
    )


def ago(*, days: int = 0, hours: int = 0, minutes: int = 0) -> datetime:
    """A moment before the day the story is told on."""
    return TODAY - timedelta(days=days, hours=hours, minutes=minutes)


def identifier(label: str) -> uuid.UUID:
    """The same identifier for the same label, so that every development database is alike."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://gateway.example/{label}")


def made_up(label: str) -> bytes:
    """Thirty-two bytes that look like a secret and are none."""
    return sha256(f"made up: {label}".encode()).digest()


if __name__ == "__main__":
    main()
