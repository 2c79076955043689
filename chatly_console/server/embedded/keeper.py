"""The keeper: a tiny detached process that stops the embedded server when the last console is gone.

Consoles hold a shared lock on the users file for as long as they live; the operating system lets go of it however they
end. The keeper waits for the exclusive lock, stops the server, and ends. It is started by its path, without site
packages and without the rest of the program (`python -I -S keeper.py USERS KEEPER DATA LOG`), so that it costs little;
therefore it imports nothing but what the standard library has built in.
"""

import contextlib
import errno
import fcntl
import os
import signal
import sys
import time
from types import FrameType

LOG_BYTES = 4 * 1024 * 1024
"""The server's log is emptied when it has grown beyond this."""

_LOG_SECONDS = 60
_FAST_SECONDS = 8.0
_IMMEDIATE_SECONDS = 7.0
_NEWBORN_SECONDS = 1.0
_STEP_SECONDS = 0.02


def postmaster_pid(data: str) -> int | None:
    """The process id of the server that runs on the data folder `data`, or None where none does.

    `postmaster.pid` alone proves nothing: after a crash its number may belong to anyone.
    """
    pid = recorded_pid(os.path.join(data, "postmaster.pid"))
    return pid if pid is not None and is_postgres_of(pid, data) else None


def recorded_pid(path: str) -> int | None:
    """The process id that a pid file names, alive or not."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            pid = int(file.readline())
    except (OSError, ValueError):
        return None
    return pid if pid > 1 else None


def is_postgres_of(pid: int, data: str) -> bool:
    """Whether the process is a server that was started on the data folder `data`."""
    words = command_line(pid)
    return bool(words) and os.path.basename(words[0]) == "postgres" and data in words


def command_line(pid: int) -> list[str]:
    """The words that the process was started with; empty where it is gone, ending, or unknown.

    The command line is readable for everyone, where the working directory is not (in containers, even for root).
    """
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return os.fsdecode(file.read()).split("\0")
    except OSError:
        if os.path.isdir("/proc/self"):
            return []
    import subprocess  # only where there is no /proc: the import takes longer than all the rest

    shown = subprocess.run(
        ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        timeout=5,
    )
    program, _, rest = shown.stdout.strip().partition(" -D ")
    return [program, rest.partition(" -c ")[0]] if rest else []


def stop_server(data: str) -> bool:
    """Stop the server on `data`: politely, then firmly; returns whether it is gone."""
    pid = postmaster_pid(data)
    for number, seconds in (
        (signal.SIGINT, _FAST_SECONDS),
        (signal.SIGQUIT, _IMMEDIATE_SECONDS),
        (signal.SIGKILL, 1.0),
    ):
        if pid is None or not is_postgres_of(pid, data):
            return True
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        _wait_until_gone(pid, data, seconds)
    return pid is None or not is_postgres_of(pid, data)


def _wait_until_gone(pid: int, data: str, seconds: float) -> None:
    limit = time.monotonic() + seconds
    while time.monotonic() < limit and is_postgres_of(pid, data):
        time.sleep(_STEP_SECONDS)


def open_lock(path: str) -> int:
    """Open a lock file, made where it is missing; the descriptor is not inherited by other programs."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)


def _is_file(descriptor: int, path: str) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(path))
    except FileNotFoundError:
        return False


def _take_keeper_lock(path: str) -> int | None:
    """The lock that there is only one keeper; None where another has it. (Consoles touch it to see whether one has.)"""
    lock = open_lock(path)
    for _ in range(10):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES):
                raise
            time.sleep(_STEP_SECONDS)
    os.close(lock)
    return None


def _detach() -> None:
    """Leave the console behind: the parent ends at once, so that nobody has to wait for the keeper."""
    if os.fork():
        os._exit(0)
    os.setsid()
    os.chdir("/")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def bound_log(path: str) -> None:
    """Empty the log where it has grown too long; the server goes on writing at its beginning."""
    with contextlib.suppress(OSError):
        if os.stat(path).st_size > LOG_BYTES:
            os.truncate(path, 0)


def keep(users: str, keeper: str, data: str, log: str) -> None:
    """Wait until nobody holds `users`, then stop the server on `data`."""
    keeper_lock = _take_keeper_lock(keeper)
    if keeper_lock is None:
        return
    _detach()

    def tick(number: int, frame: FrameType | None) -> None:
        bound_log(log)

    signal.signal(signal.SIGALRM, tick)
    signal.setitimer(signal.ITIMER_REAL, _LOG_SECONDS, _LOG_SECONDS)
    users_lock = open_lock(users)
    fcntl.flock(users_lock, fcntl.LOCK_EX)
    if not _is_file(users_lock, users):
        return  # everything was removed meanwhile; what is there now has a keeper of its own
    if postmaster_pid(data) is None:
        time.sleep(_NEWBORN_SECONDS)  # a console may have died just after it began to start the server
    stop_server(data)
    # In this order: whoever gets the users lock next must find that there is no keeper any more.
    os.close(keeper_lock)
    os.close(users_lock)


if __name__ == "__main__":
    keep(*sys.argv[1:5])
