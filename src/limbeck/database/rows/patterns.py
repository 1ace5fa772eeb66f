"""Texts that a regular expression of PostgreSQL accepts: a few, for the common ways of writing one."""

from __future__ import annotations

import re
import string

_WORD = string.ascii_lowercase + string.digits + "_"
_ESCAPES = {"d": string.digits, "w": _WORD, "s": " ", "D": "a", "W": "-", "S": "a", "n": "\n", "t": "\t"}
_ANCHORS = "AZmMyYbB<>"  # escapes that stand for a place, not for a letter
_CLASSES = {
    "alpha": string.ascii_letters,
    "digit": string.digits,
    "alnum": string.ascii_letters + string.digits,
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "xdigit": string.digits + "abcdef",
    "space": " ",
    "punct": "-_.,",
    "word": _WORD,
}
_PRINTABLE = string.ascii_lowercase + string.digits + string.ascii_uppercase + "_-. " + string.punctuation
_COUNT = re.compile(r"\{(\d+)(,?)(\d*)\}")


class _Unknown(Exception):
    """The pattern says something that is not understood here."""


class _Sampler:
    """Reads a pattern from left to right and writes a text as it goes."""

    def __init__(self, pattern: str, number: int, more: int) -> None:
        self._pattern = pattern
        self._at = 0
        self._number = number
        self._more = more  # how many times more than it must a part is repeated

    def text(self) -> str:
        sampled = self._alternatives()
        if self._at < len(self._pattern):
            raise _Unknown
        return sampled

    def _peek(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _take(self) -> str:
        letter = self._peek()
        if not letter:
            raise _Unknown
        self._at += 1
        return letter

    def _choose(self, letters: str) -> str:
        """One of them; together, the choices of a text spell its number."""
        self._number, place = divmod(self._number, len(letters))
        return letters[place]

    def _alternatives(self) -> str:
        options = [self._sequence()]
        while self._peek() == "|":
            self._take()
            options.append(self._sequence())
        self._number, place = divmod(self._number, len(options))
        return options[place]

    def _sequence(self) -> str:
        text = ""
        while self._peek() not in ("", "|", ")"):
            start = self._at
            part = self._part()
            times = self._repetitions()
            after = self._at
            for _ in range(times - 1):
                self._at = start
                part += self._part()
            self._at = after
            text += part if times else ""
        return text

    def _repetitions(self) -> int:
        """How many times the part before shall stand there."""
        least, greatest = 1, 1
        letter = self._peek()
        counted = _COUNT.match(self._pattern, self._at)
        if letter and letter in "*+?":
            self._take()
            least, greatest = {"*": (0, 99), "+": (1, 99), "?": (0, 1)}[letter]
        elif counted:
            self._at = counted.end()
            least = int(counted[1])
            greatest = int(counted[3] or 99) if counted[2] else least
        if self._peek() == "?" and (counted or (letter and letter in "*+?")):
            self._take()
        return min(least + self._more, greatest)

    def _part(self) -> str:
        letter = self._take()
        if letter in "^$":
            return ""
        if letter == "(":
            return self._group()
        if letter == "[":
            return self._choose(self._bracket())
        if letter == ".":
            return self._choose("abcdefghij")
        if letter == "\\":
            return self._escape()
        if letter in "*+?":
            raise _Unknown
        return letter

    def _group(self) -> str:
        if self._peek() == "?":
            self._take()
            if self._take() != ":":
                raise _Unknown  # looking ahead or behind
        text = self._alternatives()
        if self._take() != ")":
            raise _Unknown
        return text

    def _escape(self) -> str:
        letter = self._take()
        if letter in _ESCAPES:
            return self._choose(_ESCAPES[letter])
        if letter in _ANCHORS:
            return ""
        if letter.isalnum():
            raise _Unknown
        return letter

    def _bracket(self) -> str:
        negated = self._peek() == "^"
        if negated:
            self._take()
        letters = ""
        while self._peek() != "]" or not letters:
            letter = self._take()
            if letter == "[" and self._peek() == ":":
                end = self._pattern.index(":]", self._at)
                letters += _CLASSES.get(self._pattern[self._at + 1 : end], "a")
                self._at = end + 2
            elif letter == "\\":
                escaped = self._take()
                letters += _ESCAPES.get(escaped, escaped)
            elif self._peek() == "-" and self._pattern[self._at + 1 : self._at + 2] not in ("]", ""):
                self._take()
                letters += "".join(map(chr, range(ord(letter), min(ord(self._take()), ord(letter) + 100) + 1)))
            else:
                letters += letter
        self._take()
        found = "".join(letter for letter in _PRINTABLE if letter not in letters) if negated else letters
        if not found:
            raise _Unknown
        return found


def accepted(pattern: str, number: int) -> tuple[str, ...]:
    """Texts that the pattern likely accepts, short ones first; others for another number.  None when it is not
    understood; whoever asked lets the server judge.
    """
    found = []
    for more in (0, 1, 4, 9):
        try:
            found.append(_Sampler(pattern, number, more).text())
        except (_Unknown, ValueError, RecursionError):
            continue  # this pattern is written in a way that is not understood here
    return tuple(dict.fromkeys(found))
