"""The catalogue that all panes share: read once, brought up to date when the server says that something changed."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, ref

from chatly_console.core.catalogue import Catalogue, Thing
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.server.catalogue import load_catalogue, with_system
from chatly_console.server.database import Database
from chatly_console.server.sql_files import load_sql

FRESH = 5.0
"""Seconds for which nobody asks the server again whether something has changed."""
_CHECK_LIMIT = 5.0
_BUCKET = "storage bucket"

T = TypeVar("T")
Listener = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Sight:
    """What an identity sees: the schemas in which bare names are looked for, and the relations it may not read."""

    search_path: tuple[str, ...]
    unreadable: frozenset[int]


class SharedCatalogue:
    """One for each connected database; `SharedCatalogue.of(database)` is it.

    Whoever waits for a catalogue that is being read waits for the same reading; cancelling one wait ends no other.
    """

    def __init__(self, database: Database) -> None:
        self._held = ref(database)  # weakly, or a database that was left would never be let go
        self.current: Catalogue | None = None
        """The catalogue without the system's own schemas; None until it was read."""
        self.whole: Catalogue | None = None
        """The same with them, once somebody has asked for it."""
        self.read_at = 0.0
        self._mark = ""
        self._checked_at = 0.0
        self._reading: asyncio.Task[Catalogue] | None = None
        self._reading_whole: asyncio.Task[Catalogue] | None = None
        self._checking: asyncio.Task[bool] | None = None
        self._listeners: list[Listener] = []

    @property
    def _database(self) -> Database:
        database = self._held()
        if database is None:
            raise Failure("The connection has been closed.", FailureKind.LINK)
        return database

    @staticmethod
    def of(database: Database) -> "SharedCatalogue":
        """The catalogue of this database, whoever asks."""
        if database not in _ALL:
            _ALL[database] = SharedCatalogue(database)
        return _ALL[database]

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` whenever a catalogue was read; the returned function ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    async def get(self) -> Catalogue:
        """The catalogue as it was read last, or for the first time now. Raises Failure."""
        return self.current if self.current is not None else await self.read()

    async def as_it_stands(self) -> Catalogue:
        """The catalogue of this moment, read again only if the server says that something changed. Raises Failure.

        For who judges by it, such as whether row security is on.
        """
        catalogue = await self.get()
        return await self.get() if await self.bring_up_to_date(at_once=True) else catalogue

    async def read(self) -> Catalogue:
        """Read it anew. Raises Failure, and leaves the old one where it is."""
        if self._reading is None or self._reading.done():
            self._reading = self._begun(self._read())
        return await asyncio.shield(self._reading)

    async def get_whole(self) -> Catalogue:
        """The catalogue with the system's own schemas. Raises Failure."""
        catalogue = await self.get()
        if self.whole is not None:
            return self.whole
        if self._reading_whole is None or self._reading_whole.done():
            self._reading_whole = self._begun(self._read_whole(catalogue))
        return await asyncio.shield(self._reading_whole)

    async def bring_up_to_date(self, *, at_once: bool = False) -> bool:
        """Ask the server, at little cost, whether something changed, and read again if so; returns whether it did.

        Within a few seconds of the last answer nothing is asked, unless `at_once`. Raises Failure.
        """
        if self.current is None or (not at_once and monotonic() - self._checked_at < FRESH):
            return False
        if self._checking is None or self._checking.done():
            self._checking = self._begun(self._check())
        return await asyncio.shield(self._checking)

    async def sight(self, identity: Identity) -> Sight:
        """What this identity sees. Raises Failure."""
        sql = load_sql("chatly_console.server", "sight", self._database.facts.version_number)
        [row] = await self._database.records(sql, identity=identity, timeout=_CHECK_LIMIT)
        path, unreadable = row["search_path"], row["unreadable"] or ()
        assert isinstance(path, list) and isinstance(unreadable, list | tuple)
        return Sight(tuple(map(str, path)), frozenset(map(int, unreadable)))

    def _begun(self, work: Coroutine[object, object, T]) -> "asyncio.Task[T]":
        """A task whose failure is nobody's business once all who waited for it have gone."""
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(self._let_go)
        return task

    def _let_go(self, done: "asyncio.Task[Any]") -> None:
        """Keep no task that has ended: its context and its failure hold the database, which then would never go."""
        if not done.cancelled():
            done.exception()
        if self._reading is done:
            self._reading = None
        if self._reading_whole is done:
            self._reading_whole = None
        if self._checking is done:
            self._checking = None

    async def _read(self) -> Catalogue:
        mark = await self._ask_mark()  # before, so that what changes meanwhile is noticed the next time
        wanted_whole = self.whole is not None
        catalogue = await load_catalogue(self._database)
        catalogue = _with_buckets(catalogue, await self._buckets(catalogue) or ())
        whole = await with_system(self._database, catalogue) if wanted_whole else None
        self._mark = mark
        self._keep(catalogue, whole)
        return catalogue

    def _keep(self, catalogue: Catalogue, whole: Catalogue | None) -> None:
        self.current, self.whole = catalogue, whole
        self.read_at = self._checked_at = monotonic()
        for listener in list(self._listeners):
            listener()

    async def _buckets(self, catalogue: Catalogue) -> tuple[Thing, ...] | None:
        """The buckets of Supabase's storage; None where there is none, or it may not be read."""
        if catalogue.relation("storage", "buckets") is None:
            return None
        sql = load_sql("chatly_console.server", "buckets", self._database.facts.version_number)
        try:
            rows = await self._database.records(sql, timeout=_CHECK_LIMIT, lock_timeout=0.5)
        except Failure:
            return None
        return tuple(
            Thing(-number, str(row["id"]), _BUCKET, about=str(row["about"])) for number, row in enumerate(rows, 1)
        )

    async def _read_whole(self, catalogue: Catalogue) -> Catalogue:
        whole = await with_system(self._database, catalogue)
        if catalogue is self.current:
            self.whole = whole
        return whole

    async def _check(self) -> bool:
        mark = await self._ask_mark()
        self._checked_at = monotonic()
        if mark != self._mark:
            await self.read()
            return True
        return await self._check_buckets()

    async def _check_buckets(self) -> bool:
        """Buckets are rows of a table, which no change of the catalogue tells of."""
        catalogue, whole = self.current, self.whole
        buckets = await self._buckets(catalogue) if catalogue is not None else None
        if catalogue is None or buckets is None or catalogue is not self.current:
            return False
        if buckets == tuple(thing for thing in catalogue.things if thing.kind == _BUCKET):
            return False
        self._keep(_with_buckets(catalogue, buckets), _with_buckets(whole, buckets) if whole is not None else None)
        return True

    async def _ask_mark(self) -> str:
        sql = load_sql("chatly_console.server", "catalogue_check", self._database.facts.version_number)
        [row] = await self._database.records(sql, timeout=_CHECK_LIMIT)
        return str(row["mark"])


def _with_buckets(catalogue: Catalogue, buckets: tuple[Thing, ...]) -> Catalogue:
    others = tuple(thing for thing in catalogue.things if thing.kind != _BUCKET)
    return replace(catalogue, things=others + buckets)


_ALL: "WeakKeyDictionary[Database, SharedCatalogue]" = WeakKeyDictionary()
