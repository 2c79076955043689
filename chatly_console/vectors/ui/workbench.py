"""What the Vectors pane holds, and how it does one thing at a time that can be cancelled."""

import logging
from collections.abc import Coroutine, Iterable
from typing import Any

from textual.message import Message
from textual.widgets import Input
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.identity import Identity
from chatly_console.server.database import Database
from chatly_console.shell.folders import Folders
from chatly_console.shell.grid import ResultGrid
from chatly_console.shell.messages import Report, Say
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.vectors.advice import Advice, Trial
from chatly_console.vectors.asking import Asked
from chatly_console.vectors.column import VectorColumn
from chatly_console.vectors.cures import Cure
from chatly_console.vectors.health import Finding
from chatly_console.vectors.mapping import VectorMap
from chatly_console.vectors.providers import Lexical, Provider
from chatly_console.vectors.saved_trials import SavedAdvice
from chatly_console.vectors.service import Catalogue, Hit, Settings, visible_rows
from chatly_console.vectors.tenants import AsOne, tenant_names
from chatly_console.vectors.ui.header import Header, Heading
from chatly_console.vectors.ui.lab_state import LabState
from chatly_console.vectors.ui.views import VIEWS, View

log = logging.getLogger(__name__)


class Changed(Message):
    """A choice was made that changes what this view brings: it is to be done again."""


class Workbench(Pane):
    """One column of vectors and what is known of it; what runs belongs to the pane and can be cancelled."""

    def __init__(self, session: Session, folders: Folders | None = None) -> None:
        super().__init__(session)
        folder = (folders or Folders.of_user()).state / "vectors"
        self.curves_file = folder / "curves.jsonl"
        self.trials_file = folder / "trials.jsonl"
        self.questions_file = folder / "questions.jsonl"
        self.services_file = folder / "services.json"
        self.catalogue: Catalogue | None = None
        self.k = 10
        self.provider: Provider = Lexical()
        self.view = VIEWS[0]
        self.hybrid = False
        self.seen_rows: int | None = None
        self.within: float | None = None
        """Milliseconds in which the indexes are compared; None: those that the best one takes."""
        self.whom: tuple[Identity, ...] = ()
        """Whom the Tenants view asks as; nobody named: whoever is impersonated, some users, a visitor, the login."""
        self.forget(None)
        self._work: Worker[None] | None = None
        self._work_words = ""

    def forget(self, column: VectorColumn | None) -> None:
        """Look at this column from now on; what was found in another one is nothing here."""
        self.column = column
        self.settings: Settings = ()
        self.names: dict[str, str] = {}
        self.asked: Asked | None = None
        self.hits: list[Hit] = []
        self.people: list[AsOne] = []
        self.cures: list[Cure] = []
        self.findings: list[Finding] = []
        self.map: VectorMap | None = None
        self.marked: list[str] = []
        self.lab = LabState()
        self.advice: Advice | None = None
        self.trials_before: SavedAdvice | None = None
        self.trial_shown: Trial | None = None

    def forget_found(self) -> None:
        """What was found belongs to somebody else: only the question stays."""
        self.seen_rows, self.names = None, {}
        self.hits, self.people, self.cures, self.lab.curve, self.map, self.marked = [], [], [], None, None, []

    async def count_seen_rows(self) -> None:
        """How much of the table the impersonated identity sees, for the first line."""
        if self.column is not None and not self.identity.is_login:
            self.seen_rows = await visible_rows(self.database, self.column.filtered(""), self.identity, limit=5)
            self.show_header()

    async def learn_names(self, tenants: Iterable[str | None]) -> dict[str, str]:
        """What these tenants are called, and all others that were asked for before."""
        fresh = [tenant for tenant in dict.fromkeys(tenants) if tenant and tenant not in self.names]
        if fresh and self.column is not None:
            found = await tenant_names(self.database, self.column, fresh, self.identity)
            self.names |= {tenant: found.get(tenant, tenant) for tenant in fresh}
        return self.names

    @property
    def database(self) -> Database:
        """The connected database; raises Failure where there is none."""
        if self.session.database is None:
            raise Failure("Not connected.", FailureKind.LINK, hint="F2 connects.")
        return self.session.database

    @property
    def identity(self) -> Identity:
        """As whom everything here runs."""
        return self.session.identity

    @property
    def shown(self) -> View:
        """The view that is in sight."""
        return self.query_one(f"#{self.view}", View)

    @property
    def question(self) -> Input:
        """The line for the question."""
        return self.query_one("#vectors-question", Input)

    def leave_question(self) -> None:
        """From the lines, or from a state that is gone, to the rows."""
        focused = self.app.focused
        if not self.shown.has_class("-no-rows") and not isinstance(focused, ResultGrid):
            self.shown.focus_body()

    def tell(self, text: str) -> None:
        """Put a sentence on the message line."""
        self.post_message(Say(text))

    def show_header(self) -> None:
        """Bring the first line up to date."""
        heading = Heading(self.column, self.k, self.settings, self.identity, self.seen_rows, self.provider.name)
        self.query_one(Header).show(heading)

    # Working

    def begin(self, work: Coroutine[Any, Any, None], words: str) -> None:
        """Do this instead of what runs."""
        self._work_words = words
        self._work = self.run_worker(work, group="vectors", exclusive=True, exit_on_error=False)

    def choose(self, work: Coroutine[Any, Any, None]) -> None:
        """Ask the user something."""
        self.run_worker(work, group="vectors-choice", exclusive=True, exit_on_error=False)

    @property
    def busy(self) -> str:
        """What runs, for who wants to leave."""
        return self._work_words if self._work is not None and not self._work.is_finished else ""

    def cancel_work(self) -> bool:
        """Cancel what runs; what a measurement has brought stays."""
        if self._work is None or self._work.is_finished:
            return False
        self._work.cancel()
        return True

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A failure is shown where its rows would be; what nobody foresaw is logged too."""
        error = event.worker.error
        if event.state is not WorkerState.ERROR or error is None:
            return
        if not isinstance(error, Failure):
            log.error("The Vectors pane failed", exc_info=error)
            error = Failure(f"This is a fault of the console ({type(error).__name__}); its log has more.")
        if event.worker is self._work:
            self.shown.show_failure(error)
        self.post_message(Report(error))
