"""What the Migrations pane knows and draws, and its long looks: a proof, on data or a dump, and a search for drift."""

from collections.abc import Callable, Coroutine
from pathlib import Path

from textual import work
from textual.containers import Vertical
from textual.widget import Widget
from textual.worker import Worker

from chatly_console.migrations.known import Known
from chatly_console.migrations.progress import Progress
from chatly_console.migrations.reading import Reading
from chatly_console.migrations.status import Migration
from chatly_console.migrations.ui import proving
from chatly_console.migrations.ui.host import Host
from chatly_console.migrations.ui.overview import Overview
from chatly_console.migrations.ui.row_list import RowList
from chatly_console.migrations.writing import migrations_folder
from chatly_console.shell.dialogs import AskText
from chatly_console.shell.pane import Pane
from chatly_console.shell.session import Session
from chatly_console.shell.states import ErrorState, Loading


class LookingPane(Pane):
    """A folder of migrations beside a database, on the screen; nothing here changes either but an adoption."""

    def __init__(self, session: Session, *, folder: Path | None = None) -> None:
        super().__init__(session)
        self.known = Known()
        self.progress: Progress | None = None
        self._folder = folder
        self._wanted: object = None
        self._runner: Worker[None] | None = None

    @property
    def reading(self) -> Reading:
        """What the database and the folder say."""
        return self.known.reading

    @property
    def folder(self) -> Path:
        """The migrations that are on show."""
        return migrations_folder(self._folder)

    @property
    def overview(self) -> Overview:
        """What is on show while nothing runs."""
        return self.query_one(Overview)

    @property
    def chosen(self) -> Migration | None:
        """The migration on which the cursor stands."""
        return self.overview.chosen

    def draw(self) -> None:
        """Bring everything on the screen up to date."""
        if not self.is_mounted:
            return
        if self.progress is None:
            self._show_only(Overview)
        login = self.session.database.facts.user if self.session.database else ""
        keeper = f" ▪ history: {self.reading.history.keeper}" if self.reading.history.keeper else ""
        title = f"{self.folder} ▪ not impersonated: runs as {login}{keeper}"
        self.overview.show(self.known, title, self.session.profile.name, self._wanted)
        self._wanted = None

    def draw_run(self) -> None:
        """Bring the run on the screen up to date."""
        if self.progress is not None and self.is_mounted:
            self.query_one("#migrations-run", RowList).set_rows(self.progress.lines())

    def _tick(self) -> None:
        if self.progress is not None and self.progress.going_on:
            self.draw_run()
        elif self.known.doing:
            self.overview.show_doing(self.session.profile.name)

    def _show_only(self, what: type[Widget] | str) -> None:
        for child in self.children:
            child.display = child.id == what if isinstance(what, str) else isinstance(child, what)

    def _show_state(self, state: Loading | ErrorState) -> None:
        place = self.query_one("#migrations-state", Vertical)
        place.remove_children()
        place.mount(state)
        self._show_only("migrations-state")
        if isinstance(state, ErrorState):
            self.call_after_refresh(state.focus)

    def action_prove(self) -> None:
        """Prove all files on a shadow; while that goes on, only show how far it is."""
        self.overview.show_view("proof")
        self._look(proving.prove)

    @work(exclusive=True, group="dialog")
    async def action_prove_dump(self) -> None:
        """Prove what is pending on a copy of real data."""
        detail = (
            "A script, also packed by gzip, or any format of pg_dump. It is restored into a shadow database, which is "
            "removed at the end; what is pending there is run up, down and up again."
        )
        text = await self.app.push_screen_wait(AskText("Prove on which dump?", detail, check=_missing))
        if text:
            self.overview.show_view("proof")
            dump = _path(text)
            self._look(lambda host, folder: proving.prove(host, folder, dump))

    def action_drift(self) -> None:
        """Look for drift."""
        self.overview.show_view("drift")
        self._look(proving.find_drift)

    def _look(self, work: Callable[[Host, Path], Coroutine[None, None, None]]) -> None:
        if self.session.database is None or self.busy:
            return
        self._runner = self.run_worker(work(self, self.folder), group="run", exclusive=True)


def _missing(text: str) -> str:
    return "" if _path(text).exists() else "There is no such file or folder."


def _path(text: str) -> Path:
    return Path(text.strip()).expanduser()
