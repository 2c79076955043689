"""A small app around one pane, so that the pane's tests need neither the frame nor a profile."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from textual.app import App, ComposeResult
from textual.message import Message

from chatly_console.core.target import ConnectionTarget
from chatly_console.query.ui.pane import QueryPane
from chatly_console.server.profiles import profile_of_target
from chatly_console.shell.messages import OpenObject, OpenRelation, Report, Say, ShowPolicies, TransactionMode
from chatly_console.shell.session import Session


class Stage(App[None]):
    """Shows the Query pane alone; what it says is kept."""

    BINDINGS = [("ctrl+g", "cancel_work", "Cancel")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (140, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]

    def __init__(self, session: Session, folder: Path) -> None:
        super().__init__()
        self.animation_level = "none"
        self.session = session
        self.folder = folder
        self.said: list[Say] = []
        self.locked = False
        self.mode = "auto"
        self.asked: list[Message] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {
            "good": "#7fbf7f", "warn": "#d7af5f", "bad": "#ff6f6f", "muted": "#909090", "impersonate": "#d75fd7",
            "keyword": "#7fafff", "string": "#afd787", "number": "#ffaf5f", "prod": "#ff0000",
        }  # fmt: skip

    def compose(self) -> ComposeResult:
        yield QueryPane(self.session, state_root=self.folder)

    def on_mount(self) -> None:
        self.pane.on_shown()

    def action_cancel_work(self) -> None:
        self.pane.cancel_work()

    def on_say(self, message: Say) -> None:
        self.said.append(message)

    def on_report(self, message: Report) -> None:
        self.said.append(Say(message.failure.sentence, "error"))

    def on_open_relation(self, message: OpenRelation) -> None:
        self.asked.append(message)

    def on_open_object(self, message: OpenObject) -> None:
        self.asked.append(message)

    def on_show_policies(self, message: ShowPolicies) -> None:
        self.asked.append(message)

    def on_transaction_mode(self, message: TransactionMode) -> None:
        self.mode = message.words

    def on_lock_writes(self) -> None:
        self.locked = True
        self.session.unlocked = False

    @property
    def pane(self) -> QueryPane:
        return self.query_one(QueryPane)


def session_without_server() -> Session:
    return Session(profile_of_target(ConnectionTarget(), "dsn"))


async def until(condition: Callable[[], bool], limit: float = 30) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(limit):
        while not condition():
            await asyncio.sleep(0.01)
