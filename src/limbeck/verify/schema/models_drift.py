"""The models beside the chain at its head: what autogenerate sees, and what it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from limbeck.database.catalogue import Action, Catalogue, Change, Identity, Kind
from limbeck.verify.schema.closing import closing
from limbeck.verify.schema.comparison import Comparison, compare
from limbeck.verify.schema.difference import MODELS, Difference
from limbeck.verify.schema.drift import Drift, sorted_out
from limbeck.verify.schema.ignored import Ignored
from limbeck.verify.schema.left_names import named_alike
from limbeck.verify.schema.operations import operation
from limbeck.verify.schema.said_elsewhere import SAID, spelled_alike

if TYPE_CHECKING:
    from limbeck.verify.schema.models import Models

# What models can say of each kind of object; anything else is for the chain alone.
_SAID: Mapping[str, frozenset[str]] = {
    Kind.TABLE: frozenset({"comment", "persistence", "partitioned by"}),
    Kind.COLUMN: frozenset({"comment", "type", "nullable", "default", "identity", "generated", "collation"}),
    Kind.CONSTRAINT: frozenset({"comment", "type", "definition", "validated", "deferrable", "enforced"}),
    Kind.INDEX: frozenset({"comment", "definition", "constraint", "valid", "options"}),
    Kind.ENUM: frozenset({"labels"}),
}
# Compared where models make them, by what they hang on the creation of their tables.
_IF_MADE = (Kind.SEQUENCE, Kind.FUNCTION, Kind.TRIGGER, Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.DOMAIN)
_SAME_DEFAULT = {"CURRENT_TIMESTAMP": "now()"}
_UNSAID = (
    *(Kind.VIEW, Kind.MATERIALIZED_VIEW, Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE, Kind.TRIGGER, Kind.RULE),
    *(Kind.POLICY, Kind.DOMAIN, Kind.COMPOSITE_TYPE, Kind.RANGE, Kind.FOREIGN_TABLE, Kind.STATISTICS),
)


def models_drift(models: Models, head: Catalogue, rules: Sequence[Ignored]) -> Drift:
    """How the chain's schema at its head differs from that of the models."""
    wanted, found = _said(models.catalogue, models, own=True), _said(head, models, own=False)
    if models.calls is not None:
        found = found._replace(objects=named_alike(wanted, found, models.named))
    comparison = compare(wanted, found)
    changes = tuple(change for change in comparison.changes if not _is_named_by_nobody(change, models, wanted))
    if models.calls is not None:
        changes = tuple(sorted(changes, key=_is_added_last))
    comparison = Comparison(changes, comparison.order, (*comparison.remarks, *_not_compared(head, found)))
    differences = []
    for change in changes:
        if models.calls is not None:
            differences.append(Difference(change, MODELS, (), models.calls.call(change, found)))
            continue
        sql = closing(change, models.catalogue, head)
        differences.append(Difference(change, MODELS, sql, operation(change, models.catalogue, head, sql)))
    return sorted_out(differences, comparison, rules, (models.catalogue.version, head.version))


def _is_added_last(change: Change) -> bool:
    """Whether a constraint is missing, which may want what others bring, and take the place of one that goes."""
    return change.action is Action.DROPPED and change.identity.kind == Kind.CONSTRAINT


def _said(catalogue: Catalogue, models: Models, *, own: bool) -> Catalogue:
    """What of a catalogue models could say, without the tables that they are silent on.

    Args:
        own: it is the catalogue of the models themselves, and not of the chain.
    """
    catalogue = spelled_alike(catalogue)
    of_dialect = SAID.get("mysql" if catalogue.dialect == "mariadb" else catalogue.dialect, _SAID)
    silent = models.left_out if own else models.left_out | {(each.schema, each.name) for each in models.excluded}
    tables = {
        (identity.schema, identity.name)
        for identity, properties in catalogue.objects.items()
        if identity.kind == Kind.TABLE and "partition of" not in properties
    } - silent
    objects = {}
    for identity, properties in catalogue.objects.items():
        inside = identity.kind == Kind.TABLE or identity.of
        if inside and (identity.schema, identity.of or identity.name) not in tables:
            continue
        said = of_dialect.get(identity.kind)
        if said is not None:
            objects[identity] = _properties(identity, properties, said)
        elif identity.kind in _IF_MADE and "owned by" not in properties and identity in models.catalogue.objects:
            objects[identity] = dict(properties)
    return catalogue._replace(objects=objects)


def _properties(identity: Identity, properties: Mapping[str, str], said: frozenset[str]) -> dict[str, str]:
    kept = {name: value for name, value in properties.items() if name in said}
    if identity.kind == Kind.COLUMN and kept.get("default") in _SAME_DEFAULT:
        kept["default"] = _SAME_DEFAULT[kept["default"]]
    return kept


def _is_named_by_nobody(change: Change, models: Models, wanted: Catalogue) -> bool:
    """Whether all that differs is the name of a constraint which the models leave to the database."""
    if change.action is not Action.RENAMED or change.was is None or change.was.kind != Kind.CONSTRAINT:
        return False
    return (change.was.schema, change.was.of, change.was.name) not in models.named and change.was in wanted.objects


def _not_compared(head: Catalogue, compared: Catalogue) -> tuple[str, ...]:
    counts = Counter(str(each.kind) for each in head.objects if each.kind in _UNSAID and each not in compared.objects)
    if not counts:
        return ()
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    return (f"models say nothing of these, which are not compared: {told}",)
