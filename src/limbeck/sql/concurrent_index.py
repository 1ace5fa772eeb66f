"""What a statement that builds indexes beside the traffic builds: CREATE INDEX CONCURRENTLY, REINDEX … CONCURRENTLY."""

from __future__ import annotations

import re

from limbeck.model.record import NamedTuple
from limbeck.sql.tokens import Kind, Token, tokens

_CONCURRENTLY = re.compile(r"\s*(create|reindex)\b.*\bconcurrently\b", re.IGNORECASE | re.DOTALL)


class IndexBuild(NamedTuple):
    """An index that is to be built.

    Attributes:
        name: of the index, as PostgreSQL knows it; None for every index of the table.
        relation: the table for a new index, and for every index of a table; the index itself where it is built anew.
        As SQL, in quotes, with its schema where the statement gives it.
        anew: it is there already.
    """

    name: str | None
    relation: str
    anew: bool


def index_build(sql: str) -> IndexBuild | None:
    """What the statement builds; None when it builds no index concurrently, or one whose name PostgreSQL makes up."""
    if "concurrently" not in sql.lower() or _CONCURRENTLY.match(sql) is None:
        return None
    found = tokens(sql, "postgresql")
    words = [token.word for token in found]
    if "concurrently" not in words:
        return None
    return _created(found, words) if words[0] == "create" else _reindexed(found, words)


def _created(found: list[Token], words: list[str]) -> IndexBuild | None:
    place = words.index("concurrently") + 1
    if words[place : place + 3] == ["if", "not", "exists"]:
        place += 3
    if words[:1] != ["create"] or place >= len(found) or words[place] == "on" or words[place + 1 : place + 2] != ["on"]:
        return None
    relation = place + 2 + (words[place + 2 : place + 3] == ["only"])
    return IndexBuild(_name(found[place]), _qualified(found[relation:]), anew=False)


def _reindexed(found: list[Token], words: list[str]) -> IndexBuild | None:
    """REINDEX [(options)] INDEX|TABLE [CONCURRENTLY] name."""
    what = next((place for place, word in enumerate(words) if word in ("index", "table")), None)
    if what is None:
        return None
    relation = what + 1 + (words[what + 1 : what + 2] == ["concurrently"])
    name = _qualified(found[relation:])
    if words[what] == "table":
        return IndexBuild(None, name, anew=True)
    parts = [token for token in found[relation:] if token.kind in (Kind.WORD, Kind.NAME)]
    return IndexBuild(_name(parts[-1]), name, anew=True) if parts else None


def _name(token: Token) -> str:
    return token.value.lower() if token.kind is Kind.WORD else token.value


def _qualified(found: list[Token]) -> str:
    """The name, with its schema, that these tokens begin with."""
    text = ""
    for place, token in enumerate(found):
        if place % 2 and token.value != ".":
            break
        text += "." if place % 2 else '"' + _name(token).replace('"', '""') + '"'
    return text
