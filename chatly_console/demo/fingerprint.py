"""Tells whether a demo was built from the files that this program carries."""

import hashlib
from functools import cache
from pathlib import Path

from chatly_console.resources import data_folder

PREFIX = "Demo of Chatly, built from "
"""The demo's database carries this and the fingerprint as its comment."""


@cache
def fingerprint() -> str:
    """A short name for the stand-in, migrations and seed together: another text of any of them has another name."""
    root = data_folder("database")
    known = hashlib.sha256()
    for path in sorted(_sources(root)):
        known.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return known.hexdigest()[:16]


def _sources(root: Path) -> list[Path]:
    seed = [path for path in (root / "seed").rglob("*") if path.is_file()]
    return [*root.glob("*.sql"), *(root / "local").glob("*.sql"), *seed]


def is_outdated(comment: str | None) -> bool:
    """Whether a demo with this comment on its database was built from other files."""
    return comment != PREFIX + fingerprint()
