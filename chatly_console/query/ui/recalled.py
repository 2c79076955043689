"""A statement of the history in the text: the next one that is recalled takes its place."""

from chatly_console.core.sql import Script
from chatly_console.query.ui.editor import SqlEditor


class Recalled:
    """Where in the text the statement is that was recalled last, and how far back in the history it was."""

    def __init__(self) -> None:
        self.step = -1
        """How far back it is; -1 where none was recalled."""
        self._range: tuple[int, int] | None = None

    def leave(self) -> None:
        """Another text is in the editor."""
        self._range = None

    def forget(self) -> None:
        """What was recalled stays; the next one comes behind it, and is the newest."""
        self._range = None
        self.step = -1

    def put(self, editor: SqlEditor, sql: str) -> None:
        """Put a statement into the text: in the place of the one recalled before, else behind the one at the cursor."""
        text = editor.text
        if self._range is not None and self._range[1] <= len(text):
            start, end = self._range
            lead = ""
        else:
            at = editor.statement_at_cursor()
            start = end = len(text) if at is None else at.end + text.startswith(";", at.end)
            lead = _lead(text[:start])
        document = editor.sql_document
        written = f"{lead}{sql.rstrip().removesuffix(';')};"
        places = document.get_location_from_index(start), document.get_location_from_index(end)
        editor.replace(written, *places, maintain_selection_offset=False)
        editor.show_offset(start + len(lead))
        self._range = (start + len(lead), start + len(written))


def _lead(before: str) -> str:
    """What parts a new statement from the text before it; one that was left open ends there."""
    if not before.strip():
        return ""
    is_open = len(Script(f"{before}\n\nselect")) == len(Script(before))
    return ";\n\n" if is_open else "\n\n"
