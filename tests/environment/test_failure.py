"""One line of an error says what is wrong, and is the same in every run."""

from __future__ import annotations

import os
from typing import Any

import pytest

from limbeck.environment.failure import env_py_failed, one_line
from limbeck.model.errors import LimbeckError


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
    assert "no database is configured; env.py fails with KeyError" in failed(KeyError("engine")).message


def test_settings_that_env_py_wants_are_to_be_set() -> None:
    told = failed(Settings("2 validation errors for Settings"))
    assert "database_url: Field required" in told.message
    assert told.hint == "set what is missing in the environment, as for the application itself"
