"""The editor's text on the screen: its colours, the marks of the statement at the cursor and of an error."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.cache import LRUCache
from textual.document._document import Location, Selection
from textual.document._document_navigator import DocumentNavigator
from textual.strip import Strip
from textual.widgets import TextArea

from chatly_console.core.sql import Script, Statement
from chatly_console.core.text import safe_characters
from chatly_console.query.ui.colours import COLOUR_CLASSES, LineColours, Span
from chatly_console.query.ui.sql_document import SqlDocument, UnwrappedDocument, as_sql_document

_UNDONE = 500
"""Steps that can be undone."""
_BRACKET_REACH = 20_000
"""Characters that are looked through for a matching bracket, so that one without a match costs nothing."""


class EditorCanvas(TextArea):
    """A text area that knows its statements; `SqlEditor` adds the keys."""

    COMPONENT_CLASSES: ClassVar[set[str]] = TextArea.COMPONENT_CLASSES | COLOUR_CLASSES

    def __init__(self, text: str = "", *, id: str | None = None) -> None:
        self.script = Script("")
        self._script_version = -1
        self._marked: Statement | None = None
        self._error: tuple[int, int] | None = None
        self._colours = LineColours()
        self._drawn: LRUCache[object, Strip] = LRUCache(512)
        super().__init__(
            text, soft_wrap=False, tab_behavior="indent", show_line_numbers=True, max_checkpoints=_UNDONE, id=id
        )
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
        script = self.current_script()
        index = script.index_at(self.cursor_offset)
        return None if index is None else script[index]

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
        self.refresh()

    # How it is drawn

    def _set_document(self, text: str, language: str | None) -> None:
        """Hold the text in our own document, which is quick with long texts."""
        self.document = SqlDocument(text)
        self.wrapped_document = UnwrappedDocument(self.document, tab_width=self.indent_width)
        self.navigator = DocumentNavigator(self.wrapped_document)
        self._script_version = -1
        self._error = None
        self._text_replaced()
        self._build_highlight_map()
        self.move_cursor((0, 0))
        self._rewrap_and_refresh_virtual_size()

    def _text_replaced(self) -> None:
        """Another text is held: what was remembered of the old one is of no use."""

    def _build_highlight_map(self) -> None:
        """After each edit: the mark of an error is old. (Textual's own colours, by tree-sitter, are not used.)"""
        self._error = None

    def current_script(self) -> Script:
        """The statements of the text as it stands."""
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
                self.refresh()

    def find_matching_bracket(self, bracket: str, search_from: Location) -> Location | None:
        """The bracket that belongs to this one, if it is not far."""
        return super().find_matching_bracket(bracket, search_from) if len(self.text) < _BRACKET_REACH else None

    def get_line(self, line_index: int) -> Text:
        """A line with its colours; Textual adds selection and cursor."""
        text = Text(safe_characters(self.sql_document.get_line(line_index)), end="", no_wrap=True)
        spans = self._spans(line_index)
        if any(end > len(text) for _, end, name in spans if name == "text-area--selection"):
            text.append(" ")  # the end of the line is selected with it
        for start, end, name in spans:
            text.stylize(self._style(name), start, end)
        return text

    def _spans(self, line: int) -> list[Span]:
        document = self.sql_document
        spans = self._colours.of_line(document, self.current_script(), line, self.size.height)
        if self._error is None:
            return spans
        start, end = (offset - document.line_start(line) for offset in self._error)
        length = len(document.get_line(line))
        if start > length or end <= 0:
            return spans
        return [*spans, (max(start, 0), min(end, max(length, 1)), "sql--error")]

    def render_line(self, y: int) -> Strip:
        """A line as it was drawn before, if it says the same: a key redraws what it changes and nothing else."""
        line = y + self.scroll_offset.y
        if line >= self.document.line_count:
            return Strip.blank(self.size.width, self.rich_style)
        key = (
            self.sql_document.get_line(line), tuple(self._spans(line)), line, self._gutter_mark(line),
            self._drawn_of_selection(line), self.size.width, self.scroll_offset.x,
            max(self.virtual_size.width, self.size.width),
            self.gutter_width, self.has_focus, self.highlight_cursor_line,
        )  # fmt: skip
        if (strip := self._drawn.get(key)) is None:
            strip = self._drawn[key] = self._render_line(y)
        return strip

    def _drawn_of_selection(self, line: int) -> object:
        """What of selection, cursor and matching brackets is seen in this line."""
        start, end = self.selection
        selected = min(start[0], end[0]) <= line <= max(start[0], end[0])
        bracket = self._matching_bracket_location
        matched = bracket if bracket is not None and line in (bracket[0], end[0]) else None
        return (self.selection if selected else None, matched, self._draw_cursor if selected else None)

    def notify_style_update(self) -> None:
        """A theme or style changed: draw everything anew."""
        self._drawn.clear()
        super().notify_style_update()

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
