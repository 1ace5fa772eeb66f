"""A database, or the models, beside the chain: what differs, what is known to differ, what was not compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from limbeck.database.catalogue import Catalogue, Change, Kind
from limbeck.verify.schema.closing import closing
from limbeck.verify.schema.comparison import Comparison, compare
from limbeck.verify.schema.difference import DRIFT, Difference, Sides
from limbeck.verify.schema.ignored import Ignored
from limbeck.verify.schema.state import State


class Drift(NamedTuple):
    """What was found.

    Attributes:
        differences: those that nobody has said to be known.
        ignored: those that a rule covers, with the rule's reason.
        order: tables whose columns stand in another order, which is no difference.
        remarks: what was not compared, and rules that cover nothing, in sentences.
        wanted: version of the server on which the chain was run.
        found: version of the other server.
    """

    differences: tuple[Difference, ...]
    ignored: tuple[tuple[Difference, str], ...]
    order: tuple[Change, ...]
    remarks: tuple[str, ...]
    wanted: str
    found: str


def within(live: Catalogue, path: Sequence[str], states: Iterable[State]) -> tuple[Catalogue, tuple[str, ...]]:
    """The catalogue without schemas that are other tenants', and a remark of them.

    Args:
        path: the schemas that `env.py` looks into; without any, all of them count.
        states: those of the chain; schemas that they have count, too.
    """
    if not path:
        return live, ()
    ours = {identity.name for state in states for identity in state.catalogue.objects if identity.kind == Kind.SCHEMA}
    ours.update(path, ("",))
    others = {each.name for each in live.objects if each.kind == Kind.SCHEMA and each.name not in ours}
    if not others:
        return live, ()
    objects = {
        identity: properties
        for identity, properties in live.objects.items()
        if (identity.name if identity.kind == Kind.SCHEMA else identity.schema) not in others
    }
    remark = f"{len(others)} other schemas are not compared: env.py looks into {', '.join(path)}"
    return live._replace(objects=objects), (remark if len(others) > 1 else remark.replace("schemas are", "schema is"),)


def drift_of(
    live: Catalogue, state: State, base: State, rules: Sequence[Ignored], remarks: Sequence[str] = ()
) -> Drift:
    """How a database differs from the chain's schema at a state.

    Args:
        base: the schema of an empty database.
        remarks: further ones.
    """
    comparison = compare(state.catalogue, live, without_chain=base.catalogue)
    comparison = comparison._replace(remarks=(*remarks, *comparison.remarks))
    differences = differences_of(comparison, state.catalogue, live, DRIFT)
    return sorted_out(differences, comparison, rules, (state.catalogue.version, live.version))


def differences_of(comparison: Comparison, wanted: Catalogue, found: Catalogue, sides: Sides) -> tuple[Difference, ...]:
    """The changes, with the SQL that takes them back where PostgreSQL has it."""
    known = wanted.dialect == "postgresql"
    return tuple(
        Difference(change, sides, closing(change, wanted, found) if known else ()) for change in comparison.changes
    )


def sorted_out(
    differences: Sequence[Difference], comparison: Comparison, rules: Sequence[Ignored], versions: tuple[str, str]
) -> Drift:
    """The differences apart from those that rules cover, and the rules that cover none."""
    left, ignored, used = [], [], set()
    for difference in differences:
        rule = next((rule for rule in rules if rule.covers(difference.change)), None)
        if rule is None:
            left.append(difference)
        else:
            used.add(rule)
            ignored.append((difference, rule.reason))
    useless = tuple(f"ignore_drift covers nothing here: {rule.pattern}" for rule in rules if rule not in used)
    return Drift(tuple(left), tuple(ignored), comparison.order, (*comparison.remarks, *useless), *versions)
