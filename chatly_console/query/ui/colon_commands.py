"""Vi's commands behind a colon, carried out with what the console has for them."""

import asyncio

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.file_verbs import FileVerbs
from chatly_console.query.ui.pane_face import PaneFace
from chatly_console.query.ui.vi_keys import EditorText, ViKeys
from chatly_console.query.vi.commands import OnLines, OnMatches, Plain, Setting, read_command
from chatly_console.query.vi.searching import Sought, compiled
from chatly_console.query.vi.substitution import Substitute
from chatly_console.query.vi.text import first_not_blank


class ColonCommands:
    """Belongs to the pane; its coroutines run in the pane's workers and raise Failure."""

    def __init__(self, pane: PaneFace, files: FileVerbs) -> None:
        self._pane = pane
        self._files = files
        self._substituted: Substitute | None = None

    async def carry_out(self, typed: str) -> None:
        """Do what was typed."""
        editor = self._pane.editing.editor
        if editor.vi is None:
            return
        command = read_command(typed, self._setting(editor, editor.vi))
        if isinstance(command, Substitute):
            await self._substitute(editor, command)
        elif isinstance(command, OnMatches):
            await self._delete_matching(editor, command)
        elif isinstance(command, OnLines):
            editor.vi.on_lines(command)
        else:
            await self._do(editor, command)

    def _setting(self, editor: SqlEditor, vi: ViKeys) -> Setting:
        def mark(name: str) -> int | None:
            found = vi.vi.marks.find(name, vi.text)
            return None if found is None else found[0]

        def find(pattern: str, ahead: bool, line: int) -> int | None:
            sought = Sought(compiled(pattern, smart=True), ahead, pattern) if pattern else vi.vi.sought
            end = len(vi.text.line(line)) if ahead else 0
            found = None if sought is None else Sought(sought.pattern, ahead, "").next(vi.text, (line, end))
            return None if found is None else found[0][0]

        last = editor.document.line_count - 1
        return Setting(editor.cursor_location[0], last, mark, find, vi.vi.sought, self._substituted)

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
        self._substituted = command
        lines = [editor.document.get_line(number) for number in range(command.first, command.last + 1)]
        before = editor.text
        changed, found, at = await asyncio.to_thread(command.carried_out, lines)
        _refuse_if_changed(editor, before)
        if not found:
            raise Failure(f"Nothing in these lines matches {command.pattern.pattern}.", FailureKind.USAGE)
        places = f"{found:,} {'place' if found == 1 else 'places'}"
        if command.counts:
            self._pane.say(f"{places} found.")
            return
        end = command.last, len(lines[-1])
        editor.replace("\n".join(changed), (command.first, 0), end, maintain_selection_offset=False)
        line = command.first + sum(line.count("\n") + 1 for line in changed[:at])
        editor.move_cursor((line, first_not_blank(EditorText(editor), line)))
        self._pane.say(f"{places} replaced; u undoes that.")

    async def _delete_matching(self, editor: SqlEditor, command: OnMatches) -> None:
        lines = [editor.document.get_line(number) for number in range(command.first, command.last + 1)]
        before = editor.text
        kept = await asyncio.to_thread(_not_matching, command, lines)
        _refuse_if_changed(editor, before)
        gone = len(lines) - len(kept)
        if not gone:
            raise Failure(f"No line of these is meant by {command.pattern.pattern}.", FailureKind.USAGE)
        end = command.last, len(lines[-1])
        start = command.first, 0
        if not kept:
            start, end = _with_line_end(editor, command.first, command.last)
        editor.replace("\n".join(kept), start, end, maintain_selection_offset=False)
        line = min(command.first, editor.document.line_count - 1)
        editor.move_cursor((line, first_not_blank(EditorText(editor), line)))
        self._pane.say(f"{gone:,} {'line' if gone == 1 else 'lines'} deleted; u undoes that.")


def _not_matching(command: OnMatches, lines: list[str]) -> list[str]:
    return [line for line in lines if (command.pattern.search(line) is None) is not command.inverted]


def _with_line_end(editor: SqlEditor, first: int, last: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Whole lines with the end of the last, or of the one before the first."""
    document = editor.document
    if last + 1 < document.line_count:
        return (first, 0), (last + 1, 0)
    start = (first - 1, len(document.get_line(first - 1))) if first else (0, 0)
    return start, (last, len(document.get_line(last)))


def _refuse_if_changed(editor: SqlEditor, before: str) -> None:
    if before != editor.text:
        raise Failure("The text has changed meanwhile; nothing was done.", FailureKind.USAGE)
