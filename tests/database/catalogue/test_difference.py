"""Laws of the difference, for catalogues of every shape; no server is asked."""

from __future__ import annotations

import hashlib
import json

from hypothesis import given
from hypothesis import strategies as st

from limbeck.database.catalogue import Action, Catalogue, Identity, applied, difference, digest

NAMES = st.sampled_from(("a", "b", "c"))
SCHEMAS = st.sampled_from(("s", "t"))
PROPERTIES = st.dictionaries(st.sampled_from(("type", "default", "comment")), st.sampled_from(("1", "2", "é")))
SINGLE = st.builds(Identity, st.sampled_from(("table", "view", "enum", "function")), SCHEMAS, NAMES)
SCHEMA = st.builds(lambda name: Identity("schema", "", name), SCHEMAS)
CHILD = st.builds(Identity, st.sampled_from(("column", "index", "constraint")), SCHEMAS, NAMES, NAMES)


@st.composite
def catalogues(draw: st.DrawFn, origin: str = "here") -> Catalogue:
    """Any catalogue; its addresses are few, so that two of one origin have objects in common under other names."""
    identities = draw(st.lists(st.one_of(SINGLE, SCHEMA, CHILD), unique=True, max_size=9))
    oids = draw(st.permutations(range(len(identities) + 2)))
    return Catalogue(
        "postgresql",
        "18.6",
        {identity: draw(PROPERTIES) for identity in identities},
        {},
        {},
        {identity: ("pg_class", oid, 0) for identity, oid in zip(identities, oids, strict=False)},
        origin,
    )


@given(catalogues())
def test_nothing_separates_a_catalogue_from_itself(catalogue: Catalogue) -> None:
    assert difference(catalogue, catalogue) == ()


@given(catalogues(), catalogues(), st.booleans())
def test_applying_the_difference_gives_the_other(before: Catalogue, after: Catalogue, apart: bool) -> None:
    if apart:
        after = after._replace(origin="there")
    changes = difference(before, after)
    assert applied(before.objects, changes) == after.objects
    assert (digest(before) == digest(after)) == (before.objects == after.objects)
    assert not (apart and any(change.action == Action.RENAMED for change in changes))
    assert all(change.sentence and change.as_json()["kind"] == change.identity.kind for change in changes)


@given(catalogues())
def test_one_database_under_two_origins_is_the_same(catalogue: Catalogue) -> None:
    assert difference(catalogue, catalogue._replace(origin="there", addresses={})) == ()


@given(st.dictionaries(CHILD, st.dictionaries(st.text(), st.text(), max_size=3), max_size=3), st.text())
def test_a_digest_is_of_the_lines_that_json_has(objects: dict[Identity, dict[str, str]], name: str) -> None:
    objects[Identity("table", name, name)] = {}
    lines = sorted(json.dumps([*identity, *sorted(p.items())]) for identity, p in objects.items())
    digested = digest(Catalogue("postgresql", "18.6", objects, {}, {}, {}, ""))
    assert digested == hashlib.sha256("\n".join(lines).encode()).hexdigest()
