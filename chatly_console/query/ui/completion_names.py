"""Keeps the names that completion needs at hand: read in the background, for whoever statements run as just now."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic

from textual.widget import Widget

from chatly_console.core.catalogue import Catalogue
from chatly_console.core.completion import Names
from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue, Sight
from chatly_console.shell.session import Session

log = logging.getLogger(__name__)
_TRY_AGAIN = 5.0
"""Seconds until a catalogue that could not be read is asked for again."""
_KEYWORDS_ONLY = Names(Catalogue())


class KnownNames:
    """`names` is always there and never waits: until the catalogue was read it has the keywords alone."""

    def __init__(self, owner: Widget, session: Session, on_read: Callable[[], None]) -> None:
        self._owner, self._session, self._on_read = owner, session, on_read
        self._read: tuple[Database, Identity] | None = None
        self._names = _KEYWORDS_ONLY
        self._is_old = False
        self._busy = False
        self._failed_at = -_TRY_AGAIN
        self._unsubscribe: Callable[[], None] = lambda: None

    def now(self) -> Names:
        """The names as they are known; what is missing or old is read in the background."""
        database = self._session.database
        if database is None:
            return _KEYWORDS_ONLY
        if self._read is not None and self._read[0] is not database:
            self._names = _KEYWORDS_ONLY
        wanted = (database, self._session.identity)
        if not self._busy and monotonic() - self._failed_at > _TRY_AGAIN:
            self._busy = True
            work = self._bring_up_to_date if self._read == wanted and not self._is_old else self._make
            self._owner.run_worker(work(*wanted), group="names", exit_on_error=False)
        return self._names

    def statement_ended(self) -> None:
        """Something was run here that may have changed the catalogue: ask the server at once."""
        database = self._session.database
        if database is not None and self._read is not None:
            self._owner.run_worker(self._check(database, at_once=True), group="names-check", exit_on_error=False)

    def close(self) -> None:
        """Nobody needs them any more."""
        self._unsubscribe()

    async def _make(self, database: Database, identity: Identity) -> None:
        try:
            shared = SharedCatalogue.of(database)
            catalogue = await shared.get_whole()
            sight = await _sight(shared, identity)
            names = Names(catalogue, sight.search_path, unreadable=sight.unreadable)
            await asyncio.to_thread(names.prepare)
        except Failure as failure:
            log.info("No names for completion: %s", failure.sentence)
            self._failed_at = monotonic()
            return
        except Exception:
            log.exception("The names for completion could not be read")
            self._failed_at = monotonic()
            return
        finally:
            self._busy = False
        self._unsubscribe()
        self._unsubscribe = shared.subscribe(self._grown_old)
        self._names, self._read, self._is_old = names, (database, identity), False
        self._on_read()

    async def _bring_up_to_date(self, database: Database, identity: Identity) -> None:
        try:
            await self._check(database)
        finally:
            self._busy = False

    async def _check(self, database: Database, *, at_once: bool = False) -> None:
        try:
            await SharedCatalogue.of(database).bring_up_to_date(at_once=at_once)
        except Failure as failure:
            log.info("The catalogue could not be brought up to date: %s", failure.sentence)
            self._failed_at = monotonic()

    def _grown_old(self) -> None:
        self._is_old = True


async def _sight(shared: SharedCatalogue, identity: Identity) -> Sight:
    """What the identity sees; where it cannot be taken on, what the login sees."""
    try:
        return await shared.sight(identity)
    except Failure:
        if identity.is_login:
            raise
        return await shared.sight(LOGIN)
