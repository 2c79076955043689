"""The SQL editor: colours, the statement under the cursor, the place of an error, and the keys that edit."""

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.document._document import Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.document._wrapped_document import WrappedDocument
from textual.message import Message
from textual.strip import Strip
from textual.widgets import TextArea

from chatly_console.core.sql import Script, Statement
from chatly_console.query.comments import toggle_comments
from chatly_console.query.ui.colours import COLOUR_CLASSES, LineColours, shown
from chatly_console.query.ui.sql_document import SqlDocument, as_sql_document
from chatly_console.shell.grid.copying import copy_text

_BRACKET_REACH = 20_000
"""Characters that are looked through for a matching bracket, so that one without a match costs nothing."""


class SqlEditor(TextArea):
    """The editor of the Query pane. It knows its statements, and nothing of servers."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TextArea.COMPONENT_CLASSES | COLOUR_CLASSES
    BINDING_GROUP_TITLE = "Editor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+enter", "run", "Run", show=False, id="editor.run",
                tooltip="Run the selection, or the statement at the cursor"),
        Binding("ctrl+slash,ctrl+underscore", "toggle_comment", "Comment", show=False, id="editor.comment",
                tooltip="Comment the selected lines out, or in again"),
        Binding("ctrl+up", "recall(1)", "Older", show=False, id="editor.older", tooltip="The statement run before"),
        Binding("ctrl+down", "recall(-1)", "Newer", show=False, id="editor.newer", tooltip="The statement run after"),
        Binding("ctrl+f", "find", "Find", show=False, id="editor.find", tooltip="Find and replace in the text"),
        Binding("escape", "leave", "To the result", show=False, id="editor.leave", tooltip="Go to the result"),
    ]  # fmt: skip

    @dataclass
    class RunAsked(Message):
        """The user wants to run what is selected, or the statement at the cursor."""

        editor: "SqlEditor"

    @dataclass
    class Left(Message):
        """The user wants to go to the result."""

    @dataclass
    class FindAsked(Message):
        """The user wants to find something in the text."""

    @dataclass
    class RecallAsked(Message):
        """The user wants an older (1) or newer (-1) statement of the history."""

        step: int

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        self.script = Script("")
        self._script_version = -1
        self._marked: Statement | None = None
        self._error: tuple[int, int] | None = None
        self._colours = LineColours()
        super().__init__(text, soft_wrap=False, tab_behavior="indent", show_line_numbers=True, id=id)
        self.cursor_blink = False

    # What stands in the editor

    @property
    def sql_document(self) -> SqlDocument:
        """The document, as the kind that it is."""
        return as_sql_document(self.document)

    @property
    def cursor_offset(self) -> int:
        """The cursor as a character offset of the text."""
        return self.sql_document.get_index_from_location(self.cursor_location)

    def statement_at_cursor(self) -> Statement | None:
        """The statement that the cursor means."""
        script = self._current_script()
        index = script.index_at(self.cursor_offset)
        return None if index is None else script[index]

    def chosen(self) -> list[tuple[int, str]]:
        """What a run would send: offset and text of the selected statements, or of the one at the cursor."""
        if not self.selection.is_empty:
            start, end = sorted(self.selection)
            offset = self.sql_document.get_index_from_location(start)
            text = self.document.get_text_range(start, end)
            return [(offset + s.start, text[s.start : s.end]) for s in Script(text)]
        statement = self.statement_at_cursor()
        return [] if statement is None else [(statement.start, self.text[statement.start : statement.end])]

    def show_offset(self, offset: int) -> None:
        """Put the cursor on a character of the text."""
        self.move_cursor(self.sql_document.get_location_from_index(offset))

    def select_offsets(self, start: int, end: int) -> None:
        """Select the characters from `start` to `end`."""
        place = self.sql_document.get_location_from_index
        self.selection = Selection(place(start), place(end))

    def mark_error(self, offset: int | None, length: int = 1) -> None:
        """Mark the place of an error and put the cursor there; None takes the mark away."""
        if offset is None and self._error is None:
            return
        self._error = None if offset is None else (offset, offset + max(length, 1))
        if offset is not None:
            self.show_offset(offset)
        self._redraw()

    # Keys

    def action_run(self) -> None:
        """Ask for a run."""
        self.post_message(self.RunAsked(self))

    def action_leave(self) -> None:
        """Ask to go to the result."""
        self.post_message(self.Left())

    def action_find(self) -> None:
        """Ask for the find bar."""
        self.post_message(self.FindAsked())

    def action_recall(self, step: int) -> None:
        """Ask for another statement of the history."""
        self.post_message(self.RecallAsked(step))

    def action_copy(self) -> None:
        """Copy the selection, or the statement at the cursor."""
        chosen = self.selected_text or "".join(sql for _, sql in self.chosen())
        if chosen:
            copy_text(self, chosen, "the selection" if self.selected_text else "the statement")

    def action_toggle_comment(self) -> None:
        """Comment the selected lines (or the cursor's) out, or in again if all of them are."""
        (top, _), (bottom, bottom_column) = sorted(self.selection)
        if bottom > top and bottom_column == 0:
            bottom -= 1
        lines = [self.document.get_line(line) for line in range(top, bottom + 1)]
        column = self.cursor_location[1]
        end = (bottom, len(lines[-1]))
        self.replace("\n".join(toggle_comments(lines)), (top, 0), end, maintain_selection_offset=False)
        if top == bottom:
            self.move_cursor((top, min(column, len(self.document.get_line(top)))))
        else:
            self.selection = Selection((top, 0), (bottom, len(self.document.get_line(bottom))))

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.action_leave()
            return
        if event.key == "ctrl+j":
            # a pasted line feed, where the terminal does not bracket what is pasted: it must neither run nor vanish
            event.stop()
            event.prevent_default()
            self._replace_via_keyboard("\n", *self.selection)
            return
        if event.key == "enter" and self.selection.is_empty:
            event.stop()
            event.prevent_default()
            line = self.document.get_line(self.cursor_location[0])[: self.cursor_location[1]]
            self.insert("\n" + line[: len(line) - len(line.lstrip(" \t"))])
            return
        await super()._on_key(event)

    # How it is drawn

    def _set_document(self, text: str, language: str | None) -> None:
        """Hold the text in our own document, which is quick with long texts."""
        self.document = SqlDocument(text)
        self.wrapped_document = WrappedDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._script_version = -1
        self._error = None
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _build_highlight_map(self) -> None:
        """After each edit: what was drawn is old. (Textual's own colours, by tree-sitter, are not used.)"""
        self._line_cache.clear()
        self._error = None

    def _current_script(self) -> Script:
        version = self.sql_document.version
        if version != self._script_version:
            self.script.update(self.text)
            self._script_version = version
        return self.script

    def _watch_selection(self, previous_selection: Selection, selection: Selection) -> None:
        super()._watch_selection(previous_selection, selection)
        if self.is_mounted:
            marked = self.statement_at_cursor()
            if marked != self._marked:
                self._marked = marked
                self._redraw()

    def _redraw(self) -> None:
        self._line_cache.clear()
        self.refresh()

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """The bracket that belongs to this one, if it is not far."""
        return super().find_matching_bracket(bracket, search_from) if len(self.text) < _BRACKET_REACH else None

    def get_line(self, line_index: int) -> Text:
        """A line with its colours; Textual adds selection and cursor."""
        document = self.sql_document
        text = Text(shown(document.get_line(line_index)), end="", no_wrap=True)
        spans = self._colours.of_line(document, self._current_script(), line_index, self.size.height)
        for start, end, name in spans:
            text.stylize(self._style(name), start, end)
        self._mark_error_in(text, document.line_start(line_index))
        return text

    def _mark_error_in(self, text: Text, line_start: int) -> None:
        if self._error is not None:
            start, end = (offset - line_start for offset in self._error)
            if start <= len(text) and end > 0:
                text.stylize(self._style("sql--error"), max(start, 0), end)

    def get_component_rich_style(self, *names: str, partial: bool = False, default: Style | None = None) -> Style:
        """As it is, save that the cursor's line keeps the colours of its words."""
        partial = partial or names == ("text-area--cursor-line",)
        return super().get_component_rich_style(*names, partial=partial, default=default)

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(name, partial=True)

    def _render_line(self, y: int) -> Strip:
        """A line with the mark of its statement or error between its number and its text."""
        strip = super()._render_line(y)
        line = y + self.scroll_offset.y
        if line >= self.document.line_count:
            return strip
        mark = self._gutter_mark(line)
        if mark is None:
            return strip
        character, name = mark
        at = self.gutter_width - 2
        style = self.rich_style + self._style(name)
        return Strip.join([strip.crop(0, at), Strip([Segment(character, style)], 1), strip.crop(at + 1)])

    def _gutter_mark(self, line: int) -> tuple[str, str] | None:
        document = self.sql_document
        start, end = document.line_start(line), document.line_start(line + 1)
        if self._error is not None and start <= self._error[0] < end:
            return "✗", "sql--error-mark"
        if self._marked is not None and start <= self._marked.code < end:
            return "▸", "sql--statement-mark"
        return None
