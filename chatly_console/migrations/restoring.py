"""A copy of real data for a proof: a dump, restored into the shadow by PostgreSQL's own programs."""

import asyncio
import gzip
import os
import re
import shutil
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.migrations.dump_errors import left_out
from chatly_console.server.database import Database
from chatly_console.server.embedded.binaries import find_binaries

Restore = Callable[[Database], Awaitable[str]]
"""Gives what was left out, in words; empty where nothing was."""
Pieces = AsyncGenerator[bytes, None]
_CUSTOM, _TAR, _GZIP = b"PGDMP", b"toc.dat\0", b"\x1f\x8b"
"""How pg_dump's formats `custom` and `tar` and a packed script begin."""
_KNOWS_ALL = 170_000
"""From this version on a server knows all settings that pg_dump writes."""
_NEW_SETTING = re.compile(rb"^SET transaction_timeout = 0;\r?\n", re.MULTILINE)
_PIECE = 1 << 20
_HEAD = 1 << 16
"""Bytes at the beginning of a script, in which it sets what it needs."""
_STOP_SECONDS = 5.0
_MOST_WORDS = 600
_MOST_SAID = 1 << 22


def restored(dump: Path) -> Restore:
    """What restores this dump: a script of SQL (also packed by gzip) by psql, pg_dump's other formats by pg_restore.

    A script must run as it stands. Of the other formats, what a server of another kind cannot take and no row hangs on
    (extensions, rights) is left out, and told in the answer. Raises `Failure`.
    """
    if not dump.exists():
        raise Failure(f"There is no dump {dump}.", FailureKind.USAGE)

    async def restore(database: Database) -> str:
        mark = _begins(dump)
        if mark in (_CUSTOM, _TAR):
            said = await _run([_program("pg_restore"), "--no-owner", "--dbname", "", str(dump)], database)
            left = left_out(said)
            if left.lost:
                more = f" (and {len(left.lost) - 1:,} more)" if len(left.lost) > 1 else ""
                raise _failed(left.lost[0][:_MOST_WORDS] + more)
            return left.words
        if mark == _GZIP or database.facts.version_number < _KNOWS_ALL:
            said = await _run([*_psql(), "--file", "-", "--dbname", ""], database, _for_older(_script_of(dump, mark)))
        else:
            said = await _run([*_psql(), "--file", str(dump), "--dbname", ""], database)
        if said:
            raise _failed(
                said[:_MOST_WORDS], hint="A dump in pg_dump's format `custom` is taken as far as this server can."
            )
        return ""

    return restore


def _failed(why: str, *, hint: str = "") -> Failure:
    return Failure(f"The dump could not be restored: {why}", FailureKind.SQL, hint=hint)


def _psql() -> list[str]:
    return [_program("psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"]


def _begins(dump: Path) -> bytes:
    """The mark that the dump begins with; empty for a script."""
    if dump.is_dir():
        return _CUSTOM
    with dump.open("rb") as file:
        head = file.read(len(_TAR))
    return next((mark for mark in (_CUSTOM, _TAR, _GZIP) if head.startswith(mark)), b"")


def _program(name: str) -> str:
    """The program that came with the embedded server, or the one on the path."""
    found = shutil.which(name)
    with suppress(Failure):
        found = shutil.which(name, path=str(find_binaries().folder)) or found
    if found is None:
        raise Failure(
            f"{name} is not here, which a dump needs.", FailureKind.USAGE, hint="Install PostgreSQL's client."
        )
    return found


async def _run(command: list[str], database: Database, pieces: Pieces | None = None) -> str:
    """Run the program on the database; returns what it said on its standard error, empty where it did all."""
    arguments = database.opening.arguments
    host, port = arguments.get("host") or [""], arguments.get("port") or [5432]
    words = {
        "host": host[0] if isinstance(host, list) else host,
        "port": port[0] if isinstance(port, list) else port,
        "user": arguments.get("user", ""),
        "dbname": arguments.get("database", ""),
    }
    target = " ".join(f"{name}={_quoted(str(value))}" for name, value in words.items() if value)
    place = command.index("--dbname") + 1
    environment = {**os.environ, "PGPASSWORD": str(arguments.get("password") or "")}
    process = await asyncio.create_subprocess_exec(
        *command[:place], target, *command[place + 1 :],
        stdin=asyncio.subprocess.PIPE if pieces else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, env=environment,
    )  # fmt: skip
    try:
        said, _ = await asyncio.gather(_said(process), _fed(process, pieces))
        await process.wait()
    except (asyncio.CancelledError, Failure):
        await _stop(process)
        raise
    if not process.returncode:
        return ""
    return said.decode(errors="replace").strip()[:_MOST_SAID] or f"it ended with status {process.returncode}"


async def _stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()


async def _said(process: asyncio.subprocess.Process) -> bytes:
    assert process.stderr is not None
    return await process.stderr.read()


async def _fed(process: asyncio.subprocess.Process, pieces: Pieces | None) -> None:
    """Send the script into the program, piece by piece."""
    if pieces is None or process.stdin is None:
        return
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                process.stdin.write(piece)
                await process.stdin.drain()
    except ConnectionError:
        pass  # it has ended with an error of its own, which is told
    finally:
        process.stdin.close()


async def _script_of(dump: Path, mark: bytes) -> Pieces:
    """The script, piece by piece. Raises `Failure` where it is damaged."""
    try:
        with gzip.open(dump) if mark == _GZIP else dump.open("rb") as file:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                yield piece
    except (OSError, EOFError, zlib.error) as error:
        raise Failure(f"{dump.name} cannot be unpacked: {error}.", FailureKind.USAGE) from error


async def _for_older(pieces: Pieces) -> Pieces:
    """Without the setting at its head that servers before 17 do not know, and that later programs write."""
    head: bytes | None = b""
    async with aclosing(pieces):
        async for piece in pieces:
            if head is not None:
                head += piece
                if len(head) < _HEAD:
                    continue
                piece, head = _NEW_SETTING.sub(b"", head, count=1), None
            yield piece
    if head:
        yield _NEW_SETTING.sub(b"", head, count=1)


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
