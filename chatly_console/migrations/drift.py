"""Drift: how a database differs from what its applied migrations make, seen on a shadow."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from chatly_console.core.failure import Failure, FailureKind
from chatly_console.migrations.events import Event, FileFailed, Task
from chatly_console.migrations.runner import Runner
from chatly_console.migrations.service import read_status
from chatly_console.migrations.shadow import shadow_of
from chatly_console.migrations.snapshot import Difference, Snapshot, differences
from chatly_console.migrations.snapshot_service import read_snapshot
from chatly_console.migrations.status import Migration
from chatly_console.server.database import Database


@dataclass(frozen=True)
class Drift:
    """What was found, and both catalogues, from which a migration can be made."""

    differences: tuple[Difference, ...]
    expected: Snapshot
    found: Snapshot
    remarks: tuple[str, ...] = ()

    @property
    def telling(self) -> list[Difference]:
        """Without what Supabase looks after by itself, and without what no statement could tell."""
        return [one for one in self.differences if not one.is_managed and not one.is_cosmetic]

    @property
    def summary(self) -> str:
        """One line."""
        folded = sum(one.is_managed for one in self.differences)
        cosmetic = sum(one.is_cosmetic and not one.is_managed for one in self.differences)
        count = len(self.telling)
        words = f"{count} difference{'' if count == 1 else 's'}" if count else "no drift"
        words += f" · {folded} in what Supabase manages" if folded else ""
        return words + (f" · {cosmetic} in the order of columns only" if cosmetic else "")


async def read_drift(
    database: Database,
    host: Database,
    folder: Path,
    *,
    roles: bool = False,
    tell: Callable[[str], None] = lambda words: None,
) -> Drift:
    """Compare `database` with a shadow on the server of `host`, on which what is applied has run. Raises `Failure`."""
    tell("reading the catalogue")
    found = await read_snapshot(database)
    migrations = await read_status(database, folder)
    applied = [m for m in migrations if m.is_applied]
    files = [m.file for m in applied if m.file is not None]
    async with shadow_of(host, folder, tell) as shadow:
        events: list[Event] = []
        tell(f"applying {len(files)} migrations to it")
        try:
            await Runner(shadow.database, events.append).run([Task(file, "up") for file in files])
        except Failure as failure:
            failed = next((event for event in events if isinstance(event, FileFailed)), None)
            where = f"{failed.place or failed.task.file.name}: " if failed is not None else ""
            raise Failure(
                f"What is applied cannot be built again: {where}{failure.sentence}",
                FailureKind.SQL,
                failure.sqlstate,
                hint="`migrate verify` tells which file is at fault.",
            ) from failure
        tell("comparing")
        expected = await read_snapshot(shadow.database)
    elsewhere = host is not database
    return Drift(
        tuple(differences(expected, found, roles=roles, elsewhere=elsewhere)),
        expected,
        found,
        tuple(_remarks(applied, expected, found)),
    )


def _remarks(applied: Sequence[Migration], expected: Snapshot, found: Snapshot) -> list[str]:
    missing = [m.version for m in applied if m.file is None]
    remarks = []
    if missing:
        remarks.append(f"No file of {', '.join(missing)} is here: what they made looks like drift.")
    if expected.version // 10000 != found.version // 10000:
        remarks.append(
            f"The shadow is PostgreSQL {expected.version // 10000}, the database {found.version // 10000}: "
            "definitions may be written differently."
        )
    return remarks
