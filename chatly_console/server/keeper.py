"""Stops the embedded server when the last console is gone, however it went.

Every console holds a shared lock on one file. This process waits for the exclusive lock, which the kernel grants
once no console is left (also after `kill -9`), stops the server and ends; a console that starts meanwhile waits for
the lock. It runs as a script of its own and imports almost nothing: `python -S -E keeper.py USERS KEEPER CLUSTER`.
"""

import fcntl
import os
import signal
import sys
import time

_FAST_LIMIT = 8.0


def postmaster(cluster: str) -> int | None:
    """The pid of the server that really runs on `cluster`, from its lock file and the system; else None."""
    try:
        with open(os.path.join(cluster, "postmaster.pid"), encoding="ascii", errors="replace") as lines:
            pid = int(lines.readline())
        os.kill(pid, 0)
    except (OSError, ValueError) as error:
        if not isinstance(error, PermissionError):
            return None
    try:
        place = os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return pid if not os.path.isdir("/proc/self") else None
    return pid if place == os.path.realpath(cluster) else None


def stop(cluster: str) -> None:
    """Stop the server: fast, then at once."""
    for kind in (signal.SIGINT, signal.SIGQUIT):
        pid = postmaster(cluster)
        if pid is None:
            return
        os.kill(pid, kind)
        until = time.monotonic() + _FAST_LIMIT
        while time.monotonic() < until:
            if postmaster(cluster) is None:
                return
            time.sleep(0.05)


def keep(users: str, keeper: str, cluster: str) -> None:
    """Wait for the last console to go, then stop the server; only one keeper at a time."""
    with open(keeper, "a") as own, open(users, "a") as consoles:
        try:
            fcntl.flock(own, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        fcntl.flock(consoles, fcntl.LOCK_EX)
        stop(cluster)


if __name__ == "__main__":
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    keep(*sys.argv[1:4])
