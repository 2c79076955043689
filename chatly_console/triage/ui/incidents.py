"""Records an incident, goes through one that is on record, and writes its time line."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from chatly_console.core.failure import Failure
from chatly_console.shell.choose import Choice, Choose
from chatly_console.shell.dialogs import AskText
from chatly_console.shell.messages import Report, Say
from chatly_console.triage.incident import MARK, SUFFIX, Recorder, place_of, read_incident
from chatly_console.triage.replay import Replay
from chatly_console.triage.timeline import timeline

if TYPE_CHECKING:
    from chatly_console.triage.ui.watching_pane import WatchingPane


class Incidents:
    """What the pane does with records; `replay` is the one that is being gone through, if any."""

    def __init__(self, pane: WatchingPane, folder: Path) -> None:
        self._pane = pane
        self._folder = folder
        self._last: Path | None = None
        self.replay: Replay | None = None

    def toggle(self) -> None:
        """Begin to record, or end it."""
        watching, database = self._pane.watching, self._pane.session.database
        if watching.recorder is not None:
            recorder, watching.recorder = watching.recorder, None
            self._say(f"Recorded {recorder.looks} looks. T goes through them, E writes the time line: {recorder.path}")
        elif database is not None:
            facts = database.facts
            name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{facts.database}".replace("/", "_") + SUFFIX
            self._last = self._folder / name
            place = place_of(self._pane.session.profile.name, facts.host, facts.database)
            watching.recorder = Recorder(self._last, place)
            self._say("Recording. n adds a note, R ends it.")
        self._pane.draw_lines()

    async def note(self) -> None:
        """Add a note to what is being recorded."""
        if self._pane.watching.recorder is None:
            self._say("Nothing is being recorded: R begins.")
            return
        words = await self._pane.app.push_screen_wait(AskText("What happens, or what did you do?"))
        if words and words.strip() and self.keep(words.strip()):
            self._say("Noted.")

    def mark(self) -> None:
        """Mark this moment in the record."""
        if self._pane.watching.recorder is None:
            self._say("Nothing is being recorded: R begins.")
        elif self.keep(MARK):
            self._say("Marked.")

    def keep(self, words: str) -> bool:
        """Add this to the record, if there is one; returns whether it is kept."""
        recorder = self._pane.watching.recorder
        if recorder is None:
            return False
        try:
            recorder.note(words)
        except OSError as error:
            self._say(f"This could not be kept in the record: {error.strerror}.")
            return False
        return True

    async def choose(self) -> None:
        """Go through a record, or leave it."""
        if self.replay is not None:
            self.replay = None
            self._pane.look_now()
            self._pane.draw(anew=True)
            return
        path = await self._ask()
        if path is None:
            return
        try:
            moments = await asyncio.to_thread(read_incident, path)
            self.replay = Replay(moments)
        except Failure as failure:
            self._pane.post_message(Report(failure))
            return
        self._last = path
        self._pane.draw(anew=True)

    async def _ask(self) -> Path | None:
        found = sorted(self._folder.glob(f"*{SUFFIX}"), reverse=True)
        if not found:
            self._say("There is no record yet: R begins one.")
            return None
        choices = [
            Choice(path.name.removesuffix(SUFFIX), path, f"{path.stat().st_size / 1024:,.0f} kB") for path in found
        ]
        return await self._pane.app.push_screen_wait(Choose("Go through which incident?", choices))

    def step(self, by: int) -> None:
        """Go on in the record, or back."""
        if self.replay is not None:
            self.replay.step(by)
            self._pane.draw()

    async def export(self) -> None:
        """Write the time line of the record beside it, as Markdown."""
        path = self._last or await self._ask()
        if path is None:
            return
        target = path.with_name(path.name.removesuffix(SUFFIX) + ".md")
        try:
            text = timeline(await asyncio.to_thread(read_incident, path))
            await asyncio.to_thread(target.write_text, text, "utf-8")
        except Failure as failure:
            self._pane.post_message(Report(failure))
            return
        except OSError as error:
            self._say(f"{target} cannot be written: {error.strerror}.")
            return
        self._say(f"The time line is in {target}")

    def _say(self, words: str) -> None:
        self._pane.post_message(Say(words, "done"))
