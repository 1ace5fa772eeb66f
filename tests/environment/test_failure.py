"""One line of an error says what is wrong, and is the same in every run."""

from __future__ import annotations

import os
import socket
from typing import Any

import pytest
from alembic.config import Config
from sqlalchemy import create_engine, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from limbeck.environment.address import as_variable, target_url
from limbeck.environment.failure import env_py_failed, one_line
from limbeck.model.errors import LimbeckError, TargetUnavailable


class Settings(ValueError):
    """As pydantic's error looks."""

    __module__ = "pydantic_core._pydantic_core"

    def errors(self) -> list[dict[str, Any]]:
        return [
            {"loc": ("database_url",), "msg": "Field required", "input": {"secret": "hunter2"}},
            {"loc": ("mail", "port"), "msg": "Input should be a valid integer", "input": "hunter2"},
        ]


def test_settings_that_are_missing_are_named_without_their_values() -> None:
    told = one_line(Settings("2 validation errors for Settings\ndatabase_url\n  Field required"))
    assert told == "Settings: database_url: Field required; mail.port: Input should be a valid integer"


def test_an_object_in_an_error_has_no_address() -> None:
    told = one_line(
        ValueError("constraint ForeignKey(<sqlalchemy.Columns object at 0x7fb5438c1f80>, None) has no name")
    )
    assert told == "ValueError: constraint ForeignKey(<sqlalchemy.Columns object>, None) has no name"


def failed(error: BaseException) -> LimbeckError:
    """What is told of an error of `env.py`."""
    return env_py_failed(error, "migrations/env.py", has_address=False, masked=str)


def test_a_variable_that_env_py_wants_is_named() -> None:
    with pytest.raises(KeyError) as caught:
        os.environ["SHOP_THAT_NOBODY_SETS"]
    told = failed(caught.value)
    assert told.message == (
        "env.py wants the environment variable SHOP_THAT_NOBODY_SETS, which is not set (migrations/env.py)"
    )
    assert told.hint == "SHOP_THAT_NOBODY_SETS=... in front of the same command"


def test_nobody_is_told_that_no_database_is_configured_where_something_else_is_missing() -> None:
    assert failed(KeyError("SECRET_KEY")).message == "env.py fails with KeyError: 'SECRET_KEY' (migrations/env.py)"
    for option in ("url", "sqlalchemy.url"):
        assert "no database is configured; env.py fails with KeyError" in failed(KeyError(option)).message
    with pytest.raises(ArgumentError) as caught:
        select([1])  # type: ignore[call-overload]
    assert failed(caught.value).message.startswith("env.py fails with ArgumentError: ")
    with pytest.raises(ArgumentError) as caught:
        create_engine("")
    assert failed(caught.value).message.startswith("no database is configured; env.py fails with ArgumentError: ")
    assert isinstance(failed(socket.gaierror(-2, "Name or service not known")), TargetUnavailable)


def test_an_address_with_a_percent_sign_that_env_py_puts_into_the_configuration() -> None:
    config = Config()
    with pytest.raises(ValueError, match="interpolation") as caught:
        config.set_main_option("sqlalchemy.url", "postgresql://u:hun%40ter2@db/app")
    told = failed(caught.value)
    assert told.message == (
        "env.py sets an option of the configuration to an address with a % in it (migrations/env.py)"
    )
    assert told.hint == 'config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))'


def test_the_address_of_a_socket_can_be_put_into_the_configuration() -> None:
    url = target_url("postgresql+psycopg://postgres@/app?host=%2Ftmp%2Fserver%2Fsocket")
    assert as_variable(url) == "postgresql+psycopg://postgres@localhost/app?host=/tmp/server/socket"
    assert make_url(as_variable(url)).query == url.query
    secret = target_url("postgresql+psycopg://u:a%2Fb@db/app")
    assert make_url(as_variable(secret)) == secret, "a slash in a password stays as it is written"


def test_settings_that_env_py_wants_are_to_be_set() -> None:
    told = failed(Settings("2 validation errors for Settings"))
    assert "database_url: Field required" in told.message
    assert told.hint == "set what is missing in the environment, as for the application itself"
