"""The result below the editor: a header line, the grid, what the server said beside it, and the states without rows."""

from collections.abc import Collection

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from chatly_console.core.durations import age_words, duration_words
from chatly_console.core.failure import Failure
from chatly_console.core.row_source import ListedRows
from chatly_console.core.text import safe_text
from chatly_console.core.values import Notice, Row
from chatly_console.query.place import Place
from chatly_console.query.run import Phase, RunState
from chatly_console.query.service import StatementRun
from chatly_console.query.table_rows import TableRows
from chatly_console.query.transaction_words import rows_words
from chatly_console.query.ui.result_header import ResultHeader
from chatly_console.query.ui.result_words import ResultWords
from chatly_console.query.watch import Watched, watching_words
from chatly_console.shell.grid import ResultGrid

SHOW_LOADING_AFTER = 0.15
NOTICES_SHOWN = 4
_FIRST_WORDS = "Nothing has been run here yet.\n\nF5 runs the statement at the cursor, or what is selected."


class ResultView(Vertical, can_focus=False):
    """One result in whichever state it is. It is told what to show, and asks nothing itself."""

    def __init__(self) -> None:
        super().__init__()
        self.run: StatementRun | None = None
        self.place: Place | None = None
        """Where its statement stood."""
        self.title = ""
        self.pinned = False
        self.came_from: ResultView | None = None
        """The result from which a foreign key was followed to this one."""
        self.table: TableRows | None = None
        """What the rows are of, once that is known."""
        self.watched: Watched | None = None
        """What is known of its runs while its statement is repeated."""
        self.every = 0.0
        """Seconds from one of these runs to the next."""
        self._former: StatementRun | None = None

    @property
    def in_use(self) -> bool:
        """Whether its run is at work, or being written to a file."""
        return self.run is not None and (self.run.state.is_working or self.run.is_exported)

    @property
    def is_spent(self) -> bool:
        """Whether its statement has succeeded and left nothing to look at."""
        run = self.run
        return run is not None and run.state.phase is Phase.DONE and not run.state.has_columns and not run.notices

    async def take(self, run: StatementRun | None) -> None:
        """Show this run from now on; the rows of the one before stay in sight until there is something to show."""
        before, self.run = self.run, run
        self.table = None
        if before is None:
            return
        await before.close()
        if run is None or before.rows is None or self.grid.source is not before.rows:
            await before.forget()
        else:
            self._former = before

    def replace_row(self, index: int, row: Row) -> None:
        """Show what a row has become."""
        if self.run is not None and self.run.rows is not None:
            self.run.rows.replace(index, row)
            self.grid.rows_changed()

    def _let_go_former(self) -> None:
        former, self._former = self._former, None
        if former is not None and former.rows is not None:
            former.rows.close()

    def clear(self) -> None:
        """Show that nothing has been run here."""
        self.place, self.title, self.pinned = None, "", False
        self._show_notices((), 0)
        self._show_words(Content(_FIRST_WORDS), "-first")
        self.query_one(ResultHeader).clear()

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield ResultHeader()
        yield ResultWords(_FIRST_WORDS)
        yield ResultGrid(id="result-grid")
        yield Static("", id="result-notices", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self.grid.display = False
        self.can_focus = True
        self.query_one("#result-notices").display = False

    @property
    def grid(self) -> ResultGrid:
        """The grid with the rows."""
        return self.query_one(ResultGrid)

    def show(self, run: StatementRun, *, place: str = "", remedy: str = "") -> None:
        """Show a run as it stands; `place` says where in the editor its error is, `remedy` the key that mends it."""
        state = run.state
        self._show_notices(run.notices, state.notices)
        self.show_header(run)
        if state.phase is Phase.RUNNING or (state.phase is Phase.CANCELLING and run.rows is None):
            if run.seconds >= SHOW_LOADING_AFTER:
                self._show_words(_working(run), "-loading")
            return
        if state.failure is not None and (run.rows is None or not run.rows.count):
            self._show_error(state.failure, place, remedy)
        elif run.rows is None:
            self._show_words(Content(_ended_without_rows(state)), "-empty")
        elif not run.rows.columns:
            self._show_words(Content(_plain_end(state)), "-empty")
        elif not run.rows.count and state.phase is Phase.DONE:
            names = ", ".join(safe_text(column.name)[:60] for column in run.rows.columns[:50])
            self._show_words(Content(f"No rows.\n\nIts columns: {names}"), "-empty")
        else:
            self._show_grid(run)

    def show_header(self, run: StatementRun) -> None:
        """The line above: what is on show, how long it took, as whom, and its fate; the cursor on the right."""
        impersonates = not run.request.identity.is_login
        self.query_one(ResultHeader).show(run.state, self._shown(run), self._beside, impersonates=impersonates)

    def on_cursor_moved(self) -> None:
        """The line above tells of the column and of the number at the cursor, and how many rows a filter left."""
        if self.run is not None and self.grid.display:
            self.show_header(self.run)

    def _beside(self) -> list[str]:
        """What stands at the right edge of the line above, the longer wordings first."""
        if self.watched is not None:
            return self._watching()
        column = self.grid.column_words if self.grid.display else ""
        cursor = _cursor_words(self.run.cursor_age) if self.run is not None else ""
        return ["   ".join(part for part in (column, cursor) if part), cursor, cursor.removeprefix("cursor ")]

    def _watching(self) -> list[str]:
        """That the statement is repeated, and how the number at the cursor (or the first one) goes."""
        assert self.watched is not None
        grid, at = self.grid, None
        if grid.display and grid.cursor_column is not None and grid.row_count:
            at = (grid.source_row(grid.cursor_row), grid.cursor_column)
        return watching_words(self.watched, at, self.every)

    def show_failure(self, failure: Failure) -> None:
        """Show why nothing was sent."""
        self._show_notices((), 0)
        self._show_error(failure)
        self.query_one(ResultHeader).show_not_sent()

    def focus_rows(self) -> None:
        """Let keys go to the rows; where there are none, to the result as a whole."""
        (self.grid if self.grid.display else self).focus()

    def set_stale(self, stale: bool) -> None:
        """Dim the rows while nobody can say whether they still are what the server has, or has for this identity."""
        self.grid.set_stale(stale, "")

    def _shown(self, run: StatementRun) -> int | None:
        """How many rows a filter lets through; None without one."""
        grid = self.grid
        return grid.row_count if grid.display and grid.arranged is not None and grid.source is run.rows else None

    def _show_grid(self, run: StatementRun) -> None:
        grid = self.grid
        assert run.rows is not None
        if grid.source is not run.rows:
            if self.watched is not None and self.watched.runs > 1:
                grid.renew_source(run.rows, self.watched.changed_by_row())
            else:
                grid.set_source(run.rows)
            self._let_go_former()
        else:
            grid.rows_appended()
        grid.display = True
        self.can_focus = False
        if self.has_focus:
            grid.focus()
        words = self.query_one(ResultWords)
        failure = run.state.failure
        words.display = failure is not None
        if failure is not None:
            words.show_words(Content(safe_text(failure.sentence)))
            words.set_classes("-error -beside-rows")

    def _show_words(self, words: Content, tone: str) -> None:
        self._without_rows()
        self.query_one(ResultWords).show_words(words)
        self.query_one(ResultWords).set_classes(tone)

    def _show_error(self, failure: Failure, place: str = "", remedy: str = "") -> None:
        self._without_rows()
        self.query_one(ResultWords).show_error(failure, place, remedy)
        self.query_one(ResultWords).set_classes("-error")

    def _without_rows(self) -> None:
        self.can_focus = True
        if self.grid.has_focus:
            self.focus()
        self.grid.display = False
        if self._former is not None:
            self.grid.set_source(ListedRows((), ()))
            self._let_go_former()
        self.query_one(ResultWords).display = True

    def _show_notices(self, notices: Collection[Notice], count: int) -> None:
        """The newest of the `count` notices that there were."""
        strip = self.query_one("#result-notices", Static)
        strip.display = bool(notices)
        shown = [*notices][-NOTICES_SHOWN:]
        lines = [safe_text(notice.words[:1000])[:1000] for notice in shown]
        if count > NOTICES_SHOWN:
            lines[0] = f"… {count - NOTICES_SHOWN + 1:,} more"
        strip.update(Content("\n".join(lines)))


def _cursor_words(age: float | None) -> str:
    if age is None or age < 1:
        return ""
    return f"cursor open {age_words(max(int(age), 1) if age >= 10 else age)}"


def _working(run: StatementRun) -> Content:
    verb = "Cancelling…" if run.state.phase is Phase.CANCELLING else "Running"
    way_out = "The server has been asked to stop." if run.state.phase is Phase.CANCELLING else "ctrl+g cancels."
    how_far = f" · {run.progress.words}" if run.progress is not None else ""
    return Content(f"{verb} {duration_words(run.seconds)}{how_far}\n\n{way_out}")


def _ended_without_rows(state: RunState) -> str:
    if state.phase is Phase.CANCELLED:
        return f"Cancelled after {duration_words(state.seconds)}. The server has stopped; nothing was kept."
    return _plain_end(state)


def _plain_end(state: RunState) -> str:
    count = state.tag.removeprefix("SELECT ")
    if count != state.tag and count.isdigit():
        return f"{rows_words(int(count))} without columns, in {duration_words(state.seconds)}."
    if state.changed:
        return f"{state.tag} in {duration_words(state.seconds)}: {rows_words(state.changed)} changed."
    return f"{state.tag or 'Done'} in {duration_words(state.seconds)}. It returns no rows."
