"""One line of an error says what is wrong, and is the same in every run."""

from __future__ import annotations

from typing import Any

from limbeck.environment.failure import one_line


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
