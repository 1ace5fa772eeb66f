"""Whether a project's `env.py` can lead its version table anywhere but where limbeck would look for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limbeck.environment.configuration import Project

# Words that move the version table: another name or schema, another search path, another role, several databases.
_LEADS_ELSEWHERE = re.compile(
    rb"search_path|schema_translate_map|set role|server_settings|engine_name|\boptions\b|tenant|shard"
    rb"|get_x_argument|get_tag_argument",
    re.IGNORECASE,
)


def plain_env_py(project: Project) -> bool:
    """True when `env.py` migrates one database, by itself, with the version table that the settings name.

    It is judged by its text; what is not plain is asked by running it.
    """
    try:
        with open(f"{project.script_location}/env.py", "rb") as file:
            text = file.read()
    except OSError:
        return False
    if (
        b"run_migrations(" not in text
        or text.count(b"context.configure(") not in (1, 2)
        or _LEADS_ELSEWHERE.search(text)
    ):
        return False
    settings = project.settings
    told = [
        value
        for value in (settings.version_table, settings.version_table_schema)
        if value not in (None, "alembic_version")
    ]
    # What the settings say must be what env.py says: they tell where to look, and do not move anything.
    return all(str(value).encode() in text for value in told) and (bool(told) or b"version_table" not in text)
