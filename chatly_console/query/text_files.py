"""SQL files of the user: read into the editor whole or not at all, and written in one step."""

import os
import stat
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.query.buffers import LARGEST_TEXT
from chatly_console.query.state_folder import write_whole

_MOST_BYTES = 4 * LARGEST_TEXT


def path_of(text: str) -> Path:
    """What a person types as a path; `~` is the home folder."""
    try:
        return Path(text.strip()).expanduser()
    except RuntimeError as error:
        raise Failure(f"“{text}” is no path here: {error}.", FailureKind.USAGE) from error


def read_text(path: Path) -> str:
    """The text of a file; raises Failure where it is no text, too large or not to be read."""
    try:
        data = _read(path)
    except OSError as error:
        raise _failure(path, (error.strerror or str(error)).lower()) from error
    except ValueError as error:
        raise _failure(path, "no file can have this name") from error
    try:
        return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _failure(
            path, f"line {line:,} holds a byte (0x{data[error.start]:02x}) that is no UTF-8",
            hint="Convert the file to UTF-8 first, with iconv for example.",
        ) from error  # fmt: skip


def _read(path: Path) -> bytes:
    """All bytes of a file. It is not waited for, as for what the kernel has yet to say in a file of its own."""
    state = path.stat()
    if not stat.S_ISREG(state.st_mode):
        raise _failure(path, "it is a folder" if stat.S_ISDIR(state.st_mode) else "it is a device or a pipe")
    size, data = state.st_size, b""
    if size <= _MOST_BYTES:
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
            data = file.read(_MOST_BYTES + 1) or b""
    size = max(size, len(data))
    if size > _MOST_BYTES:
        raise _failure(path, f"it has {size / 1e6:,.0f} MB, which is too much for the editor")
    return data


def write_text(path: Path, text: str) -> None:
    """Replace the file by this text; its rights stay, and a file that was there stays whole where that fails."""
    try:
        if not path.is_file() and path.exists():
            raise _failure(path, "it is a folder" if path.is_dir() else "it is a device or a pipe", doing="written")
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
        write_whole(_target(path), text.encode("utf-8", "surrogatepass"), mode)
    except OSError as error:
        raise _failure(path, (error.strerror or str(error)).lower(), doing="written") from error
    except RuntimeError as error:
        raise _failure(path, "its links lead in a circle", doing="written") from error
    except ValueError as error:  # a NUL or a lone surrogate in it
        raise _failure(path, "no file can have this name", doing="written") from error


def _target(path: Path) -> Path:
    """What a link leads to; Python says of a circle so (before 3.13), or gives the link itself."""
    target = path.resolve()
    if target.is_symlink():
        raise RuntimeError
    return target


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _failure(path: Path, why: str, *, doing: str = "read", hint: str = "") -> Failure:
    return Failure(f"{path.name} could not be {doing}: {why}.", FailureKind.USAGE, detail=str(path), hint=hint)
