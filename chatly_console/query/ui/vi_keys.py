"""Vi keys for the SQL editor: the machine of `query.vi` over a text area."""

from textual import events
from textual.document._document import Selection
from textual.widgets import TextArea

from chatly_console.query.vi import Mode, Place, Vi
from chatly_console.query.vi.registers import Registers
from chatly_console.query.vi.text import Height
from chatly_console.shell.grid.copying import copy_text

_NAMED = frozenset({"escape", "enter", "backspace", "tab", "ctrl+d", "ctrl+u", "ctrl+b"})
_IDLE = frozenset({"ctrl+w", "ctrl+k", "ctrl+shift+k", "ctrl+x"})
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
        first = int(self._editor.scroll_offset.y)
        height = max(self._editor.scrollable_content_region.height, 1)
        return first, min(first + height, self.line_count) - 1

    def line(self, number: int) -> str:
        """One line."""
        return self._editor.document.get_line(number)

    def move(self, place: Place) -> None:
        """Put the cursor there."""
        self._editor.move_cursor(place)

    def select(self, start: Place, end: Place) -> None:
        """Show what lies between as selected, the character at the end with it where it comes last."""
        self._editor.selection = Selection(start, end)

    def between(self, start: Place, end: Place) -> str:
        """What lies between."""
        return self._editor.document.get_text_range(start, end)

    def replace(self, start: Place, end: Place, text: str) -> None:
        """Put `text` in the place of what lies between."""
        self._editor.replace(text, start, end, maintain_selection_offset=False)
        self._editor.move_cursor(start)

    def scroll(self, line: int, height: Height) -> None:
        """Have a line stand there on the screen."""
        room = max(self._editor.scrollable_content_region.height, 1)
        top = line - {"top": 0, "middle": room // 2, "bottom": room - 1}[height]
        self._editor.scroll_to(y=max(top, 0), animate=False, immediate=True)

    def undo(self, redo: bool) -> None:
        """Take the last change back, or do it again."""
        (self._editor.redo if redo else self._editor.undo)()

    def begin_change(self) -> None:
        """What is changed from now on is undone as one."""
        history = self._editor.history
        history.checkpoint()
        self._before = history._undo_stack[-1] if history._undo_stack else None

    def end_change(self) -> None:
        """Make one step of the steps since then."""
        stack, edits = self._editor.history._undo_stack, []
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
        self.vi = Vi(EditorText(editor), registers=registers)

    @property
    def words(self) -> str:
        """The mode, and what has been typed of a command."""
        return f"{self.vi.mode.value} {self.vi.pending}".strip()

    @property
    def request(self) -> str:
        """What the editor has to do itself after the last key; see `Vi`."""
        return self.vi.request

    @property
    def inserts(self) -> bool:
        """Whether characters are typed into the text."""
        return self.vi.mode in (Mode.INSERT, Mode.REPLACE)

    def end_insert(self) -> None:
        """What escape does where somebody else had the key."""
        if self.inserts:
            self.vi.feed("escape")

    def take(self, event: events.Key) -> bool:
        """Whether the key was one of vi's, and is done."""
        key = event.key if event.key in _NAMED else event.character if event.is_printable else None
        if key is None or (key == "tab" and not self.inserts):
            self.vi.forget_pending()
            return event.key in _IDLE and not self.inserts
        if key.startswith("ctrl") and self.inserts:
            return False
        # a key that means nothing in normal mode must not be typed into the text
        return self.vi.feed(key) or (not self.inserts and event.is_printable)
