r"""Runs a file of SQL, as `\i` does in psql: by the rules of every run here, and without touching the editor's text."""

import asyncio
from contextlib import suppress
from pathlib import Path

from chatly_console.query.file_copy import size_words
from chatly_console.query.script_file import script_of_file
from chatly_console.query.text_files import path_of
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.ui.script_runs import ScriptRuns
from chatly_console.shell.messages import Say

_LARGE = 10_000_000
"""Bytes from which on reading takes long enough to be told."""


class IncludedFiles:
    """Belongs to the pane; its coroutines run in the pane's workers and raise Failure."""

    def __init__(self, pane: PaneFace, scripts: ScriptRuns) -> None:
        self._pane = pane
        self._scripts = scripts

    async def run(self, name: str, *, beside: bool = False) -> None:
        """Run the statements of a file one after the other; `beside`: seen from the folder of the buffer's own file."""
        pane = self._pane
        if not name:
            pane.say("Say which file: \\i FILE.", failed=True)
            return
        own = pane.editing.buffers.active.path
        path = (Path(own).parent if beside and own else Path()) / path_of(name)
        with suppress(OSError):
            if path.stat().st_size > _LARGE:
                pane.post_message(Say(f"Reading {path.name}, {size_words(path.stat().st_size)}…", "note"))
        script = await asyncio.to_thread(script_of_file, path)
        await self._scripts.run(script, f"\\i '{path}'")
