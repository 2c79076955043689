"""Temporary files that are on disk just now, by whose they are: what a runaway sort fills the disk with."""

from collections.abc import Sequence
from dataclasses import dataclass

from chatly_console.core.values import Record


@dataclass(frozen=True, slots=True)
class TempUse:
    """The temporary files of one session; those that parallel workers share are their leader's."""

    pid: int
    bytes: int
    files: int


def temp_use(records: Sequence[Record]) -> tuple[TempUse, ...]:
    """The rows of temp_files.sql and shared_temp_files.sql, put together by session, the largest first."""
    found: dict[int, TempUse] = {}
    for record in records:
        pid, size, files = (int(str(record[name])) for name in ("pid", "bytes", "files"))
        before = found.get(pid, TempUse(pid, 0, 0))
        found[pid] = TempUse(pid, before.bytes + size, before.files + files)
    return tuple(sorted(found.values(), key=lambda one: -one.bytes))
