"""Vi keys for the SQL editor: the machine of `query.vi` over a text area."""

from typing import TYPE_CHECKING

from textual import events
from textual.document._document import Selection

from chatly_console.query.vi import Mode, Place, Vi

if TYPE_CHECKING:
    from chatly_console.query.ui.editor import SqlEditor

_NAMES = {"escape": "escape", "enter": "enter", "backspace": "backspace", "tab": "tab"}


class EditorText:
    """The text of an editor, as vi keys need it."""

    def __init__(self, editor: "SqlEditor") -> None:
        self._editor = editor

    @property
    def line_count(self) -> int:
        """How many lines there are."""
        return self._editor.document.line_count

    @property
    def cursor(self) -> Place:
        """Where the cursor is."""
        return self._editor.cursor_location

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

    def undo(self, redo: bool) -> None:
        """Take the last change back, or do it again."""
        (self._editor.redo if redo else self._editor.undo)()


class ViKeys:
    """Takes the keys that are vi's; what the console itself has on ctrl, alt and function keys never comes here."""

    def __init__(self, editor: "SqlEditor") -> None:
        self._editor = editor
        self._vi = Vi(EditorText(editor))

    @property
    def words(self) -> str:
        """The mode, and what has been typed of a command."""
        return f"{self._vi.mode.value} {self._vi.pending}".strip()

    @property
    def inserts(self) -> bool:
        """Whether characters are typed into the text."""
        return self._vi.mode is Mode.INSERT

    def end_insert(self) -> None:
        """What escape does where somebody else had the key."""
        if self.inserts:
            self._vi.feed("escape")

    def take(self, event: events.Key) -> bool:
        """Whether the key was one of vi's, and is done."""
        key = _NAMES.get(event.key, event.character if event.is_printable else None)
        if key is None or (key == "tab" and not self.inserts):
            return False
        taken = self._vi.feed(key)
        if self._vi.request == "find":
            self._editor.action_find()
        elif self._vi.request in ("tell", "go there"):
            self._editor.post_message(self._editor.DefinitionAsked(goes=self._vi.request == "go there"))
        elif self._vi.request:
            self._editor.post_message(self._editor.FindAgain(1 if self._vi.request == "next" else -1))
        # a key that means nothing in normal mode must not be typed into the text
        return taken or (not self.inserts and event.is_printable)
