"""The SQL editor: colours, the statement under the cursor, the place of an error, and the keys that edit."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.document._document import Selection
from textual.message import Message
from textual.widgets.text_area import Edit, EditResult

from chatly_console.query.line_edits import dedent, indent, toggle_comments
from chatly_console.query.ui.editor_content import EditorContent
from chatly_console.query.ui.vi_keys import ViKeys
from chatly_console.shell.grid.copying import copy_text
from chatly_console.shell.messages import Say


class SqlEditor(EditorContent):
    """The editor of the Query pane. It knows its statements, and nothing of servers."""

    BINDING_GROUP_TITLE = "Editor"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+enter", "run", "Run", show=False, id="editor.run",
                tooltip="Run the selection, or the statement at the cursor"),
        Binding("ctrl+slash,ctrl+underscore", "toggle_comment", "Comment", show=False, id="editor.comment",
                tooltip="Comment the selected lines out, or in again"),
        Binding("ctrl+up", "recall(1)", "Older", show=False, id="editor.older", tooltip="The statement run before"),
        Binding("ctrl+down", "recall(-1)", "Newer", show=False, id="editor.newer", tooltip="The statement run after"),
        Binding("ctrl+home", "text_edge(False)", "To the beginning", show=False, id="editor.first",
                tooltip="To the beginning of the text"),
        Binding("ctrl+end", "text_edge(True)", "To the end", show=False, id="editor.last",
                tooltip="To the end of the text"),
        Binding("ctrl+shift+home", "text_edge(False, True)", "Select to the beginning", show=False,
                id="editor.select_first", tooltip="Select to the beginning of the text"),
        Binding("ctrl+shift+end", "text_edge(True, True)", "Select to the end", show=False, id="editor.select_last",
                tooltip="Select to the end of the text"),
        Binding("ctrl+f", "find", "Find", show=False, id="editor.find", tooltip="Find and replace in the text"),
    ]  # fmt: skip

    @dataclass
    class RunAsked(Message):
        """The user wants to run what is selected, or the statement at the cursor."""

        editor: "SqlEditor"

    @dataclass
    class Left(Message):
        """The user wants to go to the result."""

    @dataclass
    class FindAsked(Message):
        """The user wants to find something in the text."""

    @dataclass
    class RecallAsked(Message):
        """The user wants an older (1) or newer (-1) statement of the history."""

        step: int

    @dataclass
    class FindAgain(Message):
        """The user wants the next (1) or the previous (-1) match of what was looked for."""

        step: int

    @dataclass
    class DefinitionAsked(Message):
        """The user wants to be told what is under the cursor, or to go where it is defined."""

        goes: bool

    @dataclass
    class VerbAsked(Message):
        """The user wants what a vi key stands for: `format`, `command`, `next buffer` or `buffer before`."""

        verb: str

    @dataclass
    class ModeChanged(Message):
        """What vi keys mean now, in words; empty without them."""

        words: str

    before_typing: Callable[[str], None] | None = None
    """Told of what is typed or pasted first, before it is in the text; not after the cursor was moved."""
    typed_at = 0.0
    """When a key was pressed last, by the monotonic clock."""

    # Keys

    def use_vi(self, wanted: bool) -> None:
        """Take vi keys from now on, or plain ones again."""
        self.vi = ViKeys(self) if wanted else None
        self._show_mode()

    def _show_mode(self) -> None:
        """What keys mean now is said, and seen by the cursor."""
        vi = self.vi
        self.set_class(vi is not None and vi.inserts, "-types")
        is_marked = vi is not None and (vi.selected is not None or vi.vi.found is not None)
        if is_marked or self._is_marked:
            self._is_marked = is_marked
            self.highlight_cursor_line = not is_marked  # its colour would hide what is marked in it
            self.refresh()
        self.post_message(self.ModeChanged(vi.words if vi is not None else ""))

    _is_marked = False
    """Whether something was shown as selected or found by vi keys."""

    @property
    def takes_commands(self) -> bool:
        """Whether characters are commands, so that the next key has to wait for what the one before does."""
        return self.vi is not None and not self.vi.inserts

    def end_insert(self) -> None:
        """With vi keys, what is typed are commands again; without them nothing changes."""
        if self.vi is not None:
            self.vi.end_insert()
            self._show_mode()

    def action_run(self) -> None:
        """Ask for a run."""
        self.post_message(self.RunAsked(self))

    def action_leave(self) -> None:
        """Ask to go to the result."""
        self.post_message(self.Left())

    def action_find(self) -> None:
        """Ask for the find bar."""
        self.post_message(self.FindAsked())

    def action_recall(self, step: int) -> None:
        """Ask for another statement of the history."""
        self.post_message(self.RecallAsked(step))

    def action_copy(self) -> None:
        """Copy the selection, or the statement at the cursor."""
        selected = self.chosen_text
        chosen = selected or "".join(sql for _, sql in self.chosen())
        if chosen:
            copy_text(self, chosen, "the selection" if selected else "the statement")

    def action_text_edge(self, last: bool, select: bool = False) -> None:
        """To the beginning of the text or to its end, or select up to there."""
        self.move_cursor(self.document.end if last else (0, 0), select=select)

    def action_toggle_comment(self) -> None:
        """Comment the selected lines (or the cursor's) out, or in again if all of them are."""
        self._change_lines(toggle_comments)

    def _change_lines(self, change: Callable[[list[str]], list[str]]) -> None:
        """Change the selected lines, or the cursor's, as one step to undo."""
        (top, _), (bottom, bottom_column) = self.extent or sorted(self.selection)
        if self.vi is not None:
            self.vi.end_selection()
            self._show_mode()
        if bottom > top and bottom_column == 0:
            bottom -= 1
        lines = [self.document.get_line(line) for line in range(top, bottom + 1)]
        column = self.cursor_location[1]
        end = (bottom, len(lines[-1]))
        self.replace("\n".join(change(lines)), (top, 0), end, maintain_selection_offset=False)
        if top == bottom or self.vi is not None:
            self.move_cursor((top, min(column, len(self.document.get_line(top)))))
        else:
            self.selection = Selection((top, 0), (bottom, len(self.document.get_line(bottom))))

    def edit(self, edit: Edit) -> EditResult:
        """Change the text; vi keys are told of it."""
        result = super().edit(edit)
        if self.vi is not None:
            self.vi.edited(edit, result.replaced_text)
        return result

    def _after_vi(self, vi: ViKeys) -> None:
        """What vi has to say, and asks for; a macro that is long goes on as soon as the screen was drawn."""
        if vi.vi.said:
            self.post_message(Say(vi.vi.said, "note"))
        self._carry_out(vi.request)
        if vi.vi.is_busy:
            self.call_later(self._go_on_with_vi)

    def _go_on_with_vi(self) -> None:
        if self.vi is not None and self.vi.vi.is_busy:
            self.vi.go_on()
            self._show_mode()
            self._after_vi(self.vi)

    def _carry_out(self, request: str) -> None:
        """What a vi key stands for, where the editor or others have it."""
        if request in ("next", "previous"):
            self.post_message(self.FindAgain(1 if request == "next" else -1))
        elif request in ("tell", "go there"):
            self.post_message(self.DefinitionAsked(goes=request == "go there"))
        elif request:
            self.post_message(self.VerbAsked(request))

    def _is_console_key(self, key: str) -> bool:
        """Whether the console has something on a ctrl key; what a text field itself does by it is not meant."""
        if not key.startswith("ctrl+"):
            return False
        found = self.screen.active_bindings.get(key)
        return found is not None and bool(found.binding.id)

    async def _on_key(self, event: events.Key) -> None:
        self.typed_at = time.monotonic()
        self._about_to_type(event.character or "" if event.is_printable and self.vi is None else "")
        if self.vi is not None:
            taken = self.vi.take(event, is_console_key=self._is_console_key(event.key))
            self._show_mode()
            if taken:
                event.stop()
                event.prevent_default()
                self._after_vi(self.vi)
                return
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.action_leave()
            return
        if event.key in ("tab", "shift+tab") and self.selection.start[0] != self.selection.end[0]:
            event.stop()
            event.prevent_default()
            self._change_lines(indent if event.key == "tab" else dedent)
            return
        if event.key == "ctrl+j":
            # a pasted line feed, where the terminal does not bracket what is pasted: it must neither run nor vanish
            event.stop()
            event.prevent_default()
            self._replace_via_keyboard("\n", *self.selection)
            return
        if event.key == "enter" and self.selection.is_empty:
            event.stop()
            event.prevent_default()
            line = self.document.get_line(self.cursor_location[0])[: self.cursor_location[1]]
            self.insert("\n" + line[: len(line) - len(line.lstrip(" \t"))])
            return
        if not event.is_printable and event.key not in ("enter", "tab") and await self._did_at_once(event):
            return
        await super()._on_key(event)

    def on_paste(self, event: events.Paste) -> None:
        """Textual calls this, and then its own that puts the text in."""
        self._about_to_type(event.text)

    def on_mouse_down(self) -> None:
        """Whoever clicks writes where the cursor then is."""
        self.before_typing = None

    def _about_to_type(self, text: str) -> None:
        before, self.before_typing = self.before_typing, None
        if before is not None and text:
            before(text)

    async def _did_at_once(self, event: events.Key) -> bool:
        """Carry out what the key means in its turn. Textual does it once the key has bubbled up to the app, and what
        is typed meanwhile would come first: F5 would run a later text, and backspace take away a later character.
        """
        if not await self.app._check_bindings(event.key):
            return False
        event.stop()
        event.prevent_default()
        return True
