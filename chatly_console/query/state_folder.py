"""Where the console keeps what must survive a crash: one private folder a user, and one in it for each profile."""

import atexit
import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from urllib.parse import quote

from platformdirs import user_state_dir


def state_folder() -> Path:
    """The user's state folder of the console, made private (0700) where it did not exist.

    Where nothing can be written there it is another one, which ends with this process: `nothing_is_kept` says so.
    """
    wanted = Path(user_state_dir("chatly-console"))
    return wanted if _can_be_written(wanted) else _substitute()


def nothing_is_kept() -> str:
    """That texts and history are lost at the end, in a sentence; empty where they are kept."""
    wanted = Path(user_state_dir("chatly-console"))
    if _can_be_written(wanted):
        return ""
    return f"Nothing can be written in {wanted}: texts and history are lost when the console ends."


def _can_be_written(folder: Path) -> bool:
    try:
        return os.access(private_folder(folder), os.W_OK | os.X_OK)
    except OSError:
        return False


@cache
def _substitute() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="chatly-console-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def folder_of(profile: str, *, root: Path | None = None) -> Path:
    """Where the folder of one profile is, or would be, below `root` (by default the user's state folder)."""
    return (root or state_folder()) / "profiles" / file_name(profile or "default")


def profile_folder(profile: str, *, root: Path | None = None) -> Path:
    """The folder of one profile, made where it is missing."""
    return private_folder(folder_of(profile, root=root))


def file_name(name: str) -> str:
    """`name` as one safe component of a path: it cannot climb, hide or clash with another name."""
    encoded = quote(name, safe=" -_.")
    return "%2E" + encoded[1:] if encoded.startswith(".") else encoded


def private_folder(folder: Path) -> Path:
    """Make the folder and what lacks above it, readable by nobody else; folders that were there stay as they are."""
    missing = [folder, *folder.parents]
    for path in reversed([path for path in missing if not path.exists()]):
        path.mkdir(mode=0o700, exist_ok=True)
    return folder


def write_private(path: Path, data: bytes) -> None:
    """Replace the file at `path` by `data` in one step, readable by its owner only (0600)."""
    write_whole(path, data, 0o600)


def write_whole(path: Path, data: bytes, mode: int) -> None:
    """Replace the file at `path` by `data` in one step; raises OSError, and the file is then as it was."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), mode)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
