"""Makes and starts a PostgreSQL in a home: initdb, the settings of the demo, the postmaster, and what can go wrong."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.embedded.binaries import Binaries
from chatly_console.server.embedded.failures import explain_failure
from chatly_console.server.embedded.home import Home
from chatly_console.server.embedded.keeper import command_line, is_postgres_of, postmaster_pid, recorded_pid
from chatly_console.server.embedded.locks import Progress
from chatly_console.server.embedded.orphans import end_orphans

PORT = 5432
"""The number in the socket's name; no TCP port is ever opened."""
USER = "postgres"

_SETTINGS = {
    "shared_preload_libraries": "pg_stat_statements,auto_explain",
    "track_io_timing": "on",
    "track_activity_query_size": "16kB",
    "max_connections": "100",
    "max_locks_per_transaction": "256",
    "shared_buffers": "192MB",
    "maintenance_work_mem": "128MB",
    "work_mem": "16MB",
    "effective_cache_size": "1GB",
    "max_wal_size": "1GB",
    # The log gives its space back at the next checkpoint: kept for later, it would be as large as all of the data.
    "min_wal_size": "32MB",
    "wal_recycle": "off",
    # A server that was killed is back sooner: little to redo, and no fsync of each of its thousands of files.
    "checkpoint_timeout": "1min",
    **({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {}),
    # What a killed console had running ends soon after it, instead of going on to its end for nobody.
    "client_connection_check_interval": "1s",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_destination": "stderr",
    "log_min_error_statement": "panic",
    "cluster_name": "chatly-console",
}
_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
_INITDB_SECONDS = 120
_READY_SECONDS = 120
_ORPHAN_SECONDS = 15
_ENDING_SECONDS = 5
_STEP_SECONDS = 0.02

_ORPHANS = "pre-existing shared memory block"


async def make_cluster(home: Home, binaries: Binaries) -> None:
    """Make the data folder by initdb; it appears under its name only when it is whole."""
    for left in home.path.glob("pgdata.new-*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = home.path / f"pgdata.new-{os.getpid()}"
    folder.mkdir()
    try:
        home.give(folder)
        text = await _initdb(home, binaries, folder, "C.UTF-8")
        if "invalid locale name" in text:
            text = await _initdb(home, binaries, folder, "C")
        if text:
            raise explain_failure(home, text)
        folder.rename(home.data)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


async def _initdb(home: Home, binaries: Binaries, folder: Path, locale: str) -> str:
    """Run initdb; returns what it complained of, empty if it succeeded."""
    settings = [word for name, value in _SETTINGS.items() for word in ("--set", f"{name}={value}")]
    process = await asyncio.create_subprocess_exec(
        *(binaries.program("initdb"), "-D", str(folder), "-U", USER, "--auth-local=trust", "--auth-host=reject"),
        *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={locale}"),
        *("--no-sync", "--no-instructions", *settings),
        cwd="/",
        env=_ENVIRONMENT,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
        **home.owner.run_as(),
    )
    try:
        async with asyncio.timeout(_INITDB_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError as error:
        raise Failure("Preparing the embedded PostgreSQL took too long.", FailureKind.TIMEOUT) from error
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return "" if process.returncode == 0 else output.decode(errors="replace")


def check_version(home: Home, binaries: Binaries) -> None:
    """Refuse data of another major version: this server cannot read them."""
    try:
        found = (home.data / "PG_VERSION").read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        found = ""
    if found and found != binaries.major:
        raise Failure(
            f"The data in {home.path} belong to PostgreSQL {found}; the installed one is {binaries.major}.",
            FailureKind.LINK,
            hint="Start afresh with: chatly-console demo --reset",
        )


async def start_postmaster(home: Home, binaries: Binaries, settings: Mapping[str, str], progress: Progress) -> Path:
    """Start the server and wait until it takes connections; returns the folder of its socket."""
    begun = time.monotonic()
    while True:
        sockets = home.socket_folder()
        await drop_stale_pid_files(home, sockets)
        written = await _launch(home, binaries, sockets, settings)
        text = await _wait_until_ready(home, written, progress)
        if not text:
            return socket_folder_of(home)
        waited = time.monotonic() - begun
        if _ORPHANS not in text or waited > _ORPHAN_SECONDS:
            raise explain_failure(home, text)
        progress("Waiting for the processes of the former server to end")
        await asyncio.sleep(0.3)
        await end_orphans(home, signal.SIGQUIT if waited < _ORPHAN_SECONDS / 3 else signal.SIGKILL)


async def _launch(home: Home, binaries: Binaries, sockets: Path, settings: Mapping[str, str]) -> int:
    """Start the postmaster as nobody's child; returns where its words begin in the log.

    The shell between us and it ends at once, so that a console that lives on is not asked to bury it.
    """
    options = {"listen_addresses": "", "port": str(PORT), "unix_socket_permissions": "0700"} | dict(settings)
    options["unix_socket_directories"] = str(sockets)
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    log = os.open(home.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        written = os.fstat(log).st_size
        shell = await asyncio.create_subprocess_exec(
            *("/bin/sh", "-c", '"$@" &', "sh", binaries.program("postgres"), "-D", str(home.data), *words),
            cwd="/",
            env=_ENVIRONMENT,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **home.owner.run_as(),
        )
    finally:
        os.close(log)
    await shell.wait()
    return written


async def _wait_until_ready(home: Home, written: int, progress: Progress) -> str:
    """Wait until the server says it is ready; returns the log's words where it ended instead, else nothing."""
    started = time.monotonic()
    seen = False
    recovering = False
    while (spent := time.monotonic() - started) < _READY_SECONDS:
        pid = postmaster_pid(str(home.data))
        if pid is not None:
            seen = True
            if _pid_lines(home)[7:8] == ["ready"]:
                return ""
        elif seen or spent > 1 or _log_since(home, written).rstrip().endswith("system is shut down"):
            # A postmaster that wrote no pid file within a second, or lost it, has ended.
            if text := _log_since(home, written):
                return text
            if spent > 10:
                return "PostgreSQL ended without a word."
        elif "FATAL:" in (text := _log_since(home, written)):
            return text
        if spent > 3 and not recovering:
            progress("Recovering the database after it was not closed properly")
            recovering = True
        await asyncio.sleep(_STEP_SECONDS)
    return "PostgreSQL was not ready in time.\n" + _log_since(home, written)


async def drop_stale_pid_files(home: Home, sockets: Path) -> None:
    """Remove pid files whose number now belongs to another program: PostgreSQL would take that for a server.

    Where the process is gone PostgreSQL itself sees it, and also whether an orphan of it is left.
    """
    for path in (home.data / "postmaster.pid", sockets / f".s.PGSQL.{PORT}.lock"):
        pid = recorded_pid(str(path))
        if pid is not None and not is_postgres_of(pid, str(home.data)) and not await _ends(pid):
            path.unlink(missing_ok=True)


async def _ends(pid: int) -> bool:
    """Whether the process is gone; one that has no command line any more is waited for."""
    limit = time.monotonic() + _ENDING_SECONDS
    while True:
        with contextlib.suppress(PermissionError):
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return True
        if command_line(pid) or time.monotonic() > limit:
            return False
        await asyncio.sleep(_STEP_SECONDS)


def socket_folder_of(home: Home) -> Path:
    """The folder of the running server's socket, as the server itself wrote it down."""
    return Path(_pid_lines(home)[4])


def _pid_lines(home: Home) -> list[str]:
    try:
        text = (home.data / "postmaster.pid").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    return [line.strip() for line in text.splitlines()]


def _log_since(home: Home, written: int) -> str:
    try:
        with home.log.open("rb") as file:
            file.seek(written)
            return file.read(20_000).decode(errors="replace")
    except OSError:
        return ""
