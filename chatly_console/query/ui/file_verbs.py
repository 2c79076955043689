"""Opening and saving the user's own SQL files, and handing the text to the user's own editor."""

import asyncio
import os
from pathlib import Path

from chatly_console.query.text_files import path_of, read_text, write_text
from chatly_console.query.ui.outside_editor import edited_outside
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.shell.dialogs import AskText, Confirm


class FileVerbs:
    """Belongs to the pane; its coroutines run in the pane's workers and raise Failure."""

    def __init__(self, pane: PaneFace) -> None:
        self._pane = pane

    async def open(self, name: str = "") -> None:
        """Read a file into a buffer of its own; asks for its name where none is given."""
        path = await self._path(name, "Open a file of SQL", "")
        if path is None:
            return
        text = await asyncio.to_thread(read_text, path)
        self._pane.editing.add_buffer(path.stem, text, path=str(path))
        nul = " It holds NUL characters, which no server takes." if "\0" in text else ""
        self._pane.say(f"{path} opened.{nul}", failed=bool(nul))

    async def save(self, name: str = "") -> None:
        """Write the buffer to its file; asks for one where it has none."""
        editing = self._pane.editing
        buffer, text = editing.buffers.active, editing.editor.text
        path = Path(buffer.path) if buffer.path and not name else None
        if path is None:
            path = await self._path(name, "Save the text of this buffer as", f"{Path.cwd() / buffer.name}.sql")
            if path is None:
                return
            question = Confirm(f"{path} is there already.", "Replace it?", verb="replace it")
            if path.exists() and not await self._pane.app.push_screen_wait(question):
                return
        await asyncio.to_thread(write_text, path, text)
        buffer.path = str(path)
        self._pane.say(f"Saved as {path}.")

    async def edit_outside(self, name: str = "") -> None:
        """Let the user's own editor ($VISUAL or $EDITOR) have the text, and take over what it left."""
        if name:
            await self.open(name)
        editing = self._pane.editing
        editor, buffer, before = editing.editor, editing.buffers.active, editing.editor.text
        line, column = editor.cursor_location
        edited = await edited_outside(self._pane.app, editing.buffers, before)
        if edited.text.rstrip("\n") == before.rstrip("\n"):
            return
        if editing.buffers.active is not buffer or editor.text != before:
            editing.add_buffer(f"{buffer.name}-edited", edited.text)
            self._pane.say(f"The text of {edited.program} is in a buffer of its own: another one was in its place.")
            return
        editor.replace(edited.text, (0, 0), editor.document.end, maintain_selection_offset=False)
        line = min(line, editor.document.line_count - 1)
        editor.move_cursor((line, min(column, len(editor.document.get_line(line)))))
        self._pane.say(f"The text of {edited.program} was taken over; ctrl+z undoes that.")

    async def _path(self, name: str, question: str, initial: str) -> Path | None:
        given: str | None = name
        if not name:
            given = await self._pane.app.push_screen_wait(AskText(question, initial=initial or f"{Path.cwd()}{os.sep}"))
        return path_of(given) if given and given.strip() else None
