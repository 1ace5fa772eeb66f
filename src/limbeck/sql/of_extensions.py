"""What well-known extensions of PostgreSQL bring, by its names: a chain that uses it without making them relies
on somebody who has."""

from __future__ import annotations

import re

_NAMES = {
    "postgis": r"geometry|geography|box2d|box3d|st_\w+|addgeometrycolumn|gist_geometry_ops_nd",
    "postgis_raster": r"raster",
    "postgis_topology": r"topogeometry",
    "vector": r"vector|halfvec|sparsevec|ivfflat|hnsw|vector_(?:l2|cosine|ip)_ops",
    "uuid-ossp": r"uuid_generate_v(?:1|1mc|3|4|5)|uuid_nil",
    "pgcrypto": r"gen_random_bytes|gen_salt|crypt|digest|hmac|pgp_\w+",
    "pg_trgm": r"gin_trgm_ops|gist_trgm_ops|similarity|word_similarity",
    "citext": r"citext",
    "hstore": r"hstore",
    "ltree": r"ltree|lquery|ltxtquery",
    "unaccent": r"unaccent",
    "cube": r"cube",
    "earthdistance": r"earth|ll_to_earth|earth_distance",
    "fuzzystrmatch": r"levenshtein|soundex|dmetaphone|metaphone",
    "intarray": r"gin__int_ops|gist__int_ops|query_int",
    "tablefunc": r"crosstab|connectby",
    "timescaledb": r"create_hypertable|time_bucket",
}
_QUALIFIED = r"(?:\"?\w+\"?\.)?\"?"
_GROUPS = "|".join(f"(?P<_{number}>{names})" for number, names in enumerate(_NAMES.values()))
_WORD = re.compile(rf"{_QUALIFIED}(?:{_GROUPS})\b", re.IGNORECASE)


def extension_of(part: str) -> str | None:
    """The extension that brings the name with which a part of a statement begins; None when none of these does."""
    found = _WORD.match(part)
    if found is None or found.lastgroup is None:
        return None
    return tuple(_NAMES)[int(found.lastgroup[1:])]
