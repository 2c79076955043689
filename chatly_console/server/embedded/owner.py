"""As whom the embedded server runs: PostgreSQL refuses to run as root, so root lends it another user."""

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from chatly_console.core.failure import Failure, FailureKind

_CHECK_SECONDS = 10


class RunAs(TypedDict, total=False):
    """The options of `subprocess` that make a program run as somebody else."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True, slots=True)
class Owner:
    """The user who owns the server's processes and files; `lent` where that is not who runs the console."""

    uid: int
    gid: int
    lent: bool = False

    def run_as(self) -> RunAs:
        """The options for `subprocess` to run a program as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.lent else {}

    def can_enter(self, folder: Path) -> bool:
        """Whether this user gets into the folder (or would into its nearest parent that exists)."""
        existing = _existing(folder)
        return not existing.is_dir() or self._may_search(existing)

    def can_execute(self, program: Path) -> bool:
        """Whether this user may run the program."""
        return self._may_search(program)

    def _may_search(self, path: Path) -> bool:
        if not self.lent:
            return os.access(path, os.X_OK)
        done = subprocess.run(
            ["/bin/sh", "-c", 'test -x "$1"', "sh", str(path)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_CHECK_SECONDS,
            check=False,
            **self.run_as(),
        )
        return done.returncode == 0


def server_owner(data: Path) -> Owner:
    """Who the server on the data folder `data` runs as: ourselves, or, for root, its owner, `postgres` or `nobody`."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    try:
        found = os.lstat(data)
        if stat.S_ISDIR(found.st_mode) and found.st_uid != 0:
            return Owner(found.st_uid, found.st_gid, lent=True)
    except OSError:
        pass
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid, lent=True)
    raise Failure(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.",
        FailureKind.LINK,
        hint="Run the console as a normal user.",
    )


def _existing(path: Path) -> Path:
    return next((place for place in (path, *path.parents) if os.path.lexists(place)), Path("/"))
