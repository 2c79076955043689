"""Starts the embedded PostgreSQL of the demo, shares it between consoles, and lets it end with the last of them.

It never opens a TCP port. Consoles hold a shared lock for as long as they live; see `keeper` for the end.
"""

import asyncio
import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server import keeper
from chatly_console.server.embedded_files import ServerFiles, default_folder, open_folder, remove_folder

Progress = Callable[[str], None]

_LOCK_LIMIT = 60.0
_START_LIMIT = 20.0
_LARGEST_LOG = 5_000_000

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "maintenance_work_mem": "128MB",
    "synchronous_commit": "off",
    "checkpoint_timeout": "15min",
    "max_wal_size": "2GB",
    "shared_preload_libraries": "pg_stat_statements,auto_explain",
    "pg_stat_statements.track": "all",
    "track_io_timing": "on",
    "track_functions": "all",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "log",
    "log_checkpoints": "off",
}


class EmbeddedServer:
    """A running embedded server, held by this process until `release` (or the end of the process)."""

    port = 5432
    user = "postgres"

    def __init__(self, files: ServerFiles, hold: IO[str]) -> None:
        self.files = files
        self.socket_dir = files.sockets
        self._hold = hold

    def dsn(self, database: str) -> str:
        """The connection string of a database as the superuser."""
        from urllib.parse import quote

        return f"postgresql://{self.user}@/{quote(database, safe='')}?host={quote(str(self.socket_dir), safe='')}"

    def release(self) -> None:
        """This process needs the server no longer; the last one to say so ends it."""
        self._hold.close()


async def start(folder: Path | None = None, progress: Progress = lambda words: None) -> EmbeddedServer:
    """Start the server on `folder` (by default the user's data folder), or join the one that runs; raises `Failure`."""
    loop = asyncio.get_running_loop()

    def tell(words: str) -> None:
        loop.call_soon_threadsafe(progress, words)

    return await asyncio.to_thread(_start, folder or default_folder(), tell)


async def reset(folder: Path | None = None) -> None:
    """Remove the server's files; raises `Failure` while a console uses them."""
    await asyncio.to_thread(_reset, folder or default_folder())


def _start(folder: Path, tell: Progress) -> EmbeddedServer:
    files = open_folder(folder)
    hold = _locked(folder / "users.lock", fcntl.LOCK_SH, "The last console is still stopping the server.")
    try:
        with _locked(folder / "start.lock", fcntl.LOCK_EX, "Another console is still starting the server."):
            if not (files.cluster / "PG_VERSION").exists():
                tell("creating the embedded PostgreSQL")
                _initialise(files)
            if keeper.postmaster(str(files.cluster)) is None:
                tell("starting the embedded PostgreSQL")
                _launch(files)
            _wait_until_ready(files)
            _keep(files)
    except BaseException:
        hold.close()
        raise
    return EmbeddedServer(files, hold)


def _reset(folder: Path) -> None:
    if not folder.exists():
        return
    try:
        alone = (
            _locked(folder / "users.lock", fcntl.LOCK_EX, "", limit=10.0) if (folder / "users.lock").exists() else None
        )
    except Failure:
        raise Failure("A console still uses the demo; close it before the reset.", FailureKind.USAGE) from None
    try:
        keeper.stop(str(folder.expanduser().absolute() / "postgresql-18"))
        remove_folder(folder)
    finally:
        if alone is not None:
            alone.close()


def _locked(path: Path, kind: int, sentence: str, *, limit: float = _LOCK_LIMIT) -> IO[str]:
    """The opened file with the lock taken; raises `Failure` with `sentence` where it is not to be had in time."""
    try:
        file = path.open("a")
    except OSError as error:
        raise Failure(f"{path} cannot be written: {(error.strerror or '').lower()}.", FailureKind.USAGE) from error
    until = time.monotonic() + limit
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return file
        except BlockingIOError:
            if time.monotonic() > until:
                file.close()
                raise Failure(sentence, FailureKind.TIMEOUT) from None
            time.sleep(0.05)


def _initialise(files: ServerFiles) -> None:
    """Run initdb into a folder beside and rename it, so that an interrupted one is begun afresh."""
    import shutil

    new = files.cluster.with_suffix(".new")
    shutil.rmtree(new, ignore_errors=True)
    shutil.rmtree(files.cluster, ignore_errors=True)
    try:
        new.mkdir()
        files.own(new)
        _run(
            files, "initdb", "--pgdata", str(new), "--username", EmbeddedServer.user, "--auth", "trust",
            "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync",
        )  # fmt: skip
        new.rename(files.cluster)
    except OSError as error:
        raise Failure(f"{new} cannot be made: {(error.strerror or '').lower()}.", FailureKind.USAGE) from error


def _run(files: ServerFiles, program: str, *arguments: str) -> None:
    identity: dict[str, Any] = dict(files.identity)
    done = subprocess.run(
        [str(files.programs / "bin" / program), *arguments],
        capture_output=True, text=True, check=False, env=_environment(files), cwd=files.folder, **identity,
    )  # fmt: skip
    if done.returncode != 0:
        raise _failure(program, done.stderr)


def _launch(files: ServerFiles) -> None:
    pid_file = files.cluster / "postmaster.pid"
    pid_file.unlink(missing_ok=True)  # of a server that is gone: `postmaster` has looked
    if files.log.exists() and files.log.stat().st_size > _LARGEST_LOG:
        files.log.unlink()
    settings = {**_SETTINGS, "unix_socket_directories": str(files.sockets).replace("'", "''")}
    if any(character in str(files.sockets) for character in ', "'):
        settings["unix_socket_directories"] = '"' + str(files.sockets).replace('"', '""') + '"'
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    identity: dict[str, Any] = dict(files.identity)
    with files.log.open("ab") as log:
        subprocess.Popen(
            [str(files.programs / "bin" / "postgres"), "-D", str(files.cluster), *options],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            env=_environment(files), cwd=files.folder, **identity,
        )  # fmt: skip


def _wait_until_ready(files: ServerFiles) -> None:
    begun = files.log.stat().st_size if files.log.exists() else 0
    until = time.monotonic() + _START_LIMIT
    pid_file = files.cluster / "postmaster.pid"
    gone_since = time.monotonic()
    while time.monotonic() < until:
        if keeper.postmaster(str(files.cluster)) is not None:
            gone_since = time.monotonic()
            lines = pid_file.read_text(encoding="utf-8", errors="replace").splitlines()
            if len(lines) >= 8 and lines[7].strip() == "ready":
                return
        elif time.monotonic() - gone_since > 3.0:
            break
        time.sleep(0.02)
    tail = files.log.read_bytes()[max(0, begun - 4000) :].decode(errors="replace") if files.log.exists() else ""
    raise _failure("postgres", tail)


def _keep(files: ServerFiles) -> None:
    """Start the keeper; one that is there already makes it end at once."""
    words = [str(files.folder / "users.lock"), str(files.folder / "keeper.lock"), str(files.cluster)]
    subprocess.Popen(
        [sys.executable, "-S", "-E", str(Path(keeper.__file__)), *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True, cwd="/", env={"PATH": os.defpath},
    )  # fmt: skip


def _environment(files: ServerFiles) -> dict[str, str]:
    return {"PATH": f"{files.programs / 'bin'}:{os.defpath}", "HOME": str(files.folder), "LC_ALL": "C.UTF-8"}


def _failure(program: str, said: str) -> Failure:
    """The sentence for what a program of PostgreSQL printed before it gave up."""
    lines = [line for line in said.splitlines() if line.strip()]
    telling = next((line for line in reversed(lines) if "FATAL" in line or "error" in line), lines[-1] if lines else "")
    if "No space left" in said:
        return Failure("The disk is full, so the embedded PostgreSQL cannot start.", FailureKind.USAGE)
    if "not compatible" in said:
        return Failure(
            "The demo's files were made by another version of PostgreSQL.",
            FailureKind.USAGE,
            hint="Start afresh with: chatly-console demo --reset",
        )
    return Failure(f"The embedded PostgreSQL did not start ({program}).", FailureKind.LINK, detail=telling.strip())
