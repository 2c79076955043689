"""The results below the editor: one tab a statement, the newest on show, those of earlier runs beside it."""

from collections.abc import Iterator
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from chatly_console.core.failure import Failure
from chatly_console.core.text import cell_width, safe_text
from chatly_console.query.place import Place
from chatly_console.query.run import Phase
from chatly_console.query.service import StatementRun
from chatly_console.query.ui.names_in_sight import names_in_sight
from chatly_console.query.ui.results import ResultView

KEPT = 20
"""Tabs at most; the oldest that is not pinned goes first."""
OPEN_CURSORS = 2
"""Results whose cursor stays open for more rows; each holds a connection of the pool."""


class TabStrip(Static):
    """The tabs' names on one line, seen where there is more than one."""

    @dataclass
    class Chosen(Message):
        """The user has clicked on a tab."""

        index: int

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._ends: list[int] = []
        self._first = 0

    def show(self, views: list[ResultView], active: ResultView, width: int) -> None:
        """Show these tabs in `width` cells, the active one marked and always in sight."""
        self.display = len(views) > 1
        names = [_name(number, view) for number, view in enumerate(views, 1)]
        at = views.index(active)
        self._first = names_in_sight([cell_width(name) + 2 for name in names], at, width - 4).start
        parts = [Content.styled(f"‹{self._first} ", "$muted")] if self._first else []
        self._ends, used = [], parts[0].cell_length if parts else 0
        for number, name in enumerate(names[self._first :], self._first):
            style = "bold $accent" if number == at else "$muted"
            parts.append(Content.styled(f"{'▎' if number == at else ' '}{name} ", style))
            used += parts[-1].cell_length
            self._ends.append(used)
        self.update(Content("").join(parts))

    def on_click(self, event: events.Click) -> None:
        """Show the tab under the pointer."""
        at = next((number for number, end in enumerate(self._ends) if event.x < end), None)
        if at is not None:
            self.post_message(self.Chosen(self._first + at))


def _name(number: int, view: ResultView) -> str:
    state = view.run.state if view.run is not None else None
    mark = ""
    if state is not None:
        mark = {Phase.FAILED: " ✗", Phase.CANCELLED: " ⊘"}.get(state.phase, " …" if state.is_working else "")
    return f"{number} {safe_text(view.title)}{mark}{' ⌖' if view.pinned else ''}"


class ResultTabs(Vertical):
    """Holds a view for each result. The views show runs; the runs belong to whoever started them."""

    BINDING_GROUP_TITLE = "Results"
    BINDINGS = [
        Binding("right_square_bracket", "step(1)", "next result", show=False, key_display="]", id="result.next",
                tooltip="The result of the next tab"),
        Binding("left_square_bracket", "step(-1)", "previous result", show=False, key_display="[",
                id="result.previous", tooltip="The result of the tab before"),
        Binding("backspace", "back", "back", id="result.back", tooltip="Back to the rows from which this was followed"),
        Binding("e", "verb('edit')", "edit", id="result.edit", tooltip="Change the value at the cursor"),
        Binding("A", "verb('add')", "add a row", show=False, id="result.add",
                tooltip="Add a row to the table of this result"),
        Binding("D", "verb('delete')", "delete the row", show=False, id="result.delete",
                tooltip="Delete the row at the cursor"),
        Binding("R", "verb('incoming')", "rows that point here", show=False, id="result.incoming",
                tooltip="The rows of other tables that point to this one"),
        Binding("w", "verb('watch')", "watch", show=False, id="result.watch",
                tooltip="Repeat the statement and mark what changes; again stops"),
        Binding("b", "verb('chart')", "chart", show=False, id="result.chart",
                tooltip="Draw the numbers of this result: lines over time, else bars"),
        Binding("p", "pin", "pin", show=False, id="result.pin", tooltip="Keep this result, or let it go"),
        Binding("X", "close", "close result", show=False, id="result.close", tooltip="Throw this result away"),
    ]  # fmt: skip

    @dataclass
    class VerbAsked(Message):
        """The user wants something done with the result on show."""

        verb: str

    def __init__(self) -> None:
        super().__init__()
        self.views: list[ResultView] = [ResultView()]
        self.active = self.views[0]

    def compose(self) -> ComposeResult:
        """The names, and the first view."""
        yield TabStrip()
        yield self.active

    def on_mount(self) -> None:
        """Begin."""
        self.show_names()

    def __iter__(self) -> Iterator[ResultView]:
        return iter(self.views)

    @property
    def runs(self) -> list[StatementRun]:
        """All runs that are on show."""
        return [view.run for view in self.views if view.run is not None]

    async def open(self, run: StatementRun, place: Place, title: str) -> ResultView:
        """A view for this run: that of the same statement before, an empty one, or a new one."""
        view = await self._view_for(place, title)
        await view.take(run)
        await self._give_up_old()
        return view

    async def open_failure(self, failure: Failure, place: Place, title: str) -> None:
        """A view that says why a statement was not sent."""
        view = await self._view_for(place, title)
        await view.take(None)
        view.show_failure(failure)

    async def _view_for(self, place: Place, title: str) -> ResultView:
        view = self._reusable(place)
        if view is None:
            view = ResultView()
            self.views.append(view)
            await self.mount(view)
        view.place, view.title = place, title
        self.show(view)
        return view

    def _reusable(self, place: Place) -> ResultView | None:
        last = self.views[-1]
        if place.file and last.place is not None and last.place.file and last.is_spent and not last.pinned:
            return last  # a script may have thousands of statements, and most return nothing to look at
        for view in self.views:
            if view.run is None and view.place is None:
                return view
            same = view.place is not None and (view.place.buffer, view.place.sql) == (place.buffer, place.sql)
            if same and not view.pinned and not view.in_use:
                return view
        return None

    async def _give_up_old(self) -> None:
        """Close the cursors of older results, and throw away what is too much."""
        loose = [view for view in self.views if not (view.pinned or view.in_use or view is self.active)]
        for view in loose[: max(0, len(self.views) - KEPT)]:
            await self._remove(view)
        idle = [view.run for view in self.views if view.run is not None and not view.in_use]
        held = [run for run in idle if run.state.phase is Phase.OPEN]
        for run in held[: max(0, len(held) - OPEN_CURSORS + 1)]:
            await run.close()

    async def _remove(self, view: ResultView) -> None:
        self.views.remove(view)
        await view.take(None)
        await view.remove()

    def show(self, view: ResultView) -> None:
        """Put this view on show."""
        had_focus = self.active.has_focus_within
        self.active = view
        view.display = True
        if had_focus:
            view.focus_rows()
        for other in self.views:
            other.display = other is view
        self.show_names()

    def show_names(self) -> None:
        """Bring the names up to date."""
        self.query_one(TabStrip).show(self.views, self.active, self.size.width)

    def view_of(self, run: StatementRun) -> ResultView | None:
        """The view that shows this run."""
        return next((view for view in self.views if view.run is run), None)

    def on_resize(self) -> None:
        """More or fewer names have room."""
        self.show_names()

    def on_tab_strip_chosen(self, event: TabStrip.Chosen) -> None:
        """Show the tab that was clicked on."""
        event.stop()
        self.show(self.views[event.index])

    def action_step(self, by: int) -> None:
        """Show the tab beside this one."""
        self.show(self.views[(self.views.index(self.active) + by) % len(self.views)])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Back leads only from where one has come, and only rows can be edited."""
        if (action, parameters) == ("verb", ("edit",)):
            return self.active.grid.display
        return self.active.came_from in self.views if action == "back" else True

    def action_verb(self, verb: str) -> None:
        """Ask the pane to do something with the result on show."""
        self.post_message(self.VerbAsked(verb))

    async def action_back(self) -> None:
        """Show the rows from which this result was followed, and let go of it unless it is pinned."""
        view, before = self.active, self.active.came_from
        if before is None or before not in self.views:
            return
        self.show(before)
        if not view.pinned:
            await self._remove(view)
            self.show_names()

    def action_pin(self) -> None:
        """Keep this result, or let it go."""
        self.active.pinned = not self.active.pinned
        self.show_names()

    async def action_close(self) -> None:
        """Throw this result away; the last one leaves an empty place."""
        view, at = self.active, self.views.index(self.active)
        if len(self.views) == 1:
            await view.take(None)
            view.clear()
            self.show_names()
            return
        self.show(self.views[at - 1 if at else 1])
        await self._remove(view)
        self.show_names()
