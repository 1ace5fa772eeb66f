"""The chain on every PostgreSQL from 12 to 18."""

from __future__ import annotations

import pytest

from limbeck.scratch import Server

from .harness import Gateway
from .specification import HEAD
from .test_refusals import DECLARED, SEVERAL_SESSIONS, count


@pytest.mark.majors
def test_up_down_and_up_again(major_server: Server) -> None:
    major_server.create_database("gateway")
    gateway = Gateway(major_server.url("gateway", driver="psycopg"))
    gateway.upgrade(HEAD)
    head = gateway.catalogue()
    gateway.downgrade("base")
    assert not any(gateway.catalogue().values())
    gateway.populate(HEAD)
    assert gateway.catalogue() == head
    gateway.execute(SEVERAL_SESSIONS.format(table="sessions", owner="", owner_value=""))
    assert {revision: count(gateway, revision) for revision in DECLARED} == {
        "fix_session_constraints": (0, 2),
        "6f8a4e1b9d43": (3,),
        "add_encrypted_api_keys": (0,),
        "social_login_prep_2025": (0, 0, 0),
    }
