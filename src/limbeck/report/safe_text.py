"""Text from files and databases, made safe for a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """The text with control characters (escape sequences, carriage returns) shown as `\\x1b` and the like."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def printable_lines(text: str) -> str:
    """As `printable`, but line ends and tabs stay."""
    return "\n".join(printable(line.replace("\t", "    ")) for line in text.splitlines())


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
