"""The editor's text, kept so that an edit of one line costs one line, however long the text is.

Textual's own document measures every line at each edit and joins all of them to answer for its text, and it takes form
feeds and Unicode separators for line ends, which would change what is sent to the server.
"""

from bisect import bisect_right
from itertools import accumulate
from typing import cast

from textual._cells import cell_width_to_column_index
from textual.document._document import Document, DocumentBase, EditResult, Location
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import expand_tabs_inline, get_tab_widths
from textual.geometry import Offset, Size

from chatly_console.core.text import cell_width

_TAB = 4


class SqlDocument(Document):
    """A document whose lines end at a line feed (or CR LF) only, with its text, widths and offsets remembered."""

    def __init__(self, text: str) -> None:
        super().__init__("")
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._lines = _lines_of(text)
        self._widths = [_width(line) for line in self._lines]
        self._text: str | None = None
        self._starts: list[int] | None = None
        self.version = 0

    @property
    def text(self) -> str:
        """The whole text."""
        if self._text is None:
            self._text = self._newline.join(self._lines)
        return self._text

    def get_size(self, tab_width: int) -> Size:
        """The widest line and the number of lines."""
        return Size(max(self._widths, default=0), len(self._lines))

    def replace_range(self, start: Location, end: Location, text: str) -> EditResult:
        """Put `text` in the place of what is between two locations; the only way by which the text changes."""
        (top, top_column), (bottom, bottom_column) = sorted((start, end))
        replaced = self.get_text_range(start, end)
        before = self._lines[top][:top_column] if top < len(self._lines) else ""
        after = self._lines[bottom][bottom_column:] if bottom < len(self._lines) else ""
        inserted = _lines_of(text)
        inserted[0] = before + inserted[0]
        end_column = len(inserted[-1])
        inserted[-1] += after
        self._lines[top : bottom + 1] = inserted
        self._widths[top : bottom + 1] = [_width(line) for line in inserted]
        self._text = self._starts = None
        self.version += 1
        return EditResult((top + len(inserted) - 1, end_column), replaced)

    def get_text_range(self, start: Location, end: Location) -> str:
        """The text between two locations."""
        (top, top_column), (bottom, bottom_column) = sorted((start, end))
        lines = self._lines[top : bottom + 1]
        if not lines:
            return ""
        if bottom < len(self._lines):
            lines[-1] = lines[-1][:bottom_column]
        lines[0] = lines[0][top_column:]
        return self._newline.join(lines)

    def line_start(self, line: int) -> int:
        """The character offset at which a line (or the end of the text) begins."""
        return self._line_starts()[line]

    def get_index_from_location(self, location: Location) -> int:
        """The character offset of a location."""
        line, column = location
        return self._line_starts()[line] + column

    def get_location_from_index(self, index: int) -> Location:
        """The location of a character offset; one outside of the text is taken for its nearest end."""
        starts = self._line_starts()
        line = min(max(bisect_right(starts, index) - 1, 0), len(self._lines) - 1)
        return line, min(max(index - starts[line], 0), len(self._lines[line]))

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            ends = map(len(self._newline).__add__, map(len, self._lines))
            self._starts = list(accumulate(ends, initial=0))
        return self._starts


class _OneRowEach(list[tuple[int, int]]):
    """Row by row, the line that is drawn there and which part of it: each line is one row."""

    def __init__(self, document: DocumentBase) -> None:
        super().__init__()
        self._document = document

    def __getitem__(self, row: int) -> tuple[int, int]:  # type: ignore[override]
        if not 0 <= row < self._document.line_count:
            raise IndexError(row)
        return row, 0


class UnwrappedDocument(WrappedDocument):
    """Lines as they are: the editor does not wrap them, so nothing is kept for each of them, nor moved by an edit."""

    def __init__(self, document: DocumentBase, width: int = 0, tab_width: int = 4) -> None:
        super().__init__(document, 0, tab_width)
        self._offset_to_line_info = _OneRowEach(document)

    @property
    def height(self) -> int:
        """The number of lines."""
        return self.document.line_count

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Take another width of tabs."""
        self._tab_width = tab_width or self._tab_width

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Nothing is kept that an edit would change."""

    def offset_to_location(self, offset: Offset) -> Location:
        """The place in the text that is drawn there."""
        line = min(max(offset.y, 0), self.document.line_count - 1)
        return line, cell_width_to_column_index(self.document.get_line(line), max(offset.x, 0), self._tab_width)

    def location_to_offset(self, location: Location) -> Offset:
        """Where a place of the text is drawn."""
        line = min(max(location[0], 0), self.document.line_count - 1)
        before = self.document.get_line(line)[: location[1]]
        return Offset(cell_width(expand_tabs_inline(before, self._tab_width)), line)

    def get_sections(self, line_index: int) -> list[str]:
        """The line, whole."""
        return [self.document.get_line(line_index)]

    def get_offsets(self, line_index: int) -> list[int]:
        """It is wrapped nowhere."""
        if not 0 <= line_index < self.document.line_count:
            raise ValueError(f"There is no line {line_index}.")
        return []

    def get_tab_widths(self, line_index: int) -> list[int]:
        """The cells of each of its tabs."""
        return [width for _, width in get_tab_widths(self.document.get_line(line_index), self._tab_width)]


def _lines_of(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def _width(line: str) -> int:
    return cell_width(line.expandtabs(_TAB) if "\t" in line else line)


def as_sql_document(document: object) -> SqlDocument:
    """`document` for the type checker: the editor never holds another kind."""
    return cast(SqlDocument, document)
