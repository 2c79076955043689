"""A card beside the cursor with the definition of what is under it."""

from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Offset
from textual.screen import ModalScreen
from textual.widgets import Static

from chatly_console.core.catalogue import Relation
from chatly_console.core.completion import Pointed
from chatly_console.core.failure import Failure
from chatly_console.core.text import safe_text
from chatly_console.schema.service import look_at
from chatly_console.schema.subject import Subject
from chatly_console.server.database import Database
from chatly_console.server.shared_catalogue import SharedCatalogue
from chatly_console.shell.grid.copying import copy_text
from chatly_console.shell.grid.line_view import LineView
from chatly_console.shell.sql_lines import sql_lines

_WIDEST, _TALLEST = 100, 22
_AROUND = 2
"""Lines of the card that are always there: the name, and the keys."""


class HoverCard(ModalScreen[bool]):
    """Says what a name means; ends with True where the user wants to go there."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,K,alt+k", "close", "Close", id="hover.close", tooltip="Back to the text"),
        Binding("enter,d", "go", "Open in Schema", id="hover.go", tooltip="Show it in the Schema pane",
                priority=True),  # enter would fold a line of the definition
        Binding("y", "copy", "Copy", id="hover.copy", tooltip="Copy the definition"),
    ]  # fmt: skip
    DEFAULT_CSS = """
    HoverCard {
        & > Vertical { background: $panel; padding: 0 1; height: auto; border-left: outer $accent; }
        & Static { height: auto; width: 1fr; background: $panel; color: $foreground; }
        & .keys { color: $muted; }
        & LineView { background: $panel; height: 1; }
    }
    """

    def __init__(self, pointed: Pointed, database: Database | None, cursor: Offset) -> None:
        super().__init__()
        self._pointed, self._database, self._cursor = pointed, database, cursor
        self._sql = ""

    def compose(self) -> ComposeResult:
        """What it is, in a line or two; its definition; the keys."""
        with Vertical():
            yield Static(_headline(self._pointed), id="hover-title")
            yield Static("", id="hover-about")
            yield LineView()
            yield Static(Content("enter open in Schema   y copy   esc back"), classes="keys")

    def on_mount(self) -> None:
        """Read it."""
        self.styles.align = ("left", "top")  # here, since the rules of all dialogs outweigh those of one
        self.styles.background = "transparent"
        self.query_one("#hover-about").display = False
        self.query_one(LineView).display = False
        self._place(3)
        self._read()

    @work(exclusive=True)
    async def _read(self) -> None:
        found, database = self._pointed.object, self._database
        if found is None or database is None:
            return
        try:
            catalogue = await SharedCatalogue.of(database).get()
            subject = await look_at(database, catalogue, found)
        except Failure as failure:
            self._say(failure.sentence)
            return
        self._show(subject)

    def _show(self, subject: Subject) -> None:
        facts = " · ".join(safe_text(fact) for fact in (subject.kind, *subject.facts) if fact)
        about = [facts]
        column = self._column_comment(subject)
        about += [safe_text(text, one_line=False) for text in (column, subject.comment) if text]
        if subject.failure is not None:
            about.append(f"▲ {safe_text(subject.failure.sentence)}")
        if len(self._pointed.overloads) > 1:
            about.append(
                f"{len(self._pointed.overloads)} functions have this name; this is the first on the search path"
            )
        self._say("\n".join(about))
        self._sql = subject.sql
        lines = sql_lines(subject.sql.rstrip("\n")) if subject.sql else []
        view = self.query_one(LineView)
        view.display = bool(lines)
        view.set_lines(lines)
        height = max(min(len(lines), 3), min(len(lines), _TALLEST, self._room - len(about) - _AROUND))
        view.styles.height = height
        self._place(height + len(about) + _AROUND)
        view.focus()

    def _column_comment(self, subject: Subject) -> str:
        if not self._pointed.column or subject.details is None:
            return ""
        column = next((c for c in subject.details.columns if c.name == self._pointed.column), None)
        if column is None:
            return ""
        null = "not null" if column.not_null else "may be null"
        return " · ".join(text for text in (column.type, null, column.origin, column.comment) if text)

    def _say(self, words: str) -> None:
        about = self.query_one("#hover-about", Static)
        about.display = True
        about.update(Content.styled(words, "$muted"))

    @property
    def _room(self) -> int:
        """The lines below the cursor's, or those above it where there are more."""
        return max(self.app.size.height - self._cursor.y - 2, self._cursor.y)

    def _place(self, height: int) -> None:
        """Beside the cursor: below it if there is room, else above, and never outside of the screen."""
        card = self.query_one(Vertical)
        width = min(_WIDEST, self.app.size.width - 2)
        card.styles.width = width
        x = max(0, min(self._cursor.x - 2, self.app.size.width - width))
        below = self._cursor.y + 1
        fits = below + height <= self.app.size.height - 1
        card.styles.offset = (x, below if fits else max(0, self._cursor.y - height))

    def action_close(self) -> None:
        """Back to the text."""
        self.dismiss(False)

    def action_go(self) -> None:
        """Go to the definition."""
        self.dismiss(True)

    def action_copy(self) -> None:
        """Copy the definition."""
        if self._sql:
            copy_text(self, self._sql, "the definition")


def _headline(pointed: Pointed) -> Content:
    found = pointed.object
    if found is None:
        return Content.assemble((safe_text(pointed.name), "bold"), ("  made in this statement", "$muted"))
    name = found.quoted
    if pointed.column and isinstance(found, Relation):
        name = f"{found.quoted}.{pointed.column}"
    return Content.assemble(
        (safe_text(name), "bold"), (f"  {safe_text(pointed.type)}" if pointed.column else "", "$muted")
    )
