"""Whether a project's `env.py` can lead its version table anywhere but where limbeck would look for it."""

from __future__ import annotations

import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from limbeck.environment.configuration import Project

# Words that move the version table: another search path, another role, several databases, options handed on unseen.
_LEADS_ELSEWHERE = (
    rb"search_path|schema_translate_map|set role|server_settings|engine_name|\boptions\b|tenant|shard"
    rb"|get_x_argument|get_tag_argument|\*\*"
)
_IMPORTS = rb"^[ \t]*(?:from[ \t]+([\w.]+)[ \t]+import\b|import[ \t]+([^#\n]+))"
_KNOWN = frozenset({"alembic", "sqlalchemy", "sqlmodel"}) | sys.stdlib_module_names


def plain_env_py(project: Project) -> bool:
    """True when `env.py` migrates one database, by itself, with the version table that the settings name.

    It is judged by its text.  What it imports of the project may do anything to the connection, so that such an
    `env.py`
    is plain only when the settings say which version table it uses.  What is not plain is asked by running it.
    """
    text = _text(project)
    if text is None or b"run_migrations(" not in text or text.count(b"context.configure(") not in (1, 2):
        return False
    if re.search(_LEADS_ELSEWHERE, text, re.IGNORECASE):
        return False
    settings = project.settings
    if "version_table" not in settings.given and "version_table_schema" not in settings.given:
        return b"version_table" not in text and _imports_nothing_of_the_project(text)
    names = (settings.version_table, settings.version_table_schema)
    # The settings tell where env.py has the table, and do not move it there.
    return all(name in (None, "alembic_version") or name.encode() in text for name in names)


def may_migrate_several(project: Project) -> bool:
    """True unless the text of `env.py` shows that it goes through no list of databases."""
    import ast

    text = _text(project)
    if text is None or b"engine_name" in text:
        return True
    try:
        nodes = ast.walk(ast.parse(text))
    except (SyntaxError, ValueError):
        return True
    return any(isinstance(node, (ast.For, ast.AsyncFor, ast.While, ast.comprehension)) for node in nodes)


def _text(project: Project) -> bytes | None:
    try:
        with open(f"{project.script_location}/env.py", "rb") as file:
            return file.read()
    except OSError:
        return None


def _imports_nothing_of_the_project(text: bytes) -> bool:
    names = []
    for module, modules in re.findall(_IMPORTS, text, re.MULTILINE):
        names += [module] if module else [name.split()[0] for name in modules.split(b",") if name.strip()]
    return all(name.decode("ascii", "replace").partition(".")[0] in _KNOWN for name in names)
