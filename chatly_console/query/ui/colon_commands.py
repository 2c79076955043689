"""Vi's commands behind a colon, carried out with what the console has for them."""

import asyncio

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.file_verbs import FileVerbs
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.ui.vi_keys import EditorText
from chatly_console.query.vi.commands import Plain, Substitute, read_command
from chatly_console.query.vi.motions import first_not_blank


class ColonCommands:
    """Belongs to the pane; its coroutines run in the pane's workers and raise Failure."""

    def __init__(self, pane: PaneFace, files: FileVerbs) -> None:
        self._pane = pane
        self._files = files

    async def carry_out(self, typed: str) -> None:
        """Do what was typed."""
        editor = self._pane.editing.editor
        selected = editor.vi.vi.selected_lines if editor.vi is not None else None
        if editor.vi is not None and selected is not None:
            editor.vi.vi.feed("escape")
            editor.post_message(editor.ModeChanged(editor.vi.words))
        last = editor.document.line_count - 1
        command = read_command(typed, editor.cursor_location[0], last, selected)
        if isinstance(command, Substitute):
            await self._substitute(editor, command)
        else:
            await self._do(editor, command)

    async def _do(self, editor: SqlEditor, command: Plain) -> None:
        editing, app = self._pane.editing, self._pane.app
        if command.kind == "go":
            editor.move_cursor((command.line, first_not_blank(EditorText(editor), command.line)))
        elif command.kind == "edit":
            await self._files.open(command.path)
        elif command.kind in ("next buffer", "buffer before"):
            editing.step_buffer(1 if command.kind == "next buffer" else -1)
        elif command.kind == "close":
            editing.ask_close()
        if command.kind in ("write", "write and quit"):
            await self._files.save(command.path)
        if command.kind in ("quit", "write and quit"):
            await app.run_action("quit")

    async def _substitute(self, editor: SqlEditor, command: Substitute) -> None:
        lines = [editor.document.get_line(number) for number in range(command.first, command.last + 1)]
        before = editor.text
        changed, found, at = await asyncio.to_thread(command.carried_out, lines)
        if before != editor.text:
            raise Failure("The text has changed meanwhile; nothing was replaced.", FailureKind.USAGE)
        if not found:
            raise Failure(f"Nothing in these lines matches {command.pattern.pattern}.", FailureKind.USAGE)
        end = command.last, len(lines[-1])
        editor.replace("\n".join(changed), (command.first, 0), end, maintain_selection_offset=False)
        editor.move_cursor((command.first + sum(line.count("\n") + 1 for line in changed[:at]), 0))
        self._pane.say(f"{found:,} {'place' if found == 1 else 'places'} replaced; u undoes that.")
