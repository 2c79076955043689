r"""Does what a backslash command of psql means in this console."""

from pathlib import Path
from typing import TYPE_CHECKING

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.request import Request
from chatly_console.query.meta_commands import Meaning, MetaCommand, meaning
from chatly_console.query.meta_words import LISTED
from chatly_console.query.parameter_memory import ParameterMemory
from chatly_console.query.place import Place
from chatly_console.query.ui.file_copies import FileCopies
from chatly_console.server.sql_files import load_sql
from chatly_console.shell.help_screen import HelpScreen
from chatly_console.shell.messages import OpenRelation, ShowPolicies

if TYPE_CHECKING:
    from chatly_console.query.ui.pane import QueryPane


class MetaVerbs:
    """Belongs to the pane; its coroutines run in the pane's workers and raise Failure."""

    def __init__(self, pane: "QueryPane", root: Path | None) -> None:
        self._pane = pane
        self._root = root
        self._copies = FileCopies(pane)

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
        elif meant.kind in ("edit", "file", "save"):
            files = pane.files
            await {"edit": files.edit_outside, "file": files.open, "save": files.save}[meant.kind](meant.text)
        elif meant.kind in ("set", "unset"):
            self._set(meant)
        else:
            await self._simple(meant)

    async def _simple(self, meant: Meaning) -> None:
        pane = self._pane
        if meant.kind == "rows_down":
            pane.result.focus_rows()
            pane.result.grid.action_open_row()
        elif meant.kind == "watch":
            pane.watching.start(pane.result, float(meant.text), int(meant.values[0]))
        elif meant.kind == "commands":
            pane.app.push_screen(HelpScreen([("F5 on the line of one carries it out", LISTED)], "psql's commands here"))
        elif meant.kind == "history":
            pane.action_history()
        elif meant.kind == "quit":
            await pane.app.run_action("quit")
        else:
            await pane.app.run_action("command('connections')")

    async def _list(self, command: MetaCommand, meant: Meaning) -> None:
        pane, database = self._pane, self._pane.database()
        sql = load_sql("chatly_console.query", meant.text, database.facts.version_number)
        run = pane.runner.new_run(Request(sql, meant.values, pane.session.identity))
        place = Place("", 0, f"\\{command.name} {command.argument}".strip())
        await pane.runner.run(run, place, place.sql)

    async def _relation(self, meant: Meaning) -> None:
        pane = self._pane
        catalogue = await pane.verbs.tables.catalogue(pane.database())
        bare = meant.text.replace('"', "")
        found = catalogue.found(meant.text) or catalogue.found(bare) or catalogue.found(bare.lower())
        if not found:
            raise Failure(f"There is no relation {meant.text}.", FailureKind.USAGE, hint=r"\dt lists the tables.")
        best = min(found, key=lambda relation: (relation.schema != "public", relation.schema))
        to = OpenRelation if meant.kind == "relation" else ShowPolicies
        pane.post_message(to(best.schema, best.name))

    def _set(self, meant: Meaning) -> None:
        memory = ParameterMemory(self._pane.session.profile.name, root=self._root)
        memory.remember(f"\\set {meant.text}", {meant.text: meant.values[0] if meant.values else None})
        what = f"is {meant.values[0]}" if meant.values else "has no value"
        self._pane.say(f":{meant.text} {what} from now on, where a statement has it.")
