"""The file by which a folder is known to be ours: it says who made the folder, and where another one stands in for it.

Only folders that we made ourselves get permissions from us; a folder that is not ours and not empty is left alone.
"""

import contextlib
import os
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes

from chatly_console.core.failure import Failure, FailureKind

MARKER = ".chatly-console"

_TEXT = "This folder was made by chatly-console for its embedded PostgreSQL; `demo --reset` removes it.\n"
_MADE = "made"
_STANDS_FOR = "stands for"
_MOVED = "Its files are in"


def is_marked(folder: Path) -> bool:
    """Whether the folder carries our marker."""
    return (folder / MARKER).is_file()


def claim(folder: Path, mode: int, *words: str) -> None:
    """Make the folder ours, with `mode` where it is missing; refuse one with somebody else's files in it."""
    made = not folder.exists()
    if is_marked(folder):
        return
    if not made and any(folder.iterdir()):
        raise Failure(
            f"{folder} holds other files and was not made by chatly-console.",
            FailureKind.USAGE,
            hint="Name an empty or a new folder with --data-dir.",
        )
    _make_folders(folder, mode)
    lines = [*words, _MADE] if made else words
    (folder / MARKER).write_text(_TEXT + "".join(f"{line}\n" for line in lines), encoding="utf-8")


def disclaim(folder: Path) -> None:
    """Remove the marker, and the folder if we made it and nothing else is in it."""
    made = _MADE in _lines(folder)
    (folder / MARKER).unlink(missing_ok=True)
    if made and not any(folder.iterdir()):
        folder.rmdir()


def claim_for(folder: Path, mode: int, named: Path) -> None:
    """Make `folder` ours as the one that stands in for `named`, and say so in both."""
    words: tuple[str, ...] = ()
    with contextlib.suppress(OSError):  # nothing can be written there: then nobody can tell later whether it is gone
        claim(named, 0o700, f"{_MOVED} {quote(os.fsencode(folder))}, since the server's user cannot enter here.")
        words = (f"{_STANDS_FOR} {named.stat().st_dev} {quote(os.fsencode(named))}",)
    claim(folder, mode, *words)


def disclaim_named(named: Path) -> None:
    """Remove what `claim_for` left in the folder that was named."""
    if any(line.startswith(_MOVED) for line in _lines(named)):
        disclaim(named)


def is_abandoned(folder: Path) -> bool:
    """Whether the folder stands in for one that was removed since, and is not only on a disk that is not mounted."""
    for line in _lines(folder):
        if line.startswith(_STANDS_FOR):
            device, _, name = line.removeprefix(_STANDS_FOR).strip().partition(" ")
            named = Path(os.fsdecode(unquote_to_bytes(name)))
            nearest = next(place for place in (named, *named.parents) if place.exists())
            return not is_marked(named) and str(nearest.stat().st_dev) == device
    return False


def _lines(folder: Path) -> list[str]:
    try:
        return (folder / MARKER).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def _make_folders(path: Path, mode: int) -> None:
    missing = [place for place in (path, *path.parents) if not place.exists()]
    for place in reversed(missing):
        place.mkdir(exist_ok=True)
        place.chmod(mode)
