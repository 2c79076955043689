"""Asks as whom statements shall run: a user found by e-mail, id or tenant, anon, a role, or the claims of any token."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from chatly_console.core.failure import Failure
from chatly_console.core.identity import LOGIN, Identity
from chatly_console.core.text import safe_text
from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.identity_book import Candidate, IdentityBook, typed_candidates
from chatly_console.shell.identity_memory import IdentityMemory
from chatly_console.shell.text_fields import TextField

log = logging.getLogger(__name__)

_OF_API = ("anon", "service_role")
_PAUSE = 0.12
"""Seconds without a key before the server is asked."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the list: a heading has no candidate."""

    title: str
    candidate: Candidate | None = None
    favourite: bool = False


class IdentityPicker(ModalScreen[Identity | None]):
    """One line to type at: it finds users and roles, and takes a sub or JSON; recent and favourite ones come first."""

    BINDINGS = [
        Binding("escape", "close", "Close", id="identity.close", tooltip="Stay who you are"),
        Binding("down,ctrl+n", "move(1)", "Down", show=False, id="identity.down", tooltip="The next one"),
        Binding("up", "move(-1)", "Up", show=False, id="identity.up", tooltip="The one before"),
        Binding("pagedown", "move(10)", "Page down", show=False, id="identity.page_down", tooltip="Ten further"),
        Binding("pageup", "move(-10)", "Page up", show=False, id="identity.page_up", tooltip="Ten back"),
        Binding("ctrl+s", "favourite", "Favourite", id="identity.favourite", tooltip="A favourite, or one no longer"),
    ]

    def __init__(
        self,
        book: IdentityBook,
        memory: IdentityMemory,
        *,
        title: str = "Run as",
        with_login: bool = True,
        without: Collection[Identity] = (),
    ) -> None:
        super().__init__()
        self._without = without
        self._book, self._memory, self._title, self._with_login = book, memory, title, with_login
        self._lines: list[_Line] = []
        self._found: Sequence[Candidate] = ()
        self._moved = False
        self._input = TextField(placeholder="e-mail, id, tenant, sub, role NAME, or {claims}", compact=True)
        self._list = OptionList(markup=False)
        self._list.can_focus = False

    def compose(self) -> ComposeResult:
        """Title, line, list, what is wrong, keys."""
        with Vertical(classes="dialog chooser identities"):
            yield words(self._title, "title")
            yield self._input
            yield self._list
            yield Static("", classes="wrong", markup=False)
            yield key_row(("enter", "run as"), ("^s", "favourite"), ("esc", "stay"))

    def on_mount(self) -> None:
        """Those of last time at once, the others as soon as the server has answered."""
        self.call_after_refresh(self._fill)
        self._ask("")

    @on(Input.Changed)
    def _typed(self, message: Input.Changed) -> None:
        message.stop()
        self._moved = False
        self._say(typed_candidates(message.value)[1])
        self._fill()
        self._ask(message.value)

    @work(group="people", exclusive=True, exit_on_error=False)
    async def _ask(self, text: str) -> None:
        await asyncio.sleep(_PAUSE if text else 0)
        if text.lstrip().startswith("{"):
            return
        try:
            self._found = await self._book.find(text.strip())
        except Failure as failure:
            self._say(failure.sentence)
            return
        self._fill()

    def _fill(self) -> None:
        text = self._input.value.strip()
        typed, _ = typed_candidates(text)
        kept = self.highlighted if self._moved else None
        self._lines = self._arranged(text, typed)
        width = max(self._list.size.width - 4, 24)
        self._list.clear_options()
        self._list.add_options([Option(_entry(line, width), disabled=line.candidate is None) for line in self._lines])
        places = [i for i, line in enumerate(self._lines) if line.candidate is not None]
        same = next((i for i in places if kept is not None and self._lines[i].candidate == kept), None)
        self._list.highlighted = same if same is not None else places[0] if places else None

    def _arranged(self, text: str, typed: list[Candidate]) -> list[_Line]:
        wanted = text.lower()
        recalled = [
            _Line("", Candidate(r.identity, r.aside), r.favourite)
            for r in self._memory.recall()
            if r.identity not in self._without and _matches(Candidate(r.identity, r.aside), wanted)
        ]
        known = {line.candidate.identity for line in recalled if line.candidate} | set(self._without)
        found = [c for c in self._found if c.identity not in known and _matches(c, wanted)]
        users = [_Line("", c) for c in found if c.identity.subject]
        of_api = [_Line("", c) for c in found if c.identity.role in _OF_API and not c.identity.subject]
        roles = [_Line("", c) for c in found if c.identity.role not in _OF_API and not c.identity.subject]
        if self._with_login and wanted in "the login itself":
            roles.append(_Line("", Candidate(LOGIN, "nobody impersonated")))
        exact = any(wanted in (c.identity.label.lower(), c.identity.subject, c.identity.role) for c in found)
        given = [] if exact else [_Line("", c) for c in typed if c.identity not in known]
        sections = [("recent", recalled), ("the API's keys", of_api), ("users", users), ("roles", roles)]
        sections.append(("as typed", given))
        if text.startswith("{"):
            sections.reverse()
        return [line for title, lines in sections if lines for line in (_Line(title), *lines)]

    @property
    def highlighted(self) -> Candidate | None:
        """Whom the mark is on."""
        at = self._list.highlighted
        return self._lines[at].candidate if at is not None and at < len(self._lines) else None

    def on_resize(self) -> None:
        """The asides stand at the right edge."""
        self.call_after_refresh(self._fill)

    def action_move(self, by: int) -> None:
        """Mark another one; headings are passed over."""
        places = [i for i, line in enumerate(self._lines) if line.candidate is not None]
        self._moved = True
        if places and self._list.highlighted in places:
            at = places.index(self._list.highlighted)
            self._list.highlighted = places[max(0, min(len(places) - 1, at + by))]

    def action_favourite(self) -> None:
        """Keep the marked one at the top, or no longer."""
        candidate = self.highlighted
        if candidate is not None and not candidate.identity.is_login:
            self._memory.toggle_favourite(candidate.identity, candidate.aside)
            self._moved = True
            self._fill()

    @on(Input.Submitted)
    def _submitted(self, message: Input.Submitted) -> None:
        message.stop()
        self._take_typed(message.value.strip())

    @work(group="taken", exclusive=True, exit_on_error=False)
    async def _take_typed(self, text: str) -> None:
        """Take the marked one, once the server has said who that is: who types an e-mail does not mean a bare sub."""
        if text and not self._moved and not text.startswith("{"):
            try:
                self._found = await self._book.find(text)
            except Failure as failure:
                self._say(failure.sentence)
            else:
                self._fill()
        self._take_marked()

    @on(OptionList.OptionSelected)
    def _selected(self, message: OptionList.OptionSelected) -> None:
        message.stop()
        self._take_marked()

    def _take_marked(self) -> None:
        candidate = self.highlighted
        if candidate is not None:
            self._complete(candidate)

    @work(group="complete", exclusive=True, exit_on_error=False)
    async def _complete(self, candidate: Candidate) -> None:
        if candidate.identity.is_login:
            self.dismiss(LOGIN)
            return
        try:
            identity = await self._book.complete(candidate.identity)
        except Failure as failure:
            self._say(failure.sentence)
            return
        self._memory.taken_on(identity, candidate.aside)
        self.dismiss(identity)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What nobody foresaw is said and logged."""
        if event.state is WorkerState.ERROR:
            log.error("The choice of an identity failed", exc_info=event.worker.error)
            self._say(f"This is a fault of the console ({type(event.worker.error).__name__}); its log has more.")

    def _say(self, sentence: str) -> None:
        self.query_one(".wrong", Static).update(Content(safe_text(sentence)))

    def action_close(self) -> None:
        """Nobody is chosen."""
        self.dismiss(None)


def _matches(candidate: Candidate, wanted: str) -> bool:
    """Whether what was typed is in the name, the id or the words: at once, before the server has answered."""
    identity = candidate.identity
    return wanted in f"{identity.describe()} {identity.subject or ''} {candidate.aside}".lower()


def _entry(line: _Line, width: int) -> Content:
    """One line: who, and the words about him at the right edge."""
    if line.candidate is None:
        return Content.styled(line.title, "$muted bold")
    identity = line.candidate.identity
    name = identity.label or identity.subject or ("" if identity.is_login else identity.role or "")
    title = Content(safe_text(name or "the login itself"))
    if identity.role not in (None, "authenticated") and (identity.label or identity.subject):
        title = Content.assemble(title, (f"  {safe_text(identity.role or '')}", "$muted"))
    aside = Content(safe_text(line.candidate.aside)).truncate(max(width // 2, 10), ellipsis=True)
    title = title.truncate(max(width - aside.cell_length - 4, 10), ellipsis=True)
    gap = width - title.cell_length - aside.cell_length - 2
    return Content.assemble(
        ("★ " if line.favourite else "  ", "$warn"), title, " " * max(gap, 1), aside.stylize("$muted")
    )
