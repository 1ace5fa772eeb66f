"""The Alembic project that tests are about."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from limbeck.environment.configuration import Project, find_project
from limbeck.model.errors import ConfigurationNotFound

if TYPE_CHECKING:
    import pytest


def project_at(config: pytest.Config, place: Project | str | os.PathLike[str] | None) -> Project:
    """The project that a configuration file names; without one, the one found from pytest's rootdir.

    Raises:
        UsageError: there is none, or it cannot be used.
    """
    if isinstance(place, Project):
        return place
    root = str(config.rootpath)
    named = None if place is None else os.path.join(root, os.fspath(place))
    try:
        return find_project(config=named, name=config.getini("limbeck_section") or "alembic", start=root)
    except ConfigurationNotFound as error:
        raise ConfigurationNotFound(
            error.message, hint="write limbeck_config = PATH into pytest's configuration, from its rootdir"
        ) from error
