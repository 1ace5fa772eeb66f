"""A place in the tokens of a statement, and the ways to go on from it."""

from __future__ import annotations

from limbeck.model.effects import TableName
from limbeck.sql.tokens import Kind, Token


class NotUnderstood(Exception):
    """The statement is not of the form that was expected."""


class Cursor:
    """Reads the tokens of one statement from left to right."""

    def __init__(self, sql: str, tokens: list[Token], dialect: str) -> None:
        self.sql = sql
        self.dialect = dialect
        self._tokens = tokens
        self._at = 0

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self._at >= len(self._tokens)

    @property
    def rest(self) -> list[Token]:
        """The tokens from here on."""
        return self._tokens[self._at :]

    @property
    def words(self) -> frozenset[str]:
        """Every word and name of the statement, in lower case."""
        return frozenset(token.value.lower() for token in self._tokens if token.kind in (Kind.WORD, Kind.NAME))

    def peek(self, ahead: int = 0) -> Token:
        """The next token, or one further ahead; an empty sign behind the end."""
        place = self._at + ahead
        end = self._tokens[-1].end if self._tokens else 0
        return self._tokens[place] if place < len(self._tokens) else Token(Kind.SIGN, "", end, end)

    def skip(self) -> None:
        """Go past the next token, and past all that its parenthesis holds when it is one."""
        if self.sign("("):
            self.inside()
        else:
            self._at += 1

    def take(self, *words: str) -> bool:
        """Go past these key words, when they come next."""
        if all(self.peek(number).word == word for number, word in enumerate(words)):
            self._at += len(words)
            return True
        return False

    def take_any(self, *words: str) -> str:
        """Go past one of these key words, when it comes next, and give it; else the empty string."""
        word = self.peek().word
        if word in words:
            self._at += 1
            return word
        return ""

    def sign(self, sign: str) -> bool:
        """Whether that sign comes next."""
        token = self.peek()
        return token.kind is Kind.SIGN and token.value == sign

    def take_sign(self, sign: str) -> bool:
        """Go past that sign, when it comes next."""
        found = self.sign(sign)
        self._at += found
        return found

    def name(self) -> str:
        """Go past a name, and give it as the database knows it."""
        token = self.peek()
        if token.kind not in (Kind.WORD, Kind.NAME):
            raise NotUnderstood(f"a name is expected at {token.start}")
        self._at += 1
        fold = token.kind is Kind.WORD and self.dialect == "postgresql"
        return token.value.lower() if fold else token.value

    def table(self) -> TableName:
        """Go past a name with its schema."""
        parts = [self.name()]
        while self.take_sign("."):
            parts.append(self.name())
        return TableName(parts[-1], parts[-2] if len(parts) > 1 else None)

    def inside(self) -> Cursor:
        """Go past what is in parentheses, and give a cursor for it."""
        if not self.take_sign("("):
            raise NotUnderstood(f"a parenthesis is expected at {self.peek().start}")
        first, depth = self._at, 1
        while depth:
            if self.done:
                raise NotUnderstood("a parenthesis is not closed")
            depth += self.sign("(") - self.sign(")")
            self._at += 1
        return Cursor(self.sql, self._tokens[first : self._at - 1], self.dialect)

    def parts(self) -> list[Cursor]:
        """What is left, taken apart at its commas."""
        found: list[list[Token]] = [[]]
        while not self.done:
            first = self._at
            self.skip()
            if self._tokens[first].kind is Kind.SIGN and self._tokens[first].value == ",":
                found.append([])
            else:
                found[-1] += self._tokens[first : self._at]
        return [Cursor(self.sql, part, self.dialect) for part in found if part]

    def before(self, *words: str) -> Cursor:
        """Go to the first of these key words outside of parentheses, or to the end; what was passed."""
        first = self._at
        while not self.done and self.peek().word not in words:
            self.skip()
        return Cursor(self.sql, self._tokens[first : self._at], self.dialect)

    @property
    def text(self) -> str:
        """What is left, as it is written."""
        return self.sql[self.peek().start : self._tokens[-1].end] if not self.done else ""

    def column_names(self) -> tuple[str, ...]:
        """The names in parentheses, as of the columns of a key."""
        return tuple(part.name() for part in self.inside().parts())
