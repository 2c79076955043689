"""What is done to a block of cells: each line loses, gets or changes what it has in them, as one change."""

from collections.abc import Callable
from dataclasses import dataclass

from chatly_console.query.vi.characters import cell_of, column_at
from chatly_console.query.vi.edits import CASES, INDENT, Edits
from chatly_console.query.vi.registers import Kept, block_of
from chatly_console.query.vi.selected import Mode, Selected, columns_of
from chatly_console.query.vi.text import Place, indentation


@dataclass(frozen=True, slots=True)
class BlockTyping:
    """Where in the other lines of a block stands what is typed in its first one, once that is done."""

    first: int
    last: int
    cell: int
    to_end: bool = False
    """At the end of each line."""
    pads: bool = False
    """Whether shorter lines get blanks up to the cell; they are left alone else."""
    back: Place | None = None
    """Where the cursor comes to."""


@dataclass
class Blocks(Edits):
    """Edits of blocks."""

    def _apply_to_block(self, operator: str, selected: Selected) -> bool:
        """Do it; returns whether the text may have changed."""
        cells = selected.cells(self.text)
        rows = self._lines(selected.first, selected.last)
        spans = [columns_of(row, *cells, selected.to_end) for row in rows]
        corner = selected.first, spans[0][0]
        if operator in ("d", "c", "y"):
            kept = block_of(
                [row[start:end] for row, (start, end) in zip(rows, spans, strict=True)],
                0 if selected.to_end else cells[1] - cells[0],
            )
            if operator == "y":
                self.registers.yank(self._named, kept)
                self._go(corner)
                return False
            self.registers.delete(self._named, kept)
        if operator in ("<", ">"):
            self._shift_block(selected.first, rows, spans, operator)
            self._go(corner)
            return True
        change = CASES.get(operator, lambda inside: "")
        self._change_block(selected.first, rows, spans, change)
        if operator == "c":
            self.mode = Mode.INSERT
        self._go(corner)
        return True

    def _change_block(
        self, first: int, rows: list[str], spans: list[tuple[int, int]], change: Callable[[str], str]
    ) -> None:
        new = [row[:start] + change(row[start:end]) + row[end:] for row, (start, end) in zip(rows, spans, strict=True)]
        self._rewrite(first, new)

    def _shift_block(self, first: int, rows: list[str], spans: list[tuple[int, int]], operator: str) -> None:
        """Move what is from the block on to the right, or to the left as far as there are blanks."""
        new = []
        for row, (start, _) in zip(rows, spans, strict=True):
            rest = row[start:]
            blanks = indentation(rest)
            if operator == ">":
                new.append(f"{row[:start]}{INDENT}{rest}" if rest else row)
            else:
                new.append(row[:start] + rest[min(len(blanks), len(INDENT)) :])
        self._rewrite(first, new)

    def _overtype_block(self, selected: Selected, character: str) -> bool:
        cells = selected.cells(self.text)
        rows = self._lines(selected.first, selected.last)
        spans = [columns_of(row, *cells, selected.to_end) for row in rows]
        self._change_block(selected.first, rows, spans, lambda inside: character * cell_of(inside, len(inside)))
        self._go((selected.first, spans[0][0]))
        return True

    def _put_block(self, kept: Kept, times: int, *, before_it: bool, goes_behind: bool = False) -> bool:
        """Put a block to the right of the cursor, or at it; lines that do not reach there get blanks."""
        self._refuse_too_much(len(kept.rows) * (kept.width + 1) * times)
        line, column = self.text.cursor
        content = self.text.line(line)
        cell = cell_of(content, column)
        if not before_it and content:
            cell = cell_of(content, column + 1)
        missing = line + len(kept.rows) - self.text.line_count
        end = self.text.line_count - 1
        if missing > 0:
            at = end, len(self.text.line(end))
            self._replaced(at, at, "\n" * missing)
        rows = self._lines(line, line + len(kept.rows) - 1)
        new = []
        for row, put in zip(rows, kept.rows, strict=True):
            row += " " * (cell - cell_of(row, len(row)))
            start = column_at(row, cell)
            padded = put + " " * (kept.width - cell_of(put, len(put)))
            body = padded * times if row[start:] else padded * (times - 1) + put
            new.append(row[:start] + body + row[start:])
        self._rewrite(line, new)
        at_column = column_at(new[0], cell)
        if goes_behind:
            self._go((line + len(new) - 1, column_at(new[-1], cell + kept.width * times)))
        else:
            self._go((line, at_column))
        return True

    def _typed_in_block(self, typing: BlockTyping, typed: str) -> None:
        """What was typed in the first line, in the others too."""
        if typed and "\n" not in typed and typing.last > typing.first:
            rows = self._lines(typing.first + 1, typing.last)
            self._rewrite(typing.first + 1, [_with_typed(row, typing, typed) for row in rows])


def _with_typed(row: str, typing: BlockTyping, typed: str) -> str:
    if typing.to_end:
        return row + typed
    width = cell_of(row, len(row))
    if not typing.pads and width < typing.cell:
        return row
    row += " " * (typing.cell - width)
    at = column_at(row, typing.cell)
    return row[:at] + typed + row[at:]
