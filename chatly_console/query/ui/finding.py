"""Finds and replaces in the editor what the find bar asks for."""

from chatly_console.query.find import count, find, replace_all
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.find_bar import FindBar


def seek(editor: SqlEditor, bar: FindBar, asked: FindBar.Sought) -> None:
    """Select the next match, or the one before."""
    start = min(map(editor.sql_document.get_index_from_location, editor.selection))
    _select(editor, find(editor.text, asked.needle, start, asked.step), asked.needle)
    bar.show_count(_matches(editor, asked.needle))


def replace_found(editor: SqlEditor, bar: FindBar, asked: FindBar.Replaced) -> None:
    """Replace the match that is selected and go to the next, or replace all of them."""
    if asked.everywhere:
        text, number = replace_all(editor.text, asked.needle, asked.by)
        if number:
            editor.replace(text, (0, 0), editor.document.end, maintain_selection_offset=False)
        bar.show_count(f"{number:,} replaced" if number else "not found")
        return
    start, end = sorted(map(editor.sql_document.get_index_from_location, editor.selection))
    if end > start and count(editor.text[start:end], asked.needle) == 1 and end - start == len(asked.needle):
        editor.replace_offsets(start, end, asked.by)
        editor.show_offset(start + len(asked.by))
    _select(editor, find(editor.text, asked.needle, editor.cursor_offset, 0), asked.needle)
    bar.show_count(_matches(editor, asked.needle))


def _select(editor: SqlEditor, found: int | None, needle: str) -> None:
    if found is not None:
        editor.select_offsets(found, found + len(needle))


def _matches(editor: SqlEditor, needle: str) -> str:
    matches = count(editor.text, needle)
    return "" if not needle else f"{matches:,} found" if matches else "not found"
