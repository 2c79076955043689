"""The upper half of the Query pane: the buffers' names, the editor, and the line to find in it."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import TextArea

from chatly_console.core.failure import Failure
from chatly_console.core.sql import Script
from chatly_console.query.buffers import Buffer, Buffers
from chatly_console.query.old_text import mixes, runs_into
from chatly_console.query.place import Place
from chatly_console.query.state_folder import nothing_is_kept, state_folder
from chatly_console.query.ui.buffer_strip import BufferStrip
from chatly_console.query.ui.completion import AssistedEditor
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.find_bar import FindBar
from chatly_console.query.ui.finding import replace_found, seek
from chatly_console.query.ui.recalled import Recalled
from chatly_console.shell.dialogs import AskText, Confirm
from chatly_console.shell.memory import recall, remember
from chatly_console.shell.messages import Report, Say

SAVE_WITHIN = 0.7
"""Seconds from a key to the disk; with the writing, a crash loses a second of typing at most."""


class EditorArea(Vertical):
    """The texts that the user writes. It keeps them on disk, and knows nothing of servers."""

    def __init__(self, profile: str, *, state_root: Path | None = None) -> None:
        super().__init__()
        self._root = state_root
        self._profile = profile
        self.buffers = Buffers.of_profile(profile, root=state_root)
        self._memory = (state_root or state_folder()) / "editor.json"
        self._waits_to_save = False
        self.recalled = Recalled()

    def compose(self) -> ComposeResult:
        """The parts, from top to bottom."""
        yield BufferStrip()
        yield AssistedEditor(SqlEditor(self.buffers.active.text, id="editor"))
        yield FindBar()

    def on_mount(self) -> None:
        """Begin."""
        self.query_one(FindBar).display = False
        self.editor.show_offset(self.buffers.active.cursor)
        self.editor.before_typing = self._before_typing
        if recall(self._memory).get("editor_keys") == "vi":
            self.editor.use_vi(True)
        self._show_names()
        self._say_held_elsewhere()
        if self._root is None and (sentence := nothing_is_kept()):
            self.post_message(Say(sentence, "warning"))

    @property
    def editor(self) -> SqlEditor:
        """The editor."""
        return self.query_one(SqlEditor)

    # Buffers

    def open_profile(self, profile: str) -> None:
        """Put the texts of this profile into the editor; the others are on disk, or stay where that takes none."""
        if profile == self._profile:
            return
        if not self.save():
            return
        before, had_text = self._profile, any(buffer.text.strip() for buffer in self.buffers)
        self.buffers.close()
        self._profile = profile
        self.buffers = Buffers.of_profile(profile, root=self._root)
        self._show(self.buffers.active)
        if had_text:
            self.post_message(Say(f"These are the texts of {profile}; those of {before} are kept with it.", "note"))
        self._say_held_elsewhere()

    def add_buffer(self, name: str = "scratch", text: str = "", *, path: str = "") -> None:
        """Go on in a new buffer; `path` is the file that its text is from."""
        self._take_text()
        try:
            buffer = self.buffers.add(name, text)
            buffer.path = path
            self._show(buffer)
        except Failure as failure:
            self.post_message(Report(failure))
        self._save_soon()

    def mixes_old(self, places: Sequence[Place]) -> bool:
        """Whether one of these statements begins in a text of the last session, and a new one was typed behind it."""
        active = self.buffers.active
        return any(mixes(active.old, place.offset, place.sql) for place in places if place.buffer == active.name)

    def forget_old(self) -> None:
        """The user knows what is of the last session."""
        self.buffers.active.old = ""

    def _before_typing(self, typed: str) -> None:
        """The first thing typed behind a text of the last session is not to run into it."""
        editor = self.editor
        if editor.selection.is_empty and editor.cursor_offset == len(editor.text) and runs_into(editor.text, typed):
            self.begin_statement()
            self.post_message(Say("A new statement begins here; the text above is of the last session.", "note"))

    def begin_statement(self) -> None:
        """Put the cursor where a new statement can begin: behind the text, or in a new buffer where it is left open."""
        editor = self.editor
        text = editor.text.rstrip()
        if not text:
            return
        kept = [*Script(text)]
        whole = f"{text}\n" if kept and kept[-1].end < len(text) else f"{text};\n"
        if len(Script(f"{whole}select")) != len(kept) + 1:
            self.add_buffer()
            return
        end = editor.document.end
        start = editor.sql_document.get_location_from_index(len(text))
        editor.replace(whole[len(text) :], start, end, maintain_selection_offset=False)
        editor.show_offset(len(whole))

    def step_buffer(self, by: int) -> None:
        """Go to the next buffer, or the one before."""
        self._take_text()
        self._show(self.buffers.step(by))

    @on(BufferStrip.Chosen)
    def _name_chosen(self, event: BufferStrip.Chosen) -> None:
        event.stop()
        if event.name in self.buffers.names:
            self._take_text()
            self._show(self.buffers.go_to(event.name))

    def close_buffer(self) -> None:
        """Throw the buffer away."""
        self._show(self.buffers.remove())
        self._save_soon()

    def rename_buffer(self, name: str) -> None:
        """Give the buffer in the editor another name."""
        self._take_text()
        try:
            self.buffers.rename(name)
        except OSError as error:
            self._say_unsaved(error)
        self._show_names()

    @work(group="buffers", exclusive=True)
    async def ask_name(self) -> None:
        """Ask for another name for the buffer in the editor."""
        old = self.buffers.active.name
        name = await self.app.push_screen_wait(AskText("Name of the buffer", initial=old))
        if name is not None and name.strip() and self.buffers.active.name == old:
            self.rename_buffer(name)

    @work(group="buffers", exclusive=True)
    async def ask_close(self) -> None:
        """Throw the buffer in the editor away; one with text in it only after a yes."""
        name = self.buffers.active.name
        question = Confirm(f"Throw {name} away, with its text?", verb="throw it away", grave=True)
        if self.editor.text.strip() and not await self.app.push_screen_wait(question):
            return
        if self.buffers.active.name == name:
            self.close_buffer()

    def _show(self, buffer: Buffer) -> None:
        self.editor.load_text(buffer.text)
        self.editor.show_offset(buffer.cursor)
        self.editor.focus()
        self.editor.before_typing = self._before_typing if buffer.text == buffer.old else None
        self.recalled.leave()
        self._show_names()

    def _show_names(self) -> None:
        for strip in self.query(BufferStrip):  # none is left while the console ends
            strip.show(self.buffers.names, self.buffers.active.name, is_saved=not self._waits_to_save)

    def _say_held_elsewhere(self) -> None:
        held = self.buffers.held_elsewhere
        if held:
            names = ", ".join(held)
            self.post_message(Say(f"Open in another console, and left to it: {names}.", "note"))

    # Saving

    def save(self) -> bool:
        """Write everything to disk now; returns whether that was possible."""
        self._take_text()
        try:
            self.buffers.save()
        except OSError as error:
            self._say_unsaved(error)
            return False
        self._waits_to_save = False
        self._show_names()
        return True

    def on_unmount(self) -> None:
        """Let the buffers go, for other consoles to take; they were saved before."""
        self.buffers.close()

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._save_soon()

    def _save_soon(self) -> None:
        if not self._waits_to_save:
            self._waits_to_save = True
            self._show_names()
            self.set_timer(SAVE_WITHIN, self._autosave)

    @work(group="autosave")
    async def _autosave(self) -> None:
        self._take_text()
        self._waits_to_save = False
        try:
            await asyncio.to_thread(self.buffers.save)
        except OSError as error:
            self._waits_to_save = True
            self.set_timer(5, self._autosave)
            self._say_unsaved(error)
        self._show_names()

    def _take_text(self) -> None:
        active, editor = self.buffers.active, self.editor
        active.text, active.cursor = editor.text, editor.cursor_offset

    def _say_unsaved(self, error: OSError) -> None:
        self.post_message(Say(f"The text could not be saved: {error.strerror or error}.", "error"))

    # Finding

    @on(SqlEditor.FindAsked)
    def _find_asked(self) -> None:
        self.query_one(FindBar).open()

    @on(SqlEditor.FindAgain)
    def _find_again(self, event: SqlEditor.FindAgain) -> None:
        self._sought(FindBar.Sought(self.query_one(FindBar).needle, event.step))

    @on(SqlEditor.ModeChanged)
    def _mode_changed(self, event: SqlEditor.ModeChanged) -> None:
        for strip in self.query(BufferStrip):
            strip.show_mode(event.words)

    def use_vi(self, wanted: bool) -> None:
        """Take vi keys from now on, or plain ones again; the next console does too."""
        self.editor.use_vi(wanted)
        remember(self._memory, "editor_keys", "vi" if wanted else "plain")

    @on(FindBar.Closed)
    def _find_closed(self) -> None:
        self.editor.focus()

    @on(FindBar.Sought)
    def _sought(self, event: FindBar.Sought) -> None:
        seek(self.editor, self.query_one(FindBar), event)

    @on(FindBar.Replaced)
    def _replaced(self, event: FindBar.Replaced) -> None:
        replace_found(self.editor, self.query_one(FindBar), event)
