"""Whether what `--sql` writes for a chain is, statement by statement, what its revisions issue: then it need not be
executed to know what comes of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from limbeck.model.plan import Direction
from limbeck.sql.tokens import Kind, each_token
from limbeck.sql.words import split
from limbeck.verify.proof.leg import Leg

if TYPE_CHECKING:
    from limbeck.verify.proof.recordings import Recordings
    from limbeck.verify.proof.rendered import Rendered
    from limbeck.verify.proof.trip import Issued

_QUOTE = re.compile("['\"$]")
_COMMENT = re.compile(r"^--.*$", re.MULTILINE)


def is_what_is_issued(rendered: Sequence[Rendered], recordings: Recordings, version_table: str) -> bool:
    """Whether it is, and around it is nothing but a transaction, and what Alembic writes into its version table."""
    writing = r"create\s+table|insert\s+into|update|delete\s+from|drop\s+table"
    statement = rf"begin|commit|(?:{writing})\s+{re.escape(version_table)}\b(?:[^;'\"$]|'[^']*')*"
    around = re.compile(rf"\s*(?:(?:{statement})\s*;\s*)*", re.IGNORECASE)
    return all(_is_issued(each, recordings, around) for each in rendered)


def _is_issued(rendered: Rendered, recordings: Recordings, around: re.Pattern[str]) -> bool:
    issued = recordings.anywhere(Leg(Direction.UPGRADE, rendered.revision))
    if issued is None or rendered.error is not None:
        return False
    begin, end = rendered.own
    besides = _COMMENT.sub("", rendered.sql[:begin] + rendered.sql[end:])
    return around.fullmatch(besides) is not None and _says_the_same(issued, rendered.sql[begin:end])


def _says_the_same(issued: Sequence[Issued], text: str) -> bool:
    if text.strip() == "\n\n".join(f"{_written(each.sql).strip()};" for each in issued):
        return True  # most are, and need not be taken apart
    statements = [statement for each in issued for statement in _statements(each.sql)]
    written = _statements(text)
    return len(statements) == len(written) and all(map(_are_the_same, statements, written))


def _are_the_same(issued: str, written: str) -> bool:
    return _written(issued) == written or (_QUOTE.search(issued) is not None and _tokens(issued) == _tokens(written))


def _written(sql: str) -> str:
    """As Alembic writes it, with four spaces for a tab; so it may change what stands in quotes, and that is left."""
    return sql.replace("\t", "    ") if _QUOTE.search(sql) is None else sql


def _tokens(sql: str) -> list[tuple[Kind, str]]:
    return [(each.kind, each.value) for each in each_token(sql, "postgresql")]


def _statements(text: str) -> list[str]:
    return [stripped for each in split(text) if (stripped := each.strip().removesuffix(";").rstrip())]
