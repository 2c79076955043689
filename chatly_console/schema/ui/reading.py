"""The catalogue that the pane shows: read, read again when the server has something new, and searched."""

from collections.abc import Callable, Coroutine
from time import monotonic
from typing import TYPE_CHECKING

from chatly_console.core.catalogue import Catalogue, CatalogueObject, Schema, object_path
from chatly_console.core.failure import Failure, FailureKind
from chatly_console.schema.find import NameIndex
from chatly_console.schema.service import name_index
from chatly_console.schema.tree import TreeRow
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue
from chatly_console.shell.messages import OpenObject, OpenRelation, Report, Say
from chatly_console.shell.states import ErrorState, Loading

if TYPE_CHECKING:
    from chatly_console.schema.ui.catalogue_pane import CataloguePane


class Reading:
    """One for the pane. The catalogue on show stays until a new one is there, and where that cannot be read."""

    def __init__(self, pane: "CataloguePane") -> None:
        self._pane = pane
        self.catalogue: Catalogue | None = None
        self._names: NameIndex | None = None
        self._has_system = False
        self._read_at = 0.0
        self._waits = False
        """Whether this pane waits for a catalogue: then the news of it are not news."""
        self._shared: SharedCatalogue | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    def read(self, *, aloud: bool = False) -> None:
        """Read everything anew."""
        self._run(self._read(again=aloud, aloud=aloud))

    def with_system(self) -> bool:
        """Show what is in the system's own schemas too; returns whether it is to be read first."""
        if self._has_system:
            return False
        self._has_system = True
        self._run(self._read())
        return True

    def bring_up_to_date(self) -> None:
        """Ask the server, at little cost, whether something has changed, and read again if so."""
        if self._shared is not None:
            self._pane.run_worker(self._check(self._shared), group="check", exclusive=True, exit_on_error=False)

    def forget(self) -> None:
        """Another database: nothing is known."""
        self.catalogue, self._names, self._has_system = None, None, False
        self.close()

    def close(self) -> None:
        """Nobody is to be told of changes any more."""
        self._unsubscribe()
        self._unsubscribe, self._shared = lambda: None, None

    def found(self, needle: str) -> list[TreeRow]:
        """The objects and columns whose name has this in it."""
        return self._names.find(needle) if self._names is not None else []

    def _run(self, work: Coroutine[object, object, None]) -> None:
        self._pane.run_worker(work, group="catalogue", exclusive=True, exit_on_error=False)

    def _follow(self, database: Database) -> SharedCatalogue:
        shared = SharedCatalogue.of(database)
        if shared is not self._shared:
            self.close()
            self._shared = shared
            self._unsubscribe = shared.subscribe(self._changed)
        return shared

    def _changed(self) -> None:
        """Somebody (perhaps this pane) has read it again: show that."""
        shared = self._shared
        if self._pane.is_mounted and shared is not None and self.catalogue is not None and not self._waits:
            self._run(self._read())

    async def _read(self, *, again: bool = False, aloud: bool = False) -> None:
        pane, database = self._pane, self._pane.session.database
        if self.catalogue is None:
            await pane.show_state(Loading("Reading the catalogue", way_out="F2 connects elsewhere"), "-waiting")
        try:
            if database is None:
                raise Failure("Not connected.", FailureKind.LINK, hint="F2 connects.")
            shared, self._waits = self._follow(database), True
            catalogue = await (shared.read() if again else shared.get())
            if self._has_system:
                catalogue = await shared.get_whole()
            names = await name_index(database, with_system=self._has_system)
        except Failure as failure:
            await self._failed(failure)
            return
        finally:
            self._waits = False
        is_first, self.catalogue, self._names = self.catalogue is None, catalogue, names
        self._read_at = shared.read_at
        pane.show_catalogue(is_first=is_first)
        if aloud:
            pane.post_message(Say(f"The catalogue is read again: {len(catalogue.relations):,} relations.", "done"))

    async def _failed(self, failure: Failure) -> None:
        if self.catalogue is None:
            await self._pane.show_state(ErrorState(failure), "-failed")
        else:
            self._pane.show_stale(monotonic() - self._read_at)
            self._pane.post_message(Report(failure))

    async def _check(self, shared: SharedCatalogue) -> None:
        try:
            await shared.bring_up_to_date()
        except Failure as failure:
            if failure.kind is not FailureKind.LINK:
                await self._failed(failure)


def wanted_object(catalogue: Catalogue, wanted: OpenRelation | OpenObject) -> CatalogueObject | Schema | None:
    """The object that another room names."""
    if isinstance(wanted, OpenRelation):
        return catalogue.relation(wanted.schema, wanted.name)
    everything = (*catalogue.schemas, *catalogue.objects())
    return next((found for found in everything if object_path(found) == wanted.path), None)


def name_of(wanted: OpenRelation | OpenObject) -> str:
    """What another room asked for, in words."""
    if isinstance(wanted, OpenRelation):
        return f"relation {wanted.schema}.{wanted.name}"
    return f"{wanted.path[0]} {'.'.join(wanted.path[1:3])}"
