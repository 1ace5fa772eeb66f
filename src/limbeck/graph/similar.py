"""Identifiers that are easily taken for one another, and the one that somebody may have meant."""

from __future__ import annotations

from operator import ne

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHORTEST = 8  # shorter identifiers are chosen by people, who number them
_CROWD = 8  # a part that so many share is a scheme, not a coincidence


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The known name that differs from `name` in one or two characters, the closest first; None without one."""
    limit = 2 if len(name) > 4 else 1
    best: tuple[int, str] | None = None
    for known in names:
        if abs(len(known) - len(name)) <= limit and known != name:
            distance = edits(name, known, limit)
            if distance is not None and (best is None or distance < best[0]):
                best = (distance, known)
    return best[1] if best else None


def similar_pairs(identifiers: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of random-looking identifiers that differ in one or two characters, in the order given.

    Two changes leave the beginning, the middle or the end of an identifier as it is, so only those that share one of
    these are compared.  Identifiers that differ from several others by so little are numbered on purpose, and left
    out.
    """
    pairs: dict[tuple[str, str], None] = {}
    for crowd in _sharing_a_part(identifiers):
        if len(crowd) > _CROWD:
            continue
        for number, one in enumerate(crowd):
            for other in crowd[number + 1 :]:
                if edits(one, other, 2) is not None and looks_random(one) and looks_random(other):
                    pairs[one, other] = None
    count: dict[str, int] = {}
    for pair in pairs:
        for identifier in pair:
            count[identifier] = count.get(identifier, 0) + 1
    return [pair for pair in pairs if count[pair[0]] == 1 and count[pair[1]] == 1]


def _sharing_a_part(identifiers: Sequence[str]) -> Iterable[list[str]]:
    """Groups of two or more that have the same beginning, middle or end."""
    long_enough = [identifier for identifier in identifiers if len(identifier) >= _SHORTEST]
    for part in range(3):
        first: dict[str, str] = {}
        crowds: dict[str, list[str]] = {}
        for identifier in long_enough:
            size = 4 if len(identifier) > 10 else 3
            text = identifier[:size] if part == 0 else identifier[-size:] if part == 2 else identifier[size:-size]
            if text not in first:
                first[text] = identifier
            elif text in crowds:
                crowds[text].append(identifier)
            else:
                crowds[text] = [first[text], identifier]
        yield from crowds.values()


def looks_random(identifier: str) -> bool:
    """Whether an identifier looks drawn rather than chosen: hex digits, not counted up, not in a pattern."""
    if len(identifier) < _SHORTEST or not all(character in "0123456789abcdef" for character in identifier):
        return False
    if identifier.isdigit() or identifier.isalpha() or len(set(identifier)) < 5:
        return False
    codes = [int(character, 16) for character in identifier]
    for step in (1, 2):
        climbs = sum(1 for one, next_ in zip(codes, codes[step:], strict=False) if next_ - one in (0, 1))
        if climbs * 2 > len(codes) - step:
            return False
    return True


def edits(one: str, other: str, limit: int) -> int | None:
    """How many characters differ between two words, or have to be dropped or inserted; None for more than `limit`."""
    if len(one) == len(other):
        differing = sum(map(ne, one, other))
        return differing if differing <= limit else None
    previous = list(range(len(other) + 1))
    for row, a in enumerate(one, 1):
        current = [row]
        for column, b in enumerate(other, 1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (a != b)))
        if min(current) > limit:
            return None
        previous = current
    return previous[-1] if previous[-1] <= limit else None
