"""Typing: what is typed is remembered for `.` and for a count, and typing over what stands there can be taken back."""

from dataclasses import dataclass, field

from chatly_console.query.vi.blocks import Blocks, BlockTyping
from chatly_console.query.vi.characters import after, before
from chatly_console.query.vi.marks import CHANGED, INSERTED
from chatly_console.query.vi.selected import Mode
from chatly_console.query.vi.text import Place, indentation

ESCAPE, ENTER, BACKSPACE, TAB = "\x1b", "\r", "\x08", "\t"
_MOST_AT_ONCE, _MOST_SINGLY = 1_000_000, 2_000
"""Characters that a count types at most, in one piece and one by one."""
_BLANKS = "    "
"""What the editor's tab key types."""


@dataclass
class Inserting(Blocks):
    """A text that is typed into. The editor itself puts in what is typed, and has it `noted` here."""

    _inserted: str = ""
    """What was typed since the mode began, or the cursor was moved."""
    _times: int = 1
    """How often it stands there in the end."""
    _opens: bool = False
    """Whether each time is a line of its own."""
    _block: BlockTyping | None = None
    _expected: Place = (0, 0)
    """Where the next character is typed, if nothing moves the cursor."""
    _indented: bool = False
    """Whether the line has nothing but the blanks that it was begun with."""
    _was_moved: bool = False
    """Whether the cursor was moved while one typed: what is typed from there on is an insertion of its own."""
    _overtyped: list[str | None] = field(default_factory=list)
    """What stood where characters were typed over, None for the end of a line."""

    @property
    def types(self) -> bool:
        """Whether characters are typed into the text."""
        return self.mode in (Mode.INSERT, Mode.REPLACE)

    def _begin_typing(
        self, mode: Mode, times: int = 1, *, opens: bool = False, block: BlockTyping | None = None,
        indented: bool = False,
    ) -> None:  # fmt: skip
        self.mode, self._inserted, self._times, self._opens, self._block = mode, "", times, opens, block
        self._indented, self._overtyped, self._was_moved = indented, [], False
        self._expected = self.text.cursor

    def noted(self, start: Place, end: Place, removed: str, text: str) -> None:
        """The editor has put `text` in the place of what was `removed` between these places, while one types."""
        if self.mode is not Mode.INSERT:
            return
        if end != self._expected:
            self._begin_anew()
        for _ in removed:
            is_typed = self._inserted and self._inserted[-1] != BACKSPACE
            self._inserted = self._inserted[:-1] if is_typed else self._inserted + BACKSPACE
        is_enter = text.startswith("\n") and not text.strip("\n \t") and text.count("\n") == 1
        self._inserted += ENTER if is_enter else text
        self._indented = is_enter and len(text) > 1
        lines = text.count("\n")
        self._expected = start[0] + lines, len(text) - text.rfind("\n") - 1 if lines else start[1] + len(text)
        self.marks.put(CHANGED, start)

    def _begin_anew(self) -> None:
        """The cursor was moved: neither a count nor a block is about what is typed now."""
        self._inserted, self._times, self._opens, self._block, self._was_moved = "", 1, False, None, True
        self._overtyped = []

    def _typed(self, sign: str) -> None:
        """What is typed again, or over what stands there."""
        if sign == ESCAPE:
            self._end_typing()
            return
        if self.text.cursor != self._expected:
            self._begin_anew()
        self._inserted += sign
        self._insert(sign) if self.mode is Mode.INSERT else self._overtype(sign)
        self._expected = self.text.cursor

    def _insert(self, sign: str) -> None:
        line, column = self.text.cursor
        content = self.text.line(line)
        if sign == BACKSPACE:
            if column:
                start = line, before(content, column)
                self._replaced(start, (line, column), "")
                self._go(start)
            elif line:
                above = line - 1, len(self.text.line(line - 1))
                self._replaced(above, (line, 0), "")
                self._go(above)
            return
        if sign == ENTER:
            blanks = indentation(content[:column])
            if self._indented and not content.strip(" \t"):
                self._replaced((line, 0), (line, len(content)), "")
                column = 0
            self._replaced((line, column), (line, column), f"\n{blanks}")
            self._go((line + 1, len(blanks)))
            self._indented = bool(blanks)
            return
        typed = _BLANKS if sign == TAB else sign
        self._indented = False
        self._replaced((line, column), (line, column), typed)
        self._go((line + 1, 0) if sign == "\n" else (line, column + len(typed)))

    def _overtype(self, sign: str) -> None:
        """Type over what stands at the cursor; backspace brings it back."""
        line, column = self.text.cursor
        content = self.text.line(line)
        if sign == BACKSPACE:
            if self._overtyped and column:
                old = self._overtyped.pop()
                start = line, before(content, column)
                self._replaced(start, (line, column), old or "")
                self._go(start)
            elif column:
                self._go((line, before(content, column)))
            return
        if sign in (ENTER, "\n"):
            self._overtyped = []
            self._insert(sign)
            return
        at_end = column >= len(content)
        end = column if at_end else after(content, column)
        self._overtyped.append(None if at_end else content[column:end])
        typed = _BLANKS if sign == TAB else sign
        self._replaced((line, column), (line, end), typed)
        self._go((line, column + len(typed)))

    def _type_more_often(self, typed: str, times: int) -> None:
        """What a count says; what needs no looking at the text is put in at once."""
        is_plain = self.mode is Mode.INSERT and not self._opens and typed.isprintable()
        if times * len(typed) > (_MOST_AT_ONCE if is_plain else _MOST_SINGLY):
            self.said = "That is too often to type it; it stands there once."
        elif is_plain:
            line, column = self.text.cursor
            self._replaced((line, column), (line, column), typed * times)
            self._go((line, column + len(typed) * times))
        else:
            for _ in range(times):
                for sign in [*([ENTER] if self._opens else []), *typed]:
                    self._insert(sign) if self.mode is Mode.INSERT else self._overtype(sign)

    def _end_typing(self) -> None:
        """Escape: what is to stand there more often, or in more lines, is put there, and keys are commands again."""
        typed = self._inserted
        self._type_more_often(typed, self._times - 1)
        line, column = self.text.cursor
        content = self.text.line(line)
        if self._indented and content and not content.strip(" \t"):
            self._replaced((line, 0), (line, len(content)), "")
            column = 0
        self.marks.put(INSERTED, (line, column))
        self.mode = Mode.NORMAL
        block, self._block = self._block, None
        if block is None:
            self._go((line, before(self.text.line(line), column)))
            return
        self._typed_in_block(block, typed)
        self._go(block.back if block.back is not None else (line, before(self.text.line(line), column)))
