r"""Does what a backslash command of psql means in this console."""

from collections.abc import Callable
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Request
from chatly_console.query.meta_commands import Meaning, MetaCommand, meaning
from chatly_console.query.meta_words import LISTED
from chatly_console.query.parameter_memory import ParameterMemory
from chatly_console.query.place import Place
from chatly_console.query.table_service import Tables
from chatly_console.query.ui.exporting import Exporting
from chatly_console.query.ui.file_copies import FileCopies
from chatly_console.query.ui.file_verbs import FileVerbs
from chatly_console.query.ui.included_files import IncludedFiles
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.ui.runner import Runner
from chatly_console.query.ui.script_runs import ScriptRuns
from chatly_console.query.ui.watching import Watching
from chatly_console.query.variables import Variables
from chatly_console.server.sql_files import load_sql
from chatly_console.shell.help_screen import HelpScreen
from chatly_console.shell.messages import OpenRelation, ShowPolicies


class MetaVerbs:
    """Belongs to the pane; its coroutines run in the pane's workers and raise Failure."""

    def __init__(
        self, pane: PaneFace, root: Path | None, *, runner: Runner, scripts: ScriptRuns, tables: Tables,
        files: FileVerbs, watching: Watching, exporting: Exporting, show_history: Callable[[], object],
    ) -> None:  # fmt: skip
        self._pane, self._root = pane, root
        self._runner, self._tables, self._files, self._watching = runner, tables, files, watching
        self._copies = FileCopies(pane, runner, exporting)
        self._included = IncludedFiles(pane, scripts)
        self._show_history = show_history

    async def do(self, command: MetaCommand) -> None:
        """Carry out a command that stands on a line of its own."""
        meant, pane = meaning(command), self._pane
        if meant.kind in ("say", "unknown", "run"):
            pane.say(meant.text or "F5 runs the statement at the cursor.", failed=meant.kind == "unknown")
        elif meant.kind == "list":
            await self._list(command, meant)
        elif meant.kind in ("relation", "policies"):
            await self._relation(meant)
        elif meant.kind == "copy":
            await self._copies.do(meant.text)
        elif meant.kind in ("include", "include beside"):
            await self._included.run(meant.text, beside=meant.kind == "include beside")
        elif meant.kind in ("edit", "save"):
            await (self._files.edit_outside if meant.kind == "edit" else self._files.save)(meant.text)
        elif meant.kind in ("set", "unset"):
            self._set(meant)
        elif meant.kind == "echo":
            pane.say(" ".join(Variables().words(meant.text)))
        elif meant.kind == "values":
            self._set_from_row(meant.text)
        else:
            await self._simple(meant)

    async def _simple(self, meant: Meaning) -> None:
        pane = self._pane
        if meant.kind == "rows_down":
            pane.result.focus_rows()
            pane.result.grid.action_open_row()
        elif meant.kind == "watch":
            self._watching.start(pane.result, float(meant.text), int(meant.values[0]))
        elif meant.kind == "commands":
            pane.app.push_screen(HelpScreen([("F5 on the line of one carries it out", LISTED)], "psql's commands here"))
        elif meant.kind == "history":
            self._show_history()
        elif meant.kind == "quit":
            await pane.app.run_action("quit")
        else:
            await pane.app.run_action("command('connections')")

    async def _list(self, command: MetaCommand, meant: Meaning) -> None:
        pane, database = self._pane, self._pane.database()
        sql = load_sql("chatly_console.query", meant.text, database.facts.version_number)
        run = self._runner.new_run(Request(sql, meant.values, pane.session.identity))
        place = Place("", 0, f"\\{command.name} {command.argument}".strip())
        await self._runner.run(run, place, place.sql)

    async def _relation(self, meant: Meaning) -> None:
        catalogue = await self._tables.catalogue(self._pane.database())
        bare = meant.text.replace('"', "")
        found = catalogue.found(meant.text) or catalogue.found(bare) or catalogue.found(bare.lower())
        if not found:
            raise Failure(f"There is no relation {meant.text}.", FailureKind.USAGE, hint=r"\dt lists the tables.")
        best = min(found, key=lambda relation: (relation.schema != "public", relation.schema))
        to = OpenRelation if meant.kind == "relation" else ShowPolicies
        self._pane.post_message(to(best.schema, best.name))

    def _set(self, meant: Meaning) -> None:
        memory = ParameterMemory(self._pane.session.profile.name, root=self._root)
        memory.remember(f"\\set {meant.text}", {meant.text: meant.values[0] if meant.values else None})
        what = f"is {meant.values[0]}" if meant.values else "has no value"
        self._pane.say(f":{meant.text} {what} from now on, where a statement has it.")

    def _set_from_row(self, prefix: str) -> None:
        """The columns of the one row on show are values from now on."""
        run = self._pane.result.run
        if run is None or run.rows is None or run.state.rows != 1:
            raise Failure("\\gset needs a statement before it that returns one row.", FailureKind.USAGE)
        row = run.rows.row(0) or ()
        values = {f"{prefix}{column.name}": value for column, value in zip(run.rows.columns, row, strict=True)}
        memory = ParameterMemory(self._pane.session.profile.name, root=self._root)
        for name, value in values.items():
            memory.remember(f"\\set {name}", {name: value})
        self._pane.say(f"{', '.join(f':{name}' for name in values)} from now on, where a statement has it.")
