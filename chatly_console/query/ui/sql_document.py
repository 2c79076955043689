"""The editor's text, kept so that an edit of one line costs one line, however long the text is.

Textual's own document measures every line at each edit and joins all of them to answer for its text, and it takes form
feeds and Unicode separators for line ends, which would change what is sent to the server.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import Any, cast

from textual.document._document import Document, DocumentBase, EditResult, Location
from textual.document._wrapped_document import WrappedDocument
from textual.expand_tabs import get_tab_widths
from textual.geometry import Size

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


class UnwrappedDocument(WrappedDocument):
    """Lines as they are: the editor does not wrap them, so what Textual keeps of each line is said when it is asked.

    To work it out for every line that changed, and to shift it for every line below, took longer than the change.
    """

    @property
    def height(self) -> int:
        """The number of lines."""
        return self.document.line_count

    def wrap(self, width: int, tab_width: int | None = None) -> None:
        """Nothing but the width of a tab is remembered."""
        self._tab_width = tab_width or self._tab_width
        unwrapped: dict[str, Callable[[int], object]] = {
            "_wrap_offsets": lambda line: [],
            "_line_index_to_offsets": lambda line: [line],
            "_offset_to_line_info": lambda line: (line, 0),
            "_tab_width_cache": self._tab_widths,
        }
        for name, of_line in unwrapped.items():
            setattr(self, name, _OfEachLine(self.document, of_line))

    def wrap_range(self, start: Location, old_end: Location, new_end: Location) -> None:
        """Nothing is kept that an edit could change."""

    def _tab_widths(self, line: int) -> list[int]:
        return [width for _, width in get_tab_widths(self.document.get_line(line), self._tab_width)]


class _OfEachLine(Sequence[object]):
    """What there is to say of each line, worked out for the one that is asked for."""

    def __init__(self, document: DocumentBase, of_line: Callable[[int], object]) -> None:
        self._document, self._of_line = document, of_line

    def __len__(self) -> int:
        return self._document.line_count

    def __getitem__(self, index: Any) -> Any:
        return self._of_line(range(len(self))[index])


def _lines_of(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.split("\n")


def _width(line: str) -> int:
    return cell_width(line.expandtabs(_TAB) if "\t" in line else line)


def as_sql_document(document: object) -> SqlDocument:
    """`document` for the type checker: the editor never holds another kind."""
    return cast(SqlDocument, document)
