"""How far the build of an index is, in words: only some phases have a share that means anything."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phase:
    """What is being done; `share` is None where nobody knows how far it is (k-means)."""

    words: str
    share: float | None = None

    def __str__(self) -> str:
        return self.words if self.share is None else f"{self.words} {self.share:.0%}"


def phase_of(record: Mapping[str, object]) -> Phase:
    """The phase that `pg_stat_progress_create_index` tells of."""
    phase = str(record["phase"] or "").removeprefix("building index: ")
    done, total = (int(str(record[name] or 0)) for name in ("blocks_done", "blocks_total"))
    if "loading" in phase and record["tuples_total"]:
        done, total = int(str(record["tuples_done"] or 0)), int(str(record["tuples_total"]))
    waiting = int(str(record.get("lockers_total") or 0)) - int(str(record.get("lockers_done") or 0))
    if phase.startswith("waiting") and waiting > 0:
        others = f" and {waiting - 1} more" if waiting > 1 else ""
        return Phase(f"{phase}: pid {record.get('current_locker_pid')}{others}")
    if "k-means" in phase or total <= 0:
        return Phase(phase)
    return Phase(phase, min(1.0, done / total))
