"""Opening and saving the user's own SQL files, and handing the text to the user's own editor."""

import asyncio
import os
import shlex
import tempfile
from contextlib import suppress
from pathlib import Path

from textual.app import SuspendNotSupported

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.buffers import LARGEST_TEXT, Buffers
from chatly_console.query.text_files import path_of, read_text, write_text
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
        """Let the user's own editor ($VISUAL or $EDITOR) have the text, and take back what it left."""
        if name:
            await self.open(name)
        editing = self._pane.editing
        buffer, before = editing.buffers.active, editing.editor.text
        program = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
        with tempfile.TemporaryDirectory(prefix="chatly-") as folder:
            path = Path(folder) / "statement.sql"
            path.write_bytes(before.encode("utf-8", "surrogatepass"))
            try:
                with self._pane.app.suspend():
                    status = await _ended([*program, str(path)])
            except SuspendNotSupported:
                self._pane.say("This terminal cannot be lent to another program.", failed=True)
                return
            except OSError as error:
                self._pane.say(f"{program[0]} could not be started: {error.strerror}. Set EDITOR.", failed=True)
                return
            except asyncio.CancelledError:
                _keep_for_next_time(editing.buffers, path, before)
                raise
            text = await asyncio.to_thread(_read_back, editing.buffers, path)
        self._pane.app.refresh(layout=True)
        if status > 0:
            self._pane.say(f"{program[0]} ended with status {status}; the text is as it was.", failed=True)
        elif text.rstrip("\n") == before.rstrip("\n"):
            return
        elif editing.buffers.active is buffer and editing.editor.text == before:
            editor = editing.editor
            editor.replace(text, (0, 0), editor.document.end, maintain_selection_offset=False)
            self._pane.say(f"The text of {program[0]} was taken over; ctrl+z undoes that.")
        else:
            editing.add_buffer(f"{buffer.name}-edited", text)
            self._pane.say(f"The text of {program[0]} is in a buffer of its own: another one was in its place.")

    async def _path(self, name: str, question: str, initial: str) -> Path | None:
        given: str | None = name
        if not name:
            given = await self._pane.app.push_screen_wait(AskText(question, initial=initial or f"{Path.cwd()}{os.sep}"))
        return path_of(given) if given and given.strip() else None


def _read_back(buffers: Buffers, path: Path) -> str:
    """What the user's editor left; what the console cannot take stays in a file, and the failure says in which."""
    try:
        text = read_text(path)
        if len(text) > LARGEST_TEXT:
            raise Failure(f"{len(text) / 1e6:,.1f} million characters are too many for the editor.", FailureKind.USAGE)
        return text
    except Failure as failure:
        if not path.is_file():
            raise
        kept = buffers.set_aside(path)
        raise Failure(f"{failure.sentence} What was written is kept as {kept}.", failure.kind) from failure


def _keep_for_next_time(buffers: Buffers, path: Path, before: str) -> None:
    """The console ends while the user's editor is open: what was saved there is a buffer of the next one."""
    with suppress(Failure, OSError):
        text = read_text(path)
        if text != before:
            buffers.add(f"{buffers.active.name}-edited", text)
            buffers.save()
            buffers.close()


async def _ended(command: list[str]) -> int:
    process = await asyncio.create_subprocess_exec(*command)
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        raise
