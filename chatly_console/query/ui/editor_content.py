"""What stands in the editor: its statements, what of it is selected, and which of them a run would send."""

from textual.document._document import Location

from chatly_console.core.sql import Script
from chatly_console.query.meta_commands import MetaCommand, command_on
from chatly_console.query.ui.colours import Span
from chatly_console.query.ui.editor_canvas import EditorCanvas
from chatly_console.query.ui.vi_keys import ViKeys


class EditorContent(EditorCanvas):
    """An editor's text with what is selected in it, by plain keys or by vi's; `SqlEditor` adds the keys."""

    vi: ViKeys | None = None
    """Vi keys, where the user wants them."""

    @property
    def extent(self) -> tuple[Location, Location] | None:
        """Where what is selected begins and ends, that place not with it; None where nothing is."""
        selected = self.vi.selected if self.vi is not None else None
        if self.vi is not None and selected is not None:
            return selected.places(self.vi.text)
        if self.selection.is_empty:
            return None
        start, end = sorted(self.selection)
        return start, end

    @property
    def chosen_text(self) -> str:
        """What is selected; of a block what is in it, line by line."""
        selected = self.vi.selected if self.vi is not None else None
        if self.vi is not None and selected is not None:
            return selected.written(self.vi.text)
        return self.selected_text

    def _text_replaced(self) -> None:
        if self.vi is not None:
            self.vi.forget_text()

    def _spans(self, line: int) -> list[Span]:
        spans = super()._spans(line)
        return [*spans, *self.vi.marked_in(line)] if self.vi is not None else spans

    def chosen(self) -> list[tuple[int, str]]:
        """What a run would send: offset and text of the selected statements, or of the one at the cursor."""
        if self.extent is not None:
            start, end = self.extent
            offset = self.sql_document.get_index_from_location(start)
            text = self.document.get_text_range(start, end)
            return [(offset + s.start, text[s.start : s.end]) for s in Script(text)]
        statement = self.statement_at_cursor()
        return [] if statement is None else [(statement.start, self.text[statement.start : statement.end])]

    def all_statements(self) -> list[tuple[int, str]]:
        """Offset and text of every statement of the buffer."""
        text = self.text
        return [(statement.start, text[statement.start : statement.end]) for statement in self.current_script()]

    def chosen_offsets(self) -> tuple[int, int]:
        """Where what is selected begins and ends, or the statement at the cursor, or the whole text."""
        if self.extent is not None:
            return self.offsets_of(*self.extent)
        statement = self.statement_at_cursor()
        return (0, len(self.text)) if statement is None else (statement.start, statement.end)

    def offsets_of(self, start: Location, end: Location) -> tuple[int, int]:
        """Two places as character offsets."""
        return self.sql_document.get_index_from_location(start), self.sql_document.get_index_from_location(end)

    def replace_offsets(self, start: int, end: int, text: str) -> None:
        """Put `text` in the place of these characters, to be undone as one."""
        location = self.sql_document.get_location_from_index
        self.replace(text, location(start), location(end), maintain_selection_offset=False)
        self.show_offset(start)

    def command_at_cursor(self) -> MetaCommand | None:
        """The backslash command that stands on the cursor's line; None where something is selected."""
        line = self.document.get_line(self.cursor_location[0])
        if self.extent is not None or not line.lstrip().startswith("\\"):
            return None
        statement = self.statement_at_cursor()
        offset = self.cursor_offset
        inside = statement is not None and statement.start < offset - self.cursor_location[1] < statement.end
        return None if inside else command_on(line)

    def statement_before_cursor(self) -> list[tuple[int, str]]:
        """Offset and text of the statement that ends before the cursor's line, as `chosen` has them."""
        line = self.sql_document.line_start(self.cursor_location[0])
        before = [statement for statement in self.current_script() if statement.end <= line]
        return [(s.start, self.text[s.start : s.end]) for s in before[-1:]]
