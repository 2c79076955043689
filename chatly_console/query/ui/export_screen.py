"""Asks where the rows of a result go; the name of the file says in which format."""

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from chatly_console.core.text import safe_text
from chatly_console.query.export import format_of
from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.text_fields import TextField

_WRITES = {
    ".csv": "CSV", ".tsv": "TSV, as COPY writes it", ".json": "JSON, one array", ".jsonl": "JSON, a line a row",
    ".md": "a Markdown table", ".sql": "INSERT statements", ".txt": "a table of text",
}  # fmt: skip
_SUFFIXES = " ".join(_WRITES)


class ExportScreen(ModalScreen[Path | None]):
    """Closes with the path, or None. A file that is there is overwritten only after a second enter."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", id="export.close", tooltip="Write nothing"),
    ]

    def __init__(self, what: str, path: Path) -> None:
        super().__init__()
        self._what = what
        self._path = path
        self._warned: Path | None = None

    def compose(self) -> ComposeResult:
        """The question, the field, and what stands in the way."""
        with Vertical(id="export", classes="dialog wide"):
            yield words("Export to a file", "title")
            yield Static(Content(safe_text(self._what)), markup=False)
            yield TextField(str(self._path), compact=True, id="export-path")
            yield Static(_endings(str(self._path)), id="export-words", markup=False)
            yield key_row(("enter", "write"), ("esc", "close"))

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one("#export-words", Static).update(_endings(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        path = Path(event.value.strip()).expanduser()
        trouble = self._trouble(path)
        if trouble:
            self.query_one("#export-words", Static).update(Content(safe_text(trouble)))
            return
        self.dismiss(path)

    def _trouble(self, path: Path) -> str:
        if format_of(path) is None:
            return f"The end of the name says the format: {_SUFFIXES}"
        if path.is_dir() or not path.parent.is_dir():
            return f"{path} is a folder." if path.is_dir() else f"There is no folder {path.parent}."
        if path.exists() and self._warned != path:
            self._warned = path
            return f"{path.name} is there already; enter again overwrites it."
        return ""

    def action_close(self) -> None:
        """Write nothing."""
        self.dismiss(None)


def _endings(path: str) -> Content:
    """The endings that say a format, that of `path` marked, and what it writes."""
    chosen = Path(path.strip()).suffix.lower()
    marked = [Content.styled(ending, "bold $accent" if ending == chosen else "") for ending in _WRITES]
    return Content("  ").join([*marked, Content(f"→ {_WRITES[chosen]}" if chosen in _WRITES else "")])
