"""The editor with what it knows of the schema: proposals as one types, signatures of calls, definitions."""

from bisect import bisect_right
from dataclasses import replace
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Offset
from textual.widgets import TextArea

from chatly_console.core.catalogue import object_path
from chatly_console.core.completion import Completion, Pointed, Proposal, complete, pointed_at, signatures_at
from chatly_console.core.text import safe_text
from chatly_console.query.ui.completion_bindings import COMPLETION_BINDINGS, IN_LIST
from chatly_console.query.ui.completion_list import CompletionList
from chatly_console.query.ui.completion_names import KnownNames
from chatly_console.query.ui.completion_signature import SignatureLine
from chatly_console.query.ui.editor import SqlEditor
from chatly_console.query.ui.hover import HoverCard
from chatly_console.shell.messages import OpenObject, Say
from chatly_console.shell.pane import Pane

_LOOK_BACK, _LOOK_AHEAD = 12_000, 3_000
"""Characters of a statement around the cursor that are read; a longer one is data rather than a query."""
_TYPED_AT_ONCE = 2
"""Characters that an edit adds at most to count as typing: a text that was pasted opens no list."""


class AssistedEditor(Vertical):
    """Holds the editor, and the lists that float above it. The editor itself knows nothing of them."""

    DEFAULT_CSS = Path(__file__).with_suffix(".tcss").read_text("utf-8")
    BINDING_GROUP_TITLE = "Editor"
    BINDINGS = COMPLETION_BINDINGS

    def __init__(self, editor: SqlEditor) -> None:
        super().__init__()
        self.editor = editor
        self._known: KnownNames | None = None
        self._document: object = None
        self._length = 0
        self._version = 0
        self._has_taken = False

    def compose(self) -> ComposeResult:
        """The editor, and what floats."""
        yield self.editor
        yield CompletionList()
        yield SignatureLine()

    def on_mount(self) -> None:
        """Follow the cursor."""
        self._remember()
        self.watch(self.editor, "selection", self._cursor_moved, init=False)
        self.watch(self.editor, "has_focus", self._focus_moved, init=False)

    def on_unmount(self) -> None:
        """Nobody needs the names any more."""
        if self._known is not None:
            self._known.close()

    @property
    def list(self) -> CompletionList:
        """The list of proposals."""
        return self.query_one(CompletionList)

    @property
    def signature(self) -> SignatureLine:
        """The line with the signature."""
        return self.query_one(SignatureLine)

    @property
    def known(self) -> KnownNames:
        """The names of the database that is connected."""
        if self._known is None:
            session = next(node for node in self.ancestors if isinstance(node, Pane)).session
            self._known = KnownNames(self, session, self._names_read)
        return self._known

    def close_lists(self) -> None:
        """Whoever runs the text, or looks for another one, has done with writing it."""
        self._close()

    def statement_ended(self) -> None:
        """A statement that may have changed the schema has run."""
        self.known.statement_ended()

    # Following the text

    @on(TextArea.Changed)
    def _edited(self) -> None:
        editor = self.editor
        added = len(editor.text) - self._length
        is_same = editor.document is self._document
        self._remember()
        has_taken, self._has_taken = self._has_taken, False
        is_typed = editor.has_focus and not editor.takes_commands
        if not is_same or (added > _TYPED_AT_ONCE and not has_taken) or not is_typed:
            self._close()
            return
        if has_taken and not self._before_cursor().endswith("."):
            self._close_list()
        else:
            self._propose()
        self._show_signature()

    def _cursor_moved(self) -> None:
        if self.editor.sql_document.version == self._version and self.editor.document is self._document:
            self._close_list()
            if self.signature.display:
                self._show_signature()

    def _focus_moved(self, has_focus: bool) -> None:
        if has_focus:
            self.known.now()
        else:
            self._close()

    def on_resize(self) -> None:
        """What floats would float in the wrong place."""
        self._close()

    def _names_read(self) -> None:
        if self.list.is_open and self.list.chosen is None:
            self._propose()

    def _remember(self) -> None:
        editor = self.editor
        self._document, self._version, self._length = editor.document, editor.sql_document.version, len(editor.text)

    def _close(self) -> None:
        self._close_list()
        self.signature.close()

    def _close_list(self) -> None:
        if self.list.is_open:
            self.list.close()
            self._list_changed()

    def _list_changed(self) -> None:
        """The footer names the keys of the list while it is open; Tab is the text's own until something is chosen."""
        self.editor.tab_behavior = "focus" if self.list.chosen is not None else "indent"
        self.refresh_bindings()

    def _before_cursor(self) -> str:
        line, column = self.editor.cursor_location
        return self.editor.document.get_line(line)[:column]

    def _window(self) -> tuple[str, int]:
        """The text of the statement at the cursor (or of what is left of a broken one), and where it begins."""
        editor = self.editor
        cursor = editor.cursor_offset
        editor.statement_at_cursor()
        place = bisect_right(editor.script, cursor, key=lambda statement: statement.start) - 1
        start = editor.script[place].start if place >= 0 else 0
        end = editor.script[place].end if place >= 0 else cursor
        if cursor - start > _LOOK_BACK:
            start = editor.script.token_begin(cursor - _LOOK_BACK)
        return editor.text[start : min(max(end, cursor), cursor + _LOOK_AHEAD)], start

    def _completion(self) -> Completion | None:
        editor = self.editor
        if not editor.selection.is_empty:
            return None
        text, start = self._window()
        found = complete(text, editor.cursor_offset - start, self.known.now())
        if found is None:
            return None
        return Completion(found.proposals, found.start + start, found.end + start, found.prefix, found.is_strong)

    def _propose(self, *, asked: bool = False) -> None:
        found = self._completion()
        is_wanted = found is not None and (asked or found.prefix or (found.is_strong and self._before_cursor().strip()))
        if found is None or not is_wanted:
            self._close_list()
        else:
            was_same = self.list.is_open and self.list.chosen is None
            top = self.editor.region.y
            self.list.open(found, self.editor.cursor_screen_offset, self.screen.size, top=top)
            if not was_same:
                self._list_changed()

    def _show_signature(self) -> None:
        text, start = self._window()
        found = signatures_at(text, self.editor.cursor_offset - start, self.known.now())
        if not found or not self.editor.has_focus:
            self.signature.close()
            return
        cursor = self.editor.cursor_screen_offset
        begin = self.editor.sql_document.get_location_from_index(found[0].start + start)
        column = begin[1] - self.editor.cursor_location[1] if begin[0] == self.editor.cursor_location[0] else 0
        place = Offset(max(0, cursor.x + column), cursor.y)
        is_above = self.list.is_open and self.list.is_above
        top = cursor.y if is_above else self.editor.region.y
        below = is_above or not self.list.is_open
        self.signature.open(found, place, self.screen.size, top=top, below=below)

    # Keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """The list has its keys only while it is open, and Enter and Tab only once something is chosen."""
        if not self.is_mounted or action not in IN_LIST:
            return True
        if action == "take":
            return self.list.is_open and self.list.chosen is not None
        return self.list.is_open

    def action_choose(self, by: int) -> None:
        """Choose another proposal."""
        self.list.move(by)
        self._list_changed()

    def action_take(self) -> None:
        """Write the chosen proposal."""
        if self.list.proposal is not None:
            self._take(self.list.proposal)

    @on(CompletionList.Taken)
    def _clicked(self, event: CompletionList.Taken) -> None:
        event.stop()
        self._take(event.proposal)

    def _take(self, proposal: Proposal) -> None:
        completion, editor = self.list.completion, self.editor
        if completion is None:
            return
        place = editor.sql_document.get_location_from_index
        self._has_taken = True
        editor.replace(proposal.text, place(completion.start), place(completion.end), maintain_selection_offset=False)
        editor.show_offset(completion.start + len(proposal.text) - proposal.back)
        self._close_list()
        editor.focus()

    def action_close_list(self) -> None:
        """Close the list; the text stays as it is, and with vi keys the typing ends too."""
        self._close()
        self.editor.end_insert()

    def action_propose(self) -> None:
        """Show all that fits here, with the first chosen."""
        self._propose(asked=True)
        if self.list.is_open:
            self.action_choose(1)
        else:
            self.post_message(Say("Nothing is known that could be written here.", "note"))
        self._show_signature()

    def action_hover(self) -> None:
        """Show the definition of what is under the cursor."""
        found = self._pointed()
        if found is not None:
            self._show_hover(found)

    @work(group="hover", exclusive=True)
    async def _show_hover(self, found: Pointed) -> None:
        session = next(node for node in self.ancestors if isinstance(node, Pane)).session
        cursor = self.editor.cursor_screen_offset
        goes = await self.app.push_screen_wait(HoverCard(found, session.database, cursor))
        if goes:
            self._go(found)

    def action_go_to_definition(self) -> None:
        """Go to where it is defined: in the text (a CTE, an alias), or in the Schema pane."""
        found = self._pointed()
        if found is not None:
            self._go(found)

    @on(SqlEditor.DefinitionAsked)
    def _vi_asked(self, event: SqlEditor.DefinitionAsked) -> None:
        event.stop()
        if event.goes:
            self.action_go_to_definition()
        else:
            self.action_hover()

    def _pointed(self) -> Pointed | None:
        text, start = self._window()
        found = pointed_at(text, self.editor.cursor_offset - start, self.known.now())
        if found is None:
            self.post_message(Say("Nothing is known of what is under the cursor.", "note"))
            return None
        return found if found.place is None else replace(found, place=found.place + start)

    def _go(self, found: Pointed) -> None:
        if found.object is not None:
            self.post_message(OpenObject(object_path(found.object)))
        elif found.place is not None:
            self.editor.show_offset(found.place)
            self.post_message(Say(f"{safe_text(found.name)} is made here.", "note"))
