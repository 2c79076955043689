"""Temporary files that are on disk just now, by whose they are: what a runaway sort fills the disk with."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatly_console.core.values import Record


@dataclass(frozen=True, slots=True)
class TempUse:
    """The temporary files of one session."""

    pid: int
    bytes: int
    files: int


def temp_use(records: Sequence[Record]) -> tuple[TempUse, ...]:
    """The rows of temp_files.sql."""
    return tuple(TempUse(int(str(r["pid"])), int(str(r["bytes"])), int(str(r["files"]))) for r in records)
