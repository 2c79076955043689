"""The one object that says what is connected, as whom, and under which profile; widgets only render it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.link import Link

if TYPE_CHECKING:
    from textual.message import Message
    from textual.screen import Screen

    from chatly_console.server.database import Database
    from chatly_console.server.profiles import Profile
    from chatly_console.shell.identity_book import IdentityBook


class NothingNamed(Failure):
    """Nobody has said which database is meant: the connection screen asks."""


@dataclass
class Session:
    """The state that all panes share. Only the app changes it, and tells the panes when it has.

    Panes keep this object for their whole life: connecting elsewhere changes what is in it.
    """

    profile: Profile
    database: Database | None = None
    identity: Identity = LOGIN
    link: Link | None = None
    transaction: str = "auto"
    """The transaction mode in words, as the identity bar shows it; the Query pane says it by `TransactionMode`."""
    unlocked: bool = False
    """Whether writes to a production or read-only database are let through until the transaction ends."""
    strength: str = ""
    """How firmly the impersonation holds (`core.identity.Strength`), as the last statement's server said."""
    keeps_changes: bool = False
    """Whether what an impersonated statement changes is kept, which must be armed; else it is rolled back."""

    @property
    def is_production(self) -> bool:
        """Whether a mistake here is felt by customers."""
        return self.profile.environment == "production"

    @property
    def is_read_only(self) -> bool:
        """Whether statements run in READ ONLY transactions."""
        return (self.profile.read_only or self.is_production) and not self.unlocked

    @property
    def is_impersonating(self) -> bool:
        """Whether statements run as anybody but the login."""
        return not self.identity.is_login

    def adopt(self, other: Session) -> None:
        """Become what `other` is: another database is connected."""
        self.profile, self.database, self.link = other.profile, other.database, other.link
        self.transaction, self.unlocked = other.transaction, other.unlocked
        self.become(other.identity)

    def become(self, identity: Identity) -> None:
        """Run as this identity from now on; nothing is armed any more."""
        self.identity, self.strength, self.keeps_changes = identity, "", False


Progress = Callable[[str], None]
"""Takes the words for what is being done just now."""

Opener = Callable[[Progress], Awaitable[Session]]
"""Connects, and returns the session; raises Failure where it cannot."""

FindScreen = Callable[["Session"], "Screen[Message | None]"]
"""Makes the screen that finds an object by its name; it ends with the request to show it, or None."""

ConnectScreen = Callable[[], "Screen[Opener | None]"]
"""Makes the screen that asks where to connect; it ends with an opener, or None to stay."""

BookOf = Callable[["Session"], "IdentityBook"]
"""Opens the book of who there is on the session's server."""
