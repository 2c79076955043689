"""The folder that holds all of the embedded server: its data, its log, its locks, and a marker that it is ours."""

import hashlib
import os
import re
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.server.embedded.marker import (
    claim,
    claim_for,
    disclaim,
    disclaim_named,
    is_abandoned,
    is_marked,
)
from chatly_console.server.embedded.owner import Owner, server_owner

ROOT_HOME = Path("/var/lib/chatly-console")
_OURS = ("pgdata", "pgdata.new-*", "run", "server.log", "postgresql-*", "*.lock")
_SOCKET_NAME_BYTES = len("/.s.PGSQL.5432")
_SOCKET_PATH_BYTES = 100
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./+-]+")


@dataclass(frozen=True, slots=True)
class Home:
    """The places in the folder `path`, which belongs to the console; the server's own are owned by `owner`.

    `named` is the folder that was asked for, where `path` stands in for one that the server's user cannot enter.
    """

    path: Path
    owner: Owner
    named: Path | None = None

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.path / "pgdata"

    @property
    def log(self) -> Path:
        """What the server writes to its standard error."""
        return self.path / "server.log"

    def lock(self, name: str) -> Path:
        """The file of one of the locks: `users`, `start`, `keeper`."""
        return self.path / f"{name}.lock"

    @property
    def is_ours(self) -> bool:
        """Whether the folder carries our marker."""
        return is_marked(self.path)

    def prepare(self) -> None:
        """Make the folder where it is missing; refuse one with somebody else's files in it."""
        mode = 0o755 if self.owner.lent else 0o700
        if self.named is None:
            claim(self.path, mode)
        else:
            claim_for(self.path, mode, self.named)

    def give(self, path: Path) -> None:
        """Hand a folder that we just made to the server's user, for nobody else to enter."""
        path.chmod(0o700)
        if self.owner.lent:
            os.chown(path, self.owner.uid, self.owner.gid)

    def socket_folder(self) -> Path:
        """A folder for the socket that only the server's user enters, with a path that fits into a socket's address.

        It is in our folder, unless that has a long path or one with characters that connection strings do not carry.
        """
        inside = self.path / "run"
        if _fits(inside):
            if not inside.exists():
                inside.mkdir()
                self.give(inside)
            return inside
        for folder in self._short_folders():
            if _fits(folder) and self.owner.can_enter(folder.parent) and self._made_or_checked(folder):
                return folder
        raise Failure(
            f"No folder with a short path was found for the server's socket (the data folder is {self.path}).",
            FailureKind.LINK,
            hint="Name a folder with a shorter path with --data-dir.",
        )

    def _short_folders(self) -> list[Path]:
        name = f"chatly-{self.owner.uid}-{hashlib.sha256(os.fsencode(self.path)).hexdigest()[:16]}"
        bases = (tempfile.gettempdir(), "/tmp", "/var/tmp")  # noqa: S108 - the folder is made 0700 and checked
        return [Path(base) / name for base in bases]

    def _made_or_checked(self, folder: Path) -> bool:
        try:
            folder.mkdir(mode=0o700)
            self.give(folder)
        except FileExistsError:
            return self._is_closed_and_ours(folder)
        except OSError:
            return False
        return True

    def _is_closed_and_ours(self, folder: Path) -> bool:
        """Whether it is a real folder of the server's user that nobody else enters: anybody may make one in /tmp."""
        try:
            found = folder.lstat()
        except FileNotFoundError:
            return False
        closed = not found.st_mode & (stat.S_IRWXG | stat.S_IRWXO)
        return stat.S_ISDIR(found.st_mode) and found.st_uid == self.owner.uid and closed

    def clear(self) -> None:
        """Remove all that we made in the folder, and the folder itself if we made that too."""
        for folder in self._short_folders():
            if self._is_closed_and_ours(folder):
                shutil.rmtree(folder)
        for pattern in _OURS:
            for path in self.path.glob(pattern):
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink(missing_ok=True)
        disclaim(self.path)
        if self.named is not None:
            disclaim_named(self.named)


def find_home(data_dir: Path | None) -> Home:
    """The home for `data_dir`, by default the user's data folder, or (root has none that others enter) `ROOT_HOME`.

    A folder that the server's user cannot enter (one below /root) stays as it is; its server lives beside the default.
    """
    if data_dir is None:
        unnamed = os.geteuid() == 0 and not os.environ.get("XDG_DATA_HOME")
        data_dir = ROOT_HOME if unnamed else platformdirs.user_data_path("chatly-console") / "postgresql"
    path = Path(os.path.realpath(data_dir.expanduser()))
    owner = server_owner(path / "pgdata")
    if not owner.lent or owner.can_enter(path):
        return Home(path, owner)
    elsewhere = ROOT_HOME / f"for-{hashlib.sha256(os.fsencode(path)).hexdigest()[:16]}"
    return Home(elsewhere, server_owner(elsewhere / "pgdata"), named=path)


def abandoned_homes() -> list[Home]:
    """The homes beside the default one whose named folder has been removed since, with no `demo --reset` before."""
    found = [path for path in ROOT_HOME.glob("for-*") if is_abandoned(path)] if os.geteuid() == 0 else []
    return [Home(path, server_owner(path / "pgdata")) for path in found]


def _fits(folder: Path) -> bool:
    length = len(os.fsencode(folder)) + _SOCKET_NAME_BYTES
    return length <= _SOCKET_PATH_BYTES and _PLAIN_PATH.fullmatch(str(folder)) is not None
