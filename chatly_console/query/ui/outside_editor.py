"""The user's own editor ($VISUAL, $EDITOR or vi), lent the terminal and a text, and what it leaves of it."""

import asyncio
import os
import shlex
import signal
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from textual.app import App, SuspendNotSupported

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.buffers import LARGEST_TEXT, Buffers
from chatly_console.query.text_files import read_text

_NAME = "statement.sql"


@dataclass(frozen=True, slots=True)
class Edited:
    """What the program that is called so has left."""

    program: str
    text: str


async def edited_outside(app: App[object], buffers: Buffers, text: str) -> Edited:
    """Let the user's editor have the text; raises Failure where that gave none, which leaves everything as it was.

    Nobody's work is to be lost: a text that cannot be taken over stays in a file beside the buffers, and what was saved
    there when the console had to end is a buffer of the next one.
    """
    command = _command()
    with tempfile.TemporaryDirectory(prefix="chatly-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / _NAME
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        try:
            status = await _lent(app, [*command, str(path)])
        except asyncio.CancelledError:
            _keep_for_next_time(buffers, path, text)
            raise
        if status:
            how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
            raise Failure(f"{command[0]} {how}; the text is as it was.", FailureKind.USAGE)
        if not path.exists():
            raise Failure(f"{command[0]} left no file; the text is as it was.", FailureKind.USAGE)
        return Edited(command[0], await asyncio.to_thread(_taken, buffers, path))


def _keep_for_next_time(buffers: Buffers, path: Path, before: str) -> None:
    with suppress(Failure, OSError):
        text = read_text(path)
        if text != before:
            buffers.add(f"{buffers.active.name}-edited", text)
            buffers.save()
            buffers.close()


def _command() -> list[str]:
    """The program with its arguments."""
    for name in ("VISUAL", "EDITOR"):
        words = os.environ.get(name, "")
        try:
            parts = shlex.split(words)
        except ValueError as error:
            raise Failure(f"${name} is no command: {error}.", FailureKind.USAGE, detail=words) from error
        if parts:
            return parts
    return ["vi"]


def _taken(buffers: Buffers, path: Path) -> str:
    try:
        text = read_text(path)
        if len(text) > LARGEST_TEXT:
            raise Failure(f"{len(text) / 1e6:,.1f} million characters are too many for the editor.", FailureKind.USAGE)
        return text
    except Failure as failure:
        why = failure.sentence.removeprefix(f"{path}: ").rstrip(".")
        kept = buffers.set_aside(path)
        raise Failure(
            f"The text could not be taken over: {why}. It is kept as {kept}.", FailureKind.USAGE, hint=failure.hint
        ) from failure


async def _lent(app: App[object], command: list[str]) -> int:
    """Run it with the whole terminal; returns its exit status, negative for a signal.

    Nothing is drawn meanwhile: Textual would go on to write, into a queue that nobody empties, and wait there forever.
    """
    try:
        with app.batch_update(), app.suspend():
            return await _ended(command)
    except SuspendNotSupported as error:
        raise Failure("This terminal cannot be lent to another program.", FailureKind.USAGE) from error
    except OSError as error:
        sentence = f"{command[0]} could not be started: {(error.strerror or str(error)).lower()}."
        raise Failure(sentence, FailureKind.USAGE, hint="Set EDITOR to the program that you like.") from error
    finally:
        app.refresh(layout=True)


async def _ended(command: list[str]) -> int:
    process = await asyncio.create_subprocess_exec(*command)
    # ctrl+c in a program that leaves the terminal as it is reaches the console too, and is not meant for it
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        raise
    finally:
        signal.signal(signal.SIGINT, handler)
