"""Putting older revisions first, and finding those that are older than themselves.  Linear, and without recursion."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Ids = tuple[str, ...]


def parents_first(down: Mapping[str, Ids], up: Mapping[str, Ids]) -> list[str]:
    """Every revision after all that `down` names for it; what is on a cycle, or above one, is left out."""
    missing = {identifier: len(set(olds)) for identifier, olds in down.items() if olds}
    ranked = [identifier for identifier, olds in down.items() if not olds]
    for identifier in ranked:  # grows while it is read
        for newer in up.get(identifier, ()):
            left = missing[newer] - 1
            if left:
                missing[newer] = left
            else:
                ranked.append(newer)
    return ranked


def cyclic_groups(down: Mapping[str, Ids]) -> tuple[Ids, ...]:
    """The groups of revisions that reach each other (Tarjan's strongly connected components of two or more)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_nodes: list[str] = []
    is_open: set[str] = set()
    groups: list[Ids] = []
    for start in down:
        if start in number:
            continue
        walk = [(start, iter(down[start]))]
        number[start] = lowest[start] = len(number)
        open_nodes.append(start)
        is_open.add(start)
        while walk:
            node, olds = walk[-1]
            for old in olds:
                if old not in number:
                    number[old] = lowest[old] = len(number)
                    open_nodes.append(old)
                    is_open.add(old)
                    walk.append((old, iter(down[old])))
                    break
                if old in is_open:
                    lowest[node] = min(lowest[node], number[old])
            else:
                walk.pop()
                if walk:
                    above = walk[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == number[node]:
                    group = _close(node, open_nodes, is_open)
                    if len(group) > 1:
                        groups.append(group)
    return tuple(groups)


def _close(node: str, open_nodes: list[str], is_open: set[str]) -> Ids:
    group = []
    while True:
        member = open_nodes.pop()
        is_open.remove(member)
        group.append(member)
        if member == node:
            return tuple(group)
