"""The passwords that a command has met, none of which it may show."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from limbeck.environment.address import passwords
from limbeck.model.secrets import masked, secrets_of

if TYPE_CHECKING:
    from sqlalchemy.engine import URL


class KnownPasswords:
    """They are added as they are met."""

    def __init__(self) -> None:
        self._known: set[str] = set()

    def add(self, url: URL) -> None:
        """Those of a URL."""
        self._known.update(passwords(url))

    def add_written(self, address: str | None) -> None:
        """Those of what stands where an address is wanted, and may be anything at all."""
        if not address:
            return
        self._known.update(secrets_of(address))
        with contextlib.suppress(ArgumentError, ValueError):  # no address, hence no password in it
            self.add(make_url(address))

    def masked(self, text: str) -> str:
        """The text without any of them."""
        return masked(text, self._known)
