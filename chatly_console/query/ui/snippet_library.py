"""The library of saved queries: one is chosen into a buffer of its own, and a statement is kept as one."""

import asyncio
from pathlib import Path

from chatly_console.query.snippets import as_snippet, folders, read_folders
from chatly_console.query.state_folder import write_private
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import AskText, Confirm

_SHOWN = 4_000
"""Characters of a query that are shown before it is opened."""


class SnippetLibrary:
    """Belongs to the pane; reads the folders anew each time, so that a file that was just saved is there."""

    def __init__(self, pane: PaneFace, own: Path | None) -> None:
        self._pane = pane
        self._folders = folders(own)

    async def open_one(self) -> None:
        """Let the user choose one, and put it into a buffer."""
        found, problems = await asyncio.to_thread(read_folders, self._folders)
        for problem in problems:
            self._pane.say(problem, failed=True)
        if not found:
            self._pane.say(f"There are no saved queries yet: alt+m keeps a statement in {self._folders[1][1]}.")
            return
        choices = [Choice(s.title, s, s.source, s.purpose, s.text[:_SHOWN]) for s in found]
        chosen = await self._pane.app.push_screen_wait(Choose("Saved queries", choices))
        if chosen is not None:
            self._pane.editing.add_buffer(chosen.name, chosen.text)

    async def keep(self, sql: str) -> None:
        """Save a statement under a title that the user gives."""
        if not sql.strip():
            self._pane.say("There is no statement at the cursor.", failed=True)
            return
        title = await self._pane.app.push_screen_wait(AskText("Keep this statement as a saved query", "Its title:"))
        if not title or not title.strip():
            return
        name, text = as_snippet(title, sql)
        path = self._folders[1][1] / name
        question = Confirm(f"There is a query {name} already.", "Replace it?", verb="replace it")
        if path.exists() and not await self._pane.app.push_screen_wait(question):
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(write_private, path, text.encode("utf-8", "replace"))
        except OSError as error:
            self._pane.say(f"{path} could not be written: {error.strerror or error}.", failed=True)
            return
        self._pane.say(f"Kept as {path}.")
