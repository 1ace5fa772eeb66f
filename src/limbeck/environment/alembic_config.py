"""Alembic's own configuration object, as its command line would make it for this project."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from configparser import InterpolationError
from typing import TYPE_CHECKING

from alembic.config import Config

from limbeck.environment.address import written

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory
    from sqlalchemy.engine import URL

    from limbeck.environment.configuration import Project


def alembic_config(project: Project, target: URL | None, *, tag: str | None, revision: str, sql: bool) -> Config:
    """The configuration of the project, with the address of `target` in the place of its own when there is one."""
    options = argparse.Namespace(
        x=list(project.x),
        config=None,
        name=project.section,
        raiseerr=False,
        quiet=False,
        tag=tag,
        # Some env.py look at what Alembic's own command line puts here.
        cmd=(None, [], []),
        revision=revision,
        sql=sql,
    )
    config = Config(
        file_=project.config_file, toml_file=project.toml_file, ini_section=project.section, cmd_opts=options
    )
    if project.assumed:
        config.set_main_option("script_location", project.script_location.replace("%", "%%"))
    if target is not None:
        address = written(target)
        config.set_main_option("sqlalchemy.url", address.replace("%", "%%"))
    return config


def add_version_locations(script: ScriptDirectory, folders: Sequence[str]) -> None:
    """Have Alembic read the revisions in these folders, too; it has read none yet."""
    script.version_locations = [*map(str, script._version_locations), *folders]
    vars(script).pop("_version_locations", None)  # it is worked out once


def names_address(config: Config) -> bool:
    """Whether the configuration names a database; the address in Alembic's templates names none."""
    try:
        url = config.get_main_option("sqlalchemy.url")
    except InterpolationError:
        return True  # there is one, and it cannot be read
    return bool(url) and not str(url).startswith("driver://")
