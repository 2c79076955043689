"""Writes a new pair of migration files, and says which folder is meant."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.core.sql import split
from chatly_console.migrations.layouts import read_folder
from chatly_console.resources import data_folder

_LONGEST_NAME = 80
_SOURCES = ("database", "supabase/migrations", "db/migrations", "migrations")
"""Where projects keep their migrations, seen from the folder that the console was started in."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files that were written."""

    version: str
    up: Path
    down: Path


def migrations_folder(given: str | Path | None = None, here: Path | None = None) -> Path:
    """The folder that was named, else that of the project around us, else Chatly's own, with the program."""
    if given:
        return Path(given)
    around = here or Path.cwd()
    for source in _SOURCES:
        folder = around / source
        if folder.is_dir() and any(name[:1].isdigit() and name.endswith(".sql") for name in os.listdir(folder)):
            return folder
    return data_folder("database")


def new_pair(folder: Path, name: str, up: str = "", down: str = "", now: datetime | None = None) -> Pair:
    """Write a migration and its way back, named for this moment, or a second after the newest that is there.

    Without `up` the files are empty but for their heads; with `up` and no `down` the migration says that it cannot
    be undone. Raises `Failure` where the files cannot be written; then neither is there.
    """
    slug = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:_LONGEST_NAME].rstrip("_")
    if not slug:
        raise Failure("A migration needs a name of letters and digits.", FailureKind.USAGE)
    layout = read_folder(folder)
    if layout.layout != "chatly":
        raise Failure(
            f"{folder} is kept by {layout.layout}; new files are written only in the Supabase CLI's layout.",
            FailureKind.USAGE,
        )
    newest = max((int(file.version) for file in layout.files), default=0)
    version = str(max(int((now or datetime.now(UTC)).strftime("%Y%m%d%H%M%S")), newest + 1))
    pair = Pair(version, folder / f"{version}_{slug}.sql", folder / "down" / f"{version}_{slug}.sql")
    title = " ".join(name.split())
    try:
        pair.down.parent.mkdir(exist_ok=True)
        _write_new(pair.up, _up_text(title, up, down))
        try:
            _write_new(pair.down, _down_text(pair, down))
        except OSError:
            pair.up.unlink()
            raise
    except OSError as error:
        raise Failure(
            f"{folder} cannot be written: {(error.strerror or str(error)).lower()}.",
            FailureKind.USAGE,
            hint="Start the console in your project's folder: it looks for database/ and supabase/migrations/ there.",
        ) from error
    return pair


def _up_text(title: str, up: str, down: str) -> str:
    head = f"-- {title}\n"
    if up and not down:
        head += '-- chatly: irreversible reason="nobody has written the way back yet"\n'
    return f"{head}\n{_ended(up)}"


def _down_text(pair: Pair, down: str) -> str:
    if down:
        return f"-- The way back of {pair.up.stem}\n\n{_ended(down)}"
    return f"-- The way back of {pair.up.stem}: write here what undoes it.\n"


def _ended(sql: str) -> str:
    text = sql.strip()
    if not text:
        return ""
    last = split(text)[-1:]
    if not last or ";" in text[last[0].end :]:
        return f"{text}\n"
    return f"{text}\n;\n" if "--" in text.splitlines()[-1] else f"{text};\n"


def _write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet, so that nobody's work is written over."""
    with path.open("x", encoding="utf-8", newline="\n") as file:
        file.write(text)
