"""Everything there is to read: one failure with all that the server said, and the messages of this run."""

from __future__ import annotations

from collections.abc import Iterable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from chatly_console.core.failure import Failure
from chatly_console.core.text import safe_text
from chatly_console.shell.dialogs import key_row, words
from chatly_console.shell.message_line import Entry


def failure_text(failure: Failure) -> str:
    """The failure as text to copy: raw, as the server sent it."""
    named = (
        ("SQLSTATE", failure.sqlstate),
        ("detail", failure.detail),
        ("hint", failure.hint),
        ("character", "" if failure.position is None else str(failure.position)),
        ("context", failure.context),
    )
    return "\n".join([failure.sentence, *(f"{name}: {value}" for name, value in named if value)])


class Details(ModalScreen[None]):
    """A failure in full, or the messages so far, the newest first."""

    BINDINGS = [
        Binding("escape,enter,q", "close", "Close", id="details.close", tooltip="Back to where you were"),
        Binding("y", "copy_all", "Copy", id="details.copy", tooltip="Copy all of this text"),
    ]

    def __init__(self, title: str, failure: Failure | None = None, entries: Iterable[Entry] = ()) -> None:
        super().__init__()
        self._title, self._failure, self._entries = title, failure, tuple(entries)

    def compose(self) -> ComposeResult:
        """Title, text, keys."""
        with Vertical(classes="dialog wide"):
            yield words(self._title, "title")
            with VerticalScroll():
                if self._failure is not None:
                    yield Static(_failure_content(self._failure), classes="failure")
                if self._entries:
                    yield Static(Content("\n").join([_line(entry) for entry in reversed(self._entries)]))
                elif self._failure is None:
                    yield words("Nothing has happened yet.", "quiet")
            yield key_row(("esc", "close"), ("y", "copy"))

    def action_copy_all(self) -> None:
        """Copy the raw text."""
        texts = [failure_text(self._failure)] if self._failure is not None else []
        texts += [f"{entry.at:%H:%M:%S} {entry.text}" for entry in reversed(self._entries)]
        self.app.copy_to_clipboard("\n".join(texts))

    def action_close(self) -> None:
        """Back."""
        self.dismiss()


def _failure_content(failure: Failure) -> Content:
    first, *rest = failure_text(failure).split("\n")
    return Content("\n").join(
        [
            Content.assemble(("✗ ", "$bad"), (safe_text(first), "bold $bad")),
            *(Content(safe_text(line)) for line in rest),
        ]
    )


def _line(entry: Entry) -> Content:
    return Content.assemble((f"{entry.at:%H:%M:%S}  ", "$muted"), entry.line())
