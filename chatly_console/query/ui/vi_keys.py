"""Vi keys for the SQL editor: the machine of `query.vi` over a text area.

The console's own keys stay the console's. What is left of ctrl is vi's where characters are commands: ctrl+v selects a
block, ctrl+a and ctrl+x count, ctrl+d, ctrl+u, ctrl+b, ctrl+e and ctrl+y scroll, ctrl+] goes to the definition. Ctrl+f
(find), ctrl+o (jump), ctrl+n, ctrl+p, ctrl+t and ctrl+l mean what they mean everywhere; one that the user's keymap
frees is vi's. So ctrl+r is the history, and `U` does again what `u` took back.
"""

from textual import events
from textual.widgets import TextArea
from textual.widgets.text_area import Edit

from chatly_console.core.text import safe_text
from chatly_console.query.vi import Place, Selected, Vi
from chatly_console.query.vi.commands import OnLines
from chatly_console.query.vi.machine import KEYS
from chatly_console.query.vi.registers import Registers
from chatly_console.query.vi.text import Height
from chatly_console.shell.grid.copying import copy_text

_PATIENCE = 0.02
"""Seconds that a key, and a macro that it begins, may hold the screen."""
_TYPING = frozenset({"escape", "enter", "backspace", "tab"})
"""Named keys that mean something to vi while one types; the others move the cursor as they do without vi keys."""
_IDLE = frozenset({"ctrl+w", "ctrl+k", "ctrl+shift+k", "ctrl+h"})
"""Keys that would take a part of the text away where characters are commands."""


class EditorText:
    """The text of an editor, as vi keys need it."""

    def __init__(self, editor: TextArea) -> None:
        self._editor = editor
        self._before: object = None

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return self._editor.document.line_count

    @property
    def cursor(self) -> Place:
        """Where the cursor is."""
        return self._editor.cursor_location

    @property
    def in_sight(self) -> tuple[int, int]:
        """The first and the last line that are on the screen."""
        first = min(int(self._editor.scroll_offset.y), self.line_count - 1)
        height = max(self._editor.scrollable_content_region.height, 1)
        return first, min(first + height, self.line_count) - 1

    def line(self, number: int) -> str:
        """One line."""
        return self._editor.document.get_line(number)

    def lines(self) -> list[str]:
        """All of them."""
        return list(self._editor.document.lines)

    def move(self, place: Place) -> None:
        """Put the cursor there."""
        self._editor.move_cursor(place)

    def between(self, start: Place, end: Place) -> str:
        """What lies between."""
        return "\n".join(self._editor.document.get_text_range(start, end).split(self._editor.document.newline))

    def replace(self, start: Place, end: Place, text: str) -> None:
        """Put `text` in the place of what lies between."""
        self._editor.replace(text, start, end, maintain_selection_offset=False)
        self._editor.move_cursor(start)

    def scroll(self, line: int, height: Height) -> None:
        """Have a line stand there on the screen."""
        room = max(self._editor.scrollable_content_region.height, 1)
        top = line - {"top": 0, "middle": room // 2, "bottom": room - 1}[height]
        self._editor.scroll_to(y=max(top, 0), animate=False, immediate=True)

    def undo(self, redo: bool) -> bool:
        """Take the last change back, or do it again; the cursor is where it was before it."""
        history = self._editor.history
        stack = history.redo_stack if redo else history.undo_stack
        if not stack:
            return False
        before = stack[-1][0]._original_selection
        (self._editor.redo if redo else self._editor.undo)()
        if before is not None:
            line = min(before.end[0], self.line_count - 1)
            self._editor.move_cursor((line, min(before.end[1], len(self.line(line)))))
        return True

    def begin_change(self) -> None:
        """What is changed from now on is undone as one."""
        history = self._editor.history
        history.checkpoint()
        self._before = history._undo_stack[-1] if history._undo_stack else None

    def end_change(self) -> None:
        """Make one step of the steps since then."""
        stack = self._editor.history._undo_stack
        edits: list[list[Edit]] = []
        is_there = self._before is None or any(batch is self._before for batch in stack)
        while is_there and stack and stack[-1] is not self._before:
            edits.append(stack.pop())
        if edits:
            stack.append([edit for batch in reversed(edits) for edit in batch])
        self._editor.history.checkpoint()


class ViKeys:
    """Takes the keys that are vi's; what the console itself has on ctrl, alt and function keys never comes here."""

    def __init__(self, editor: TextArea) -> None:
        registers = Registers(
            copy=lambda text: copy_text(editor, text, "the text"), pasted=lambda: editor.app.clipboard
        )
        self.text = EditorText(editor)
        self.vi = Vi(self.text, registers=registers, patience=_PATIENCE)
        self._is_fed = False

    @property
    def words(self) -> str:
        """The mode, and what has been typed of a command; only that, where it is a line of its own."""
        pending = safe_text(self.vi.pending)
        return f"{pending}▏" if self.vi.prompt else f"{self.vi.mode.value} {pending}".strip()

    @property
    def request(self) -> str:
        """What the editor has to do itself after the last key; see `Vi`."""
        return self.vi.request

    @property
    def inserts(self) -> bool:
        """Whether characters are typed into the text."""
        return self.vi.types

    @property
    def selected(self) -> Selected | None:
        """What is selected in visual mode."""
        return self.vi.selected

    def end_insert(self) -> None:
        """What escape does where somebody else had the key."""
        if self.inserts:
            self._feed("escape")

    def on_lines(self, command: OnLines) -> None:
        """Do what a command behind a colon does to whole lines."""
        self._is_fed = True
        try:
            self.vi.on_lines(command)
        finally:
            self._is_fed = False

    def forget_text(self) -> None:
        """The editor holds another text now: places of the old one mean nothing in it."""
        self.vi.forget_text()

    def end_selection(self) -> None:
        """What was selected has been dealt with."""
        if self.vi.mode.selects:
            self._feed("escape")

    def take(self, event: events.Key, *, is_console_key: bool) -> bool:
        """Whether the key was one of vi's, and is done; one that the console has something on is not."""
        if is_console_key:
            self.vi.forget_pending()
            return False
        key = event.key if event.key in KEYS else event.character if event.is_printable else None
        if self.inserts:
            return key is not None and (event.key in _TYPING or key != event.key) and self._feed(key)
        if key is None or (key == "tab" and not self.vi.prompt):
            self.vi.forget_pending()
            return event.key in _IDLE
        # a key that means nothing in normal mode must not be typed into the text
        return self._feed(key) or event.key != "escape"

    def _feed(self, key: str) -> bool:
        self._is_fed = True
        try:
            return self.vi.feed(key)
        finally:
            self._is_fed = False

    def go_on(self) -> None:
        """Type more of a macro that has not come to its end."""
        self._is_fed = True
        try:
            self.vi.go_on()
        finally:
            self._is_fed = False

    def edited(self, edit: Edit, removed: str) -> None:
        """The text was changed: what vi remembers of it moves along, and what was typed is noted."""
        start, end = sorted((edit.from_location, edit.to_location))
        self.vi.marks.edited(start[0], end[0], edit.text.count("\n") - (end[0] - start[0]))
        if not self._is_fed:
            self.vi.noted(start, end, removed, edit.text)

    def marked_in(self, line: int) -> list[tuple[int, int, str]]:
        """The columns of a line that are selected, or that the search being typed has found, and how each looks."""
        marked = []
        selected = self.vi.selected
        if selected is not None and selected.first <= line <= selected.last:
            marked.append((*selected.in_line(self.text, line), "text-area--selection"))
        elif self.vi.found is not None and self.vi.found[0][0] == line:
            marked.append((self.vi.found[0][1], self.vi.found[1][1], "text-area--selection"))
        return marked
