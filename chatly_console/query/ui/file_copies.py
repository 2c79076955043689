r"""Carries out \copy: rows of a query into a file of this machine, or the lines of one into a table."""

from pathlib import Path

from chatly_console.core.request import Request
from chatly_console.query.copy_command import CopyCommand, read_copy
from chatly_console.query.export import NewFile
from chatly_console.query.file_copy import WrittenFile, loaded_file
from chatly_console.query.place import Place
from chatly_console.query.run import Phase
from chatly_console.query.text_files import path_of
from chatly_console.query.ui.exporting import Exporting
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.ui.runner import Runner


class FileCopies:
    """Belongs to the pane; its coroutines run in the pane's workers and raise Failure."""

    def __init__(self, pane: PaneFace, runner: Runner, exporting: Exporting) -> None:
        self._pane = pane
        self._runner = runner
        self._exporting = exporting

    async def do(self, argument: str) -> None:
        """Copy as the words behind the command say."""
        command = read_copy(argument)
        path, place = path_of(command.path), Place("", 0, f"\\copy {argument}")
        if command.loads:
            await self._runner.load(place, command.sql, loaded_file(path))
        elif command.format:
            await self._export(command, path, place)
        else:
            await self._write(command, path, place)

    async def _export(self, command: CopyCommand, path: Path, place: Place) -> None:
        """In one of the console's formats, from a result that is also on show."""
        run = self._runner.new_run(Request(command.sql, identity=self._pane.session.identity))
        await self._runner.run(run, place, f"\\copy {path.name}")
        if run.state.phase in (Phase.OPEN, Phase.DONE):
            self._exporting.start(run, path)

    async def _write(self, command: CopyCommand, path: Path, place: Place) -> None:
        """As the server's own COPY makes it."""
        pane = self._pane
        with NewFile(path) as file:
            request = Request(command.sql, identity=pane.session.identity)
            run = self._runner.new_run(request, WrittenFile(file, command.options))
            if await self._runner.run(run, place, f"\\copy {path.name}"):
                file.keep()
                pane.say(f"{run.state.tag}: written to {path}, read once as {run.state.whom}.")
