"""What the tests of the embedded server share: consoles as processes of their own, and a look at what runs."""

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
LIMIT = 30.0


class Console:
    """A process that holds a share in the server on `folder`."""

    def __init__(self, folder: Path, **options: Any) -> None:
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
        environment |= options.pop("env", {})
        python = options.pop("python", sys.executable)
        self.process = subprocess.Popen(
            [python, "-m", "tests.server.console_stand_in", str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            **options,
        )

    def answer(self) -> dict[str, Any]:
        """What it says once the server runs, or could not be started."""
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], LIMIT)
        assert ready, "the console said nothing"
        answer = json.loads(self.process.stdout.readline())
        assert isinstance(answer, dict)
        return answer

    def close(self) -> None:
        """End it the good way."""
        self.process.communicate(timeout=LIMIT)

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        self.process.communicate(timeout=LIMIT)


def wait_for(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is so."""
    limit = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < limit, f"waited in vain for: {what}"
        time.sleep(0.02)


def processes_of(folder: Path) -> dict[int, list[str]]:
    """The processes with the folder in their command line: the server's postmaster and the keeper."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = os.fsdecode((entry / "cmdline").read_bytes()).split("\0")
            except OSError:
                continue
            if any(word.startswith(f"{folder}/") for word in words):
                found[int(entry.name)] = words
    return found


def keeper_of(folder: Path) -> int:
    """The process that watches over the server on `folder`."""
    (pid,) = [pid for pid, words in processes_of(folder).items() if any(w.endswith("keeper.py") for w in words)]
    return pid


def wait_until_nothing_runs(folder: Path) -> None:
    """Wait until neither server nor keeper of `folder` is left."""
    wait_for(lambda: not processes_of(folder), f"the end of {processes_of(folder)}")


def sleeping_process(uid: int) -> "subprocess.Popen[bytes]":
    """Some other program of the user `uid`."""
    return subprocess.Popen(["sleep", "60"], user=uid)


def socket_inodes(pid: int) -> set[str]:
    """The sockets that a process has open."""
    links = [os.readlink(path) for path in Path(f"/proc/{pid}/fd").iterdir()]
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def tcp_inodes() -> set[str]:
    """All TCP sockets of the machine, listening ones too."""
    tables = [Path(f"/proc/net/{name}").read_text().splitlines()[1:] for name in ("tcp", "tcp6")]
    return {line.split()[9] for table in tables for line in table}
