"""Just enough of two wire protocols to see which statement a client sends, and when the server has answered it."""

from __future__ import annotations

from typing import Protocol

_PARSE, _QUERY, _BIND = b"P", b"Q", b"B"
_READY_FOR_QUERY = b"Z\x00\x00\x00\x05"
_COM_QUERY = 3


class Conversation(Protocol):
    """What a client says on one connection."""

    def statements(self, sent: bytes) -> list[str]:
        """The statements that are asked for in the bytes that come next."""

    def answered(self, received: bytes) -> bool:
        """Whether these bytes of the server end the answer to the last statement."""


class PostgreSQLConversation:
    """Simple queries, and each execution of a prepared statement, which goes by the text of the last Parse."""

    def __init__(self) -> None:
        self._pending = b""
        self._started = False
        self._texts: dict[bytes, str] = {}

    def statements(self, sent: bytes) -> list[str]:
        self._pending += sent
        found = []
        while (message := self._next()) is not None:
            kind, body = message
            if kind == _QUERY:
                found.append(_text(body))
            elif kind == _PARSE:
                name, _, rest = body.partition(b"\0")
                self._texts[name] = _text(rest)
            elif kind == _BIND:
                found.append(self._texts[body.split(b"\0")[1]])
        return found

    def _next(self) -> tuple[bytes, bytes] | None:
        start = 1 if self._started else 0  # the first message has no letter
        if len(self._pending) < start + 4:
            return None
        end = start + int.from_bytes(self._pending[start : start + 4])
        if len(self._pending) < end:
            return None
        kind, body = self._pending[:start], self._pending[start + 4 : end]
        self._pending = self._pending[end:]
        self._started = True
        return kind, body

    def answered(self, received: bytes) -> bool:
        return _READY_FOR_QUERY in received[-6:]


class MariaDBConversation:
    """COM_QUERY, the first packet of every exchange."""

    def __init__(self) -> None:
        self._pending = b""

    def statements(self, sent: bytes) -> list[str]:
        self._pending += sent
        found = []
        while len(self._pending) >= 4:
            end = 4 + int.from_bytes(self._pending[:3], "little")
            if len(self._pending) < end:
                break
            number, body = self._pending[3], self._pending[4:end]
            self._pending = self._pending[end:]
            if number == 0 and body[:1] == bytes([_COM_QUERY]):
                found.append(_text(body[1:]))
        return found

    def answered(self, received: bytes) -> bool:
        return bool(received)  # it answers when it has done it


def _text(body: bytes) -> str:
    return " ".join(body.partition(b"\0")[0].decode(errors="replace").split())
