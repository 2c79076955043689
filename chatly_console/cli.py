"""`chatly-console`: the full-screen console, and its panes as commands for scripts and CI.

Modules are imported when their command is called, so that each start pays only for what it uses.
"""

import argparse
import asyncio
import contextlib
import importlib
import os
import signal
import sys
import threading
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, cast

from chatly_console import __version__
from chatly_console.connections.options import add_connection_options
from chatly_console.core.failure import Failure, FailureKind


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand: its name, its module, and its line in the help."""

    name: str
    module: str
    summary: str


class CommandModule(Protocol):
    """What a `command.py` offers."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's own options."""

    def run(self, arguments: argparse.Namespace) -> Coroutine[None, None, int]:
        """Do it, and return the exit status."""


class ScreenModule(Protocol):
    """What the `command.py` of a command offers that opens the console instead of printing."""

    def open_screen(self, arguments: argparse.Namespace) -> int:
        """Run the console with its own event loop, and return the exit status."""


COMMANDS: tuple[Command, ...] = (
    Command("demo", "chatly_console.demo.command", "open the console on an embedded PostgreSQL with Chatly's data"),
    Command("query", "chatly_console.query.command", "run SQL and print the rows as they come"),
    Command("sql", "chatly_console.query.sql_command", "split, format or classify SQL files"),
    Command("explain", "chatly_console.explain.command", "draw a plan, run or pasted: slow nodes, times, advice"),
    Command("triage", "chatly_console.triage.command", "who waits, what is slow, what is wrong; cancel and terminate"),
    Command("rls", "chatly_console.policies.command", "row level security: policies, who sees what, why, isolation"),
    Command("schema", "chatly_console.schema.command", "list objects, show one in full, draw the foreign keys"),
    Command("vectors", "chatly_console.vectors.command", "search vectors; measure recall; examine indexes"),
    Command("profiles", "chatly_console.connections.command", "list, add, test and remove connection profiles"),
    Command("advise", "chatly_console.advisor.command", "what should be mended in the database, and how"),
    Command("migrate", "chatly_console.migrations.command", "apply, roll back, prove, compare and lint"),
    Command(
        "doctor",
        "chatly_console.connections.doctor_command",
        "what works here, and how to mend what does not",
    ),
)


_EXIT_STATUS = {
    FailureKind.USAGE: 2,
    FailureKind.LINK: 3,
    FailureKind.LOGIN: 3,
    FailureKind.FULL: 3,
    FailureKind.CANCELLED: 130,
}


class CommandParser(argparse.ArgumentParser):
    """Takes a command's words in any order: `rls try --as WHO SQL` as well as `rls try SQL --as WHO`.

    argparse by itself gives an optional positional up at the first option that stands before it.
    """

    _intermixing = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """As argparse does, except for the order; what argparse cannot take in any order is left as it is."""
        positional = self._get_positional_actions()
        nested = any(action.nargs in (argparse.PARSER, argparse.REMAINDER) for action in positional)
        exclusive = [action for group in self._mutually_exclusive_groups for action in group._group_actions]
        if self._intermixing or nested or any(action in exclusive for action in positional):
            return super().parse_known_args(args, namespace)
        self._intermixing = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._intermixing = False


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program with `argv` (by default the process's own); returns the exit status."""
    words = list(sys.argv[1:] if argv is None else argv)
    has_output = _fill_streams()
    parser, command = _parser(words)
    arguments = parser.parse_args(words)
    try:
        if not has_output:
            raise Failure("Standard output is closed, so there is nowhere to write to.", FailureKind.USAGE)
        if command is None:
            return _open_console(arguments)
        module = importlib.import_module(command.module)
        if hasattr(module, "open_screen"):
            return cast(ScreenModule, module).open_screen(arguments)
        return _run(cast(CommandModule, module), arguments)
    except Failure as failure:
        print(f"chatly-console: {failure.sentence}", file=sys.stderr)
        if failure.hint:
            print(f"  {failure.hint}", file=sys.stderr)
        return _EXIT_STATUS.get(failure.kind, 1)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer would fail once more at the exit
        what = error.filename or "The output"
        print(f"chatly-console: {what} cannot be used: {(error.strerror or str(error)).lower()}.", file=sys.stderr)
        return 1


def _run(module: CommandModule, arguments: argparse.Namespace) -> int:
    """Run a command; told to end, it cancels what it has running on the server first, as when it is interrupted."""
    told: list[signal.Signals] = []

    async def listening() -> int:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def end(number: signal.Signals) -> None:
            told.append(number)
            task.cancel()

        hears = threading.current_thread() is threading.main_thread()  # no other is told of signals
        for number in (signal.SIGTERM, signal.SIGHUP) if hears else ():
            if signal.getsignal(number) is not signal.SIG_IGN:  # nohup
                loop.add_signal_handler(number, end, number)
        return await module.run(arguments)

    try:
        return asyncio.run(listening())
    except asyncio.CancelledError:
        if not told:
            raise
        return 128 + told[0]


def _fill_streams() -> bool:
    """Let what was closed lead nowhere, so that no connection takes its number; returns whether there is an output."""
    has_output = sys.stdout is not None
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with contextlib.suppress(OSError):
                os.fstat(number)
                continue
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), "w" if number else "r"))
    return has_output


def _open_console(arguments: argparse.Namespace) -> int:
    console = importlib.import_module("chatly_console.console")
    return int(console.open_console(arguments))


def _parser(words: Sequence[str]) -> tuple[argparse.ArgumentParser, Command | None]:
    """The parser for these words, with the options of the one command that they name."""
    parser = argparse.ArgumentParser(
        prog="chatly-console",
        description="A PostgreSQL console that shows the database as each user of the product sees it. "
        "Without a command it opens the full-screen console.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    add_connection_options(parser, default=None)
    subparsers = parser.add_subparsers(title="commands", dest="command", metavar="COMMAND", parser_class=CommandParser)
    called = next((c for c in COMMANDS if c.name in words), None)
    for command in COMMANDS:
        # a command may give an option of the connection another meaning: `rls diff` takes --as twice
        sub = subparsers.add_parser(
            command.name, help=command.summary, description=command.summary, conflict_handler="resolve"
        )
        add_connection_options(sub, default=argparse.SUPPRESS)
        if command is called:
            cast(CommandModule, importlib.import_module(command.module)).configure(sub)
    given = parser.parse_known_args(words)[0].command if called is not None else None
    return parser, called if given == (called.name if called else None) else None
