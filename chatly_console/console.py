"""Opens the full-screen console: builds the app, connects it, and sees to it that every end is a clean one."""

from __future__ import annotations

import argparse
import asyncio
import io
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.panes import PANES, RESULT_TABS
from chatly_console.shell import alt_keys
from chatly_console.shell.app import ConsoleApp
from chatly_console.shell.folders import Folders
from chatly_console.shell.logs import log_loop_errors, log_to
from chatly_console.shell.session import NothingNamed, Opener, Progress, Session

if TYPE_CHECKING:
    from types import ModuleType

    from chatly_console.connections.ui.screen import ConnectScreen
    from chatly_console.schema.ui.find_screen import FindScreen
    from chatly_console.server.profiles import Profile
    from chatly_console.shell.identity_book import IdentityBook

ENDING = 1.8
"""Seconds after a signal within which the process ends, come what may."""


def open_console(arguments: argparse.Namespace) -> int:
    """Run the console on the database that the options name; returns the exit status."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Failure(
            "The console needs a terminal.",
            FailureKind.USAGE,
            hint="For scripts there are commands: `chatly-console --help` lists them.",
        )
    _write_unicode()
    folders = Folders.of_user()
    log_to(folders.log_file)
    console = Console(arguments, folders)
    status = asyncio.run(console.run())
    if console.app.crash is not None:
        print(f"chatly-console: {console.app.crash.sentence} {console.app.crash.hint}", file=sys.stderr)  # noqa: T201
    return status


def _write_unicode() -> None:
    """Write UTF-8 whatever the locale says: where it says ASCII, every sign of ours would be spelled out as a code."""
    for stream in (sys.__stdout__, sys.__stderr__):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")


class Console:
    """The app and its ways to a database; what is slow to import comes in a thread, after the first paint."""

    def __init__(self, arguments: argparse.Namespace, folders: Folders) -> None:
        self._arguments = arguments
        alt_keys.teach()
        self.app = ConsoleApp(
            PANES,
            self._open_named,
            self._connect_screen,
            find_screen=self._find_screen,
            result_tabs=RESULT_TABS,
            identities=_book,
            first_pane="query",
            folders=folders,
        )

    async def run(self) -> int:
        """Run the app to its end, and close what it opened."""
        loop = asyncio.get_running_loop()
        log_loop_errors(loop)
        ending = Ending(self.app)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            loop.add_signal_handler(number, ending.begin, number)
        try:
            status = await self.app.run_async()
        finally:
            await self.app.connector.close()
            ending.done()
        return status if status is not None else self.app.return_code or 0

    async def _open_named(self, progress: Progress) -> Session:
        """What the command line names."""
        choose = await asyncio.to_thread(_import_choose)
        if not choose.names_a_connection(self._arguments):
            raise NothingNamed("No database was named.", FailureKind.USAGE, hint="F2 chooses a connection.")
        profile = await choose.choose_target(self._arguments, progress)
        session = await self._open(profile, progress)
        if self._arguments.run_as is not None or self._arguments.claims is not None:
            from chatly_console.connections.identity_option import identity_of

            assert session.database is not None
            session.become(await identity_of(self._arguments, session.database))
        return session

    async def _open(self, profile: Profile, progress: Progress) -> Session:
        choose = await asyncio.to_thread(_import_choose)
        for warning in profile.warnings:
            self.app.note(warning, "warning")
        answers: list[str] = []

        async def ask(words: str) -> str | None:
            answers.append(await self._ask_password(words) or "")
            return answers[-1]

        database = await choose.open_asking(profile, ask=ask, progress=progress)
        if answers:
            # Kept in memory, so that another database of the same server does not ask again.
            profile = replace(profile, target=profile.target.with_password(answers[-1]))
            self._offer_to_keep(profile)
        return Session(profile, database, link=database.link)

    def opener_of(self, profile: Profile) -> Opener:
        """The way to this profile, for the connection screen."""

        async def open_session(progress: Progress) -> Session:
            return await self._open(profile, progress)

        return open_session

    async def _open_demo(self, progress: Progress) -> Session:
        choose = await asyncio.to_thread(_import_choose)
        words = {"profile": None, "dsn": None, "demo": True, "data_dir": self._arguments.data_dir}
        return await self._open(await choose.choose_target(argparse.Namespace(**words), progress), progress)

    async def _ask_password(self, words: str) -> str | None:
        from chatly_console.shell.dialogs import AskText

        return await self.app.push_screen_wait(AskText(words, "It is kept in memory only.", masked=True))

    def _offer_to_keep(self, profile: Profile) -> None:
        from chatly_console.connections.ui.keep_password import offer_to_keep

        self.app.run_worker(offer_to_keep(self.app, profile), group="keep", exit_on_error=False)

    def _find_screen(self, session: Session) -> FindScreen:
        from chatly_console.schema.ui.find_screen import FindScreen

        return FindScreen(session)

    def _connect_screen(self) -> ConnectScreen:
        from chatly_console.connections.ui.screen import ConnectScreen

        return ConnectScreen(self.opener_of, self.app.session, self._open_demo)


def _book(session: Session) -> IdentityBook:
    from chatly_console.policies.people import PeopleBook

    assert session.database is not None
    return PeopleBook(session.database)


def _import_choose() -> ModuleType:
    from chatly_console.connections import choose

    return choose


class Ending:
    """Ends the console after a signal: text is saved first, then it has `ENDING` seconds."""

    def __init__(self, app: ConsoleApp) -> None:
        self._app = app
        self._limit: threading.Timer | None = None

    def begin(self, number: signal.Signals) -> None:
        """Handle one signal; a second one changes nothing."""
        if self._limit is not None:
            return
        status = 128 + number
        self._limit = threading.Timer(ENDING, os._exit, (status,))
        self._limit.daemon = True
        self._limit.start()
        if number == signal.SIGHUP:
            _write_nowhere()
        self._app.leave(status)

    def done(self) -> None:
        """The console has ended in time."""
        if self._limit is not None:
            self._limit.cancel()


def _write_nowhere() -> None:
    """The terminal is gone: what is still written goes nowhere, since the writer's thread would die of it."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
