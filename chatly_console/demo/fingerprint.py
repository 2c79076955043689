"""Tells whether a demo was built from the files that this program carries."""

import hashlib
from functools import cache
from pathlib import Path

from chatly_console.resources import data_folder

OLD_DAYS = 14
"""From this age on, what was made relative to the day of the build looks empty in queries of the last weeks."""
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


def out_of_date(comment: str | None, days: float) -> str:
    """What is out of date in a demo with this comment on its database, built so many days ago; empty if nothing is."""
    if comment != PREFIX + fingerprint():
        return "`chatly-console demo --reset` builds this demo afresh: its migrations or data have changed since."
    if days >= OLD_DAYS:
        return f"The demo's data end {days:.0f} days ago: `chatly-console demo --reset` makes new ones, up to today."
    return ""
