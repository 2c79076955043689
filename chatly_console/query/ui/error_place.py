"""Where in the editor a failure points."""

from chatly_console.core.failure import Failure
from chatly_console.query.old_text import begins_statement
from chatly_console.query.place import Place, line_and_column
from chatly_console.query.ui.editing import EditorArea

_SYNTAX = "42601"


def error_in_editor(editing: EditorArea, place: Place | None, failure: Failure | None) -> tuple[int, int] | None:
    """Offset and length of what a failure points at in the text; None where that is not in the editor any more."""
    if place is None or failure is None or place.buffer != editing.buffers.active.name:
        return None
    return place.error_in(editing.editor.text, failure)


def error_words_in(editing: EditorArea, place: Place | None, failure: Failure | None) -> str:
    """The same place in words; empty where there is none."""
    if place is not None and place.file and failure is not None:
        return place.words_in_file(failure)
    row = place.line_of_data(failure) if place is not None and failure is not None else None
    if row is not None:
        return f"line {row:,}"
    found = error_in_editor(editing, place, failure)
    if found is None or failure is None or place is None:
        return ""
    words = line_and_column(editing.editor.text, found[0])
    if failure.sqlstate == _SYNTAX and begins_statement(place.sql, found[0] - place.offset):
        words += ". If a new statement begins there, a semicolon has to end the one before."
    return words
