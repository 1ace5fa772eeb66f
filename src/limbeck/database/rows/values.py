"""Values for a column, as SQL expressions, the one that is wished for first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from limbeck.database.rows.base_types import choice
from limbeck.database.rows.literals import NULL, literal
from limbeck.database.rows.style import Style
from limbeck.database.rows.table import Family, Type

# Those of the values of what a domain restricts that the domain takes, and others that it takes, for a number.
Admit = Callable[[Type, Sequence[str], int], Sequence[str]]


class Wish(NamedTuple):
    """What a value is for.

    Attributes:
        column: name of the column; texts follow it.
        number: from 0; ordinary values differ from number to number, where the type has room to.
        style: which value comes first.
        admit: asked about domains.
        form: what texts are like: 0 for what the name of the column says, else a place in `texts.FORMS`, from 1 on.
    """

    column: str
    number: int
    style: Style
    admit: Admit
    form: int = 0


def values(type_: Type, wish: Wish) -> tuple[str, ...]:
    """Expressions; none when nothing is known of the type."""
    return tuple(dict.fromkeys(_MAKERS[type_.family](type_, wish)))


def _base(type_: Type, wish: Wish) -> list[str]:
    found = choice(type_, wish.column, wish.number, wish.form)
    if found is None:
        return []
    first = {Style.GREATEST: found.greatest, Style.LEAST: found.least}.get(wish.style, found.ordinary)
    return [_written(type_, text) for text in (first, found.ordinary, found.greatest, found.least, *found.others)]


def _written(type_: Type, text: str) -> str:
    mark = {"blob": "X", "bitfield": "b"}.get(type_.base, "")
    return mark + literal(text)


def _enum(type_: Type, wish: Wish) -> list[str]:
    labels = type_.labels
    if not labels:
        return []
    first = {Style.GREATEST: labels[-1], Style.LEAST: labels[0]}.get(wish.style, labels[wish.number % len(labels)])
    return [literal(label) for label in (first, *labels)]


def _domain(type_: Type, wish: Wish) -> list[str]:
    return list(wish.admit(type_, values(type_.of[0], wish), wish.number))


def _array(type_: Type, wish: Wish) -> list[str]:
    elements = values(type_.of[0], wish)
    empty = f"ARRAY[]::{type_.name}"
    if not elements:
        return [empty]
    one = f"ARRAY[{elements[0]}]::{type_.name}"
    missing = [] if type_.of[0].mandatory else [NULL]
    several = f"ARRAY[{', '.join([*elements[:3], *missing])}]::{type_.name}"
    pair = f"ARRAY[{elements[0]}, {elements[-1]}]::{type_.name}"
    first = {Style.GREATEST: several, Style.LEAST: empty}.get(wish.style, pair)
    return [first, pair, one, empty, several]


def _range(type_: Type, wish: Wish) -> list[str]:
    ordinary = wish._replace(style=Style.ORDINARY, number=2 * wish.number)
    starts = values(type_.of[0], ordinary)
    ends = values(type_.of[0], ordinary._replace(number=ordinary.number + 1))
    if not starts or not ends:
        return [f"'empty'::{type_.name}"]
    both = f"{type_.name}({starts[0]}, {ends[0]})"
    edges = {Style.GREATEST: f"{type_.name}(NULL, NULL)", Style.LEAST: f"'empty'::{type_.name}"}
    return [edges.get(wish.style, both), both, f"{type_.name}({starts[0]}, NULL)", f"{type_.name}(NULL, {ends[0]})"]


def _multirange(type_: Type, wish: Wish) -> list[str]:
    parts = values(type_.of[0], wish._replace(style=Style.ORDINARY))
    empty = [f"{type_.name}()"] if wish.style is Style.LEAST else []
    return empty + [f"{type_.name}({part})" for part in parts[:2]]


def _composite(type_: Type, wish: Wish) -> list[str]:
    parts = [next(iter(values(part, wish)), NULL) for part in type_.of]
    nothing = f"ROW({', '.join([NULL] * len(parts))})::{type_.name}"
    full = f"ROW({', '.join(parts)})::{type_.name}"
    return [nothing, full] if wish.style is Style.LEAST else [full, nothing]


_MAKERS: dict[Family, Callable[[Type, Wish], list[str]]] = {
    Family.BASE: _base,
    Family.ENUM: _enum,
    Family.DOMAIN: _domain,
    Family.ARRAY: _array,
    Family.RANGE: _range,
    Family.MULTIRANGE: _multirange,
    Family.COMPOSITE: _composite,
}
