"""`chatly-console demo`: the console on an embedded PostgreSQL with Chatly's data; `--reset` starts afresh."""

import argparse
import asyncio
import importlib
import sys
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.embedded import reset


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's own options."""
    parser.add_argument("--reset", action="store_true", help="remove the demo's database and build it afresh")
    parser.add_argument(
        "--scale",
        metavar="N",
        type=_scale,
        default=1,
        help="how many times the usual data (1: 200,000 messages); counts when the database is built",
    )


def open_screen(arguments: argparse.Namespace) -> int:
    """Open the console on the demo, and return its exit status; the console runs its own event loop."""
    for option in ("profile", "dsn"):
        if getattr(arguments, option, None):
            raise Failure(f"demo and --{option} exclude each other.", FailureKind.USAGE)
    if arguments.reset:
        folder = Path(arguments.data_dir) if arguments.data_dir else None
        if asyncio.run(reset(folder)):
            print("The demo's former data are removed.", file=sys.stderr)
    arguments.demo = True
    return int(importlib.import_module("chatly_console.console").open_console(arguments))


def _scale(word: str) -> int:
    if not word.isascii() or not word.isdigit() or not 1 <= int(word) <= 100:
        raise argparse.ArgumentTypeError("a whole number from 1 to 100 is wanted")
    return int(word)
